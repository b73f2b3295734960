"""What every inbox must keep to, as a suite that an adapter's test class inherits."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from bridge.core.replies import Letter, LetterOutcome
from bridge.ports import Inbox

SOON = timedelta(seconds=5)
"""How long a test waits for what comes at once."""

NOW = timedelta(0)


class LetterBox(Protocol):
    """The far end: a real mailbox that the suite fills from outside."""

    def inbox(self) -> Inbox:
        """Another inbox object on the same mailbox, as after a restart."""
        ...

    async def deliver(self, raw: bytes) -> None:
        """Let a letter arrive, as the mailbox's own server would."""
        ...

    async def lose(self, letter: Letter) -> None:
        """Let somebody else take a letter out of the mailbox (C11)."""
        ...


class InboxContract:
    """Inherit it, and give the fixture `box`; an inbox of turns also says what a turn of that name looks like."""

    def letter(self, name: str) -> bytes:
        """A small genuine letter by that name."""
        return letter(name)

    def name(self, found: Letter) -> str:
        """The name of a letter that was handed out."""
        line = next(line for line in found.raw.splitlines() if line.startswith(b"Subject: "))
        return line.removeprefix(b"Subject: ").decode()

    @pytest.fixture
    def box(self) -> LetterBox:
        """The mailbox under test."""
        raise NotImplementedError

    @pytest.fixture
    async def inbox(self, box: LetterBox) -> AsyncIterator[Inbox]:
        """An inbox on it."""
        inbox = box.inbox()
        yield inbox
        await inbox.close()

    async def test_an_empty_mailbox_gives_nothing_in_time(self, inbox: Inbox) -> None:
        """Waiting ends."""
        assert list(await inbox.fetch(NOW)) == []

    async def test_a_letter_that_arrives_while_we_wait_is_handed_out(self, box: LetterBox, inbox: Inbox) -> None:
        """The bell is heard."""
        import asyncio

        await inbox.fetch(NOW)
        waiting = asyncio.create_task(_until_any(inbox))
        await box.deliver(self.letter("bell"))
        assert len(await waiting) == 1

    async def test_many_letters_come_in_bounded_chunks_oldest_first(self, box: LetterBox, inbox: Inbox) -> None:
        """A backlog is never one answer."""
        for number in range(230):
            await box.deliver(self.letter(f"{number:03}"))
        chunks = [await inbox.fetch(NOW) for _ in range(3)]
        assert all(0 < len(chunk) <= 100 for chunk in chunks)
        assert [int(self.name(each)) for chunk in chunks for each in chunk] == list(range(230))
        assert list(await inbox.fetch(NOW)) == []

    @pytest.mark.parametrize("outcome", LetterOutcome)
    async def test_a_filed_letter_never_comes_again(self, box: LetterBox, inbox: Inbox, outcome: LetterOutcome) -> None:
        """Neither in this run nor after a restart."""
        await box.deliver(self.letter("filed"))
        [found] = await inbox.fetch(SOON)
        await inbox.file(found, outcome)
        assert list(await inbox.fetch(NOW)) == []
        await inbox.close()
        assert list(await _once(box.inbox(), wait=NOW)) == []

    async def test_c07_a_letter_that_was_not_filed_comes_again_after_a_restart(
        self, box: LetterBox, inbox: Inbox
    ) -> None:
        """A crash between fetching and storing loses nothing."""
        await box.deliver(self.letter("kept"))
        [first] = await inbox.fetch(SOON)
        await inbox.close()
        [second] = await _once(box.inbox(), wait=SOON)
        assert second.raw == first.raw

    async def test_a_letter_in_our_hands_is_not_handed_out_twice_at_once(self, box: LetterBox, inbox: Inbox) -> None:
        """A letter that cannot be filed does not turn fetching into a tight loop."""
        await box.deliver(self.letter("once"))
        assert len(await inbox.fetch(SOON)) == 1
        assert list(await inbox.fetch(NOW)) == []

    async def test_filing_twice_is_harmless(self, box: LetterBox, inbox: Inbox) -> None:
        """Filing is a courtesy."""
        await box.deliver(self.letter("twice"))
        [found] = await inbox.fetch(SOON)
        await inbox.file(found, LetterOutcome.ANSWER)
        await inbox.fetch(NOW)
        await inbox.file(found, LetterOutcome.HELD)
        assert list(await inbox.fetch(NOW)) == []

    async def test_c11_a_letter_that_somebody_took_away_is_fine(self, box: LetterBox, inbox: Inbox) -> None:
        """People tidy mailboxes."""
        await box.deliver(self.letter("taken"))
        [found] = await inbox.fetch(SOON)
        await box.lose(found)
        await inbox.file(found, LetterOutcome.ANSWER)
        assert list(await inbox.fetch(NOW)) == []

    async def test_closing_twice_is_harmless(self, inbox: Inbox) -> None:
        """Shutdown may meet shutdown."""
        await inbox.fetch(NOW)
        await inbox.close()
        await inbox.close()


class MailboxContract(InboxContract):
    """The same, and what is asked of an inbox whose letters are mails."""

    async def test_a_letter_comes_byte_for_byte(self, box: LetterBox, inbox: Inbox) -> None:
        """Only line ends may differ."""
        raw = letter("one", body=b"caf\xc3\xa9 \xff\x01 .\r\n..\r\n* 1 FETCH (UID 7)\r\n)\r\nA1 OK done\r\n")
        await box.deliver(raw)
        [found] = await inbox.fetch(SOON)
        assert _same(found.raw, raw)
        assert found.whole
        assert not found.doubtful
        assert found.inbox == inbox.name
        assert abs(datetime.now(UTC) - found.received) < timedelta(minutes=5)

    async def test_an_oversized_letter_comes_as_its_header(self, box: LetterBox, inbox: Inbox) -> None:
        """Eleven megabytes are never read into memory."""
        await box.deliver(letter("large", body=b"x" * 76 + b"\r\n") + (b"y" * 76 + b"\r\n") * 147_000)
        [found] = await inbox.fetch(SOON)
        assert not found.whole
        assert b"Subject: large" in found.raw
        assert len(found.raw) < 10_000
        await inbox.file(found, LetterOutcome.HELD)
        assert list(await inbox.fetch(NOW)) == []

    async def test_e08_rubbish_is_a_letter_too(self, box: LetterBox, inbox: Inbox) -> None:
        """What is not a mail is for others to judge."""
        await box.deliver(b"\r\n")
        await box.deliver(b"no header at all")
        await box.deliver(letter("good"))
        found = await inbox.fetch(SOON)
        assert b"Subject: good" in found[-1].raw
        assert len(found) == 3


def letter(subject: str, *, body: bytes = b"Thank you, it works again.\r\n") -> bytes:
    """A small genuine mail."""
    head = f"From: Ann <ann@agents.test>\r\nTo: reply@bridge.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@agents.test>"
    return head.encode() + b"\r\n\r\n" + body


async def _until_any(inbox: Inbox) -> list[Letter]:
    """Fetch until something comes; a bell may ring before the letter can be seen."""
    while not (found := await inbox.fetch(SOON)):
        pass
    return list(found)


async def _once(inbox: Inbox, *, wait: timedelta) -> list[Letter]:
    """What a fresh inbox finds."""
    try:
        return list(await inbox.fetch(wait))
    finally:
        await inbox.close()


def _same(one: bytes, other: bytes) -> bool:
    """Equal but for line ends and a server's own header lines on top."""
    return one.replace(b"\r\n", b"\n").endswith(other.replace(b"\r\n", b"\n"))
