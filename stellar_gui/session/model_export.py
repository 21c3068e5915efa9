"""A session's model as a folder for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING

from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.errors import OutputError

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel


def export_model(model: "TrainedModel", folder: Path) -> tuple[Path, ...]:
    """Write model.safetensors and model.py, which needs only torch and numpy, to a folder that is made if need be.

    Raises OutputError where they cannot be written; files of these names are replaced.
    """
    from stellar_gui.autoencoder.standalone import MODULE, WEIGHTS, module_source, weights_file

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise OutputError(f"{folder.name}: no folder can be made there; choose another name.") from error
    contents = {WEIGHTS: weights_file(model), MODULE: module_source(model).encode()}
    for name, content in contents.items():
        with atomic_target(folder / name) as temporary:
            temporary.write_bytes(content)
    return tuple(folder / name for name in contents)
