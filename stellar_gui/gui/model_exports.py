"""Exporting the network, and the catalogues that it denoises or compresses."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from stellar_gui.gui.exporter import Exporter
from stellar_gui.gui.files import EXPORT_FILTERS
from stellar_gui.gui.model_dialogs import CompressDialog, CompressedDialog, DenoiseDialog
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import Workspace
from stellar_gui.session.compressed_file import ENDING, Compression, is_compressed
from stellar_gui.session.denoising import denoisable
from stellar_gui.session.model_export import ONNX_ENDING

COMPRESSED_FILTER = f"Compressed catalogue (*{ENDING})"
MODEL_FILTERS = ("Folder for PyTorch and ONNX (*)", f"One ONNX file (*{ONNX_ENDING})")


class ModelExports:
    """What the File menu does with a trained network beside its map."""

    def __init__(self, workspace: Workspace, exporter: Exporter, window: QWidget) -> None:
        self._workspace = workspace
        self._exporter = exporter
        self._window = window

    def ask_model(self) -> None:
        """Ask for a folder, new or not, or a file, and write the network to it for other programs."""
        self._exporter.ask("model", "Export the model", MODEL_FILTERS, self._exporter.stem("model"), self.export_model)

    def export_model(self, path: str | Path) -> None:
        """Write the network to a folder, which is made if need be, or to one ONNX file, by the path's ending."""
        model, target = self._workspace.model, Path(path)
        if model is None:
            return

        def work() -> object:
            from stellar_gui.session.model_export import export_model

            return export_model(model, target)

        self._exporter.write("Exporting the model", work, target)

    def ask_denoised(self) -> None:
        """Ask what a denoised catalogue is to have, and where to write it."""
        session, model = self._workspace.session(), self._workspace.model
        if session is None or model is None or session.embedding is None:
            return
        report, latent = model.report, model.config.network.latent
        dialog = DenoiseDialog(report.rms_per_band, report.noise_per_band, latent, self._exporter.folder, self._window)
        dialog.propose(self._exporter.stem("denoised"), EXPORT_FILTERS)
        dialog.chosen.connect(lambda path: self.export_denoised(path, dialog.originals))
        kept = int(session.quality.kept.sum())
        count = Task("Judging the errors", lambda: int(np.count_nonzero(denoisable(session))), quiet=True)
        count.finished.connect(lambda replaced: dialog.show_counts(replaced, kept, len(session.catalog)))
        dialog.finished.connect(count.cancel)
        self._open(dialog)
        self._workspace.tasks.start(count)

    def export_denoised(self, path: str | Path, originals: bool = False) -> None:
        """Write the table with reconstructed magnitudes in place of the measured ones."""
        session, target = self._workspace.session(), Path(path)
        if session is None:
            return

        def work() -> Generator[Any, None, object]:
            from stellar_gui.session.denoising import denoise

            return denoise(session, target, originals)

        self._exporter.write("Writing the denoised catalogue", work, target)

    def ask_compressed(self) -> None:
        """Ask how a compressed catalogue is to be made, and where to write it."""
        if self._workspace.catalog is None:
            return
        model = self._workspace.model
        current = None if model is None else model.config.network.latent
        trained = [run.config.network.latent for run in self._workspace.runs.all]
        dialog = CompressDialog(trained, current, self._exporter.folder, self._window)
        dialog.propose(self._exporter.stem("compressed"), [COMPRESSED_FILTER])
        dialog.chosen.connect(lambda path: self.export_compressed(path, dialog.latent, dialog.keep_beyond))
        self._open(dialog)

    def export_compressed(self, path: str | Path, latent: int, keep_beyond: float) -> None:
        """Write the table as latent positions and a network, trained first where there is none, and say the loss."""
        session, target = self._workspace.session(), Path(path)
        if session is None:
            return
        if not is_compressed(target):
            target = target.with_name(target.name + ENDING)

        def work() -> Generator[Any, None, Compression]:
            from stellar_gui.session.compression import compress

            return compress(session, target, latent, keep_beyond)

        def done(compression: Compression) -> None:
            self._open(CompressedDialog(target, compression, self._window))

        trains = all(run.config.network.latent != latent for run in self._workspace.runs.all)
        self._exporter.write("Compressing", work, target, done=done, outlives=not trains)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
