"""The map of a survey by real mouse: from the counts of all stars to the stars of a view, and what regions choose."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.plane_index.survey_stars import can_load
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.survey_map import SurveyMap
from stellar_gui.progress import drain
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import StoredModel, load_model, save_session
from stellar_gui.session.survey.encoding import encode_folder

PARTS, ROWS = 3, 4000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def encoded(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surveys")
    drain(save_session(session, folder / "run.stellar"))
    stored: StoredModel = drain(load_model(folder / "run.stellar"))
    table = simulate(PARTS * ROWS, seed=5).table.assign(objid=np.arange(PARTS * ROWS))
    (folder / "sky").mkdir()
    for number in range(PARTS):
        table.iloc[ROWS * number : ROWS * (number + 1)].to_parquet(folder / "sky" / f"{number}.parquet", index=False)
    drain(encode_folder(stored, folder / "sky", folder / "encoded"))
    return folder / "encoded"


@pytest.fixture
def survey_map(window: MainWindow, qtbot: QtBot, encoded: Path) -> SurveyMap:
    window.open_survey_map(encoded)
    found = window.findChild(SurveyMap, "surveyMapPanel")
    qtbot.waitUntil(lambda: found.map.data.levels.counts is not None, timeout=20_000)
    idle(window, qtbot)
    return found


@pytest.fixture(scope="module")
def stars(encoded: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(encoded / f"{number}.parquet") for number in range(PARTS)], ignore_index=True)


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.workspace.tasks.running, timeout=30_000)


def text(survey_map: SurveyMap, name: str) -> str:
    return survey_map.findChild(QLabel, name).text()


def drag(survey_map: SurveyMap, qtbot: QtBot, a: QPoint, b: QPoint, keys: Qt.KeyboardModifier) -> None:
    viewport = survey_map.map.viewport()
    qtbot.mousePress(viewport, LEFT, keys, a)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(viewport, a + (b - a) * share)
    qtbot.mouseRelease(viewport, LEFT, keys, b)


def rectangle(survey_map: SurveyMap, qtbot: QtBot, keys: Qt.KeyboardModifier, shift: int = 0) -> tuple[float, ...]:
    """Draw a rectangle about the middle, and answer its bounds."""
    qtbot.mouseClick(survey_map.findChild(QToolButton, "surveyToolRectangle"), LEFT)
    middle = survey_map.map.plot_rect().center().toPoint() + QPoint(shift, 0)
    drag(survey_map, qtbot, middle - QPoint(90, 70), middle + QPoint(90, 70), keys)
    return survey_map.map.region.bounds


def inside(stars: pd.DataFrame, bounds: tuple[float, ...]) -> np.ndarray:
    x, y = stars["latent_1"].to_numpy(), stars["latent_2"].to_numpy()
    return (x >= bounds[0]) & (x <= bounds[1]) & (y >= bounds[2]) & (y <= bounds[3])


def test_it_says_how_many_stars_there_are_and_draws_them_with_axes(survey_map: SurveyMap, stars: pd.DataFrame) -> None:
    count = int(stars["latent_1"].notna().sum())
    assert text(survey_map, "surveyMapAbout") == f"encoded · {count:,} stars in 3 files"
    picture = survey_map.map.grab_image()
    places = [(x, y) for x in range(80, picture.width(), 5) for y in range(40, picture.height() - 60, 5)]
    assert len({picture.pixel(x, y) for x, y in places}) > 5
    assert not survey_map.findChild(QPushButton, "surveyExport").isEnabled()


def test_the_stars_of_a_view_are_read_and_zooming_asks_for_them(
    window: MainWindow, survey_map: SurveyMap, qtbot: QtBot, stars: pd.DataFrame
) -> None:
    viewport = survey_map.map.viewport()
    place = QPointF(survey_map.map.plot_rect().center())
    for _ in range(4):
        event = QWheelEvent(
            place,
            QPointF(viewport.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)
    (x0, x1), (y0, y1) = survey_map.map.view_range()
    view = x0, x1, y0, y1
    qtbot.waitUntil(lambda: len(survey_map.map.data.index) > 0 and not window.workspace.tasks.running, timeout=20_000)
    index = survey_map.map.data.index
    found = inside(pd.DataFrame({"latent_1": index.x, "latent_2": index.y}), view).sum()
    assert found == inside(stars, view).sum() > 0
    assert can_load(survey_map._index, view)
    qtbot.keyClick(survey_map.map, Qt.Key.Key_F)
    (wide, _), _ = survey_map.map.view_range()
    assert wide < x0


def test_regions_choose_by_mode_and_what_they_choose_is_exported(
    window: MainWindow, survey_map: SurveyMap, qtbot: QtBot, stars: pd.DataFrame, tmp_path: Path
) -> None:
    first = inside(stars, rectangle(survey_map, qtbot, Qt.KeyboardModifier.NoModifier))
    idle(window, qtbot)
    assert text(survey_map, "surveyChosen") == f"{first.sum():,} stars chosen"
    second = inside(stars, rectangle(survey_map, qtbot, Qt.KeyboardModifier.ShiftModifier, shift=120))
    idle(window, qtbot)
    chosen = first | second
    assert text(survey_map, "surveyChosen") == f"{chosen.sum():,} stars chosen"
    assert chosen.sum() > first.sum() > 0
    survey_map.export_chosen(tmp_path / "chosen.parquet")
    qtbot.waitUntil(lambda: text(survey_map, "surveyDoing").startswith("Exported"), timeout=20_000)
    found = pd.read_parquet(tmp_path / "chosen.parquet")
    assert found["objid"].tolist() == stars.loc[chosen, "objid"].tolist()
    qtbot.mouseClick(survey_map.findChild(QPushButton, "surveyClear"), LEFT)
    assert survey_map.recipe is None and not survey_map.findChild(QPushButton, "surveyExport").isEnabled()


def test_the_chosen_stars_are_opened_in_the_window(
    window: MainWindow, survey_map: SurveyMap, qtbot: QtBot, stars: pd.DataFrame
) -> None:
    chosen = inside(stars, rectangle(survey_map, qtbot, Qt.KeyboardModifier.NoModifier))
    idle(window, qtbot)
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=20_000):
        qtbot.mouseClick(survey_map.findChild(QPushButton, "surveyOpenChosen"), LEFT)
    assert window.workspace.catalog.table["objid"].tolist() == stars.loc[chosen, "objid"].tolist()
    told = f"{chosen.sum():,} of {PARTS * ROWS:,} rows chosen on the map"
    assert window.workspace.catalog.provenance.part == told


def test_the_sessions_own_stars_are_selected_by_the_same_regions(
    trained: MainWindow, qtbot: QtBot, encoded: Path
) -> None:
    trained.open_survey_map(encoded)
    survey_map = trained.findChild(SurveyMap, "surveyMapPanel")
    qtbot.waitUntil(lambda: survey_map.map.data.levels.counts is not None, timeout=20_000)
    bounds = rectangle(survey_map, qtbot, Qt.KeyboardModifier.NoModifier)
    button = survey_map.findChild(QPushButton, "surveySelect")
    qtbot.waitUntil(button.isEnabled)
    qtbot.mouseClick(button, LEFT)
    latent = trained.workspace.embedding.latent
    expected = inside(pd.DataFrame({"latent_1": latent[:, 0], "latent_2": latent[:, 1]}), bounds)
    np.testing.assert_array_equal(trained.workspace.selection, expected & trained.workspace.kept)
    trained.findChild(QAction, "actionUndo").trigger()
    assert not trained.workspace.selection.any()


def test_a_folder_without_a_map_is_told(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.workspace.errorReported, timeout=20_000) as told:
        window.open_survey_map(tmp_path)
    assert "no map of a survey in it; make one with" in str(told.args[0])
