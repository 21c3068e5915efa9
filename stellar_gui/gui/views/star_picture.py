"""The stars on the screen: a sample while the view changes, every star soon after it has come to rest."""

from collections.abc import Generator

from PySide6.QtCore import QObject, QTimer, Signal

from stellar_gui.analysis.density import Stretch
from stellar_gui.analysis.raster import Raster
from stellar_gui.gui.theme import Colors
from stellar_gui.gui.views.density_layer import DensityLayer, StarImage
from stellar_gui.progress import drain

REST = 60
"""ms without a change of the view until all stars are counted, in steps between which the window answers."""

_Key = tuple[Raster, Stretch, Colors]


class StarPicture(QObject):
    """Keeps the last picture of a layer and completes it when there is time."""

    completed = Signal()

    def __init__(self, layer: DensityLayer, parent: QObject) -> None:
        super().__init__(parent)
        self._layer = layer
        self._drawn: tuple[_Key, StarImage] | None = None
        self._work: Generator[None, None, StarImage] | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._begin)
        self._steps = QTimer(self, interval=0)
        self._steps.timeout.connect(self._go_on)

    def image(self, raster: Raster, stretch: Stretch, colors: Colors) -> StarImage:
        """The stars within one frame's time; where that is a sample, `completed` comes when all are drawn."""
        key = raster, stretch, colors
        if self._drawn is None or self._drawn[0] != key:
            self._stop()
            self._drawn = key, self._layer.draw(*key)
            if not self._drawn[1].complete:
                self._rest.start()
        return self._drawn[1]

    def whole(self, raster: Raster, stretch: Stretch, colors: Colors) -> StarImage:
        """All stars, however long it takes."""
        key = raster, stretch, colors
        if self._drawn is not None and self._drawn[0] == key and self._drawn[1].complete:
            return self._drawn[1]
        return drain(self._layer.draw_all(*key))

    def forget(self) -> None:
        """Draw anew: the layer shows something else."""
        self._stop()
        self._drawn = None

    def _stop(self) -> None:
        self._rest.stop()
        self._steps.stop()
        self._work = None

    def _begin(self) -> None:
        if self._drawn is not None:
            self._work = self._layer.draw_all(*self._drawn[0])
            self._steps.start()

    def _go_on(self) -> None:
        if self._work is None or self._drawn is None:
            return
        try:
            next(self._work)
        except StopIteration as end:
            self._drawn = self._drawn[0], end.value
            self._stop()
            self.completed.emit()
