"""Which column plays which role, and the form to change it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.widgets.card import ElidedLabel
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.workspace import Workspace

ABSENT = "none"


class ColumnChooser(QWidget):
    """The recognised columns in one line, and a form to let others play their roles.

    `chosen` tells which column the user wants for a role; `show_columns` goes back to those in force.
    """

    chosen = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._toggle = QToolButton()
        self._toggle.setObjectName("columnsButton")
        self._toggle.setText("Columns")
        self._toggle.setAccessibleName("Show and change the recognised columns")
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setCheckable(True)
        self._toggle.setAutoRaise(True)
        self._toggle.toggled.connect(self._open)
        self._summary = ElidedLabel()
        self._summary.setProperty("muted", True)
        self._question = caption("")
        self._question.setObjectName("columnQuestion")
        self._form = QWidget()
        self._grid = QGridLayout(self._form)
        self._grid.setContentsMargins(18, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._toggle)
        head.addWidget(self._summary, 1)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(3)
        layout.addLayout(head, 0, 0)
        layout.addWidget(self._question, 1, 0)
        layout.addWidget(self._form, 2, 0)
        workspace.catalogChanged.connect(self.show_columns)
        workspace.columnsAdded.connect(self.show_columns)
        workspace.columnsRefused.connect(self.show_columns)
        self._open(False)

    def _open(self, opened: bool) -> None:
        self._toggle.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self._form.setVisible(opened)

    def show_columns(self) -> None:
        """Show which column plays which role."""
        catalog = self._workspace.catalog
        if catalog is None:
            return
        self._summary.setText(", ".join(catalog.columns.values()))
        self._question.setVisible(bool(catalog.ambiguous))
        if catalog.ambiguous:
            roles = ", ".join(role for role in catalog.columns if role in catalog.ambiguous)
            self._question.setText(f"More than one column could be {_listed(roles)}: please check the choice below.")
        self._fill(catalog)
        self._toggle.setChecked(self._toggle.isChecked() or bool(catalog.ambiguous))

    def _fill(self, catalog: Catalog) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        every = [str(name) for name in catalog.table.columns]
        for row, role in enumerate((*BAND_NAMES, "ra", "dec", "redshift", "identifier", "class")):
            choice = QComboBox()
            choice.setObjectName(f"column_{role}")
            choice.setAccessibleName(f"Column of {role}")
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(8)
            likely = catalog.candidates.get(role, ())
            if role not in BAND_NAMES:
                choice.addItem(ABSENT)
            choice.addItems([*likely, *(name for name in every if name not in likely)])
            choice.setCurrentText(catalog.columns.get(role, ABSENT))
            choice.textActivated.connect(lambda name, role=role: self._choose(role, name))
            label = QLabel(role)
            label.setBuddy(choice)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(choice, row, 1)
        self._grid.setColumnStretch(1, 1)

    def _choose(self, role: str, name: str) -> None:
        catalog = self._workspace.catalog
        if catalog is None or catalog.columns.get(role, ABSENT) == name:
            return
        self.chosen.emit({role: "" if name == ABSENT else name})


def _listed(roles: str) -> str:
    head, _, tail = roles.rpartition(", ")
    return f"{head} or {tail}" if head else tail
