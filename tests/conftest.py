"""What all tests share: a private place for settings and logs, a screenless Qt, small catalogues and the real stars."""

import os
from collections.abc import Generator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from tests.sky_server import SkyServer, sky_server

REAL_STARS = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(autouse=True, scope="session")
def private_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep settings, logs and recovered sessions of the tests away from the user's."""
    base = tmp_path_factory.mktemp("user")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        folder = base / name.lower()
        folder.mkdir()
        os.environ[name] = str(folder)


@pytest.fixture(scope="session")
def real_stars() -> Path:
    """The folder of real SDSS stars; tests that read it are skipped where it is absent."""
    if not REAL_STARS.is_dir():
        pytest.skip("the real stars of ../shared/data are not here")
    return REAL_STARS


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Generator[SkyServer, None, None]:
    """A SkyServer on loopback, reached without any proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with sky_server() as made:
        yield made
