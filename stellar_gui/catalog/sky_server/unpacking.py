"""Unpacking what a server sends compressed, in pieces of bounded size however small it was packed."""

import zlib
from collections.abc import Iterator
from typing import Final

from stellar_gui.errors import ServerError

_PIECE: Final = 1 << 20
_GZIP: Final = 16 + zlib.MAX_WBITS


class Unpacker:
    """Turns the blocks of an answer into its content; plain ones stay as they are.

    encoding: the answer's Content-Encoding; ServerError for another than gzip, which is all that was asked for.
    """

    def __init__(self, encoding: str) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise ServerError("the answer is packed in a way that was not asked for; check the server's address.")
        self._inflater = zlib.decompressobj(_GZIP) if encoding.endswith("gzip") else None

    @property
    def whole(self) -> bool:
        """Whether no end is missing."""
        return self._inflater is None or self._inflater.eof

    def unpack(self, block: bytes) -> Iterator[bytes]:
        """The content of a block in pieces of at most 1 MiB; ServerError where it is damaged."""
        if self._inflater is None:
            yield block
            return
        try:
            while block:
                if self._inflater.eof:
                    raise zlib.error("more data after the end")
                piece = self._inflater.decompress(block, _PIECE)
                block = self._inflater.unconsumed_tail or self._inflater.unused_data
                if piece:
                    yield piece
        except zlib.error as error:
            raise ServerError("the answer was damaged on its way; try again.") from error
