"""The report panel: how good the model is, and how its training went or goes."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton

from stellar_gui.autoencoder.training_progress import TrainingProgress
from stellar_gui.gui import icons
from stellar_gui.gui.panels import report_text
from stellar_gui.gui.panels.learning_page import LearningPage
from stellar_gui.gui.panels.report_page import ReportPage
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.table_style import copy_rows
from stellar_gui.gui.workspace import Workspace

REPORT, LEARNING = range(2)
NOTHING = {
    REPORT: "Press Train: the report tells how exactly the network gives back stars that it has not seen.",
    LEARNING: "Press Train: learning rate, gradient and the errors of each band are drawn here, epoch by epoch.",
}


class ReportPanel(Panel):
    """Two pages: the report on the workspace's model, and the course of its training or of one under way.

    The first news of a training shows the second page, its model the first. A page is made when there is something
    to show on it.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Report", "reportPanel")
        self._workspace = workspace
        self._follows = False
        self._tabs = QTabBar()
        self._tabs.setObjectName("reportTabs")
        self._tabs.setAccessibleName("Result, or course of the training")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        for text in ("Result", "Training"):
            self._tabs.addTab(text)
        self._empty = caption("")
        self._empty.setObjectName("reportEmpty")
        self._report: ReportPage | None = None
        self._learning: LearningPage | None = None
        self.body.addWidget(self._tabs)
        self.body.addWidget(self._empty)
        self.body.addStretch(0)
        self._copy = self._copy_button()
        self._tabs.currentChanged.connect(self._show_page)
        workspace.progressed.connect(self._follow)
        workspace.runs.runsChanged.connect(self._end_following)
        workspace.embeddingChanged.connect(self._show_model)
        workspace.class_accuracy.changed.connect(self._show_classes)
        self.visibilityChanged.connect(self._look)
        self._show_model()

    def copy_text(self) -> None:
        """Put the report on the clipboard as text to be read."""
        model, accuracy = self._workspace.model, self._workspace.class_accuracy.value
        if model is not None:
            QGuiApplication.clipboard().setText(report_text.as_text(model, accuracy))

    def copy_table(self) -> None:
        """Put the errors band by band on the clipboard, for a spreadsheet."""
        if self._workspace.model is not None:
            copy_rows(report_text.as_table(self._workspace.model.report))

    def _copy_button(self) -> QToolButton:
        menu = QMenu(self)
        for name, text, slot in (
            ("actionCopyReport", "Copy as text", self.copy_text),
            ("actionCopyReportTable", "Copy table of the bands", self.copy_table),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(slot)
        button = QToolButton()
        button.setObjectName("copyReportButton")
        button.setAccessibleName("Copy the report")
        button.setToolTip("Copy the report as text, or its table")
        button.setAutoRaise(True)
        button.setProperty("quiet", True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        icons.attach(button, "mdi6.content-copy")
        self.add_to_header(button)
        return button

    def _follow(self, progress: TrainingProgress) -> None:
        if not self._follows:
            self._follows = True
            self._tabs.setCurrentIndex(LEARNING)
            self._show_page()
        self._learning_page().show_progress(progress)

    def _end_following(self) -> None:
        """Go back to the model in use when a training ends without one of its own."""
        if self._follows and not self._workspace.runs.recording:
            self._show_model()

    def _show_model(self) -> None:
        model = self._workspace.model
        came = self._follows
        self._follows = False
        self._copy.setEnabled(model is not None)
        self.set_facts("" if model is None else f"test {report_text.square(model.report, model.report.test_mse)} mag²")
        if model is not None:
            self._report_page().show_model(model)
            self._learning_page().show_history(model.history)
            self._show_classes()
        self._tabs.setCurrentIndex(REPORT if came else self._tabs.currentIndex())
        self._show_page()

    def _show_page(self) -> None:
        page, model = self._tabs.currentIndex(), self._workspace.model
        filled = model is not None or (page == LEARNING and self._follows)
        self._empty.setText(NOTHING[page])
        self._empty.setVisible(not filled)
        if self._report is not None:
            self._report.setVisible(filled and page == REPORT)
        if self._learning is not None:
            self._learning.setVisible(filled and page == LEARNING)

    def _look(self, visible: bool) -> None:
        if visible:
            QTimer.singleShot(0, self, self._show_classes)  # Qt tells so of a tab before it has its place

    def _show_classes(self) -> None:
        """Tell how well the classes are told apart, to who looks."""
        if self._report is not None:
            unseen = self.visibleRegion().isEmpty()
            self._report.show_classes(None if unseen else self._workspace.class_accuracy.value)

    def _report_page(self) -> ReportPage:
        if self._report is None:
            self._report = ReportPage()
            self.body.insertWidget(2, self._report)
        return self._report

    def _learning_page(self) -> LearningPage:
        if self._learning is None:
            self._learning = LearningPage()
            self.body.insertWidget(self.body.count() - 1, self._learning)
            self._show_page()
        return self._learning
