"""Windows on small simulated catalogues, trained for a moment, and a star map on its own."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from pytestqt.qtbot import QtBot

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.application import create_application
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.gui.views.star_map import StarMap
from stellar_gui.progress import drain
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import save_session
from tests.gui.map_helpers import Recorder


@pytest.fixture(scope="session")
def qapp(private_folders: None) -> object:
    return create_application(["stellar-gui"])


@pytest.fixture(autouse=True)
def first_start(private_folders: None) -> None:
    """Nothing is remembered from the windows of other tests, and none that was closed is left."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QSettings("stellar-gui", "stellar-gui").clear()


@pytest.fixture(scope="session")
def session() -> Session:
    """1,500 simulated stars, a model trained for two epochs, and its embedding."""
    return drain(fit(simulate(1500, seed=3), QualityCuts(), TrainingConfig(seed=1, epochs=2)))


@pytest.fixture(scope="session")
def table_path(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same stars as a CSV file."""
    path = tmp_path_factory.mktemp("tables") / "stars.csv"
    session.catalog.table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def session_path(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same session as a file."""
    path = tmp_path_factory.mktemp("sessions") / "run.stellar"
    drain(save_session(session, path))
    return path


@pytest.fixture
def window(qtbot: QtBot) -> Generator[MainWindow, None, None]:
    """A shown window with nothing open."""
    made = MainWindow()
    made.resize(1680, 1000)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.workspace.mark_saved()
    made.close()
    made.deleteLater()


@pytest.fixture
def trained(window: MainWindow, qtbot: QtBot, session: Session) -> MainWindow:
    """A shown window on the trained session, its map drawn."""
    window.workspace.show(session)
    qtbot.waitUntil(lambda: window.workspace.tasks.running == ())
    return window


@pytest.fixture
def stars() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """4,000 stars in two clumps about x = -1 and x = 1, and one alone at (3, 3)."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(scale=0.3, size=(2, 4000)).astype(np.float32)
    x += np.where(np.arange(4000) % 2, 1, -1)
    x[-1] = y[-1] = 3.0
    return x, y


@pytest.fixture
def star_map(qtbot: QtBot, stars: tuple[NDArray[np.float32], NDArray[np.float32]]) -> StarMap:
    made = StarMap()
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.set_axes("latent 1 (latent units)", "latent 2 (latent units)")
    made.set_stars(*stars)
    made.fit()
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


@pytest.fixture
def heard(star_map: StarMap) -> Recorder:
    return Recorder(star_map, 4000)
