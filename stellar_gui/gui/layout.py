"""Where the window's docks stand, at first, on a low screen and when a map is opened."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

SMALL_HEIGHT = 900
NARROW_WIDTH = 1400
SIDE_WIDTHS = (380, 390)
NARROW_SIDE_WIDTHS = (320, 320)
LEFT_HEIGHTS = (520, 410)
RIGHT_HEIGHTS = (430, 500)
MAP_HEIGHT = 330

_Area, _Way = Qt.DockWidgetArea, Qt.Orientation


class Layout:
    """Two panels at the left, two at the right, and below the central map two columns of other maps, put away at first.

    left, right: from the upper to the lower panel, then tabs behind the lower one; maps: by column, those of one column
    are tabs. Panels of analyses, and maps that come with them, are adopted when they are made: tabs behind the lower
    right panel, and in the last column of maps.
    """

    def __init__(
        self,
        window: QMainWindow,
        left: Sequence[QDockWidget],
        right: Sequence[QDockWidget],
        maps: Sequence[Sequence[QDockWidget]],
    ) -> None:
        self._window = window
        self._left, self._right, self._maps = left[:2], right[:2], [list(column) for column in maps]
        self._behind_left, self._behind_right = left[2:], right[2:]
        self._analyses: list[QDockWidget] = []
        self._tabbed: bool | None = None
        self._floating: list[QDockWidget] = []
        self._tabs_pending = False
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, _Area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _Area.RightDockWidgetArea)
        for column in maps:
            for panel in column:
                self._follow_map(panel)

    def adopt(self, analysis: QDockWidget) -> None:
        """Take in the panel of an analysis, hidden, behind the right column's tabs or where it was the last time."""
        self._analyses.append(analysis)
        self._take_in(analysis, _Area.RightDockWidgetArea, (*self._right, *self._behind_right, *self._analyses))

    def adopt_map(self, panel: QDockWidget) -> None:
        """Take in a map, hidden, in the last column of maps or where it was the last time."""
        self._maps[-1].append(panel)
        self._follow_map(panel)
        self._take_in(panel, _Area.BottomDockWidgetArea, self._maps[-1])

    def open(self, analysis: QDockWidget) -> None:
        """Bring an analysis to the front, where it was the last time; others there make room for its tab."""
        analysis.show()
        for other in self._window.tabifiedDockWidgets(analysis):
            if other in self._analyses:
                other.hide()
        analysis.raise_()

    def open_map(self, panel: QDockWidget) -> None:
        """Show a map and bring it to the front."""
        if panel.isHidden():
            panel.toggleViewAction().trigger()
        panel.raise_()

    def arrange(self) -> None:
        """Put everything in its first place."""
        window = self._window
        self._put_maps_away()
        left, right = (*self._left, *self._behind_left), (*self._right, *self._behind_right, *self._analyses)
        for dock in (*left, *right):
            _dock(dock)
            window.removeDockWidget(dock)
        for docks, area in ((left, _Area.LeftDockWidgetArea), (right, _Area.RightDockWidgetArea)):
            for dock in docks:
                window.addDockWidget(area, dock)
                dock.setVisible(dock not in self._analyses)
            window.splitDockWidget(docks[0], docks[1], _Way.Vertical)
        self._tabs_pending = not window.isVisible()
        if not self._tabs_pending:
            self._make_tabs()
        self._tabbed = None
        self.follow_height()
        self._hide_stray_bars()
        if window.height() < SMALL_HEIGHT:
            self._left[0].raise_()
        widths = NARROW_SIDE_WIDTHS if window.width() < NARROW_WIDTH else SIDE_WIDTHS
        window.resizeDocks([self._left[0], self._right[0]], list(widths), _Way.Horizontal)
        window.resizeDocks(list(self._right), list(RIGHT_HEIGHTS), _Way.Vertical)

    def restored(self) -> None:
        """The window has put its docks where they were the last time; floating maps appear once it is shown."""
        self._tabs_pending = False
        self._floating = [
            panel for column in self._maps for panel in column if panel.isFloating() and not panel.isHidden()
        ]
        self._tabbed = bool(self._window.tabifiedDockWidgets(self._left[0]))
        self.follow_height()

    def shown(self) -> None:
        """The window appears: make its tabs, suit the screen's height, and bring its floating maps with it."""
        if self._tabs_pending:
            self._tabs_pending = False
            self._make_tabs()
        self.follow_height()
        for panel in self._floating:
            panel.hide()
            panel.show()
        self._floating = []

    def follow_height(self) -> None:
        """Turn the left column into tabs on a low screen, and back, unless the user has put its panels elsewhere.

        A window that is not shown yet waits, since Qt would leave the bar of tabs behind that it takes back.
        """
        window, (upper, lower), area = self._window, self._left, _Area.LeftDockWidgetArea
        low = window.height() < SMALL_HEIGHT
        together = all(window.dockWidgetArea(dock) == area and not dock.isFloating() for dock in self._left)
        if low is self._tabbed or not together or not window.isVisible():
            return
        self._tabbed = low
        beside = window.tabifiedDockWidgets(lower)
        behind = [dock for dock in self._behind_left if dock in beside]
        if low:
            window.tabifyDockWidget(upper, lower)
            self._put_behind(lower, behind)
            upper.raise_()
        else:
            for dock in (lower, *behind):
                window.removeDockWidget(dock)
            for dock in (lower, *behind):
                window.addDockWidget(area, dock, _Way.Vertical)
                dock.show()
            self._put_behind(lower, behind)
            lower.raise_()
            window.resizeDocks([upper, lower], list(LEFT_HEIGHTS), _Way.Vertical)

    def _take_in(self, panel: QDockWidget, area: Qt.DockWidgetArea, beside: Sequence[QDockWidget]) -> None:
        """Dock a new panel; unless the last layout knows its place, it becomes a tab behind those beside it."""
        window = self._window
        if window.restoreDockWidget(panel):
            return
        window.addDockWidget(area, panel)
        panel.hide()
        docked = [dock for dock in beside if dock is not panel and window.dockWidgetArea(dock) == area]
        front = next((dock for dock in reversed(docked) if not dock.isFloating()), None)
        if front is not None and not self._tabs_pending:
            window.tabifyDockWidget(front, panel)

    def _follow_map(self, panel: QDockWidget) -> None:
        panel.toggleViewAction().triggered.connect(lambda shown: self._show_map(panel, shown))

    def _make_tabs(self) -> None:
        """Put the further panels of both columns behind their lower ones."""
        self._put_behind(self._left[1], self._behind_left)
        self._put_behind(self._right[1], (*self._behind_right, *self._analyses))
        self._left[1].raise_()
        self._right[1].raise_()

    def _hide_stray_bars(self) -> None:
        """Hide the rows of tabs that Qt leaves behind where panels are put together anew: they no longer follow."""
        for front, behind in ((self._left[1], self._behind_left), (self._right[1], self._behind_right)):
            bars = [bar for bar in self._window.findChildren(QTabBar) if _shows(bar, front)]
            behind[-1].raise_()
            strays = [bar for bar in bars if _shows(bar, front)]
            front.raise_()
            for bar in strays:
                bar.hide()

    def _put_behind(self, front: QDockWidget, docks: Sequence[QDockWidget]) -> None:
        """Each behind the one before: all behind the first leave a second row of tabs in a window that is shown."""
        for before, dock in zip((front, *docks), docks, strict=False):
            self._window.tabifyDockWidget(before, dock)

    def _put_maps_away(self) -> None:
        for column in self._maps:
            for panel in column:
                _dock(panel)
                self._window.addDockWidget(_Area.BottomDockWidgetArea, panel)
                panel.hide()
        self._window.splitDockWidget(self._maps[0][0], self._maps[1][0], _Way.Horizontal)
        for first, *others in self._maps:
            for panel in others:
                self._window.tabifyDockWidget(first, panel)

    def _show_map(self, panel: QDockWidget, shown: bool) -> None:
        """Bring a map that was just opened to the front, with as much room as the one beside it."""
        if not shown or panel.isFloating():
            return
        panel.raise_()
        if panel.height() < MAP_HEIGHT:
            self._window.resizeDocks([panel], [MAP_HEIGHT], _Way.Vertical)
        fronts = [next((one for one in column if not one.visibleRegion().isEmpty()), None) for column in self._maps]
        beside = [one for one in fronts if one is not None and one is not panel and not one.isFloating()]
        if beside:
            self._window.resizeDocks([panel, beside[-1]], [1, 1], _Way.Horizontal)


def _dock(panel: QDockWidget) -> None:
    """Let a panel float no longer; to say so of one that does not costs Qt some milliseconds.

    One that was never in the window counts as floating, and need not be told.
    """
    if panel.isFloating() and panel.parentWidget() is not None:
        panel.setFloating(False)


def _shows(bar: QTabBar, dock: QDockWidget) -> bool:
    """Whether a row of tabs has that panel in front."""
    return bar.tabText(bar.currentIndex()) == dock.windowTitle()
