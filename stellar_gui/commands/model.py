"""Write a session's network for other programs: as a folder for PyTorch and ONNX, or as one ONNX file."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result

EXAMPLE = """\
A folder gets model.py and model.safetensors (`load()`, then `encode` from magnitudes (n, 5) to latent coordinates and
`decode` back; needs only torch and numpy), encoder.onnx, decoder.onnx and README.md, which says how to use them. A
name that ends in .onnx becomes one file, from magnitudes to latent coordinates and on to the reconstruction. Scaling
and canonical form are built in.

example:
  stellar-gui model run.stellar my_model
  stellar-gui model run.stellar my_model.onnx"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument("target", type=Path, metavar="OUT", help="a folder, made if need be, or a file named .onnx")


def run(arguments: argparse.Namespace) -> None:
    """Open the model, write it."""
    from stellar_gui.session.model_export import export_model
    from stellar_gui.session.storage.archive import load_model

    stored = follow(load_model(arguments.session), "opening")
    files = export_model(stored.model, arguments.target)
    write_result([f"model {stored.model.id} in {', '.join(map(str, files))}"])
