"""The trust panel through the real window: shading of the latent map, neighbourhoods kept, maps beside it."""

from collections.abc import Generator
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.projections import umap_installed
from stellar_gui.analysis.trust import Shading
from stellar_gui.autoencoder.config import NetworkConfig, TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.map_panel import MapPanel
from stellar_gui.gui.panels.trust_panel import CHOICES, TrustPanel
from stellar_gui.gui.theme import ThemeChoice, theme
from stellar_gui.gui.views.color_ramp import oklab
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.trust import assess_trust, comparable, trust_map
from tests.gui.map_helpers import drag

CELLS = (Shading.ERROR, Shading.AREA, Shading.DENSITY)


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)


@pytest.fixture
def panel(window: MainWindow) -> Generator[TrustPanel, None, None]:
    """The trust panel, opened by the menu; closed again, so that the next window does not remember it."""
    window.findChild(QAction, "actionAnalyseTrust").trigger()
    found = window.findChild(TrustPanel, "trustPanel")
    assert found.isVisible()
    yield found
    theme.choose(ThemeChoice.LIGHT)
    found.close()
    window.findChild(QWidget, "principalPanel").close()
    window.findChild(QWidget, "selectionPanel").raise_()


def shade(qtbot: QtBot, window: MainWindow, shading: Shading) -> None:
    """Choose with the keyboard, as a user who tabs to the box."""
    box = window.findChild(QComboBox, "shadingChoice")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(list(CHOICES.values()).index(shading)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    idle(window, qtbot)


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def text(window: MainWindow, name: str) -> str:
    return window.findChild(QLabel, name).text()


def latent(window: MainWindow) -> StarMap:
    return window.findChild(StarMap, "latentView")


def table(window: MainWindow) -> list[list[str]]:
    grid = window.findChild(QWidget, "trustTable").layout()
    assert isinstance(grid, QGridLayout)
    items = [[grid.itemAtPosition(row, column) for column in range(grid.columnCount())] for row in range(7)]
    return [["" if item is None else item.widget().text() for item in row] for row in items]


def without_contours(star_map: StarMap) -> QImage:
    return star_map.grab_image(style=replace(star_map.figure_style(), contours=False))


def color_at(image: QImage, place: QPointF) -> str:
    return image.pixelColor(place.toPoint()).name()


def test_without_a_model_it_says_what_to_do_and_how_to_add_umap(window: MainWindow, panel: TrustPanel) -> None:
    assert text(window, "shadingReading") == "Train the autoencoder first."
    for name in ("shadingChoice", "compareTrustButton", "showPrincipalButton"):
        assert not window.findChild(QWidget, name).isEnabled()
    installed = umap_installed()
    assert window.findChild(QPushButton, "addUmapButton").isVisible() is installed
    assert (window.findChild(QWidget, "umapPanel") is not None) is installed
    note = window.findChild(QLabel, "noUmapNote")
    assert note.isVisible() is not installed
    assert "pip install" in note.text()


def test_cells_are_shaded_the_farther_from_the_card_the_more(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel, session: Session
) -> None:
    star_map = latent(trained)
    before = without_contours(star_map)
    expected = trust_map(session.model, session.embedding)
    x0, x1, y0, y1 = expected.cells.bounds
    side = len(expected.cells.stars)
    for shading in CELLS:
        shade(qtbot, trained, shading)
        values = expected.values(shading)
        ends = [np.unravel_index(place, values.shape) for place in (np.nanargmin(values), np.nanargmax(values))]
        for choice, word in ((ThemeChoice.DARK, "bright"), (ThemeChoice.LIGHT, "dark")):
            theme.choose(choice)
            image, away = without_contours(star_map), []
            for row, column in ends:
                place = star_map.to_pixel(x0 + (column + 0.5) / side * (x1 - x0), y0 + (row + 0.5) / side * (y1 - y0))
                away.append(abs(oklab(color_at(image, QPointF(place)))[0] - oklab(theme.colors.card)[0]))
            assert 0.1 < away[0] < away[1] - 0.2
            assert f"the shade is {word}" in text(trained, "shadingReading")
    shade(qtbot, trained, Shading.NONE)
    assert without_contours(star_map) == before


def test_only_the_populated_cells_of_the_latent_map_are_shaded(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel, session: Session
) -> None:
    star_map = latent(trained)
    before = without_contours(star_map)
    shade(qtbot, trained, Shading.AREA)
    after = without_contours(star_map)
    cells = trust_map(session.model, session.embedding).cells
    x0, x1, y0, y1 = cells.bounds
    side = len(cells.stars)
    shaded = 0
    for row in range(side):
        for column in range(side):
            place = QPointF(
                star_map.to_pixel(x0 + (column + 0.5) / side * (x1 - x0), y0 + (row + 0.5) / side * (y1 - y0))
            )
            if np.isfinite(cells.error[row, column]):
                shaded += color_at(after, place) != color_at(before, place)
            else:
                assert color_at(after, place) == color_at(before, place)
    assert shaded > 0.9 * len(cells.row)


def test_ellipses_lie_over_the_stars_and_leave_the_colours_alone(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel
) -> None:
    star_map = latent(trained)
    before = without_contours(star_map)
    shade(qtbot, trained, Shading.ELLIPSES)
    after = without_contours(star_map)
    assert after != before
    bar = star_map.plot_rect().toRect()
    assert before.copy(0, 0, before.width(), bar.top()) == after.copy(0, 0, after.width(), bar.top())
    changed = sum(
        before.pixel(x, y) != after.pixel(x, y)
        for x in range(bar.left(), bar.right(), 3)
        for y in range(bar.top(), bar.bottom(), 3)
    )
    assert 0 < changed < 0.2 * (bar.width() // 3) * (bar.height() // 3)
    assert "long axis" in text(trained, "shadingReading")


def test_another_colouring_takes_cells_away_but_not_ellipses(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel
) -> None:
    trust, colors = trained.workspace.trust, trained.findChild(QComboBox, "colourByCombo")
    shade(qtbot, trained, Shading.AREA)
    colors.setFocus()
    qtbot.keyClick(colors, Qt.Key.Key_Down)
    idle(trained, qtbot)
    assert trust.shading is Shading.NONE
    assert trained.findChild(QComboBox, "shadingChoice").currentText() == "None"
    shade(qtbot, trained, Shading.ELLIPSES)
    qtbot.keyClick(colors, Qt.Key.Key_Up)
    idle(trained, qtbot)
    assert trust.shading is Shading.ELLIPSES


def test_the_table_tells_what_the_command_line_tells(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel, session: Session
) -> None:
    assert not trained.findChild(QWidget, "trustTable").isVisible()
    press(qtbot, trained, "compareTrustButton")
    idle(trained, qtbot)
    expected = drain(assess_trust(session.model, session.catalog, session.quality, session.embedding))
    titles, *rows = table(trained)
    assert titles[2:] == ["latent", "PCA"]
    assert [row[1] for row in rows] == 2 * ["k = 10", "k = 30", "k = 100"]
    assert (rows[0][0], rows[3][0]) == ("Trustworthiness", "Continuity")
    for column, name in ((2, "latent"), (3, "pca")):
        kept = expected.planes[name]
        numbers = [*kept.trustworthiness.values(), *kept.continuity.values()]
        assert [row[column] for row in rows] == [f"{number:.3f}" for number in numbers]
    assert panel.facts() == f"{expected.stars:,} stars"
    press(qtbot, trained, "compareTrustButton")
    idle(trained, qtbot)
    shown = [cell for cell in chain(*table(trained)) if cell]

    def read() -> list[str]:
        labels = trained.findChild(QWidget, "trustTable").findChildren(QLabel)
        return [label.text() for label in labels if label.isVisible() and label.text()]

    qtbot.waitUntil(lambda: sorted(read()) == sorted(shown))
    trained.workspace.show(session)
    idle(trained, qtbot)
    assert not trained.findChild(QWidget, "trustTable").isVisible()


def test_a_comparison_can_be_cancelled_and_begun_again(qtbot: QtBot, trained: MainWindow, panel: TrustPanel) -> None:
    button = trained.findChild(QPushButton, "compareTrustButton")
    press(qtbot, trained, "compareTrustButton")
    assert button.text() == "Cancel"
    press(qtbot, trained, "compareTrustButton")
    idle(trained, qtbot)
    assert trained.workspace.trust.report is None
    assert button.text() == "Compare with PCA"
    press(qtbot, trained, "compareTrustButton")
    idle(trained, qtbot)
    assert trained.workspace.trust.report is not None


def test_the_principal_components_stand_beside_the_map_with_the_same_selection(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel, session: Session
) -> None:
    press(qtbot, trained, "showPrincipalButton")
    beside, star_map = trained.findChild(MapPanel, "principalPanel"), trained.findChild(StarMap, "principalView")
    qtbot.waitUntil(lambda: beside.link.obstacle is None and beside.link.up_to_date, timeout=20_000)
    idle(trained, qtbot)
    kept = session.quality.kept
    features = comparable(session.model, session.catalog, session.quality)
    variance = np.linalg.eigvalsh(np.cov(features.T))[::-1]
    np.testing.assert_allclose(np.var(star_map.data.x[kept], ddof=1), variance[0], rtol=1e-4)
    np.testing.assert_allclose(np.var(star_map.data.y[kept], ddof=1), variance[1], rtol=1e-4)
    assert np.isnan(star_map.data.x[~kept]).all()
    trained.findChild(QAction, "actionToolRectangle").trigger()
    drag(qtbot, star_map, [(0.0, -1.0), (2.0, 1.0)])
    selection = trained.workspace.selection
    x, y = star_map.data.x, star_map.data.y
    np.testing.assert_array_equal(selection, kept & (x >= 0) & (x <= 2) & (y >= -1) & (y <= 1))
    assert selection.any()
    latent(trained).fit_selection()
    view, chosen = latent(trained).view_range(), session.embedding.latent[selection]
    for (low, high), values in zip(view, chosen.T, strict=True):
        assert low < values.min() and values.max() < high
        assert high - low < 1.5 * np.ptp(values)


def test_another_model_is_shaded_anew_and_one_with_one_coordinate_says_why_not(
    qtbot: QtBot, trained: MainWindow, panel: TrustPanel
) -> None:
    shade(qtbot, trained, Shading.AREA)
    first = trained.workspace.trust.map
    assert first is not None
    config = TrainingConfig(seed=4, epochs=1, network=NetworkConfig(hidden=8, depth=2))
    other = drain(fit(simulate(600, seed=8), QualityCuts(), config))
    trained.workspace.show(other)
    idle(trained, qtbot)
    assert trained.workspace.trust.map is not None
    assert trained.workspace.trust.map.cells.stars.sum() < first.cells.stars.sum()
    flat = TrainingConfig(seed=4, epochs=1, network=NetworkConfig(hidden=8, depth=2, latent=1))
    trained.workspace.show(drain(fit(simulate(600, seed=8), QualityCuts(), flat)))
    idle(trained, qtbot)
    assert trained.workspace.trust.map is None
    assert "one latent coordinate" in text(trained, "shadingReading")
