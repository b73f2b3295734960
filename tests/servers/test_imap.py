"""The IMAP inbox keeps its contract against a real Dovecot, whatever happens to Dovecot's lists, workers and folders."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bridge.core.replies import Letter, LetterOutcome
from bridge.inboxes.imap import ImapInbox, Settings, build
from bridge.ports import Fittings, LoginProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.inboxes import NOW, SOON, MailboxContract, letter
from bridge.testing.postoffice import PostOffice


def settings_for(office: PostOffice, **more: Any) -> Settings:
    usual = {
        "host": "localhost",
        "port": office.ports.imaps,
        "ca_file": office.authority.file,
        "user": f"reply@{office.domain}",
        "password": Secret(office.passwords["reply"]),
    }
    return Settings.model_validate(usual | more)


@dataclass
class DovecotBox:
    """The mailbox `reply@`, filled by LMTP and looked at through its files."""

    office: PostOffice
    fittings: Fittings
    more: dict[str, Any]

    def inbox(self) -> ImapInbox:
        return build("replies", settings_for(self.office, **self.more), self.fittings)

    async def deliver(self, raw: bytes) -> None:
        await asyncio.to_thread(self.office.deliver, raw, to=f"reply+k1.token@{self.office.domain}")

    async def lose(self, found: Letter) -> None:
        marker = b"Message-ID: " + found.raw.split(b"Message-ID: ")[1].split(b"\r\n")[0]
        for path in self.office.maildir("reply").glob("[nc]*/*"):
            if marker in path.read_bytes():
                path.unlink()

    def filed(self, folder: str) -> list[bytes]:
        return self.office.mails("reply", folder)


@pytest.fixture
def box(post_office: PostOffice, fittings: Fittings) -> DovecotBox:
    post_office.wipe("reply")
    return DovecotBox(post_office, fittings, {})


class TestImapInboxByMoving(MailboxContract):
    @pytest.fixture
    def box(self, post_office: PostOffice, fittings: Fittings) -> DovecotBox:
        post_office.wipe("reply")
        return DovecotBox(post_office, fittings, {})


class TestImapInboxByFlagging(MailboxContract):
    @pytest.fixture
    def box(self, post_office: PostOffice, fittings: Fittings) -> DovecotBox:
        post_office.wipe("reply")
        return DovecotBox(post_office, fittings, {"after": "flag"})


async def test_a11_the_whole_address_stays_in_delivered_to(box: DovecotBox) -> None:
    await box.deliver(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(SOON)
    await inbox.close()
    assert b"Delivered-To: reply+k1.token@acd.test\r\n" in found.raw


async def test_the_bell_rings_with_dovecots_own_delay_and_little_more(box: DovecotBox) -> None:
    """Dovecot tells of a delivery about half a second after it; what we add is a fraction of that."""
    inbox = box.inbox()
    waiting = await listening(inbox)
    await box.deliver(letter("one"))
    delivered = time.monotonic()
    assert len(await waiting) == 1
    assert time.monotonic() - delivered < 5
    await inbox.close()


async def listening(inbox: ImapInbox) -> "asyncio.Task[Sequence[Letter]]":
    """A fetch that waits in IDLE, as Dovecot has confirmed."""
    await inbox.fetch(NOW)
    waiting = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
    assert inbox._session
    await inbox._session._client.protocol.wait_for_idle_response()
    return waiting


async def test_a_wrong_password_is_a_login_problem_in_clear_words(box: DovecotBox) -> None:
    box.more["password"] = Secret("wrong")
    inbox = box.inbox()
    with pytest.raises(LoginProblem, match="refuses the login; check user and password"):
        await inbox.fetch(NOW)
    await inbox.close()


async def test_a20_an_unknown_authority_is_named(box: DovecotBox) -> None:
    box.more["ca_file"] = None
    inbox = box.inbox()
    with pytest.raises(TemporaryProblem, match=r"unable to get local issuer certificate.*ca_file"):
        await inbox.fetch(NOW)
    await inbox.close()


async def test_a_missing_mailbox_is_named_by_the_command(box: DovecotBox) -> None:
    box.more["mailbox"] = "Nowhere"
    inbox = box.inbox()
    with pytest.raises(TemporaryProblem, match="refuses SELECT"):
        await inbox.fetch(NOW)
    await inbox.close()


async def test_folders_with_umlauts_are_folders_for_people(box: DovecotBox) -> None:
    box.more["folders"] = {"held": "Prüfen & klären"}
    await box.deliver(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(SOON)
    await inbox.file(found, LetterOutcome.HELD)
    await inbox.close()
    assert len(box.filed("Pr&APw-fen &- kl&AOQ-ren")) == 1


async def test_ft11_when_dovecot_loses_its_uid_list_nothing_is_lost_or_new_by_mistake(box: DovecotBox) -> None:
    """UIDVALIDITY changes and the UIDs start over: everything comes again, and filing by an old number files nothing."""
    for name in ("one", "two", "three"):
        await box.deliver(letter(name))
    inbox = box.inbox()
    before = await inbox.fetch(SOON)
    await inbox.file(before[0], LetterOutcome.ANSWER)
    assert not await inbox.fetch(NOW)
    await asyncio.to_thread(box.office.renumber, "reply")
    after = await inbox.fetch(SOON)
    assert [subject(each) for each in after] == ["two", "three"]
    assert before[1].uid not in {each.uid for each in after}
    await inbox.file(before[1], LetterOutcome.ANSWER)
    assert not await inbox.fetch(NOW)
    await inbox.close()
    assert len(box.filed("Processed")) == 1


async def test_ft04_a_worker_killed_during_idle_is_replaced_within_the_call(box: DovecotBox) -> None:
    inbox = box.inbox()
    waiting = await listening(inbox)
    workers = box.office.children("imap")
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    await box.deliver(letter("one"))
    assert len(await asyncio.wait_for(waiting, 10)) == 1
    assert not {*workers} & {*box.office.children("imap")}
    await inbox.close()


async def test_ft04_a_dovecot_that_goes_and_comes_back_costs_no_letter(box: DovecotBox) -> None:
    await box.deliver(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(SOON)
    await asyncio.to_thread(box.office.stop_dovecot, kill=True)
    try:
        with pytest.raises(TemporaryProblem, match="cannot be reached"):
            await inbox.fetch(NOW)
    finally:
        await asyncio.to_thread(box.office.start_dovecot)
    await inbox.file(found, LetterOutcome.ANSWER)
    assert not await inbox.fetch(NOW)
    await inbox.close()
    assert len(box.filed("Processed")) == 1


async def test_c11_what_another_client_reads_moves_and_deletes_changes_nothing(box: DovecotBox) -> None:
    for name in ("read", "moved", "kept"):
        await box.deliver(letter(name))
    other = box.inbox()
    seen = {subject(each): each for each in await other.fetch(SOON)}
    await other.file(seen["moved"], LetterOutcome.HELD)
    await other.close()
    for path in box.office.maildir("reply").glob("cur/*"):
        if b"Subject: read" in path.read_bytes():
            path.rename(path.with_name(path.name.partition(":")[0] + ":2,FRS"))
    inbox = box.inbox()
    assert [subject(each) for each in await inbox.fetch(SOON)] == ["read", "kept"]
    await inbox.close()


def subject(found: Letter) -> str:
    """What stands in the Subject line."""
    lines = found.raw.decode().splitlines()
    return next(line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: "))
