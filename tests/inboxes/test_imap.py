"""The IMAP inbox keeps the contract of inboxes, and survives whatever a server may say, or not say."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from bridge.core.replies import Letter, LetterOutcome
from bridge.inboxes._door import Door
from bridge.inboxes._session import Patience
from bridge.inboxes._tray import DONE
from bridge.inboxes.imap import ImapInbox, Settings, build
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.fakes.imap import CUT, HANG, ImapServer
from bridge.testing.faults import FaultProxy
from bridge.testing.fittings import MovableClock
from bridge.testing.inboxes import NOW, SOON, MailboxContract, letter
from bridge.testing.tls import Authority
from bridge.testing.toxics import LimitData, Slicer

HOUR = timedelta(hours=1)
QUICK = Patience(connect=0.4, command=0.4, letters=2.0, leave=0.4)


@dataclass
class ImapBox:
    """A scripted server's INBOX and inboxes on it."""

    server: ImapServer
    authority: Authority
    clock: MovableClock

    def settings(self, **more: Any) -> Settings:
        usual = {"host": "localhost", "port": self.server.port, "ca_file": self.authority.file, "user": "reply"}
        return Settings.model_validate(usual | {"password": Secret('ri"ght')} | more)

    def inbox(self, *, patience: Patience = QUICK, **more: Any) -> ImapInbox:
        settings = self.settings(**more)
        door = Door(settings, settings.port, tokens=None, patience=patience)
        return ImapInbox("replies", door, settings=settings, clock=self.clock)

    async def deliver(self, raw: bytes) -> None:
        self.server.add(raw)
        self.server.ring()

    async def lose(self, letter: Letter) -> None:
        self.server.boxes["INBOX"].clear()

    def uids(self, box: str) -> list[int]:
        return [message.uid for message in self.server.boxes.get(box, [])]


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[ImapServer]:
    async with ImapServer(tls=authority.server_context("localhost"), users={"reply": 'ri"ght'}) as server:
        yield server


@pytest.fixture
def box(server: ImapServer, authority: Authority, clock: MovableClock) -> ImapBox:
    return ImapBox(server, authority, clock)


class TestImapInbox(MailboxContract):
    @pytest.fixture
    def box(self, server: ImapServer, authority: Authority, clock: MovableClock) -> ImapBox:
        return ImapBox(server, authority, clock)


T, L, P = TemporaryProblem, LoginProblem, PermanentProblem

TROUBLES = [
    ("GREETING", "* BYE too many connections", T),
    ("GREETING", "220 this is SMTP", T),
    ("GREETING", "", T),
    ("GREETING", CUT, T),
    ("GREETING", HANG, T),
    ("CAPABILITY", "BAD what", T),
    ("CAPABILITY", CUT, T),
    ("CAPABILITY", HANG, T),
    ("LOGIN", "NO [AUTHENTICATIONFAILED] no", L),
    ("LOGIN", "NO [EXPIRED] password too old", L),
    ("LOGIN", "NO login failed", L),
    ("LOGIN", "NO [UNAVAILABLE] no answer from the directory", T),
    ("LOGIN", "NO [INUSE] locked", T),
    ("LOGIN", "NO [LIMIT] too many", T),
    ("LOGIN", "BAD syntax", T),
    ("LOGIN", "* BYE going down", T),
    ("LOGIN", CUT, T),
    ("LOGIN", HANG, T),
    ("SELECT", "NO [NONEXISTENT] no such mailbox", T),
    ("SELECT", "NO [SERVERBUG] internal", T),
    ("SELECT", "BAD what", T),
    ("SELECT", "garbage without any sense", T),
    ("SELECT", CUT, T),
    ("SELECT", HANG, T),
    ("SEARCH", "NO [SERVERBUG] internal", T),
    ("SEARCH", "BAD what", T),
    ("SEARCH", "A999 OK somebody else's answer", T),
    ("SEARCH", CUT, T),
    ("SEARCH", HANG, T),
    ("FETCH", "BAD what", T),
    ("FETCH", "* 1 FETCH (UID 1 RFC822.SIZE {3}", T),
    ("FETCH", "* 1 FETCH (((((", T),
    ("FETCH", CUT, T),
]


