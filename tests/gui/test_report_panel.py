"""The report panel: errors and warnings of a model, and the course of its training, live and afterwards."""

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from stellar_gui.analysis.separation import class_accuracy
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.presets import PRESETS
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.panels.report_panel import LEARNING, REPORT, ReportPanel
from stellar_gui.gui.settings import Settings, StoredLayout
from stellar_gui.gui.views.band_evolution import BandEvolution
from stellar_gui.gui.views.epoch_chart import EpochCurve
from stellar_gui.gui.views.scale_axis import plain_number
from stellar_gui.gui.views.trend_chart import TrendChart
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import load_session

OLD = Path(__file__).parent.parent / "session" / "samples" / "version-1.stellar"
CHARTS = ("rateChart", "gradientChart", "rmsChart", "biasChart")


@pytest.fixture
def panel(window: MainWindow) -> Generator[ReportPanel, None, None]:
    """The report panel, in front; not in the layout that the next window remembers."""
    found = window.findChild(ReportPanel, "reportPanel")
    found.raise_()
    yield found
    window.findChild(QWidget, "selectionPanel").raise_()


@pytest.fixture
def show(window: MainWindow, panel: ReportPanel, qtbot: QtBot) -> Callable[[Session], ReportPanel]:
    def show_session(session: Session) -> ReportPanel:
        window.workspace.show(session)
        qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)
        return panel

    return show_session


@pytest.fixture(scope="module")
def kinds() -> Session:
    """900 objects of two classes with photometric errors, all kept, and a model trained for two epochs."""
    table = simulate(900, seed=5).table.copy()
    table["class"] = np.where(table["r"] < table["r"].median(), "STAR", "QSO")
    for band in "ugriz":
        table[f"err_{band}"] = 0.03
    catalog = Catalog(table, recognise(table).roles, Provenance("kinds.csv"))
    return drain(fit(catalog, QualityCuts(classes=None), TrainingConfig(seed=2, epochs=2)))


def text(panel: ReportPanel, name: str) -> str:
    return panel.findChild(QLabel, name).text()


def rows(panel: ReportPanel) -> dict[str, list[str]]:
    table = panel.findChild(BandTable, "reportTable")
    cells = [[table.item(row, column).text() for column in range(6)] for row in range(table.rowCount())]
    return {label: values for label, *values in cells}


def page(panel: ReportPanel, number: int) -> None:
    panel.findChild(QTabBar, "reportTabs").setCurrentIndex(number)


def shown(panel: ReportPanel, name: str) -> bool:
    return panel.findChild(QWidget, name).isVisible()


def test_selection_is_in_front_at_first_and_the_report_a_tab_behind_it(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QAction, "actionResetLayout").trigger()
    report, selection = (window.findChild(QWidget, f"{name}Panel") for name in ("report", "selection"))
    assert report in window.tabifiedDockWidgets(selection)
    qtbot.waitUntil(lambda: report.visibleRegion().isEmpty())
    assert not selection.visibleRegion().isEmpty()


def test_a_layout_from_before_there_was_a_report_gives_way_to_the_first_one(window: MainWindow, qtbot: QtBot) -> None:
    window.findChild(QWidget, "starPanel").close()
    window.close()
    Settings().save_layout(StoredLayout(window.saveGeometry(), window.saveState(0)))
    again = MainWindow()
    qtbot.addWidget(again)
    again.show()
    assert again.findChild(QWidget, "starPanel").isVisible()
    report, selection = (again.findChild(QWidget, f"{name}Panel") for name in ("report", "selection"))
    assert report in again.tabifiedDockWidgets(selection)
    again.close()


@pytest.mark.parametrize("number", [REPORT, LEARNING])
def test_without_a_model_each_page_says_what_to_do(panel: ReportPanel, number: int) -> None:
    page(panel, number)
    assert text(panel, "reportEmpty").startswith("Press Train")
    assert shown(panel, "reportEmpty")
    assert panel.findChild(QWidget, "reportTable") is panel.findChild(QWidget, "rateChart") is None
    assert not panel.findChild(QToolButton, "copyReportButton").isEnabled()


