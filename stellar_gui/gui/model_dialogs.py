"""The dialogs of what a network is good for beside its map: a denoised catalogue, and a compressed one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from stellar_gui import numbers
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.save_dialog import ask_where
from stellar_gui.gui.widgets.band_table import BandRow, BandTable
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.session.compressed_file import Compression
from stellar_gui.session.compression import DIMENSIONS, KEEP_BEYOND

WIDTH = 440
_LARGEST_ERROR = 10.0  # mag
_NOTE_LINES = 3


class ExportDialog(QDialog):
    """Text, choices and a main button that asks for a file; `chosen` hears its path, and the dialog is closed."""

    chosen = Signal(str)

    def __init__(self, name: str, title: str, text: str, folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}Dialog")
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self._name, self._folder = name, folder
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.body.addWidget(caption(text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save = buttons.addButton("&Save\N{HORIZONTAL ELLIPSIS}", QDialogButtonBox.ButtonRole.ActionRole)
        save.setObjectName(f"{name}SaveButton")
        save.setAccessibleName("Choose a file and save")
        save.setProperty("main", True)
        save.setDefault(True)
        save.clicked.connect(self._ask_path)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addLayout(self.body)
        layout.addWidget(buttons)
        self._proposed = ""
        self._filters: tuple[str, ...] = ("All files (*)",)

    def propose(self, stem: str, filters: Sequence[str]) -> None:
        """Offer these kinds of files, 'CSV table (*.csv)', and a name without its ending."""
        self._proposed, self._filters = stem, tuple(filters)

    def _ask_path(self) -> None:
        def take(path: str) -> None:
            self.chosen.emit(path)
            self.accept()

        ask_where(self, self._name, self.windowTitle(), self._folder, self._filters, self._proposed, take)


class DenoiseDialog(ExportDialog):
    """Asks whether the measured magnitudes come too, and shows what is replaced."""

    def __init__(self, rms: np.ndarray, noise: np.ndarray, latent: int, folder: str, parent: QWidget) -> None:
        """rms, noise: (5,) mag, of the test stars' residuals and of their photometric errors, NaN where not known."""
        super().__init__(
            "denoise",
            "Export a denoised catalogue",
            f"Each star's five magnitudes are replaced by what {latent} latent numbers make of them; all other columns "
            "and rows stay. Where a star's error is too large to believe, it keeps its magnitudes, and the column "
            "denoise_flag says so.",
            folder,
            parent,
        )
        rows = [BandRow("network's rms", rms)]
        if np.isfinite(noise).any():
            rows.append(BandRow("noise", noise))
        table = BandTable()
        table.setObjectName("denoiseTable")
        table.set_rows(rows)
        self.body.addWidget(table)
        self.body.addWidget(
            caption(
                "In mag, of stars kept for the test. "
                "Noise falls only where it is larger than what the network leaves: of simulated stars, with two "
                "latent numbers in u alone, with three in z, and in g of faint stars."
            )
        )
        self._count = QLabel("Judging the errors\N{HORIZONTAL ELLIPSIS}")
        self._count.setObjectName("denoiseCount")
        self.body.addWidget(self._count)
        self._originals = QCheckBox("Add the measured magnitudes as NAME_original")
        self._originals.setObjectName("denoiseOriginalsCheck")
        self._originals.setAccessibleName("Add the measured magnitudes in columns of their own")
        self.body.addWidget(self._originals)

    @property
    def originals(self) -> bool:
        """Whether the measured magnitudes come too."""
        return self._originals.isChecked()

    def show_counts(self, replaced: int, kept: int, rows: int) -> None:
        """Say how many of the stars are replaced, and of those that take part, and of all rows, how many are not."""
        self._count.setText(
            f"{numbers.stars(replaced)} replaced \N{MIDDLE DOT} {numbers.count(kept - replaced)} not believed "
            f"\N{MIDDLE DOT} {numbers.count(rows - kept)} fail the checks"
        )


