"""Messages of other programs become values or a sentence, whatever they hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stellar_gui.session.samp.inbox import Inbox
from stellar_gui.session.samp.messages import (
    RECEIVED,
    Highlight,
    Message,
    Position,
    Refusal,
    RowList,
    TableOffer,
    program_name,
    read_message,
)

TEXT = st.text(max_size=12)
ANYTHING = st.recursive(
    st.none() | st.integers() | st.floats() | TEXT | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["url", "table-id", "row", "row-list", "ra", "dec", "name"])


@given(st.sampled_from(RECEIVED) | ANYTHING, st.dictionaries(KEYS, ANYTHING) | ANYTHING)
def test_nothing_that_is_sent_raises(mtype: object, params: object) -> None:
    message = read_message(mtype, params, "TOPCAT", None)
    assert isinstance(message, Message)
    if isinstance(message, Refusal):
        assert "TOPCAT" in message.sentence


def test_messages_as_they_should_be() -> None:
    assert read_message("coord.pointAt.sky", {"ra": "-10.5", "dec": "1e1"}, "A", "c") == Position("A", "c", 349.5, 10.0)
    named = {"table-id": "t", "url": "file:///t.fits"}
    assert read_message("table.highlight.row", named | {"row": "7"}, "A", None) == Highlight(
        "A", None, *named.values(), 7
    )
    offer = read_message("table.load.votable", named | {"name": " two\nlines "}, "A", None)
    assert offer == TableOffer("A", None, "file:///t.fits", "t", "two lines")
    rows = read_message("table.select.rowList", {"url": "u", "row-list": ["12", "0", "12"]}, "A", None)
    assert isinstance(rows, RowList)
    np.testing.assert_array_equal(rows.rows, [12, 0, 12])


@given(ANYTHING)
def test_names_are_one_short_line(name: object) -> None:
    shown = program_name({"samp.name": name})
    assert 0 < len(shown) <= 60
    assert shown.isprintable()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers())))
def test_the_inbox_keeps_the_last_of_each_key_and_knocks_once(items: list[tuple[int, int]]) -> None:
    knocks: list[None] = []
    inbox = Inbox(lambda: knocks.append(None))
    unseen = [inbox.put(key, item) for key, item in items]
    assert sorted(inbox.take()) == sorted(dict(items).values())
    assert len([item for item in unseen if item is not None]) == len(items) - len(dict(items))
    assert len(knocks) == bool(items)
    assert inbox.take() == []


def test_an_inbox_that_is_full_gives_back_what_comes() -> None:
    inbox = Inbox(lambda: None)
    for key in range(1000):
        unseen = inbox.put(key, f"item {key}")
    assert unseen == "item 999"
    assert inbox.take()[0] == "item 0"
