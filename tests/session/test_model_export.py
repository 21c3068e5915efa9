"""The exported model, run by another process that has torch, numpy and ONNX Runtime alone."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from stellar_gui.autoencoder.config import FEATURES, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.read_me import read_me
from stellar_gui.autoencoder.standalone import module_source
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.simulation import simulate
from stellar_gui.cli import main
from stellar_gui.errors import OutputError
from stellar_gui.progress import drain
from stellar_gui.session.model_export import export_model
from stellar_gui.session.pipeline import fit
from stellar_gui.session.session import Session
from stellar_gui.session.storage.archive import save_session

BEFORE = """
import sys
for name in ("stellar_gui", "safetensors", "onnx", "pandas", "scipy", "sklearn"):
    sys.modules[name] = None
sys.path.insert(0, ".")
import numpy as np
magnitudes = np.load("../stars.npy")
"""
AFTER = """
np.savez("../{name}.npz", latent=latent, reconstruction=reconstruction)
"""


def _code_of(read_me: str) -> list[str]:
    """The read-me's two examples."""
    parts = read_me.split("With ")[1:]
    return ["\n".join(line[4:] for line in part.splitlines() if line.startswith("    ")) for part in parts]


@pytest.mark.parametrize("features", FEATURES)
def test_another_program_gets_the_same_numbers_by_the_read_me(tmp_path: Path, features: str) -> None:
    config = TrainingConfig(seed=1, epochs=1, features=features)
    session = drain(fit(simulate(600, seed=3), QualityCuts(), config))
    model, stars = session.model, session.catalog.magnitudes[session.quality.kept]
    assert model is not None
    export_model(model, tmp_path / "folder")
    masked = np.random.default_rng(5).random(stars.shape) < 0.1
    np.save(tmp_path / "stars.npy", np.where(masked, np.float32(np.nan), stars))
    torch_code, onnx_code = _code_of((tmp_path / "folder" / "README.md").read_text())
    script = BEFORE + torch_code + AFTER.format(name="torch") + onnx_code + AFTER.format(name="onnx")
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path / "folder", check=True, timeout=100)
    details = Details(masked=masked)
    latent = model.encode(stars, details)
    for name in ("torch", "onnx"):
        found = np.load(tmp_path / f"{name}.npz")
        np.testing.assert_allclose(found["latent"], latent, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(
            found["reconstruction"], model.reconstruct(stars, latent, details), rtol=0, atol=1e-4
        )
    assert len((tmp_path / "folder" / "model.py").read_text().splitlines()) < 60


def test_the_module_and_the_read_me_tell_of_extinction(trained: Session, tmp_path: Path) -> None:
    assert trained.model is not None
    model = replace(trained.model, config=replace(trained.model.config, deredden=True, features="colours"))
    texts = [module_source(model), read_me(model)]
    assert all("corrected for extinction" in text for text in texts)
    assert len(texts[0].splitlines()) < 60


def test_the_command_writes_the_folder(trained: Session, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    drain(save_session(trained, tmp_path / "run.stellar"))
    assert main(["model", str(tmp_path / "run.stellar"), str(tmp_path / "a" / "b")]) == 0
    assert trained.model is not None
    assert trained.model.id in capfd.readouterr().out
    names = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert names == ["README.md", "decoder.onnx", "encoder.onnx", "model.py", "model.safetensors"]


def test_the_command_writes_one_onnx_file(trained: Session, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    drain(save_session(trained, tmp_path / "run.stellar"))
    assert main(["model", str(tmp_path / "run.stellar"), str(tmp_path / "net.onnx")]) == 0
    assert trained.model is not None
    assert "net.onnx" in capfd.readouterr().out
    running = onnxruntime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    stars = trained.catalog.magnitudes[trained.quality.kept]
    latent, reconstruction = running.run(["latent", "reconstruction"], {"magnitudes": stars})
    expected = trained.model.encode(stars)
    np.testing.assert_allclose(latent, expected, rtol=0, atol=1e-4)
    np.testing.assert_allclose(reconstruction, trained.model.reconstruct(stars, expected), rtol=0, atol=1e-4)


def test_a_folder_named_like_an_onnx_file(trained: Session, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").mkdir()
    assert trained.model is not None
    with pytest.raises(OutputError, match=r"^net.onnx: this is a folder"):
        export_model(trained.model, tmp_path / "net.onnx")


def test_a_place_where_no_folder_can_be(trained: Session, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert trained.model is not None
    with pytest.raises(OutputError, match=r"^file: no folder can be made there"):
        export_model(trained.model, tmp_path / "file")
