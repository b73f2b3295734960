"""What polls of the SMPP channel show of what is kept: receipts tied to the right answer, and the words that nothing passes over."""

from datetime import timedelta

import pytest
from channels_smpp import ANN, BOB

from bridge.channels._smpp.entries import Entry, Sent, Taken, Told
from bridge.channels._smpp.reading import Fates, Shelf
from bridge.channels._smpp.receipts import State
from bridge.testing.fittings import MovableClock

OLD = timedelta(minutes=5)


def fates(clock: MovableClock, ids: dict[str, str], *, told: str, peer: str) -> list[str]:
    """The ids of the answers that a receipt says are lost; `ids` names the phone that each of the SMSC's ids went to."""
    entries: dict[int, Entry] = {}
    for n, (name, phone) in enumerate(ids.items()):
        entries[2 * n + 1] = Sent(n=2 * n + 1, at=clock.now() - OLD, key=name, peer=phone, parts=1)
        entries[2 * n + 2] = Taken(n=2 * n + 2, at=clock.now() - OLD, sent=2 * n + 1, place=1, id=name)
    receipt = Told(n=99, at=clock.now(), id=told, state=State.UNDELIVERABLE, error="", peer=peer)
    shelf = Shelf(name="L", entries=entries | {99: receipt}, now=clock.now(), wait=OLD, last=99)
    return [lost.id for lost in Fates.of(shelf, [receipt]).undelivered]


@pytest.mark.parametrize(
    ("ids", "told", "peer", "lost"),
    [
        ({"10": ANN, "16": BOB}, "16", ANN, "L-1"),
        ({"10": ANN, "16": BOB}, "16", BOB, "L-3"),
        ({"16": BOB, "10": ANN}, "16", ANN, "L-3"),
        ({"10": ANN, "16": ANN}, "16", ANN, "L-3"),
        ({"16": ANN, "10": ANN}, "16", ANN, "L-1"),
        ({"10": ANN, "16": BOB}, "16", "404", "L-3"),
    ],
)
def test_an_id_that_two_answers_could_mean_is_the_one_s_whose_phone_it_is(
    clock: MovableClock, ids: dict[str, str], told: str, peer: str, lost: str
) -> None:
    """Hexadecimal 10 is decimal 16; where no phone fits, as some SMSCs leave it out, the id as it is counts."""
    assert fates(clock, ids, told=told, peer=peer) == [lost]


def test_another_spelling_alone_is_no_answer_s_where_the_phone_is_another(clock: MovableClock) -> None:
    assert fates(clock, {"10": ANN}, told="16", peer=BOB) == []
