"""SAMP in the window: the connection's state, what other programs send, and sending them tables and stars."""

import math
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from stellar_gui import numbers
from stellar_gui.analysis.recipes import Rows
from stellar_gui.analysis.sky import star_near
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.errors import InputError
from stellar_gui.gui.files import Files
from stellar_gui.gui.offers import Offers
from stellar_gui.gui.tasks import Task
from stellar_gui.gui.workspace import NO_STAR, Workspace
from stellar_gui.session.samp.inbox import Inbox
from stellar_gui.session.samp.link import Lost, Program, Programs, SampLink, Told
from stellar_gui.session.samp.messages import (
    HIGHLIGHT,
    LOAD_FITS,
    POINT_AT,
    ROW_LIST,
    Highlight,
    Message,
    Position,
    Refusal,
    RowList,
    TableOffer,
)
from stellar_gui.session.samp.tables import SharedTable, SharedTables, shared_offer

READ_EVERY_MS: Final = 50
POINTING: Final = 1 / 60
"""How far (deg) a star may be from where another program points."""
NOT_CONNECTED: Final = "Connect to SAMP first."
NOT_SHARED: Final = "Send the table first, so that other programs know its rows."


class Samp(QObject):
    """The connection with other programs, made and ended by the user; `told` brings sentences for the status bar.

    `stateChanged` tells that another state, other programs or another table that they hold too are there.
    """

    stateChanged = Signal()
    told = Signal(str)
    _knocked = Signal()

    def __init__(self, workspace: Workspace, files: Files, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._offers = Offers(workspace, files, window)
        self._link: SampLink | None = None
        self._connected = False
        self._inbox = Inbox(self._knocked.emit)
        self._knocked.connect(self._await, Qt.ConnectionType.QueuedConnection)
        self._reading = _once(self, self._read)
        self._highlighting = _once(self, self._highlight)
        self._catalog: Catalog | None = None
        self._shared = SharedTables()
        self._sent = 0
        self._hearing = False
        self.programs: tuple[Program, ...] = ()
        self.target: Program | None = None
        workspace.catalogChanged.connect(self._follow_catalog)
        workspace.activeChanged.connect(self._follow_active)

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return self._connected

    @property
    def connecting(self) -> bool:
        """Whether a connection is being made."""
        return self._link is not None and not self._connected

    @property
    def state(self) -> tuple[str, str]:
        """The state in few words and at length; empty without a connection."""
        if self.connecting:
            return "SAMP: connecting\N{HORIZONTAL ELLIPSIS}", ""
        if self._link is None:
            return "", ""
        names = [program.name for program in self.programs]
        short = names[0] if len(names) == 1 else f"{len(names)} programs" if names else "no other program"
        where = "the hub of this program" if self._link.own_hub else "another program's hub"
        return f"SAMP: {short}", f"Connected by {where} with: {', '.join(names) or 'no other program yet'}"

    def obstacles(self) -> dict[str, str | None]:
        """By action of the Interop menu: what has to be done before it can be; None where it can."""
        workspace, catalog = self._workspace, self._workspace.catalog
        connected = None if self._connected else NOT_CONNECTED
        table = connected or (None if catalog is not None else "Open a table of stars first.")
        shared = table or (None if self._shared.newest is not None else NOT_SHARED)
        star = None if workspace.active != NO_STAR else "Pick a star first, on the map or in a list."
        selected = None if workspace.selection.any() else "Select stars on the map first."
        placed = (
            None if catalog is not None and {"ra", "dec"} <= set(catalog.columns) else "The table has no positions."
        )
        return {
            "actionSampSendTable": table,
            "actionSampSendSelection": shared or selected,
            "actionSampSendStar": shared or star,
            "actionSampSendPosition": table or star or placed,
        }

    def set_connected(self, wanted: bool) -> None:
        """Connect with the hub that runs, or with one of our own; or leave it."""
        if wanted and self._link is None:
            link = self._link = SampLink(self._inbox)
            task = Task("Connecting by SAMP", link.connect, quiet=True, cancellable=False, outlives=True)
            task.finished.connect(self._take_link)
            task.failed.connect(self._give_up)
            self._workspace.tasks.start(task)
            self.stateChanged.emit()
        elif not wanted and self._connected:
            self._end()

    def shut_down(self) -> None:
        """Leave the hub before the window closes."""
        if self._link is not None:
            self._link.close()
            self._link, self._connected = None, False

    def set_target(self, program: Program | None) -> None:
        """Send to one program from now on; None: to all."""
        self.target = program
        self.stateChanged.emit()

    def send_table(self) -> None:
        """Send the open table, with all that was derived from it, as a FITS file."""
        session, link = self._workspace.session(), self._link
        if session is None or link is None:
            return
        self._sent += 1
        name = session.catalog.provenance.name
        path = link.folder / f"table_{self._sent}.fits"

        def work() -> Generator[Any, None, None]:
            from stellar_gui.session.export import export_rows

            return export_rows(session, np.arange(len(session.catalog)), path, "all stars")

        task = Task("Writing the table for SAMP", work, outlives=True)
        task.finished.connect(lambda _: self._send_file(link, session.catalog, path, name))
        task.failed.connect(self._workspace.report)
        self._workspace.tasks.start(task)

    def send_selection(self) -> None:
        """Send the selected stars as rows of the table."""
        self._send_rows(self._workspace.selection, "the selection")

    def send_subset(self, name: str) -> None:
        """Send a subset's stars as rows of the table."""
        if not self._connected or self._shared.newest is None:
            self.told.emit(NOT_SHARED if self._connected else "Connect to SAMP first, in the Interop menu.")
            return
        self._send_rows(self._workspace.subsets[name], f"the subset {name}")

    def send_star(self) -> None:
        """Let other programs highlight the picked star."""
        self._send_active("the star")

    def send_position(self) -> None:
        """Let other programs point at the picked star's place on the sky."""
        catalog, row = self._workspace.catalog, self._workspace.active
        if catalog is not None and row != NO_STAR:
            ra, dec = (float(catalog.numbers(role)[row]) for role in ("ra", "dec"))
            if math.isfinite(ra + dec):
                self._send(POINT_AT, lambda: {"ra": str(ra), "dec": str(dec)}, "the position")
            else:
                self.told.emit("This star has no position")

    def _send_rows(self, mask: np.ndarray[Any, np.dtype[np.bool_]], what: str) -> None:
        table = self._shared.newest
        if table is not None:
            rows = np.flatnonzero(mask)
            self._send(
                ROW_LIST,
                lambda: {"table-id": table.table_id, "url": table.url, "row-list": list(map(str, rows.tolist()))},
                f"{what}, {numbers.stars(len(rows))},",
            )

    def _send_active(self, what: str) -> None:
        table, row = self._shared.newest, self._workspace.active
        if table is not None and row != NO_STAR:
            self._send(HIGHLIGHT, lambda: {"table-id": table.table_id, "url": table.url, "row": str(row)}, what)

    def _send_file(self, link: SampLink, catalog: Catalog, path: Path, name: str) -> None:
        if link is not self._link:
            return
        address = path.as_uri()
        if catalog is self._workspace.catalog:
            self._shared = self._shared.with_one(SharedTable(address, address))
        self._send(LOAD_FITS, lambda: {"table-id": address, "url": address, "name": name}, "the table")
        self.stateChanged.emit()

    def _send(self, mtype: str, params: Callable[[], Mapping[str, Any]], what: str) -> None:
        if self._link is not None and self._connected:
            self._link.send(mtype, params, what, self.target)

    def _take_link(self, link: SampLink) -> None:
        if link is self._link:
            self._connected = True
            self._shared = SharedTables(self._shared.rows)
            self.stateChanged.emit()

    def _give_up(self, error: Exception) -> None:
        self._link = None
        self.stateChanged.emit()
        self._workspace.report(error)

    def _end(self) -> None:
        link, self._link, self._connected = self._link, None, False
        self.programs, self.target = (), None
        if link is not None:
            task = Task("Leaving SAMP", link.close, quiet=True, cancellable=False, outlives=True)
            task.failed.connect(self._workspace.report)
            self._workspace.tasks.start(task)
        self.stateChanged.emit()

    def _follow_catalog(self) -> None:
        catalog, before = self._workspace.catalog, self._catalog
        self._catalog = catalog
        rows = 0 if catalog is None else len(catalog)
        same = catalog is not None and before is not None and catalog.provenance == before.provenance
        if not same or rows != self._shared.rows:
            self._shared = SharedTables(rows)
        self.stateChanged.emit()

    def _follow_active(self) -> None:
        if self._connected and not self._hearing:
            self._highlighting.start()

    def _highlight(self) -> None:
        self._send_active("")

    def _await(self) -> None:
        if not self._reading.isActive():
            self._reading.start()

    def _read(self) -> None:
        for item in self._inbox.take():
            if self._link is not None:
                self._take(item)

    def _take(self, item: object) -> None:
        error: str | None = None
        try:
            match item:
                case Programs(programs):
                    self._set_programs(programs)
                case Told(sentence):
                    self.told.emit(sentence)
                case Lost(sentence):
                    self._end()
                    self.told.emit(sentence)
                case TableOffer():
                    self._take_table(item)
                    return
                case RowList():
                    self._take_rows(item)
                case Highlight():
                    self._take_star(self._shared.star(item), item.sender)
                case Position():
                    self._take_position(item)
                case Refusal(sentence=sentence):
                    raise InputError(sentence)
        except InputError as found:
            error = str(found)
            self.told.emit(error)
        if isinstance(item, Message) and self._link is not None:
            self._link.answer(item, error)

    def _set_programs(self, programs: tuple[Program, ...]) -> None:
        self.programs = programs
        target = self.target
        self.target = None if target is None else next((one for one in programs if one.id == target.id), None)
        self.stateChanged.emit()

    def _take_table(self, offer: TableOffer) -> None:
        def answer(error: str | None) -> None:
            if error is None:
                self._shared = self._shared.with_one(shared_offer(offer))
                self.stateChanged.emit()
                self.told.emit(f"Opened the table from {offer.sender}")
            if self._link is not None:
                self._link.answer(offer, error)

        if self._offers.busy:
            waiting = f"{offer.sender} sends a table while another or a question waits; let it be sent once more."
            self.told.emit(waiting)
            answer(waiting)
        else:
            self._offers.take(offer, answer)

    def _take_rows(self, message: RowList) -> None:
        mask = self._shared.members(message)
        subsets = self._workspace.subset_list
        known = subsets.value.get(message.sender)
        if known is None or not np.array_equal(known, mask):
            subsets.put(message.sender, mask, Rows(f"sent by {message.sender}"))
        self.told.emit(f"{message.sender} sent {numbers.stars(int(mask.sum()))}, now the subset of its name")

    def _take_star(self, row: int, sender: str) -> None:
        if not self._workspace.kept[row]:
            raise InputError(f"The star that {sender} points at takes no part under the quality cuts.")
        self._hearing = True
        self._workspace.set_active(row)
        self._hearing = False

    def _take_position(self, message: Position) -> None:
        catalog = self._workspace.catalog
        if catalog is None or not {"ra", "dec"} <= set(catalog.columns):
            raise InputError(f"{message.sender} points at the sky, but no table with positions is open.")
        star = star_near(catalog.numbers("ra"), catalog.numbers("dec"), message.ra, message.dec, POINTING)
        if star is None:
            where = f"{message.ra:.5f}\N{DEGREE SIGN}, {message.dec:.5f}\N{DEGREE SIGN}".replace("-", numbers.MINUS)
            raise InputError(f"{message.sender} points at {where}, where no star of the table is within 1\N{PRIME}.")
        self._take_star(star, message.sender)


def _once(parent: QObject, slot: Callable[[], None]) -> QTimer:
    """A timer that, started, calls a slot once a little later."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(READ_EVERY_MS)
    timer.timeout.connect(slot)
    return timer
