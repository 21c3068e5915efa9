"""The light and the dark theme: named colours, palette, style sheet and the switch between them."""

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Colors:
    """Named colours of one theme, as hexadecimal strings; contrast of text on card at least 4.5 : 1, of marks 3 : 1.

    window: behind the cards; card: panels and plots; sunken: fields and hover; border: hairlines;
    text, muted: primary and secondary text; primary: the one blue of density, buttons and reconstructed values;
    on_primary: text on it; accent: the selection, and nothing else; chosen: the current row of a list;
    ink: original values and the densest pixels; warning: a sentence about something that went wrong;
    dimming: how far the density fades towards the card while stars are selected, 0 to 1.
    """

    window: str
    card: str
    sunken: str
    border: str
    text: str
    muted: str
    primary: str
    primary_hover: str
    on_primary: str
    accent: str
    chosen: str
    ink: str
    warning: str
    dimming: float
    density: tuple[str, ...]


LIGHT = Colors(
    window="#f3f4f6",
    card="#ffffff",
    sunken="#f3f5f8",
    border="#d9dde3",
    text="#1a1d21",
    muted="#5b6470",
    primary="#1f6bb0",
    primary_hover="#185a96",
    on_primary="#ffffff",
    accent="#d6480f",
    chosen="#d3e4f4",
    ink="#14181d",
    warning="#a8250f",
    dimming=0.45,
    density=("#ffffff", "#cfe1f2", "#93c3df", "#4a98c9", "#1f6bb0", "#0b3d75", "#061c38"),
)
DARK = Colors(
    window="#14171b",
    card="#1d2126",
    sunken="#262b32",
    border="#363c44",
    text="#e8eaed",
    muted="#9aa3ae",
    primary="#5aa9e6",
    primary_hover="#7bbcee",
    on_primary="#0c1116",
    accent="#ff9d45",
    chosen="#2c4a66",
    ink="#f4f6f8",
    warning="#ff8f73",
    dimming=0.25,
    density=("#1d2126", "#2f6090", "#3270a8", "#3f86c6", "#5aa9e6", "#a6d3f5", "#f4faff"),
)
PRINT = replace(LIGHT, window="#ffffff", border="#7a828c", text="#000000", muted="#1f2328")
"""The light colours with black text and lines, for figures on paper."""


class ThemeChoice(Enum):
    """What the user asks for in View > Theme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The theme in force; views draw with `theme.colors` and repaint on `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choice = ThemeChoice.SYSTEM
        self.colors = LIGHT

    @property
    def choice(self) -> ThemeChoice:
        """What the user asked for."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self.colors is DARK

    def choose(self, choice: ThemeChoice) -> None:
        """Put a choice into force at once, in every view."""
        self._choice = choice
        self.refresh()

    def refresh(self) -> None:
        """Take the colours that the choice and the system call for; called when the system's scheme changes."""
        system_is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = self._choice is ThemeChoice.DARK or (self._choice is ThemeChoice.SYSTEM and system_is_dark)
        self.colors = DARK if dark else LIGHT
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(_palette(self.colors))
            application.setStyleSheet(_style_sheet(self.colors))
        self.changed.emit()


theme = Theme()


def install(application: QApplication) -> None:
    """Give the application Fusion, our palette and style sheet, and follow the system's scheme."""
    application.setStyle("Fusion")
    font = application.font()
    font.setPointSizeF(9.5)
    application.setFont(font)
    application.styleHints().colorSchemeChanged.connect(theme.refresh)
    theme.refresh()


def tabular_font(base: QFont) -> QFont:
    """The font with digits of one width, for numbers in tables."""
    font = QFont(base)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _palette(colors: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, value in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.card),
        (role.AlternateBase, colors.sunken),
        (role.Text, colors.text),
        (role.Button, colors.card),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.on_primary),
        (role.Highlight, colors.primary),
        (role.HighlightedText, colors.on_primary),
        (role.Link, colors.primary),
        (role.LinkVisited, colors.primary),
        (role.ToolTipBase, colors.card),
        (role.ToolTipText, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Mid, colors.border),
        (role.Light, colors.sunken),
        (role.Midlight, colors.border),
        (role.Dark, colors.muted),
        (role.Shadow, colors.border),
        (role.Accent, colors.primary),
    ):
        palette.setColor(target, QColor(value))
    for target in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(colors.muted)
        faded.setAlpha(140)
        palette.setColor(QPalette.ColorGroup.Disabled, target, faded)
    return palette


