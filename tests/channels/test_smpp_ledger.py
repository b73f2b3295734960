"""The file in which texts are kept before anybody hears that they are: torn, damaged, full, locked, tidied up."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from channels_smpp import ANN, OURS

from bridge.channels._smpp import ledger as rooms
from bridge.channels._smpp.entries import Came, Sent, Taken
from bridge.channels._smpp.ledger import SENT_KEPT, TIDY, Ledger, NotKept
from bridge.testing.fittings import MovableClock


def came(clock: MovableClock, text: bytes = b"Hello") -> Came:
    return Came(n=0, at=clock.now(), source=ANN, target=OURS, coding=0, text=text)


async def reopened(path: Path, clock: MovableClock) -> Ledger:
    ledger = Ledger(path, clock.now)
    await ledger.open()
    return ledger


async def test_what_was_kept_is_there_after_a_restart_under_its_number(tmp_path: Path, clock: MovableClock) -> None:
    first = await reopened(tmp_path / "texts", clock)
    kept = await asyncio.gather(*(first.keep(came(clock, bytes((65 + n,)))) for n in range(20)))
    await first.close()
    second = await reopened(tmp_path / "texts", clock)

    assert [entry.n for entry in kept] == [*range(1, 21)]
    assert list(second.entries.values()) == kept
    assert (second.waiting, second.written) == (20, 20)
    assert (tmp_path / "texts").stat().st_mode & 0o777 == 0o600


async def test_a_number_is_never_given_twice(tmp_path: Path, clock: MovableClock) -> None:
    first = await reopened(tmp_path / "texts", clock)
    kept = await first.keep(came(clock))
    await first.forget([kept.n])
    clock.advance(TIDY + timedelta(seconds=1))
    await first.keep(came(clock))
    await first.forget([2])
    await first.close()
    second = await reopened(tmp_path / "texts", clock)

    assert second.entries == {}
    assert (await second.keep(came(clock))).n == 3


async def test_a_torn_line_was_told_nobody(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "texts"
    first = await reopened(path, clock)
    await first.keep(came(clock, b"whole"))
    await first.close()
    path.write_bytes(path.read_bytes() + b'{"type":"came","n":2,"at":"2026-')
    second = await reopened(path, clock)
    await second.keep(came(clock, b"after"))
    await second.close()

    assert [entry.text for entry in (await reopened(path, clock)).entries.values()] == [b"whole", b"after"]
    assert not (tmp_path / "texts.damaged").exists()


async def test_a_damaged_file_is_kept_aside_whole(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "texts"
    first = await reopened(path, clock)
    for text in (b"one", b"two", b"three"):
        await first.keep(came(clock, text))
    await first.close()
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = b"".join((*lines[:3], b"\xff\xfe\n", *lines[4:]))
    path.write_bytes(damaged)

    assert [entry.text for entry in (await reopened(path, clock)).entries.values()] == [b"one", b"three"]
    assert (tmp_path / "texts.damaged").read_bytes() == damaged


async def test_a_disk_that_refuses_keeps_nothing_and_tears_nothing(
    tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = await reopened(tmp_path / "texts", clock)
    await ledger.keep(came(clock, b"before"))
    with monkeypatch.context() as broken:
        broken.setattr(rooms.os, "write", lambda descriptor, content: os.writev(descriptor, [content[:9]]))
        with pytest.raises(NotKept, match="no space left"):
            await ledger.keep(came(clock, b"lost"))
    await ledger.keep(came(clock, b"after"))
    await ledger.close()

    kept = (await reopened(tmp_path / "texts", clock)).entries.values()
    assert [entry.text for entry in kept] == [b"before", b"after"]
    assert not (tmp_path / "texts.damaged").exists()


async def test_two_that_would_share_a_file_are_kept_apart(tmp_path: Path, clock: MovableClock) -> None:
    first = await reopened(tmp_path / "texts", clock)
    with pytest.raises(NotKept, match="another channel or program"):
        await reopened(tmp_path / "texts", clock)
    await first.close()
    await reopened(tmp_path / "texts", clock)


async def test_a_closed_one_keeps_nothing(tmp_path: Path, clock: MovableClock) -> None:
    ledger = await reopened(tmp_path / "texts", clock)
    await ledger.close()
    await ledger.close()
    with pytest.raises(NotKept):
        await ledger.keep(came(clock))


async def test_a_directory_that_is_not_there_is_a_trouble_in_words(tmp_path: Path, clock: MovableClock) -> None:
    with pytest.raises(NotKept, match="no such file or directory"):
        await reopened(tmp_path / "nowhere" / "texts", clock)


async def test_more_than_the_store_takes_is_not_taken(
    tmp_path: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MOST", 3)
    ledger = await reopened(tmp_path / "texts", clock)
    for _ in range(3):
        await ledger.keep(came(clock))
    with pytest.raises(NotKept):
        await ledger.keep(came(clock))
    await ledger.keep(Sent(n=0, at=clock.now(), key="k", peer=ANN, parts=1))
    await ledger.forget([1])
    await ledger.keep(came(clock))


async def test_words_leave_the_disk_within_the_hour(tmp_path: Path, clock: MovableClock) -> None:
    ledger = await reopened(tmp_path / "texts", clock)
    await ledger.keep(came(clock, b"private words"))
    await ledger.forget([1])
    clock.advance(TIDY + timedelta(seconds=1))
    await ledger.keep(came(clock, b"others"))
    await ledger.forget([])
    lines = (tmp_path / "texts").read_bytes().splitlines()

    assert len(lines) == 3
    assert b"cHJpdmF0ZSB3b3Jkcw" not in lines[2]


async def test_an_answer_s_ids_are_forgotten_when_no_receipt_comes_any_more(
    tmp_path: Path, clock: MovableClock
) -> None:
    first = await reopened(tmp_path / "texts", clock)
    await first.keep(Sent(n=0, at=clock.now(), key="old", peer=ANN, parts=1))
    await first.keep(Taken(n=0, at=clock.now(), sent=1, place=1, id="a1"))
    clock.advance(SENT_KEPT + timedelta(minutes=1))
    await first.keep(Sent(n=0, at=clock.now(), key="new", peer=ANN, parts=1))
    await first.close()

    assert [entry.n for entry in (await reopened(tmp_path / "texts", clock)).entries.values()] == [3]


async def test_what_the_smsc_knows_is_known_after_a_kill(tmp_path: Path, clock: MovableClock) -> None:
    """Nobody says good-bye then: what was acknowledged and read there is no doubt of the next process."""
    first = await reopened(tmp_path / "texts", clock)
    for _ in range(3):
        await first.keep(came(clock))
    await first.trust(2)
    content = (tmp_path / "texts").read_bytes()
    await first.close()
    (tmp_path / "texts").write_bytes(content)

    assert (await reopened(tmp_path / "texts", clock)).sure == 2
