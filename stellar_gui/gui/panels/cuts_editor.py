"""The quality checks, their switches and what they find."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from stellar_gui import numbers
from stellar_gui.catalog.quality import Quality, QualityCuts, Reason
from stellar_gui.gui.theme import tabular_font
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.gui.workspace import Workspace

CHECK_INDENT = 19
SWITCHES = (
    (Reason.SENTINEL, "sentinel", "checkSentinel", "Not measured", "placeholders such as \N{MINUS SIGN}9999"),
    (Reason.OUT_OF_RANGE, "magnitude_range", "checkRange", "Outside", "magnitudes that no star here can have"),
    (
        Reason.ZERO_FLUX,
        "zero_flux",
        "checkZeroFlux",
        "No detection",
        "a magnitude within 0.005 of the zero-flux magnitude of its band",
    ),
    (Reason.DUPLICATE, "unique", "checkDuplicates", "Same identifier twice", "the first row of each star stays"),
    (Reason.OTHER_CLASS, "classes", "checkClass", "Not a star", "a class other than STAR"),
)


LEAVE_OUT, MASK = "left out", "kept, band masked"
ZERO_FLUX_WAYS = {
    LEAVE_OUT: "Stars that some band did not detect take no part",
    MASK: "Such stars take part as long as two bands detected them. In the others the network sees what these make "
    "likely; a masked band neither drives the loss nor counts in the error, and its reconstruction is a prediction",
}


class CutsEditor(QWidget):
    """The quality checks, each with its switch and the number of rows that it finds."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._counts: dict[Reason, QLabel] = {}
        self._switches: dict[Reason, QCheckBox] = {}
        self._low = _limit("rangeLow", "Faintest excluded limit: smallest magnitude that takes part")
        self._high = _limit("rangeHigh", "Largest magnitude that takes part")
        self._way = QComboBox()
        self._way.setObjectName("zeroFluxCombo")
        self._way.setAccessibleName("What becomes of stars without a detection in some band")
        for k, (way, meaning) in enumerate(ZERO_FLUX_WAYS.items()):
            self._way.addItem(way)
            self._way.setItemData(k, meaning, Qt.ItemDataRole.ToolTipRole)
        self._way.activated.connect(self._change)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        missing = QLabel("Missing or not a number")
        missing.setIndent(CHECK_INDENT)
        missing.setToolTip("Rows without a number in each of the five bands always stay out")
        self._add_count(grid, 0, Reason.NOT_FINITE, missing)
        for row, (reason, _, name, text, explanation) in enumerate(SWITCHES, start=1):
            switch = QCheckBox(text)
            switch.setObjectName(name)
            doing = "Looks for" if reason is Reason.ZERO_FLUX else "Leaves out"
            switch.setAccessibleName(f"{doing}: {text}, {explanation}")
            switch.setToolTip(f"{doing} {explanation}")
            switch.clicked.connect(self._change)
            self._switches[reason] = switch
            rows = {Reason.OUT_OF_RANGE: self._range_row, Reason.ZERO_FLUX: self._zero_flux_row}
            self._add_count(grid, row, reason, rows[reason](switch) if reason in rows else switch)
        self._note = caption("")
        grid.addWidget(self._note, len(SWITCHES) + 1, 0, 1, 2)
        for limit in (self._low, self._high):
            limit.editingFinished.connect(self._change)
        workspace.qualityChanged.connect(self._show)

    def _add_count(self, grid: QGridLayout, row: int, reason: Reason, widget: QWidget) -> None:
        label = QLabel()
        label.setProperty("muted", True)
        label.setFont(tabular_font(label.font()))
        label.setObjectName(f"count_{reason.name.lower()}")
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._counts[reason] = label
        grid.addWidget(widget, row, 0)
        grid.addWidget(label, row, 1)

    def _range_row(self, switch: QCheckBox) -> QWidget:
        return _in_a_row(switch, self._low, QLabel("to"), self._high, QLabel("mag"))

    def _zero_flux_row(self, switch: QCheckBox) -> QWidget:
        return _in_a_row(switch, self._way)

    def _show(self) -> None:
        cuts, quality = self._workspace.cuts, self._workspace.quality
        if quality is None:
            return
        for reason, field, *_ in SWITCHES:
            self._switches[reason].setChecked(getattr(cuts, field) not in (False, None))
        checked = cuts.zero_flux or cuts.mask_zero_flux
        self._switches[Reason.ZERO_FLUX].setChecked(checked)
        if checked:
            self._way.setCurrentText(MASK if cuts.mask_zero_flux else LEAVE_OUT)
        self._way.setToolTip(ZERO_FLUX_WAYS[self._way.currentText()])
        self._way.setEnabled(checked)
        if cuts.magnitude_range is not None:
            self._low.setValue(cuts.magnitude_range[0])
            self._high.setValue(cuts.magnitude_range[1])
        for reason, label in self._counts.items():
            found, removed = quality.found.get(reason, 0), quality.removed.get(reason, 0)
            on = reason not in self._switches or self._switches[reason].isChecked()
            label.setText(numbers.count(removed) if on else f"({numbers.count(found)})")
            label.setToolTip(_count_details(quality, reason))
        note = " ".join(filter(None, (_masked_note(quality), quality.note)))
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _change(self) -> None:
        cuts = self._workspace.cuts
        checked = {reason: switch.isChecked() for reason, switch in self._switches.items()}
        low, high = sorted((self._low.value(), self._high.value()))
        changed = QualityCuts(
            sentinel=checked[Reason.SENTINEL],
            magnitude_range=(low, high) if checked[Reason.OUT_OF_RANGE] else None,
            zero_flux=checked[Reason.ZERO_FLUX],
            unique=checked[Reason.DUPLICATE],
            mask_zero_flux=checked[Reason.ZERO_FLUX] and self._way.currentText() == MASK,
            classes=(cuts.classes or QualityCuts().classes) if checked[Reason.OTHER_CLASS] else None,
        )
        self._workspace.set_cuts(changed, "change the quality checks")


def _in_a_row(*parts: QWidget) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return widget


def _limit(name: str, meaning: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(meaning)
    spin.setToolTip(meaning)
    spin.setRange(-50.0, 100.0)
    spin.setDecimals(1)
    spin.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    spin.setFixedWidth(46)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    return spin


def _count_details(quality: Quality, reason: Reason) -> str:
    found, removed = quality.found.get(reason, 0), quality.removed.get(reason, 0)
    return (
        f"{numbers.count(removed)} rows are left out for this as their first reason; "
        f"{numbers.count(found)} match it in all"
    )


def _masked_note(quality: Quality) -> str:
    """How many stars take part with a masked band; empty where the cuts mask none."""
    if quality.masked is None:
        return ""
    masked = int((quality.masked.any(axis=1) & quality.kept).sum())
    return f"Without a detection in some band, which is masked: {numbers.stars(masked)}."
