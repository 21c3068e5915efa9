"""The report on a trained model: how good it is, against what, and what to be warned of."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from stellar_gui import numbers
from stellar_gui.autoencoder.report import EvaluationReport, ResidualTrend
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.gui.panels import report_text
from stellar_gui.gui.theme import tabular_font
from stellar_gui.gui.views.trend_chart import TrendChart
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.widgets.card import ElidedLabel, headline
from stellar_gui.gui.widgets.panel import caption
from stellar_gui.session import model_words

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

LARGER = 1.7
FIRST_BAND = 2  # r


class ReportPage(QWidget):
    """Warnings, the test error against that of principal components, the split, each band's errors, and their trend."""

    def __init__(self) -> None:
        super().__init__()
        self._warnings = QLabel()
        self._warnings.setObjectName("reportWarnings")
        self._warnings.setProperty("warning", True)
        self._warnings.setWordWrap(True)
        self._error = headline("", LARGER)
        self._error.setObjectName("reportError")
        self._error.setFont(tabular_font(self._error.font()))
        self._comparison = caption("")
        self._comparison.setObjectName("reportComparison")
        self._parts = QGridLayout()
        self._parts.setHorizontalSpacing(14)
        self._parts.setVerticalSpacing(2)
        self._parts.setColumnStretch(0, 1)
        self._table = BandTable()
        self._table.setObjectName("reportTable")
        self._table.setAccessibleName("Errors of the test stars per band, in magnitudes")
        self._classes = caption("")
        self._classes.setObjectName("reportClasses")
        self._trend = ResidualTrend.none()
        self._chart = TrendChart()
        self._chart.setMinimumHeight(170)
        self._no_trend = caption("This model was made by an earlier version, which did not measure that; train anew.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._warnings)
        layout.addWidget(self._error)
        layout.addWidget(self._comparison)
        layout.addLayout(self._parts)
        layout.addSpacing(4)
        layout.addWidget(self._table)
        layout.addWidget(caption(report_text.LEGEND))
        layout.addWidget(self._classes)
        layout.addSpacing(4)
        layout.addLayout(self._band_line())
        layout.addWidget(self._chart, 1)
        layout.addWidget(self._no_trend)
        layout.addStretch(0)

    def show_model(self, model: "TrainedModel") -> None:
        """Show a model's report; what classes do on the map is told by `show_classes`."""
        report = model.report
        self._warnings.setText("\n".join(report.warnings))
        self._warnings.setVisible(bool(report.warnings))
        self._error.setText(f"{report_text.square(report, report.test_mse)} mag²")
        comparison = model_words.comparison(report, model.config)
        self._comparison.setText(f"mean squared residual of the test stars{', ' if comparison else ''}{comparison}")
        self._show_parts(report)
        self._table.set_rows(report_text.band_rows(report))
        self.show_classes(None)
        self._trend = report.trend
        measured = report.trend.magnitude.shape[1] > 0
        for shown, widgets in ((measured, (self._chart, *self._bands.buttons())), (not measured, (self._no_trend,))):
            for widget in widgets:
                widget.setVisible(shown)
        self._chart.set_trend(self._trend, self._bands.checkedId())

    def show_classes(self, accuracy: float | None) -> None:
        """Tell with which balanced accuracy the classes are told apart on the map; None where that is not known."""
        sentence = model_words.class_sentence(accuracy)
        self._classes.setText(sentence)
        self._classes.setVisible(bool(sentence))

    def _band_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(2)
        title = ElidedLabel()
        title.setText("Residuals in")
        line.addWidget(title, 1)
        self._bands = QButtonGroup(self)
        for band, name in enumerate(BAND_NAMES):
            button = QToolButton()
            button.setObjectName(f"trendBand{name.upper()}")
            button.setText(name)
            button.setAccessibleName(f"Residuals in {name}")
            button.setCheckable(True)
            button.setChecked(band == FIRST_BAND)
            button.setProperty("segment", True)
            self._bands.addButton(button, band)
            line.addWidget(button)
        self._bands.idClicked.connect(lambda band: self._chart.set_trend(self._trend, band))
        return line

    def _show_parts(self, report: EvaluationReport) -> None:
        rows = [("", "mag²", "stars")]
        rows += [
            (part.name, report_text.square(report, part.mse), numbers.count(part.stars))
            for part in report_text.parts(report)
        ]
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = self._parts.itemAtPosition(row, column)
                label = None if item is None else item.widget()
                if not isinstance(label, QLabel):
                    label = QLabel()
                    label.setProperty("muted", row == 0 or column == 0)
                    label.setFont(tabular_font(label.font()))
                    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                    self._parts.addWidget(label, row, column, side)
                label.setText(text)
