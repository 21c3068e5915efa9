"""The contours' labels: one for each share, none upon another, whatever the zoom."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF

from stellar_gui.analysis.contours import SHARES, contours
from stellar_gui.analysis.spatial import GridIndex
from stellar_gui.gui.views.contour_layer import _free_box, _label_places
from stellar_gui.gui.views.map_view import MapView

PLOT = QRectF(60, 30, 600, 500)
SIZE = QSizeF(36, 16)


@pytest.mark.parametrize("seed", range(4))
def test_labels_stand_on_their_contours_and_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 20_000)).astype(np.float32)
    x[::3] = 0.2 * x[::3] + 2 * rng.normal()
    y += 0.3 * x**2 * rng.normal()
    index = GridIndex(x, y)
    made = contours(index)
    places = _label_places(made)
    assert len(places) == len(SHARES)
    for contour, candidates in zip(made, places, strict=True):
        points = np.concatenate(contour.lines)
        for place in candidates:
            assert np.abs(points - place).sum(axis=1).min() < 1e-9
    for zoom in (1.0, 0.3, 5.0):
        view = MapView.around(index.bulk).zoomed(zoom, zoom, 0, 0)
        boxes: list[QRectF] = []
        for candidates in places:
            box = _free_box((view.to_pixel(*place, PLOT) for place in candidates), SIZE, boxes)
            if box is not None:
                boxes.append(box)
        assert len(boxes) == 5 or zoom == 5
        for number, box in enumerate(boxes):
            assert not any(box.intersects(other) for other in boxes[:number])