def test_the_report_of_a_model(show: Callable[[Session], ReportPanel], session: Session) -> None:
    report, panel = session.model.report, show(session)
    assert panel.facts() == f"test {report.test_mse:.4f} mag²"
    assert text(panel, "reportError") == f"{report.test_mse:.4f} mag²"
    more = 100 * (report.test_mse / report.pca_mse - 1)
    assert f"{more:.0f} % more than two principal components leave" in text(panel, "reportComparison")
    assert text(panel, "reportWarnings") == "\n".join(report.warnings) != ""
    table = rows(panel)
    assert table["rms"] == [f"{value:.3f}" for value in report.rms_per_band]
    assert table["median"] == [f"{value:.3f}" for value in report.median_per_band]
    assert table["PCA"] == [f"{value:.3f}" for value in report.pca_rms_per_band]
    assert table["noise"] == ["–"] * 5
    assert all(value[0] in "+−" for value in table["bias"])
    assert not shown(panel, "reportEmpty")
    assert not shown(panel, "reportClasses")


def test_small_errors_keep_three_digits_that_count(show: Callable[[Session], ReportPanel], session: Session) -> None:
    report = replace(session.model.report, test_mse=0.003614, pca_mse=0.00723)
    panel = show(replace(session, model=replace(session.model, report=report), runs=()))
    assert text(panel, "reportError") == "0.00361 mag²"
    assert "50 % less than" in text(panel, "reportComparison")


def test_a_report_without_warnings_shows_none(show: Callable[[Session], ReportPanel], session: Session) -> None:
    quiet = replace(session.model, report=replace(session.model.report, warnings=()))
    assert not shown(show(replace(session, model=quiet, runs=())), "reportWarnings")


def test_noise_and_classes_stand_there_where_the_table_tells_them(
    show: Callable[[Session], ReportPanel], kinds: Session
) -> None:
    panel = show(kinds)
    assert rows(panel)["noise"] == ["0.030"] * 5
    accuracy = class_accuracy(kinds.embedding.latent, pd.Categorical(kinds.catalog.table["class"]))
    assert f"{accuracy:.3f}" in text(panel, "reportClasses")
    assert shown(panel, "reportClasses")


def test_classes_are_looked_at_only_by_who_looks(window: MainWindow, qtbot: QtBot, kinds: Session) -> None:
    window.findChild(QWidget, "selectionPanel").raise_()
    qtbot.waitUntil(lambda: window.findChild(ReportPanel, "reportPanel").visibleRegion().isEmpty())
    window.workspace.show(kinds)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)
    panel = window.findChild(ReportPanel, "reportPanel")
    assert text(panel, "reportClasses") == ""
    panel.raise_()
    qtbot.waitUntil(lambda: text(panel, "reportClasses") != "", timeout=30_000)


def test_classes_of_another_table_are_forgotten(
    show: Callable[[Session], ReportPanel], kinds: Session, session: Session
) -> None:
    assert shown(show(kinds), "reportClasses")
    assert not shown(show(session), "reportClasses")


def test_the_trend_of_each_band_is_a_button_away(
    show: Callable[[Session], ReportPanel], session: Session, qtbot: QtBot
) -> None:
    panel = show(session)
    chart = panel.findChild(TrendChart, "trendChart")
    trend = session.model.report.trend
    for band, name in ((2, "r"), (0, "u")):
        if name != "r":
            qtbot.mouseClick(panel.findChild(QToolButton, "trendBandU"), Qt.MouseButton.LeftButton)
        assert chart.plot.getAxis("bottom").label.toPlainText().strip() == f"{name} (mag)"
        known = np.isfinite(trend.median[band])
        drawn = chart.plot.plotItem.listDataItems()[0].getData()
        np.testing.assert_allclose(drawn, [trend.magnitude[band][known], trend.median[band][known]])


def test_the_report_is_copied_as_text_and_as_a_table(show: Callable[[Session], ReportPanel], session: Session) -> None:
    panel, report = show(session), session.model.report
    panel.findChild(QAction, "actionCopyReport").trigger()
    copied = QGuiApplication.clipboard().text()
    assert f"{report.test_mse:.4f}" in copied
    assert report.warnings[0] in copied
    panel.findChild(QAction, "actionCopyReportTable").trigger()
    title, *lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert title == ["mag", "u", "g", "r", "i", "z"]
    table = {line[0]: line[1:] for line in lines}
    np.testing.assert_allclose([float(value) for value in table["bias"]], report.bias_per_band, rtol=1e-5)
    assert table["noise"] == [""] * 5