@pytest.mark.parametrize(("command", "answer", "expected"), TROUBLES)
async def test_ft09_every_trouble_has_its_name_and_costs_no_letter(
    box: ImapBox, command: str, answer: str, expected: type[Exception]
) -> None:
    box.server.script[command] = [answer]
    box.server.add(letter("one"))
    patience = Patience(connect=0.4, command=0.4, letters=0.4, leave=0.4)
    inbox = box.inbox(patience=patience)
    with pytest.raises(expected) as raised:
        await inbox.fetch(NOW)
    assert raised.type is expected
    assert len(await inbox.fetch(NOW)) == 1
    assert box.server.connections == 2, "the troubled session is thrown away"
    await inbox.close()


async def test_a_refused_login_is_tried_once_and_tells_no_secret(box: ImapBox) -> None:
    inbox = box.inbox(password=Secret("wrong"))
    with pytest.raises(LoginProblem, match="check user and password") as raised:
        await inbox.fetch(NOW)
    assert "wrong" not in f"{raised.value} {raised.value.__cause__}"
    assert box.server.seen.count("LOGIN") == 1
    await inbox.close()


# --- the bell and the clock


async def test_the_bell_rings_in_time(box: ImapBox) -> None:
    inbox = box.inbox()
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    await box.server.until("IDLE")
    await box.deliver(letter("one"))
    assert len(await asyncio.wait_for(waiting, 2)) == 1
    await inbox.close()


async def test_h07_without_a_bell_the_clock_finds_it(box: ImapBox) -> None:
    """The server idles and says nothing; the plain look finds the letter all the same."""
    inbox = box.inbox(poll=timedelta(seconds=1))
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    await box.server.until("IDLE")
    box.server.add(letter("one"))
    assert len(await asyncio.wait_for(waiting, 5)) == 1
    await inbox.close()


async def test_an_exists_between_two_commands_is_a_bell_too(box: ImapBox) -> None:
    """Servers announce at the end of any command; the search that was just answered may not have seen it."""
    box.server.add(letter("one"))
    box.server.script["SEARCH"] = ["* SEARCH\r\n* 1 EXISTS\r\n{tag} OK done"]
    inbox = box.inbox()
    assert len(await asyncio.wait_for(inbox.fetch(timedelta(seconds=30)), 2)) == 1
    assert "IDLE" not in box.server.seen
    await inbox.close()


async def test_a_server_without_idle_is_looked_at_by_the_clock(box: ImapBox) -> None:
    box.server.capabilities = "IMAP4rev1 MOVE"
    inbox = box.inbox(poll=timedelta(seconds=1))
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    await box.server.until("SEARCH", count=4)
    box.server.add(letter("one"))
    assert len(await asyncio.wait_for(waiting, 5)) == 1
    assert "IDLE" not in box.server.seen
    await inbox.close()


async def test_h07_idle_is_renewed_and_each_time_somebody_must_answer(box: ImapBox) -> None:
    inbox = box.inbox(poll=timedelta(seconds=1))
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    await box.server.until("NOOP", count=2)
    await box.server.until("IDLE", count=3)
    box.server.add(letter("one"))
    assert len(await asyncio.wait_for(waiting, 5)) == 1
    await inbox.close()


async def test_ft08_a_half_open_connection_is_noticed_and_mended(box: ImapBox) -> None:
    """Nothing comes through any more and nobody says so: what follows the IDLE runs into its time-out."""
    async with FaultProxy("127.0.0.1", box.server.port) as proxy:
        inbox = box.inbox(port=proxy.port, poll=timedelta(seconds=1))
        waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
        await box.server.until("IDLE")
        proxy.stall()
        box.server.add(letter("one"))
        assert len(await asyncio.wait_for(waiting, 10)) == 1
        await inbox.close()
    assert box.server.connections == 2


async def test_ft04_a_connection_that_dies_in_idle_is_mended_within_the_same_call(box: ImapBox) -> None:
    inbox = box.inbox()
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    await box.server.until("IDLE")
    box.server.drop_all()
    await box.server.until("IDLE", count=2)
    await box.deliver(letter("one"))
    assert len(await asyncio.wait_for(waiting, 2)) == 1
    assert box.server.connections == 2
    await inbox.close()


