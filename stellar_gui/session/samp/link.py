"""The connection with a SAMP hub, other programs' or our own: who is there, what they send, and sending to them."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from xmlrpc.client import Error as XmlRpcError
from xmlrpc.client import Fault

from stellar_gui import __version__
from stellar_gui.errors import SampError
from stellar_gui.session.samp.inbox import Inbox
from stellar_gui.session.samp.lockfile import read_lock
from stellar_gui.session.samp.messages import RECEIVED, Message, program_name, read_message

NAME: Final = "Stellar GUI"
METADATA: Final = {
    "samp.name": NAME,
    "samp.description.text": "Star catalogues in the latent space of an autoencoder",
    "stellar-gui.version": __version__,
}
_PING: Final = "samp.app.ping"
_EVENTS: Final = "samp.hub.event.*"
_UNREGISTER: Final = "samp.hub.event.unregister"
_SHUTDOWN: Final = "samp.hub.event.shutdown"
_DISCONNECT: Final = "samp.hub.disconnect"
_MOST_JOBS: Final = 200
_CLOSE_SECONDS: Final = 5.0
_LOST: Final = "The SAMP hub has ended; connect again in the Interop menu."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Program:
    """A connected program; id: the hub's name for it."""

    id: str
    name: str


@dataclass(frozen=True)
class Programs:
    """The other programs that are connected, the hub itself aside."""

    all: tuple[Program, ...]


@dataclass(frozen=True)
class Told:
    """How it went with something that was sent, in one sentence."""

    sentence: str


@dataclass(frozen=True)
class Lost:
    """The connection has ended, not by our will."""

    sentence: str