def test_the_structure_preset_is_compared_in_magnitudes(show: Callable[[Session], ReportPanel]) -> None:
    config = replace(PRESETS["structure"].config, epochs=2)
    session = drain(fit(simulate(600, seed=4), QualityCuts(), config))
    panel = show(session)
    assert "two principal components and the mean magnitude" in text(panel, "reportComparison")
    page(panel, LEARNING)
    panel.grab()
    assert all(shown(panel, name) for name in CHARTS)


def test_an_old_models_report_shows_what_it_has(show: Callable[[Session], ReportPanel]) -> None:
    panel = show(drain(load_session(OLD)))
    assert text(panel, "reportError") == "2.1108 mag²"
    assert rows(panel)["median"] == ["–"] * 5
    assert not shown(panel, "trendChart")
    page(panel, LEARNING)
    assert [name for name in CHARTS if shown(panel, name)] == ["rateChart"]
    panel.grab()


def test_the_course_of_a_training_is_kept(
    show: Callable[[Session], ReportPanel], session: Session, qtbot: QtBot
) -> None:
    panel, history = show(session), session.model.history
    page(panel, LEARNING)
    rate = panel.findChild(EpochCurve, "rateChart")
    qtbot.waitUntil(lambda: len(rate.plot.plotItem.listDataItems()) == 1)
    np.testing.assert_allclose(rate.plot.plotItem.listDataItems()[0].getData(), [history.epoch, history.learning_rate])
    bias = panel.findChild(BandEvolution, "biasChart")
    qtbot.waitUntil(lambda: bias.drawn.shape == (2, 5))
    np.testing.assert_allclose(bias.drawn, history.bias_per_band)


def test_a_training_shows_its_course_and_then_its_report(window: MainWindow, panel: ReportPanel, qtbot: QtBot) -> None:
    window.workspace.show(Session(simulate(1200, seed=2)))
    window.findChild(QSpinBox, "epochsSpin").setValue(100_000)
    tabs = panel.findChild(QTabBar, "reportTabs")
    with qtbot.waitSignal(window.workspace.progressed, timeout=30_000) as told:
        qtbot.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    assert tabs.currentIndex() == LEARNING
    assert not shown(panel, "reportEmpty")
    rate = panel.findChild(EpochCurve, "rateChart")
    assert (
        rate.legend.entries()[0].text
        == f"learning rate: {plain_number(float(f'{told.args[0].learning_rate:.2g}'))} now"
    )
    qtbot.waitUntil(lambda: len(rate.plot.plotItem.listDataItems()) == 1, timeout=10_000)
    page(panel, REPORT)
    assert shown(panel, "reportEmpty")
    with qtbot.waitSignal(window.workspace.progressed, timeout=30_000):
        pass
    assert tabs.currentIndex() == REPORT
    page(panel, LEARNING)
    with qtbot.waitSignal(window.workspace.embeddingChanged, timeout=30_000):
        qtbot.mouseClick(window.findChild(QPushButton, "stopButton"), Qt.MouseButton.LeftButton)
    assert tabs.currentIndex() == REPORT
    assert shown(panel, "reportTable")
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)
    assert rate.legend.entries()[0].text == "learning rate"


def test_a_training_that_is_dropped_leaves_the_page_empty(
    window: MainWindow, panel: ReportPanel, qtbot: QtBot, table_path: Path
) -> None:
    window.workspace.show(Session(simulate(1200, seed=2)))
    window.findChild(QSpinBox, "epochsSpin").setValue(100_000)
    with qtbot.waitSignal(window.workspace.progressed, timeout=30_000):
        qtbot.mouseClick(window.findChild(QPushButton, "trainButton"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.workspace.catalogChanged, timeout=30_000):
        window.open_path(table_path)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == (), timeout=30_000)
    page(panel, LEARNING)
    assert shown(panel, "reportEmpty")
    assert not shown(panel, "rateChart")
