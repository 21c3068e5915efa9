"""Colour by: the box in the map's header and the same choices as a menu, with the lock of the colour bar's range."""

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QMenu

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group, color_choices
from stellar_gui.gui.workspace import Workspace

_LETTERS = 15
_TRAIN = "Train the autoencoder first."
_TIP = "What colours the stars on all maps; it changes neither the selection nor the view"


class ColorControl(QObject):
    """What the maps are coloured by, as the user chooses it; `lockChanged` tells of the user's acts alone."""

    lockChanged = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.label = QLabel("Colour &by")
        self.label.setProperty("muted", True)
        self.combo = QComboBox()
        self.combo.setObjectName("colourByCombo")
        self.combo.setAccessibleName("Colour by")
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(_LETTERS)
        self.combo.setMaxVisibleItems(24)
        self.combo.activated.connect(self._choose_at)
        self.label.setBuddy(self.combo)
        self.lock = QCheckBox("&Lock range")
        self.lock.setObjectName("lockRangeCheck")
        self.lock.setAccessibleName("Lock the range of the colour bar")
        self.lock.setToolTip("Keep the colour bar's range while the view moves; else it follows the stars in view")
        self.lock.toggled.connect(self.lockChanged)
        self.menu = QMenu("&Colour by")
        self.menu.setObjectName("colourByMenu")
        self._group = QActionGroup(self)
        self._choices: tuple[ColorChoice, ...] = (DENSITY,)
        self._findings: dict[str, str] = {}
        self._visible = False
        workspace.catalogChanged.connect(self._offer)
        workspace.findings.findingsChanged.connect(self._follow_findings)
        workspace.columnsAdded.connect(self._offer)
        workspace.embeddingChanged.connect(self._allow)
        workspace.previewChanged.connect(self._allow)
        workspace.display.colorChanged.connect(self._show)
        self._offer()

    def set_visible(self, visible: bool) -> None:
        """Show the box beside the map, the lock where the map is coloured by numbers."""
        self.label.setVisible(visible)
        self.combo.setVisible(visible)
        self._visible = visible
        self.lock.setVisible(visible and self._has_range() and self.combo.isEnabled())

    def _has_range(self) -> bool:
        """Whether the maps are coloured by numbers, not by density or labels."""
        choice = self._workspace.display.color
        finding = self._workspace.findings.get(choice.name) if choice.group is Group.FINDING else None
        return choice.group not in (Group.DENSITY, Group.LABEL) and not (finding is not None and finding.labels)

    def _offer(self) -> None:
        """Another catalogue, or other findings: its own columns, and density first."""
        catalog = self._workspace.catalog
        self._findings = self._named_findings()
        self._choices = (DENSITY,) if catalog is None else color_choices(catalog, self._findings)
        self._fill_combo()
        self._fill_menu()
        self._show()
        self._allow()

    def _allow(self) -> None:
        workspace = self._workspace
        trained = workspace.embedding is not None
        self.combo.setEnabled(trained and workspace.preview is None)
        self.combo.setToolTip(_TIP)
        self.lock.setEnabled(self.combo.isEnabled())
        self.menu.setEnabled(workspace.catalog is not None)
        self.menu.menuAction().setToolTip(_TIP if self.menu.isEnabled() else "Open a table of stars first.")
        for action in self._group.actions():
            network = action.data().group is Group.NETWORK
            action.setEnabled(trained or not network)
            action.setToolTip(_TRAIN if network and not trained else "")
        self.set_visible(self._visible)

    def _fill_combo(self) -> None:
        self.combo.clear()
        group = None
        for choice in self._choices:
            if group not in (None, choice.group):
                self.combo.insertSeparator(self.combo.count())
            group = choice.group
            self.combo.addItem(self._text(choice), choice)

    def _fill_menu(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        self.menu.clear()
        group = None
        for choice in self._choices:
            if group is not choice.group:
                self.menu.addSeparator()
            group = choice.group
            action = QAction(self._text(choice).replace("&", "&&"), self.menu)
            action.setCheckable(True)
            action.setData(choice)
            action.triggered.connect(lambda _, choice=choice: self._choose(choice))
            self._group.addAction(action)
            self.menu.addAction(action)

    def _follow_findings(self) -> None:
        if self._named_findings() != self._findings:
            self._offer()

    def _named_findings(self) -> dict[str, str]:
        return {finding.name: finding.title for finding in self._workspace.findings.all}

    def _text(self, choice: ColorChoice) -> str:
        return self._findings[choice.name] if choice.group is Group.FINDING else choice.name

    def _choose_at(self, place: int) -> None:
        self._choose(self.combo.itemData(place))

    def _choose(self, choice: ColorChoice) -> None:
        self._workspace.display.set_color(choice)
        self._show()

    def _show(self) -> None:
        """Mark the choice in box and menu; a range that was locked belonged to the one before."""
        choice = self._workspace.display.color
        with QSignalBlocker(self.lock):
            self.lock.setChecked(False)
        self.combo.setCurrentIndex(
            next((place for place in range(self.combo.count()) if self.combo.itemData(place) == choice), 0)
        )
        for action in self._group.actions():
            action.setChecked(action.data() == choice)
        self.set_visible(self._visible)