class SampLink:
    """A connection that was made; what comes is put in the inbox: Message, Programs, Told and Lost.

    Whatever asks the hub is done in turn by a thread of the link's, so that no call here waits but `connect`, `close`.
    own_hub: whether the hub is ours; folder: for files that are sent, gone with the link.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(_MOST_JOBS)
        self._thread = threading.Thread(target=self._work, name="SAMP", daemon=True)
        self._names: dict[str, str] = {}
        self._gone: set[str] = set()
        self._closing = False
        self._asked = False
        self._temporary: TemporaryDirectory[str] | None = None
        self._hub: Any = None
        self._proxy: Any = None
        self._client: Any = None

    @property
    def own_hub(self) -> bool:
        """Whether the hub runs in this program."""
        return self._hub is not None

    @property
    def folder(self) -> Path:
        """Where files that are sent are written."""
        assert self._temporary is not None
        return Path(self._temporary.name)

    def connect(self) -> "SampLink":
        """Join the hub that runs, or start one on this computer's own address; SampError where neither can be."""
        from pyvo import samp

        from stellar_gui.session.samp.client import LoopbackClient, start_hub

        proxy = samp.SAMPHubProxy()
        try:
            lock = read_lock()
            if lock is None or not _answers(proxy, lock):
                self._hub = start_hub(f"{NAME}'s hub")
                proxy.connect(hub_params=self._hub.params)
            self._proxy = proxy
            self._client = LoopbackClient(proxy, dict(METADATA), self._heard)
            self._client.start()
            self._client.register()
            self._client.declare_subscriptions({mtype: {} for mtype in (*RECEIVED, _EVENTS, _DISCONNECT)})
        except (OSError, XmlRpcError, samp.SAMPHubError, samp.SAMPClientError, samp.SAMPProxyError) as error:
            _log.warning("no SAMP connection", exc_info=error)
            self._leave()
            raise SampError(
                "No SAMP hub could be reached or started; see whether another program's hub hangs."
            ) from error
        self._temporary = TemporaryDirectory(prefix="stellar-gui-samp-", ignore_cleanup_errors=True)
        self._thread.start()
        self._ask_programs()
        return self

    def send(self, mtype: str, params: Callable[[], Mapping[str, Any]], what: str, to: Program | None = None) -> None:
        """Send a message to one program or, without, to all that take it; what was sent, in words, is then told.

        params: makes the message's parameters in the link's thread, so that a long list takes no time here; what:
        empty where nothing is to be told.
        """
        if not self._post(lambda: self._send(mtype, params, what, to)) and what:
            self._put(Told(f"{what[0].upper()}{what[1:]} was not sent, as the SAMP hub does not answer"))

    def answer(self, message: Message, error: str | None = None) -> None:
        """Answer a call: that it was done, or why not; nothing for a message that waits for no answer."""
        call = message.call
        if call is None:
            return
        reply: dict[str, Any] = {"samp.status": "samp.ok", "samp.result": {}}
        if error is not None:
            reply = {"samp.status": "samp.error", "samp.result": {}, "samp.error": {"samp.errortxt": error}}
        self._post(lambda: self._proxy.reply(self._client.get_private_key(), call, reply))

    def close(self) -> None:
        """Leave the hub, and end it if it is ours; waits some seconds at most."""
        self._closing = True
        leaving = threading.Thread(target=self._leave, name="leaving SAMP", daemon=True)
        leaving.start()
        leaving.join(_CLOSE_SECONDS)
        if self._temporary is not None:
            self._temporary.cleanup()

    def _leave(self) -> None:
        self._closing = True
        with suppress(queue.Full):
            self._jobs.put_nowait(None)
        for step in (self._unregister, self._stop_client, self._stop_hub):
            try:
                step()
            except Exception as error:
                _log.warning("leaving SAMP", exc_info=error)

    def _unregister(self) -> None:
        if self._client is not None and self._client.is_registered:
            self._client.unregister()

    def _stop_client(self) -> None:
        if self._client is not None and self._client.is_running:
            self._client.stop()
        if self._proxy is not None:
            self._proxy.disconnect()

    def _stop_hub(self) -> None:
        if self._hub is not None:
            self._hub.stop()

    def _post(self, job: Callable[[], None]) -> bool:
        """Let the link's thread do something in its turn; False where too much waits."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._closing:
                return
            try:
                job()
            except OSError as error:
                self._lose(error)
            except Exception as error:
                _log.warning("a message by SAMP was not sent", exc_info=error)
                self._put(Told("A message could not be sent by SAMP; the program may have left."))

    def _send(self, mtype: str, params: Callable[[], Mapping[str, Any]], what: str, to: Program | None) -> None:
        key, message = self._client.get_private_key(), {"samp.mtype": mtype, "samp.params": dict(params())}
        if to is None:
            reached = self._proxy.notify_all(key, message)
            names = [self._name(program) for program in reached if program != self._client.get_public_id()]
        elif to.id in self._proxy.get_subscribed_clients(key, mtype):
            self._proxy.notify(key, to.id, message)
            names = [to.name]
        else:
            names = []
        if what and names:
            self._put(Told(f"Sent {what} to {', '.join(names)}"))
        elif what:
            receiver = "No connected program takes" if to is None else f"{to.name} does not take"
            self._put(Told(f"{receiver} this kind of message ({mtype})"))

    def _heard(self, sender_id: str, call: str | None, message: Any) -> None:
        """Take a message in a thread of the server's; nothing that it holds may raise."""
        try:
            mtype = message.get("samp.mtype") if isinstance(message, dict) else None
            from_hub = sender_id == self._client.hub_id
            if self._closing:
                return
            if mtype == _PING:
                self.answer(Message("", call))
            elif mtype in (_SHUTDOWN, _DISCONNECT):
                if from_hub:
                    self._lose(None)
            elif isinstance(mtype, str) and mtype.startswith(_EVENTS[:-1]):
                if from_hub:
                    self._follow(mtype, message)
            elif sender_id != self._client.get_public_id():
                params = message.get("samp.params") if isinstance(message, dict) else None
                self._put(read_message(mtype, params, self._name(sender_id), call))
        except Exception as error:
            _log.warning("a message by SAMP was not understood", exc_info=error)

    def _put(self, item: object) -> None:
        if self._closing:
            return
        key = (type(item), item.sender) if isinstance(item, Message) else type(item)
        unseen = self._inbox.put(key, item)
        if isinstance(unseen, Message):
            self.answer(unseen, "Another message of this kind has come after it.")

    def _lose(self, error: Exception | None) -> None:
        if not self._closing:
            _log.warning("SAMP connection lost", exc_info=error)
            self._put(Lost(_LOST))

    def _name(self, program: str) -> str:
        """A program's name, asked of the hub once; it is known also when the program has left."""
        if program not in self._names:
            self._names[program] = program_name(self._proxy.get_metadata(self._client.get_private_key(), program))
        return self._names[program]

    def _follow(self, event: str, message: dict[str, Any]) -> None:
        """Ask anew who is there; a hub may tell that a program leaves before it has left."""
        if event == _UNREGISTER:
            self._gone.add(str(message["samp.params"].get("id")))
        self._ask_programs()

    def _ask_programs(self) -> None:
        if not self._asked:
            self._asked = self._post(self._list_programs)

    def _list_programs(self) -> None:
        self._asked = False
        key = self._client.get_private_key()
        programs = []
        for program in self._proxy.get_registered_clients(key):
            if program in (self._client.get_public_id(), self._client.hub_id) or program in self._gone:
                continue
            with suppress(Fault):  # it has left meanwhile
                programs.append(Program(program, program_name(self._proxy.get_metadata(key, program))))
        self._names |= {program.id: program.name for program in programs}
        self._put(Programs(tuple(programs)))


def _answers(proxy: Any, lock: dict[str, str]) -> bool:
    """Whether the hub of a lock file is alive; the proxy is then connected with it."""
    try:
        proxy.connect(hub_params=lock)
    except (OSError, XmlRpcError):
        return False
    return True