async def test_a_server_that_drops_every_idle_is_a_temporary_problem(box: ImapBox) -> None:
    box.server.script["IDLE"] = [CUT, CUT]
    inbox = box.inbox()
    with pytest.raises(TemporaryProblem):
        await inbox.fetch(timedelta(seconds=30))
    await inbox.close()


async def test_a_flood_of_lines_in_idle_does_no_harm(box: ImapBox) -> None:
    """Another client empties a large mailbox: thousands of lines in one read exhausted the library's parser."""
    inbox = box.inbox()
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    await box.server.until("IDLE")
    box.server.say("\r\n".join(["* 1 EXPUNGE"] * 20_000))
    await box.deliver(letter("one"))
    assert len(await asyncio.wait_for(waiting, 5)) == 1
    assert box.server.connections == 1
    await inbox.close()


@pytest.mark.parametrize("size", [1, 5, 1000])
async def test_ft06_small_pieces_make_no_difference(box: ImapBox, size: int) -> None:
    raw = letter("one", body=b")\r\n* 2 FETCH (UID 9 {5}\r\nA1 OK x\r\n" * 3)
    box.server.add(raw)
    async with FaultProxy("127.0.0.1", box.server.port) as proxy:
        proxy.down.append(Slicer(size=size))
        inbox = box.inbox(port=proxy.port, patience=Patience())
        [found] = await inbox.fetch(SOON)
        await inbox.close()
    assert found.raw == raw


async def test_c07_a_line_that_breaks_inside_a_letter_loses_nothing(box: ImapBox) -> None:
    box.server.add(letter("one", body=b"x" * 70 + b"\r\n") + b"y" * 500_000)
    async with FaultProxy("127.0.0.1", box.server.port) as proxy:
        proxy.down.append(LimitData(limit=100_000))
        inbox = box.inbox(port=proxy.port)
        with pytest.raises(TemporaryProblem):
            await inbox.fetch(NOW)
        proxy.down.clear()
        assert len(await inbox.fetch(NOW)) == 1
        await inbox.close()


# --- where letters go


