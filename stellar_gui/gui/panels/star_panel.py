"""The star panel: what the catalogue and the model say of the picked star."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from stellar_gui import numbers
from stellar_gui.analysis.populated import SHARE
from stellar_gui.analysis.statistics import error_ranks
from stellar_gui.catalog.bands import BANDS
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.gui.sky_server import no_sky_server_page, open_sky_server
from stellar_gui.gui.views.sed_plot import DecodedPlace, SedPlot
from stellar_gui.gui.widgets.band_table import BandRow, BandTable
from stellar_gui.gui.widgets.panel import Panel, caption
from stellar_gui.gui.widgets.row_view import RowView
from stellar_gui.gui.workspace import NO_STAR, Workspace

if TYPE_CHECKING:
    from stellar_gui.session.probing import Probed

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
        self._links = links
        self._parts: tuple[QWidget, ...] = (self._sed, self._table, self._rank, links)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._sed, 1)
        for part in (self._table, self._rank, links, self._row):
            self.body.addWidget(part)
        workspace.activeChanged.connect(self._show)
        workspace.hoveredChanged.connect(self._follow_hover)
        workspace.probing.placeChanged.connect(self._show)
        workspace.embeddingChanged.connect(self._show)
        workspace.catalogChanged.connect(self._show)
        workspace.ranking.ratingsChanged.connect(self._show_rating)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._show_row(False)
        self._show()

    def _follow_hover(self) -> None:
        if self._workspace.probing.here is None:
            self._show()

    def _show(self) -> None:
        catalog, row = self._workspace.catalog, self._row_shown()
        probing = self._workspace.probing
        place = probing.pinned or probing.here
        if catalog is not None and place is not None:
            self._show_place(catalog, place)
            return
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
        non_detected = _non_detected(original)
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

    def _show_place(self, catalog: Catalog, place: "Probed") -> None:
        """What the decoder makes of a place of the latent plane, and the star nearest to it."""
        probing = self._workspace.probing
        pinned, here = probing.pinned is place, probing.here
        decoded, row = _decoded(place), int(place.around.row[0])
        self.set_title(f"Latent {', '.join(numbers.fixed(value) for value in place.points[0].tolist())}")
        self.set_facts(" \N{MIDDLE DOT} ".join(["pinned"] * pinned + ["extrapolated"] * decoded.extrapolated))
        for part in (self._empty, self._links, self._row):
            part.setVisible(False)
        for part in (self._sed, self._table, self._rank):
            part.setVisible(True)
        nearest = catalog.magnitudes[row]
        pointer = _decoded(here) if pinned and here is not None else None
        self._sed.set_place(decoded, nearest, _non_detected(nearest), pinned, pointer)
        rows = [BandRow("decoded", decoded.magnitudes), BandRow("nearest", nearest)]
        if pinned:
            rows.append(BandRow("pointer", np.full(len(BANDS), np.nan) if pointer is None else pointer.magnitudes))
        self._table.set_rows(rows)
        self._rank.setText(self._place_text(catalog.star_name(row), place))

    def _place_text(self, star: str, place: "Probed") -> str:
        text = f"Nearest: {star}, {numbers.fixed(float(place.around.distance[0]))} latent units away."
        if place.extrapolated[0]:
            text += f" Extrapolated: outside the region of {100 * SHARE:g} % of the stars."
        if place.brightness is not None:
            text += f" Its mean magnitude, {numbers.fixed(float(place.brightness[0]))} mag, sets the brightness."
        model = self._workspace.model
        if model is not None and model.config.network.latent > 2:
            text += " Its further latent coordinates are taken."
        if model is not None and model.config.deredden:
            text += " Decoded magnitudes are corrected for extinction."
        return text

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


def _decoded(place: "Probed") -> DecodedPlace:
    return DecodedPlace(place.magnitudes[0], bool(place.extrapolated[0]))


def _non_detected(magnitudes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(5,) bool: which bands have the magnitude of no flux at all."""
    return np.abs(magnitudes - [band.zero_flux for band in BANDS]) <= ZERO_FLUX_TOLERANCE
