"""An asynchronous iterator as a plain generator, which yields None now and then while there is nothing."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, Final, TypeVar

Item = TypeVar("Item")

HEARTBEAT: Final = 0.1
"""Seconds after which None is yielded, so that who drives the generator can close it."""
_END: Final = object()


def stepped(make: Callable[[], AsyncGenerator[Item, None]]) -> Generator[Item | None, None, None]:
    """What the asynchronous generator yields, on an event loop of its own; closing this one cancels it at once."""
    loop = asyncio.new_event_loop()
    items = make()

    async def following() -> Any:
        return await anext(items, _END)

    step: asyncio.Task[Any] | None = None
    try:
        while True:
            step = loop.create_task(following())
            while not loop.run_until_complete(asyncio.wait({step}, timeout=HEARTBEAT))[0]:
                yield None
            item = step.result()
            if item is _END:
                return
            yield item
    finally:
        if step is not None:
            step.cancel()
            loop.run_until_complete(asyncio.wait({step}))
        loop.run_until_complete(items.aclose())
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
