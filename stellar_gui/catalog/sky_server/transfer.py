"""Asking a server and receiving its answer block by block, within limits of time, size and redirection."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from stellar_gui import __version__
from stellar_gui.catalog.formats.raw_table import size_in_words
from stellar_gui.catalog.sky_server.pace import Pace
from stellar_gui.catalog.sky_server.server import Request
from stellar_gui.catalog.sky_server.unpacking import Unpacker
from stellar_gui.errors import ServerError

if TYPE_CHECKING:
    import httpx

_REDIRECTS: Final = 3
_PACE: Final = Pace()


@dataclass(frozen=True)
class TransferLimits:
    """How long and how large an exchange with a server may be.

    connect, answer, silence, whole: seconds until there is a connection, until the answer begins, between two blocks of
    it, and for all of it. size: bytes of an answer, unpacked. interval: seconds between two requests to a server.
    """

    connect: float = 20.0
    answer: float = 660.0
    silence: float = 60.0
    whole: float = 3600.0
    size: int = 4 << 30
    interval: float = 1.0


@dataclass(frozen=True)
class Head:
    """What an answer says of itself.

    status: of HTTP; framed: whether an end that is missing would be noticed.
    """

    status: int
    framed: bool


async def receive(request: Request, limits: TransferLimits) -> AsyncGenerator[Head | bytes, None]:
    """Send a request when its moment has come, and yield the answer's head, then its content.

    Redirections are followed within the same host only, and never from https to http. Raises ServerError with one
    sentence for everything that keeps the answer from arriving whole.
    """
    import httpx

    host = urlsplit(request.address).netloc
    await asyncio.sleep(_PACE.reserve(host, limits.interval))
    times = httpx.Timeout(None, connect=limits.connect)
    headers = {"User-Agent": f"stellar-gui/{__version__}", "Accept": "text/csv, */*", "Accept-Encoding": "gzip"}
    clock = asyncio.get_running_loop().time
    deadline = clock() + limits.whole
    try:
        made = httpx.AsyncClient(timeout=times, headers=headers, verify=_certificates())
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        raise ServerError(
            "the network settings of this computer cannot be used; check the variables ALL_PROXY, HTTP_PROXY, "
            "HTTPS_PROXY and SSL_CERT_FILE."
        ) from error
    async with made as client:
        with _told(host, limits):
            async with asyncio.timeout(limits.answer):
                response = await _answer(client, request)
        try:
            unpacker = Unpacker(response.headers.get("content-encoding", "").strip().lower())
            framed = "content-length" in response.headers or "transfer-encoding" in response.headers
            yield Head(response.status_code, framed)
            received = 0
            async for block in _blocks(response, host, limits):
                for piece in unpacker.unpack(block):
                    received += len(piece)
                    if received > limits.size:
                        raise ServerError(
                            f"the answer of {host} is larger than {size_in_words(limits.size)}; ask for fewer stars, "
                            "or for fewer columns."
                        )
                    yield piece
                if clock() > deadline:
                    raise ServerError(
                        f"{host} took longer than {limits.whole / 60:.0f} minutes; ask for fewer stars, or divide the "
                        "query."
                    )
            if not unpacker.whole:
                raise broken_off(host)
        finally:
            await response.aclose()


def broken_off(host: str) -> ServerError:
    """The error of an answer whose end is missing."""
    return ServerError(f"the answer of {host} broke off in the middle, so it was not kept; try again.")


@cache
def _certificates() -> ssl.SSLContext:
    """What servers prove themselves against; loading it takes a third of a second."""
    import httpx

    return httpx.create_ssl_context()


async def _answer(client: "httpx.AsyncClient", request: Request) -> "httpx.Response":
    address, method, form = request.address, request.method, dict(request.form)
    for _ in range(_REDIRECTS + 1):
        sent = client.build_request(method, address, data=form or None)
        response = await client.send(sent, stream=True)
        if not response.has_redirect_location:
            return response
        await response.aclose()
        before = urlsplit(address)
        try:
            target = urljoin(address, response.headers["location"])
            after = urlsplit(target)
        except ValueError as error:
            raise ServerError(f"{before.netloc} sends the query on to what is no address; try again later.") from error
        if after.hostname != before.hostname or after.scheme not in ("https", before.scheme):
            raise ServerError(
                f"{before.netloc} sends the query on to {after.scheme}://{after.netloc}, which was not followed; if "
                "you trust it, give that as the server's address."
            )
        address = target
        if response.status_code not in (307, 308):
            method, form = "GET", {}
    raise ServerError(f"{urlsplit(address).netloc} sends the query round in circles; check the server's address.")


async def _blocks(response: "httpx.Response", host: str, limits: TransferLimits) -> AsyncGenerator[bytes, None]:
    import httpx

    blocks = response.aiter_raw()
    while True:
        try:
            async with asyncio.timeout(limits.silence):
                block = await anext(blocks, None)
        except TimeoutError as error:
            raise ServerError(
                f"{host} fell silent in the middle of its answer for {limits.silence:.0f} seconds; try again later."
            ) from error
        except httpx.HTTPError as error:
            raise broken_off(host) from error
        if block is None:
            return
        yield block


@contextmanager
def _told(host: str, limits: TransferLimits) -> Iterator[None]:
    """What may go wrong until an answer begins, as one sentence each."""
    import httpx

    try:
        yield
    except httpx.ConnectTimeout as error:
        raise ServerError(
            f"{host} did not answer within {limits.connect:.0f} seconds; check the network connection, or try later."
        ) from error
    except TimeoutError as error:
        raise ServerError(
            f"{host} has not answered the query in {limits.answer / 60:.0f} minutes; ask for fewer stars, or divide "
            "the query."
        ) from error
    except httpx.ConnectError as error:
        raise ServerError(_no_connection(host, error)) from error
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise ServerError(f"{host} did not answer as a web server does; check the server's address.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerError(f"{host} could not be asked ({str(error).lower()}); check the server's address.") from error


def _no_connection(host: str, error: Exception) -> str:
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return f"{host} cannot prove that it is this server (its certificate is not valid), so nothing was sent to it."
    if any(isinstance(each, socket.gaierror) for each in causes):
        return f"{host} cannot be found; check the network connection, then the server's address."
    return f"{host} cannot be reached; check the network connection, then the server's address."
