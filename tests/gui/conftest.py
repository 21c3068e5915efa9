"""Windows on small simulated catalogues, trained for a moment."""

from collections.abc import Generator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.gui.application import create_application
from stellar_gui.gui.main_window import MainWindow
from stellar_gui.progress import drain
from stellar_gui.session.archive import save_session
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session


@pytest.fixture(scope="session")
def qapp(private_folders: None) -> object:
    return create_application(["stellar-gui"])


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
