"""The properties of a subset: how many stars, the recipe in words, and notes to write on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.recipe_text import described
from stellar_gui.analysis.recipes import models_of
from stellar_gui.gui.widgets.card import headline
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.workspace import Workspace


class SubsetProperties(QDialog):
    """Shows what is known of a subset; notes are kept when it is closed, as an undoable step."""

    def __init__(self, workspace: Workspace, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("subsetProperties")
        self.setWindowTitle(f"Subset {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace, self._name = workspace, name
        subset = workspace.subsets.of_name(name)
        stars, kept = int(subset.mask.sum()), workspace.kept
        part = int((subset.mask & kept).sum())
        facts = f"{numbers.stars(part)} \N{MIDDLE DOT} {numbers.share(part, int(kept.sum()))} of those that take part"
        if stars > part:
            facts += f"; {numbers.stars(stars - part)} more under other checks"
        self._recipe = QPlainTextEdit(described(subset.recipe))
        self._recipe.setObjectName("subsetRecipe")
        self._recipe.setAccessibleName("Recipe of the subset")
        self._recipe.setReadOnly(True)
        self._notes = QPlainTextEdit(subset.notes)
        self._notes.setObjectName("subsetNotes")
        self._notes.setAccessibleName("Notes on the subset")
        self._notes.setPlaceholderText("Notes")
        self._notes.setTabChangesFocus(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(headline(name, 1.2))
        layout.addWidget(caption(facts))
        layout.addWidget(QLabel("Recipe"))
        layout.addWidget(self._recipe, 3)
        own = workspace.model.id if workspace.model is not None else None
        if models_of(subset.recipe) - {own}:
            earlier = QLabel("Drawn on an earlier model: its stars stay, but on this map the region lies elsewhere.")
            earlier.setObjectName("earlierModel")
            earlier.setProperty("warning", True)
            earlier.setWordWrap(True)
            layout.addWidget(earlier)
        layout.addWidget(QLabel("Notes"))
        layout.addWidget(self._notes, 2)
        layout.addWidget(buttons)
        self.resize(520, 400)

    def done(self, result: int) -> None:
        """Keep the notes."""
        if self._name in self._workspace.subsets:
            self._workspace.subset_list.set_notes(self._name, self._notes.toPlainText().strip())
        super().done(result)
