"""The tools of a map: their names, letters and hints."""

from enum import Enum


class Tool(Enum):
    """What the left button does; the value is the word the user reads."""

    PICK = "Pick"
    RECTANGLE = "Rectangle"
    CIRCLE = "Circle"
    X_RANGE = "X range"
    Y_RANGE = "Y range"
    LASSO = "Lasso"
    POLYGON = "Polygon"
    BRUSH = "Brush"
    PROBE = "Probe"

    @property
    def key(self) -> str:
        """The letter that chooses the tool."""
        return _OTHER_KEYS.get(self, self.value[0])

    @property
    def hint(self) -> str:
        """What the pointer can do, for the status bar."""
        return _HINTS[self]


_OTHER_KEYS = {Tool.POLYGON: "G", Tool.PROBE: "D"}
_HINTS = {
    Tool.PICK: "click a star to look at it, drag to move the map, Shift-drag adds a rectangle",
    Tool.RECTANGLE: "drag a rectangle around stars",
    Tool.CIRCLE: "drag from the centre outwards",
    Tool.X_RANGE: "drag sideways over a band of stars",
    Tool.Y_RANGE: "drag up or down over a band of stars",
    Tool.LASSO: "drag around stars; release closes the outline",
    Tool.POLYGON: "click corner by corner; double click or Enter closes",
    Tool.BRUSH: "drag the circle over stars; [ and ] change its size",
    Tool.PROBE: "point at a place to decode it; click pins it, drag draws a path",
}
