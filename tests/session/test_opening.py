"""Whatever a user chooses opens as a session."""

from pathlib import Path

import numpy as np
import pytest

from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.errors import InputError
from stellar_gui.progress import drain
from stellar_gui.session.opening import is_session, open_path
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import save_session


def test_a_session_opens_as_it_was_saved(trained: Session, tmp_path: Path) -> None:
    path = tmp_path / "RUN.Stellar"
    drain(save_session(trained, path))
    assert is_session(path)
    found = drain(open_path(path))
    assert found.cuts == trained.cuts
    assert found.model is not None and trained.model is not None
    assert found.model.id == trained.model.id


def test_a_table_opens_under_the_default_cuts_with_the_columns_asked_for(trained: Session, tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    trained.catalog.table.assign(psfMag_u=20.0).to_csv(path, index=False)
    found = drain(open_path(path, {"u": "psfMag_u"}))
    assert found.cuts == QualityCuts() and found.model is None
    np.testing.assert_array_equal(found.catalog.magnitudes[:, 0], np.full(800, 20.0, np.float32))


@pytest.mark.parametrize("name", ["a\0b.csv", "a\0b.stellar"])
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no file can have this name"):
        drain(open_path(tmp_path / name))


@pytest.mark.parametrize("name", ["none.csv", "none.stellar"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: there is no such file"):
        drain(open_path(tmp_path / name))
