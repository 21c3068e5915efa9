"""A small SkyServer of the tests' own, on loopback: it answers as it is told and remembers what it was asked."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from stellar_gui.catalog.simulation import simulate

Behaviour = Callable[["Handler"], None]


def csv_answer(stars: int, mark: str = "#Table1\n", seed: int = 5) -> bytes:
    """Stars as SkyServer's CSV, with identifiers that no float can hold."""
    table = simulate(max(stars, 1), seed=seed).table[:stars][["ra", "dec", *"ugriz"]]
    table.insert(0, "objid", range(1237648721229774920, 1237648721229774920 + stars))
    return mark.encode() + table.to_csv(index=False, float_format="%.6g").encode()


class Handler(BaseHTTPRequestHandler):
    """One request; behaviours write to `wfile`."""

    server: "SkyServer"
    query: str
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, form: str) -> None:
        self.query = parse_qs(form).get("cmd", [""])[0]
        self.server.asked.append((self.command, urlsplit(self.path).path, self.query))
        self.close_connection = True
        try:
            self.server.behaviour(self)
        except OSError:
            self.server.hung_up.set()

    def head(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def whole(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.head(status, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class SkyServer(ThreadingHTTPServer):
    """behaviour: what is done with the next request; asked: method, path and query of each so far.

    released: what a behaviour waits for that holds an answer back; hung_up: set when an asker went away.
    """

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour: Behaviour = lambda handler: handler.whole(csv_answer(20))
        self.asked: list[tuple[str, str, str]] = []
        self.released = threading.Event()
        self.hung_up = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answers(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer every request with this, whole."""
        self.behaviour = lambda handler: handler.whole(body, status, **headers)

    def holds_back(self, begin: bytes, end: bytes) -> None:
        """Send the first half of an answer at once, the second when released."""

        def behaviour(handler: Handler) -> None:
            handler.head(Content_Length=str(len(begin) + len(end)))
            handler.wfile.write(begin)
            handler.wfile.flush()
            self.released.wait(60)
            handler.wfile.write(end)

        self.behaviour = behaviour

    def handle_error(self, request: object, client_address: object) -> None:
        self.hung_up.set()


@contextmanager
def sky_server() -> Generator[SkyServer, None, None]:
    """A server while the block runs."""
    server = SkyServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
