"""A session's model for other programs: a folder for PyTorch and ONNX, or one ONNX file."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.errors import OutputError

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

ONNX_ENDING: Final = ".onnx"


def export_model(model: "TrainedModel", target: Path) -> tuple[Path, ...]:
    """Write a model to one ONNX file, magnitudes to latent and reconstruction, where target ends in .onnx, or a folder.

    The folder is made if need be and gets model.py with model.safetensors (needs only torch and numpy), encoder.onnx,
    decoder.onnx and README.md, which says how to use them; files of these names are replaced. Returns what was written.
    Raises OutputError where that cannot be.
    """
    from stellar_gui.autoencoder.onnx_file import Part, onnx_file

    if target.suffix.lower() == ONNX_ENDING:
        contents = {target: onnx_file(model, Part.BOTH)}
    else:
        contents = {target / name: content for name, content in _folder(model).items()}
        try:
            target.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise OutputError(f"{target.name}: no folder can be made there; choose another name.") from error
    for path, content in contents.items():
        with atomic_target(path) as temporary:
            temporary.write_bytes(content)
    return tuple(contents)


def _folder(model: "TrainedModel") -> dict[str, bytes]:
    """The folder's files by name."""
    from stellar_gui.autoencoder.onnx_file import Part, onnx_file
    from stellar_gui.autoencoder.read_me import README, read_me
    from stellar_gui.autoencoder.standalone import MODULE, WEIGHTS, module_source, weights_file

    return {
        WEIGHTS: weights_file(model),
        MODULE: module_source(model).encode(),
        f"encoder{ONNX_ENDING}": onnx_file(model, Part.ENCODER),
        f"decoder{ONNX_ENDING}": onnx_file(model, Part.DECODER),
        README: read_me(model).encode(),
    }
