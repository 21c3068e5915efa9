"""The star panel: what the catalogue and the model say of the picked star."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from stellar_gui.analysis.statistics import error_ranks
from stellar_gui.catalog.bands import BANDS
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.sky_server import no_sky_server_page, open_sky_server
from stellar_gui.gui.views.sed_plot import SedPlot
from stellar_gui.gui.widgets import numbers
from stellar_gui.gui.widgets.band_table import BandTable
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.row_view import RowView
from stellar_gui.gui.workspace import NO_STAR, Workspace

ZERO_FLUX_TOLERANCE = 0.005


class StarPanel(Panel):
    """Shows the workspace's picked star: magnitudes against wavelength, residuals, error and its whole row."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Star", "starPanel")
        self._workspace = workspace
        self._sed = SedPlot()
        self._sed.setObjectName("starSed")
        self._sed.setAccessibleName("Magnitudes of the star against wavelength")
        self._sed.setMinimumHeight(150)
        self._table = BandTable()
        self._table.setObjectName("starMagnitudes")
        self._table.setAccessibleName("Magnitudes of the star, band by band")
        self._rank = caption("")
        self._rank.setObjectName("starError")
        self._sky = QPushButton("Open in SkyServer")
        self._sky.setObjectName("skyServerButton")
        self._sky.clicked.connect(self._open_sky_server)
        self._row_toggle = QToolButton()
        self._row_toggle.setObjectName("rowButton")
        self._row_toggle.setText("All columns")
        self._row_toggle.setCheckable(True)
        self._row_toggle.setAutoRaise(True)
        self._row_toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._row_toggle.toggled.connect(self._show_row)
        self._row = RowView()
        self._row.setObjectName("starRow")
        self._empty = caption("Click a star on the map, or in the list of the selection, to see it here.")
        links = QWidget()
        line = QHBoxLayout(links)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._sky)
        line.addStretch(1)
        line.addWidget(self._row_toggle)
        self._parts: tuple[QWidget, ...] = (self._sed, self._table, self._rank, links)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._sed, 1)
        for part in (self._table, self._rank, links, self._row):
            self.body.addWidget(part)
        workspace.activeChanged.connect(self._show)
        workspace.hoveredChanged.connect(self._show)
        workspace.embeddingChanged.connect(self._show)
        workspace.catalogChanged.connect(self._show)
        workspace.ranking.ratingsChanged.connect(self._show_rating)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._show_row(False)
        self._show()

    def _show(self) -> None:
        catalog, row = self._workspace.catalog, self._row_shown()
        shown = catalog is not None and row != NO_STAR
        self._show_rating()
        self._empty.setVisible(not shown)
        for part in self._parts:
            part.setVisible(shown)
        self._row.setVisible(shown and self._row_toggle.isChecked())
        if catalog is None or row == NO_STAR:
            self.set_title("Star")
            self._sed.clear()
            return
        self.set_title(catalog.star_name(row))
        self._show_magnitudes(catalog, row)
        obstacle = no_sky_server_page(catalog)
        self._sky.setEnabled(obstacle is None)
        self._sky.setToolTip(obstacle or "Show image and spectrum of this star in SkyServer, in the web browser")
        if self._row_toggle.isChecked():
            self._row.set_row(catalog.table, row, catalog.units)

    def _show_magnitudes(self, catalog: Catalog, row: int) -> None:
        original = catalog.magnitudes[row]
        non_detected = np.array(
            [abs(value - band.zero_flux) <= ZERO_FLUX_TOLERANCE for value, band in zip(original, BANDS, strict=True)]
        )
        embedding = self._workspace.embedding
        if embedding is None or not np.isfinite(embedding.error[row]):
            self._sed.set_star(original, None, non_detected)
            self._table.set_rows([("original", original, 3, False)])
            self._rank.setText("")
            return
        reconstruction, residual = embedding.reconstruction[row], embedding.residual[row]
        self._sed.set_star(original, reconstruction, non_detected)
        self._table.set_rows(
            [
                ("original", original, 3, False),
                ("reconstr.", reconstruction, 3, False),
                ("residual", residual, 3, True),
            ]
        )
        error = float(embedding.error[row])
        percentile = error_ranks(embedding).percentile(error)
        self._rank.setText(
            f"Error {numbers.fixed(error)} mag (root mean square of the residuals): "
            f"{numbers.ordinal(percentile)} percentile of all stars."
        )

    def _show_rating(self) -> None:
        rating = self._workspace.ranking.rating_of(self._row_shown())
        self.set_facts("" if rating is None else f"rated {rating}")

    def _show_row(self, shown: bool) -> None:
        self._row_toggle.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        catalog, row = self._workspace.catalog, self._row_shown()
        self._row.setVisible(shown and row != NO_STAR)
        if shown and catalog is not None and row != NO_STAR:
            self._row.set_row(catalog.table, row, catalog.units)

    def _row_shown(self) -> int:
        """The star under the pointer while there is one, else the picked star."""
        hovered = self._workspace.hovered
        return self._workspace.active if hovered == NO_STAR else hovered

    def _open_sky_server(self) -> None:
        catalog, row = self._workspace.catalog, self._workspace.active
        if catalog is not None and row != NO_STAR:
            open_sky_server(self, catalog, row)
