"""The exported model, run by another process that has only torch and numpy."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.cli import main
from stellar_gui.errors import OutputError
from stellar_gui.progress import drain
from stellar_gui.session.model_export import export_model
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import save_session

APPLY = """
import sys
for name in ("stellar_gui", "safetensors", "pandas", "scipy", "sklearn"):
    sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
import numpy as np, model
stars = np.load(sys.argv[2])
network = model.load()
latent = network.encode(stars)
np.savez(sys.argv[3], latent=latent, magnitudes=network.decode(latent, *([stars.mean(axis=1)] * int(sys.argv[4]))))
"""


@pytest.mark.parametrize("features", ["magnitudes", "colours-r", "colours"])
def test_another_program_gets_the_same_numbers(tmp_path: Path, features: str) -> None:
    config = TrainingConfig(seed=1, epochs=1, features=features)
    session = drain(fit(simulate(600, seed=3), QualityCuts(), config))
    model, stars = session.model, session.catalog.magnitudes[session.quality.kept]
    assert model is not None
    export_model(model, tmp_path / "folder")
    np.save(tmp_path / "stars.npy", stars)
    given = "1" if features == "colours" else "0"
    command = [sys.executable, "-c", APPLY, "folder", "stars.npy", "out.npz", given]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=100)
    found = np.load(tmp_path / "out.npz")
    latent = model.encode(stars)
    np.testing.assert_allclose(found["latent"], latent, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found["magnitudes"], model.reconstruct(stars, latent), rtol=0, atol=1e-4)
    source = (tmp_path / "folder" / "model.py").read_text()
    assert len(source.splitlines()) < 60


def test_the_command_writes_the_folder(trained: Session, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    drain(save_session(trained, tmp_path / "run.stellar"))
    assert main(["model", str(tmp_path / "run.stellar"), str(tmp_path / "a" / "b")]) == 0
    assert trained.model is not None
    assert trained.model.id in capfd.readouterr().out
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == ["model.py", "model.safetensors"]


def test_a_place_where_no_folder_can_be(trained: Session, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert trained.model is not None
    with pytest.raises(OutputError, match=r"^file: no folder can be made there"):
        export_model(trained.model, tmp_path / "file")
