"""Colour by: the box in the map's header and the same choices as a menu, with the lock of the colour bar's range."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QMenu

from stellar_gui.analysis.coloring import DENSITY, ColorChoice, Group

_LETTERS = 15
_WAITS = "Train the autoencoder first."
_TIP = "What colours the stars on the map; it changes neither the selection nor the view"


class ColorControl(QObject):
    """What the map is coloured by, as the user chooses it; `chosen` and `lockChanged` tell of the user's acts alone."""

    chosen = Signal(object)
    lockChanged = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
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
        self._choices: tuple[ColorChoice, ...] = ()
        self._choice = DENSITY
        self._visible = False
        self.set_choices((DENSITY,))
        self.allow(False)

    @property
    def choice(self) -> ColorChoice:
        """What is chosen."""
        return self._choice

    def set_choices(self, choices: Sequence[ColorChoice]) -> None:
        """Offer other choices, and return to density without a lock; nothing is emitted."""
        self._choices = tuple(choices)
        self._fill_combo()
        self._fill_menu()
        self._show(DENSITY)

    def allow(self, allowed: bool) -> None:
        """Whether there are stars to colour."""
        self.combo.setEnabled(allowed)
        self.combo.setToolTip(_TIP if allowed else f"{_TIP}.\n{_WAITS}")
        self.lock.setEnabled(allowed)
        self.set_visible(self._visible)
        self._group.setEnabled(allowed)
        self.menu.setEnabled(allowed)

    def set_visible(self, visible: bool) -> None:
        """Show the box beside the map, the lock where the map is coloured by numbers."""
        self.label.setVisible(visible)
        self.combo.setVisible(visible)
        self._visible = visible
        numbers = self._choice.group not in (Group.DENSITY, Group.LABEL)
        self.lock.setVisible(visible and numbers and self.combo.isEnabled())

    def _fill_combo(self) -> None:
        self.combo.clear()
        group = None
        for choice in self._choices:
            if group not in (None, choice.group):
                self.combo.insertSeparator(self.combo.count())
            group = choice.group
            self.combo.addItem(choice.name, choice)

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
            action = QAction(choice.name.replace("&", "&&"), self.menu)
            action.setCheckable(True)
            action.setData(choice)
            action.triggered.connect(lambda _, choice=choice: self._choose(choice))
            self._group.addAction(action)
            self.menu.addAction(action)
        self._group.setEnabled(self.combo.isEnabled())

    def _choose_at(self, place: int) -> None:
        self._choose(self.combo.itemData(place))

    def _choose(self, choice: ColorChoice) -> None:
        if choice != self._choice:
            self._show(choice)
            self.chosen.emit(choice)

    def _show(self, choice: ColorChoice) -> None:
        """Mark a choice in box and menu; a range that was locked belonged to the one before."""
        self._choice = choice
        with QSignalBlocker(self.lock):
            self.lock.setChecked(False)
        self.combo.setCurrentIndex(
            next(place for place in range(self.combo.count()) if self.combo.itemData(place) == choice)
        )
        for action in self._group.actions():
            action.setChecked(action.data() == choice)
        self.set_visible(self._visible)