class CompressDialog(ExportDialog):
    """Asks for the latent numbers per star, and beyond which error magnitudes are kept as they are."""

    def __init__(self, trained: Sequence[int], current: int | None, folder: str, parent: QWidget) -> None:
        """trained: the latent dimensions that the session has networks of, current: that of the run shown."""
        super().__init__(
            "compress",
            "Export a compressed catalogue",
            "The five magnitudes are stored as a few latent numbers and the network that decodes them; all other "
            "columns are kept without loss. The file states what was lost, and opens here like a table.",
            folder,
            parent,
        )
        self._trained = frozenset(trained)
        self._latent = QComboBox()
        self._latent.setObjectName("compressLatentCombo")
        self._latent.setAccessibleName("Latent numbers per star")
        for dimension in DIMENSIONS:
            self._latent.addItem(str(dimension), dimension)
        self._latent.setCurrentIndex(max(self._latent.findData(current), 0))
        self._beyond = QDoubleSpinBox()
        self._beyond.setObjectName("compressBeyondSpin")
        self._beyond.setAccessibleName("Error in magnitudes beyond which a star is kept as it is")
        self._beyond.setToolTip("Root mean square of a star's five residuals")
        self._beyond.setDecimals(2)
        self._beyond.setRange(0.01, _LARGEST_ERROR)
        self._beyond.setSingleStep(0.05)
        self._beyond.setValue(KEEP_BEYOND)
        self._beyond.setSuffix(" mag")
        self._beyond.setMinimumHeight(self._latent.sizeHint().height())
        form = QFormLayout()
        form.addRow("&Latent numbers per star", self._latent)
        form.addRow("&Keep as they are beyond", self._beyond)
        self.body.addLayout(form)
        self._note = caption("")
        self._note.setObjectName("compressNote")
        self._note.setMinimumHeight(_NOTE_LINES * self._note.fontMetrics().lineSpacing())
        self.body.addWidget(self._note)
        self._latent.currentIndexChanged.connect(self._explain)
        self._explain()

    @property
    def latent(self) -> int:
        """The latent numbers per star."""
        return int(self._latent.currentData())

    @property
    def keep_beyond(self) -> float:
        """mag: stars with a larger error keep their magnitudes."""
        return self._beyond.value()

    def _explain(self) -> None:
        has = self.latent in self._trained
        self._note.setText(
            "More numbers lose less and take more room. "
            + (
                "The session has such a network."
                if has
                else "The session has no such network: one is trained first, with the settings of the run shown."
            )
        )


class CompressedDialog(QDialog):
    """What a compression came to: sizes, and the loss per band."""

    def __init__(self, path: Path, done: Compression, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("compressedDialog")
        self.setWindowTitle("Compressed catalogue")
        self.setMinimumWidth(WIDTH)
        title = QLabel(f"{path.name}: magnitudes {done.magnitudes_ratio:.1f} times smaller")
        title.setObjectName("compressedTitle")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setWordWrap(True)
        packed = sum(done.packed.values())
        facts = caption(
            f"{numbers.file_size(done.magnitudes)} of magnitudes, as single-precision numbers, became "
            f"{numbers.file_size(round(done.magnitudes / done.magnitudes_ratio))}; the whole table takes "
            f"{numbers.file_size(packed)} in place of {numbers.file_size(done.parquet)} as Parquet. "
            f"{numbers.stars(done.rows - done.exact)} are decoded from {done.latent} latent numbers each, "
            f"{numbers.count(done.exact)} kept as they are."
        )
        facts.setObjectName("compressedFacts")
        table = BandTable()
        table.setObjectName("compressedTable")
        losses = [done.loss[band] for band in BAND_NAMES]
        table.set_rows(
            [
                BandRow(
                    label, np.array([np.nan if (value := getattr(loss, name)) is None else value for loss in losses])
                )
                for label, name in (("rms", "rms"), ("95 % within", "p95"), ("99.9 % within", "p999"))
            ]
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (title, facts, table, caption("Loss of the decoded stars, in mag."), buttons):
            layout.addWidget(widget)