@pytest.mark.parametrize(
    ("outcome", "folder"),
    [
        (LetterOutcome.ANSWER, "Processed"),
        (LetterOutcome.COMMAND, "Processed"),
        (LetterOutcome.REPLAY, "Processed"),
        (LetterOutcome.HELD, "Held"),
        (LetterOutcome.REFUSED, "Held"),
        (LetterOutcome.NOT_OURS, "Held"),
        (LetterOutcome.AUTOMATIC, "Automatic"),
        (LetterOutcome.BOUNCE, "Automatic"),
    ],
)
async def test_each_outcome_has_its_folder_which_is_made(box: ImapBox, outcome: LetterOutcome, folder: str) -> None:
    box.server.add(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(NOW)
    await inbox.file(found, outcome)
    await inbox.close()
    assert box.uids(folder) == [1]
    assert box.uids("INBOX") == []


async def test_a_hundred_letters_are_put_away_with_one_command(box: ImapBox) -> None:
    for number in range(100):
        box.server.add(letter(f"{number}"))
    inbox = box.inbox()
    for found in await inbox.fetch(NOW):
        await inbox.file(found, LetterOutcome.ANSWER)
    assert not await inbox.fetch(NOW)
    await inbox.close()
    assert box.server.seen.count("MOVE") == 2, "once refused for want of the folder, once done"
    assert len(box.uids("Processed")) == 100


async def test_folder_names_are_quoted_and_in_modified_utf_7(box: ImapBox) -> None:
    box.server.add(letter("one"))
    inbox = box.inbox(folders={"processed": 'Erledigt "geprüft" & gut'})
    [found] = await inbox.fetch(NOW)
    await inbox.file(found, LetterOutcome.ANSWER)
    await inbox.close()
    assert r'CREATE "Erledigt \"gepr&APw-ft\" &- gut"' in box.server.lines


@pytest.mark.parametrize("change", [{"after": "flag"}, {}])
async def test_without_move_letters_are_flagged(box: ImapBox, change: dict[str, Any]) -> None:
    if not change:
        box.server.capabilities = "IMAP4rev1 IDLE"
    message = box.server.add(letter("one"))
    inbox = box.inbox(**change)
    [found] = await inbox.fetch(NOW)
    await inbox.file(found, LetterOutcome.ANSWER)
    assert not await inbox.fetch(NOW)
    await inbox.close()
    assert DONE in message.flags
    assert box.uids("INBOX") == [1]


async def test_neither_move_nor_keywords_is_a_permanent_problem(box: ImapBox) -> None:
    box.server.capabilities, box.server.lasting = "IMAP4rev1 IDLE", r"\Seen \Deleted"
    inbox = box.inbox()
    with pytest.raises(PermanentProblem, match="neither MOVE nor keywords"):
        await inbox.fetch(NOW)
    await inbox.close()


async def test_a_server_without_uidvalidity_is_a_permanent_problem(box: ImapBox) -> None:
    box.server.validity = None
    inbox = box.inbox()
    with pytest.raises(PermanentProblem, match="UIDVALIDITY"):
        await inbox.fetch(NOW)
    await inbox.close()


async def test_c08_a_letter_that_cannot_be_put_away_stays_and_blocks_nothing(box: ImapBox) -> None:
    box.server.add(letter("one"))
    box.server.script |= {"MOVE": ["NO [TRYCREATE] no", "NO no"], "CREATE": ["NO [NOPERM] not you"]}
    inbox = box.inbox()
    [found] = await inbox.fetch(NOW)
    await inbox.file(found, LetterOutcome.ANSWER)
    with capture_logs() as logs:
        assert not await inbox.fetch(NOW)
    assert [line["event"] for line in logs] == ["letters_not_filed"]
    box.server.add(letter("two"))
    assert len(await inbox.fetch(NOW)) == 1
    box.clock.advance(timedelta(minutes=6))
    assert [each.uid for each in await inbox.fetch(NOW)] == ["1/1", "1/2"]
    await inbox.close()


async def test_c08_what_a_lost_connection_left_is_put_away_over_the_next(box: ImapBox) -> None:
    box.server.add(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(NOW)
    await inbox.file(found, LetterOutcome.ANSWER)
    box.server.script["MOVE"] = [CUT]
    assert not await inbox.fetch(NOW)
    await inbox.close()
    assert box.uids("Processed") == [1]


# --- the place (C10)


async def test_c10_when_uids_are_given_anew_everything_comes_again_and_the_old_is_doubtful(box: ImapBox) -> None:
    now = datetime.now(UTC)
    for age, name in ((30 * HOUR, "done"), (2 * HOUR, "done-last")):
        box.server.add(letter(name), at=now - age)
    inbox = box.inbox()
    for found in await inbox.fetch(NOW):
        assert not found.doubtful
        await inbox.file(found, LetterOutcome.ANSWER)
    assert not await inbox.fetch(NOW)
    box.server.add(letter("old"), at=now - 20 * HOUR)
    box.server.add(letter("within the hour"), at=now - 2.5 * HOUR)
    box.server.add(letter("new"), at=now)
    box.server.validity = 2
    box.server.drop_all()
    with capture_logs() as logs:
        letters = await inbox.fetch(SOON)
    await inbox.close()
    assert [(each.uid, each.doubtful) for each in letters] == [("2/3", True), ("2/4", False), ("2/5", False)]
    assert [line["event"] for line in logs] == ["imap_uidvalidity_changed"]


@pytest.mark.parametrize("after", ["move", "flag"])
async def test_c10_the_place_is_found_again_after_a_restart(box: ImapBox, after: str) -> None:
    now = datetime.now(UTC)
    box.server.add(letter("done"), at=now - HOUR)
    first = box.inbox(after=after)
    for found in await first.fetch(NOW):
        await first.file(found, LetterOutcome.HELD)
    await first.close()
    box.server.validity = 2
    box.server.add(letter("old"), at=now - 9 * HOUR)
    box.server.add(letter("new"), at=now)
    second = box.inbox(after=after)
    assert [each.doubtful for each in await second.fetch(NOW)] == [True, False]
    await second.close()


async def test_c10_filing_by_an_outdated_number_files_nothing(box: ImapBox) -> None:
    box.server.add(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(NOW)
    box.server.validity = 2
    box.server.drop_all()
    await inbox.fetch(SOON)
    await inbox.file(found, LetterOutcome.ANSWER)
    await inbox.close()
    assert box.uids("INBOX") == [1]


# --- bounds


async def test_a_backlog_is_searched_once_and_read_in_chunks(box: ImapBox) -> None:
    for number in range(1000):
        box.server.add(letter(f"{number}"))
    inbox = box.inbox(patience=Patience())
    chunks = [await inbox.fetch(NOW) for _ in range(10)]
    assert [len(chunk) for chunk in chunks] == [100] * 10
    assert box.server.seen.count("SEARCH") == 1
    await inbox.close()


async def test_large_letters_come_a_few_at_a_time(box: ImapBox) -> None:
    for number in range(5):
        box.server.add(letter(f"{number}") + b"x" * 9_000_000)
    inbox = box.inbox(patience=Patience())
    assert [len(await inbox.fetch(NOW)) for _ in range(3)] == [3, 2, 0]
    await inbox.close()


async def test_a_letter_that_the_server_cannot_read_is_passed_over_with_a_word(box: ImapBox) -> None:
    for number in range(4):
        box.server.add(letter(f"{number}"))
    no = "NO [SERVERBUG] corrupted"
    box.server.script["FETCH"] = ["* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n{tag} OK done", no, no, no]
    inbox = box.inbox()
    with capture_logs() as logs:
        letters = await inbox.fetch(NOW)
    await inbox.close()
    assert [each.uid for each in letters] == ["1/2", "1/3", "1/4"]
    assert [(line["event"], line["uid"]) for line in logs] == [("letter_not_given_out", 1)]


async def test_a_body_in_quotes_is_a_body(box: ImapBox) -> None:
    box.server.add(b"x")
    box.server.script["FETCH"] = [
        "* 1 FETCH (RFC822.SIZE 9 UID 1)\r\n{tag} OK done",
        '* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] "a \\"b\\"" INTERNALDATE " 1-Feb-2026 03:04:05 +0100" UID 1)\r\n{tag} OK done',
    ]
    inbox = box.inbox()
    [found] = await inbox.fetch(NOW)
    await inbox.close()
    assert found.raw == b'a "b"'
    assert found.received == datetime(2026, 2, 1, 2, 4, 5, tzinfo=UTC)


# --- TLS and the stanza


@pytest.mark.parametrize(
    ("certificate", "word"), [(("localhost", -1), "has expired"), (("elsewhere.test", 1), "Hostname mismatch")]
)
async def test_a20_a_bad_certificate_is_named(
    box: ImapBox, authority: Authority, certificate: tuple[str, int], word: str
) -> None:
    context = authority.server_context(certificate[0], until=timedelta(days=certificate[1]))
    async with ImapServer(tls=context, users={}) as server:
        inbox = box.inbox(port=server.port)
        with pytest.raises(TemporaryProblem, match=f"certificate is not accepted .*{word}"):
            await inbox.fetch(NOW)
        await inbox.close()
    assert not server.seen


async def test_nobody_there_is_a_temporary_problem(box: ImapBox) -> None:
    await box.server.stop()
    inbox = box.inbox()
    with pytest.raises(TemporaryProblem, match="cannot be reached: ConnectionRefusedError"):
        await inbox.fetch(NOW)
    await inbox.close()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"user": "", "password": None}, "user is missing"),
        ({"password": None}, "either password or oauth"),
        ({"after": "delete"}, "'move' or 'flag'"),
        ({"poll": timedelta(minutes=20)}, "less than or equal to 9 minutes"),
        ({"folders": {"held": "a/b"}}, "pattern"),
        ({"mailbox": "IN%BOX"}, "pattern"),
        ({"tls": "none"}, "Extra inputs"),
    ],
)
def test_a_wrong_stanza_is_refused_with_a_word(box: ImapBox, change: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        box.settings(**change)


def test_build_makes_an_inbox_of_a_stanza(box: ImapBox, fittings: Fittings) -> None:
    assert build("replies", box.settings(), fittings).name == "replies"