def _style_sheet(colors: Colors) -> str:
    return f"""
    QMainWindow, QMainWindow > QWidget#centralArea {{ background: {colors.window}; }}
    QToolTip {{ background: {colors.card}; color: {colors.text}; border: 1px solid {colors.border}; padding: 4px; }}
    QMessageBox, QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QFrame#card {{ background: {colors.card}; border: 1px solid {colors.border}; border-radius: 6px; }}
    QFrame#panelHeader {{ background: {colors.card}; border: 1px solid {colors.border}; border-bottom: none;
                          border-top-left-radius: 6px; border-top-right-radius: 6px; }}
    QFrame#panelBody {{ background: {colors.card}; border: 1px solid {colors.border}; border-top: none;
                        border-bottom-left-radius: 6px; border-bottom-right-radius: 6px; }}
    QFrame#restoreBar {{ background: {colors.sunken}; border: 1px solid {colors.border}; border-radius: 4px; }}
    QWidget#panelInner {{ background: {colors.card}; }}
    QMainWindow::separator {{ background: {colors.window}; width: 8px; height: 8px; }}
    QMainWindow::separator:hover {{ background: {colors.border}; }}
    QTabBar::tab {{ background: transparent; color: {colors.muted}; border: none; padding: 5px 12px;
                    border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {colors.text}; border-bottom-color: {colors.primary}; }}
    QFrame#regionBar {{ background: {colors.card}; border: 1px solid {colors.border}; border-radius: 6px; }}
    QFrame#regionBar QLineEdit {{ background: {colors.sunken}; border: 1px solid transparent; border-radius: 3px;
                                  padding: 1px 4px; }}
    QFrame#regionBar QLineEdit:focus {{ background: {colors.card}; border-color: {colors.primary}; }}
    QFrame#regionBar QToolButton {{ border: none; border-radius: 3px; padding: 2px; }}
    QFrame#regionBar QToolButton:hover {{ background: {colors.sunken}; }}
    QLabel#cardTitle {{ font-weight: 600; }}
    QLabel[muted="true"] {{ color: {colors.muted}; }}
    QLabel[warning="true"] {{ color: {colors.warning}; }}
    QPushButton {{ background: {colors.card}; border: 1px solid {colors.border}; border-radius: 4px;
                   padding: 4px 12px; min-height: 18px; }}
    QPushButton:hover {{ background: {colors.sunken}; }}
    QPushButton:focus {{ border-color: {colors.primary}; }}
    QPushButton:disabled {{ color: {colors.muted}; background: {colors.window}; }}
    QPushButton[flatRow="true"] {{ background: transparent; border: none; text-align: left; padding: 0; }}
    QPushButton[flatRow="true"]:hover, QPushButton[flatRow="true"]:focus {{ background: {colors.sunken}; }}
    QPushButton[main="true"] {{ background: {colors.primary}; color: {colors.on_primary};
                                border-color: {colors.primary}; font-weight: 600; }}
    QPushButton[main="true"]:hover {{ background: {colors.primary_hover}; }}
    QPushButton[main="true"]:disabled {{ background: {colors.border}; color: {colors.muted};
                                         border-color: {colors.border}; }}
    QToolButton[segment="true"] {{ border: 1px solid transparent; border-radius: 4px; padding: 1px 6px;
                                   color: {colors.muted}; }}
    QToolButton[segment="true"]:hover {{ background: {colors.sunken}; }}
    QToolButton[segment="true"]:focus {{ border-color: {colors.border}; }}
    QToolButton[segment="true"]:checked {{ color: {colors.text}; border-color: {colors.primary}; }}
    QToolButton[quiet="true"] {{ border: none; border-radius: 4px; padding: 2px; }}
    QToolButton[quiet="true"]:hover, QToolButton[quiet="true"]:focus {{ background: {colors.sunken}; }}
    QToolButton[quiet="true"]::menu-indicator {{ image: none; }}
    QTreeView#subsetList {{ background: {colors.card}; border: none; selection-background-color: {colors.chosen};
                            selection-color: {colors.text}; }}
    QCheckBox::indicator:unchecked, QTreeView::indicator:unchecked {{
        border: 1px solid {colors.muted}; border-radius: 2px; background: {colors.card}; }}
    QToolBar {{ background: {colors.window}; border: none; spacing: 2px; padding: 3px 0 7px 0; }}
    QToolBar::separator {{ background: {colors.border}; width: 1px; margin: 5px 6px; }}
    QToolBar QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px; }}
    QToolBar QToolButton:hover {{ background: {colors.sunken}; border-color: {colors.border}; }}
    QToolBar QToolButton:checked {{ background: {colors.card}; border-color: {colors.primary}; }}
    QMenuBar {{ background: {colors.window}; }}
    QMenuBar::item:selected {{ background: {colors.sunken}; }}
    QStatusBar {{ background: {colors.window}; color: {colors.muted}; min-height: 30px; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel {{ color: {colors.muted}; padding: 0 6px; }}
    QTableView {{ background: {colors.card}; border: none; gridline-color: transparent;
                  selection-background-color: {colors.chosen}; selection-color: {colors.text}; }}
    QHeaderView::section {{ background: {colors.card}; color: {colors.muted}; border: none;
                            border-bottom: 1px solid {colors.border}; padding: 3px 6px; }}
    QTableCornerButton::section {{ background: {colors.card}; border: none; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 9px; }}
    QScrollBar:horizontal {{ height: 9px; }}
    QScrollBar::handle {{ background: {colors.border}; border-radius: 3px; margin: 1px 2px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {colors.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QScrollArea {{ background: transparent; border: none; }}
    QSlider[themed="true"]::groove:horizontal {{ background: {colors.border}; height: 4px; border-radius: 2px; }}
    QSlider[themed="true"]::sub-page:horizontal {{ background: {colors.primary}; border-radius: 2px; }}
    QSlider[themed="true"]::handle:horizontal {{ background: {colors.primary}; border: 1px solid {colors.primary};
                                                  width: 12px; margin: -5px 0; border-radius: 7px; }}
    QSlider[themed="true"]:focus::handle:horizontal {{ border-color: {colors.text}; }}
    QProgressBar {{ background: {colors.sunken}; border: none; border-radius: 3px; height: 6px; }}
    QProgressBar::chunk {{ background: {colors.primary}; border-radius: 3px; }}
    """
