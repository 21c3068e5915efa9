"""SkyServer's page of a star, with its image and spectrum: its address, and opening it once the user has agreed."""

from urllib.parse import urlencode

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import is_rounded
from stellar_gui.gui.settings import Settings

PAGE = "https://skyserver.sdss.org/dr18/VisualTools/explore/summary"


def no_sky_server_page(catalog: Catalog) -> str | None:
    """Why the catalogue's stars have no page in SkyServer; None if they have."""
    if (catalog.provenance.query or "").startswith("simulate"):
        return "Simulated stars are not in the sky, so SkyServer has no page of them"
    if not _has_position(catalog) and not _has_identifier(catalog):
        return "This table has no sky position: choose the ra and dec columns in the data panel"
    return None


def sky_server_url(catalog: Catalog, row: int) -> QUrl:
    """Address of SkyServer's page of the object nearest to a star's position (deg), or with its identifier."""
    if _has_position(catalog):
        asked: dict[str, object] = {
            name: float(catalog.table[catalog.columns[name]].iloc[row]) for name in ("ra", "dec")
        }
    else:
        asked = {"id": int(catalog.table[catalog.columns["identifier"]].iloc[row])}
    return QUrl(f"{PAGE}?{urlencode(asked)}")


def open_sky_server(parent: QWidget, catalog: Catalog, row: int) -> None:
    """Open a star's page in the web browser, after a question with its address unless that was answered for good."""
    address, settings = sky_server_url(catalog, row), Settings()
    if settings.opens_sky_server:
        QDesktopServices.openUrl(address)
        return
    box = QMessageBox(parent)
    box.setObjectName("skyServerDialog")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Open in SkyServer")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("The web browser will open SkyServer's page of this star, with its image and spectrum, at")
    box.setInformativeText(address.toString())
    always = QCheckBox("Do not ask again")
    always.setObjectName("skyServerAlways")
    box.setCheckBox(always)
    box.addButton(QMessageBox.StandardButton.Cancel)
    button = box.addButton("Open page", QMessageBox.ButtonRole.AcceptRole)
    button.setObjectName("skyServerOpen")
    box.setDefaultButton(button)

    def agree() -> None:
        settings.opens_sky_server = always.isChecked()
        QDesktopServices.openUrl(address)

    box.accepted.connect(agree)
    box.open()


def _has_position(catalog: Catalog) -> bool:
    return "ra" in catalog.columns and "dec" in catalog.columns


def _has_identifier(catalog: Catalog) -> bool:
    """Whether the identifiers are whole numbers, as SDSS's are, with all their digits."""
    column = catalog.columns.get("identifier")
    return column is not None and catalog.table[column].dtype.kind in "iu" and not is_rounded(catalog.table[column])
