"""Servers on this computer's own address alone: our hub, and our end of a hub's calls, which hands on what comes."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from astropy import log
from pyvo.samp import SAMPClient, SAMPHubProxy, SAMPHubServer, conf
from pyvo.samp.standard_profile import SAMPSimpleXMLRPCRequestHandler, ThreadingXMLRPCServer

LOOPBACK: Final = "127.0.0.1"
MOST_BYTES: Final = 64 << 20
"""Of one message: the list of a million rows has some 40 MB."""
_PATIENCE: Final = 20.0

Heard = Callable[[str, str | None, Any], None]
"""Called in a thread of its own with the sender's identifier, that of a call to be answered, and the message."""


log.setLevel("WARNING")
conf.use_internet = False  # else pyvo asks a web server whether there is a network, and then listens to it


class LimitedHandler(SAMPSimpleXMLRPCRequestHandler):  # type: ignore[misc]
    """Refuses a request that is too long before it is read."""

    timeout = _PATIENCE

    def do_POST(self) -> None:
        """Handle a request of a stated, bearable length."""
        try:
            length = int(self.headers.get("content-length", ""))
        except ValueError:
            length = -1
        if 0 <= length <= MOST_BYTES:
            super().do_POST()
        else:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class LoopbackClient(SAMPClient):  # type: ignore[misc]
    """Hands messages on unchecked; answers no question for environment variables, as its base would."""

    def __init__(self, hub: SAMPHubProxy, metadata: dict[str, str], heard: Heard) -> None:
        super().__init__(hub, metadata=metadata, addr=LOOPBACK)
        self._heard = heard
        self.unbind_receive_call("client.env.get", declare=False)
        _limit(self.client)

    @property
    def hub_id(self) -> str:
        """By what the hub itself sends messages."""
        return str(self._hub_id)

    def receive_notification(self, private_key: object, sender_id: object, message: object) -> str:
        """Take what needs no answer."""
        if private_key == self.get_private_key():
            self._heard(str(sender_id), None, message)
        return ""

    def receive_call(self, private_key: object, sender_id: object, msg_id: object, message: object) -> str:
        """Take what is to be answered."""
        if private_key == self.get_private_key():
            self._heard(str(sender_id), str(msg_id), message)
        return ""


def start_hub(label: str) -> SAMPHubServer:
    """A new hub, running; web pages have no part in it."""
    hub = SAMPHubServer(addr=LOOPBACK, web_profile=False, label=label)
    hub.start()
    _limit(hub._server)
    return hub


def _limit(server: ThreadingXMLRPCServer) -> None:
    server.RequestHandlerClass = LimitedHandler
    server.daemon_threads = True
