"""Reading ahead and writing behind, so that the disk and the network's arithmetic work at the same time."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

Item = TypeVar("Item")

_END: Final = object()


def ahead(items: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The same items, of which the next is made in a thread of its own while one is used.

    At the end, or when the iterator is closed, the generator is closed, and no thread is left.
    """
    try:
        with ThreadPoolExecutor(1) as pool:
            coming: Future[Any] = pool.submit(next, items, _END)
            while (item := coming.result()) is not _END:
                coming = pool.submit(next, items, _END)
                yield item
    finally:
        items.close()


@contextmanager
def behind(write: Callable[[Item], None]) -> Iterator[Callable[[Item], None]]:
    """A function that writes in a thread of its own, one item at a time, and waits for the one before.

    An error of one item is raised when the next is given, or at the end of the block; at its end all is written.
    """
    with ThreadPoolExecutor(1) as pool:
        under_way: list[Future[None]] = []

        def settle() -> None:
            while under_way:
                under_way.pop().result()

        def submit(item: Item) -> None:
            settle()
            under_way.append(pool.submit(write, item))

        yield submit
        settle()
