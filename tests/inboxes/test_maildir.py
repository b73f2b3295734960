"""The Maildir inbox keeps the contract of inboxes, whatever mail clients do in the same Maildir."""

import itertools
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.access.maildir import furnish
from bridge.core.replies import Letter, LetterOutcome
from bridge.inboxes.maildir import MaildirInbox, Settings, build
from bridge.ports import Fittings, TemporaryProblem
from bridge.testing.fittings import MovableClock
from bridge.testing.inboxes import NOW, SOON, MailboxContract, letter


@dataclass
class MaildirBox:
    """A Maildir that is filled as a mail server fills it: written in `tmp`, renamed into `new`."""

    path: Path
    fittings: Fittings
    count: "itertools.count[int]" = field(default_factory=itertools.count)

    def inbox(self) -> MaildirInbox:
        settings = Settings(path=self.path, look_every=timedelta(milliseconds=20))
        return build("box", settings, self.fittings)

    async def deliver(self, raw: bytes) -> None:
        furnish(self.path)
        name = f"{next(self.count):06}.M1P1.host"
        (self.path / "tmp" / name).write_bytes(raw)
        (self.path / "tmp" / name).rename(self.path / "new" / name)

    async def lose(self, letter: Letter) -> None:
        (self.path / "new" / letter.uid).unlink()


@pytest.fixture
def box(tmp_path: Path, fittings: Fittings) -> MaildirBox:
    return MaildirBox(tmp_path / "Maildir", fittings)


class TestMaildirInbox(MailboxContract):
    @pytest.fixture
    def box(self, tmp_path: Path, fittings: Fittings) -> MaildirBox:
        return MaildirBox(tmp_path / "Maildir", fittings)


@pytest.mark.parametrize(
    ("outcome", "folder", "flags"),
    [
        (LetterOutcome.ANSWER, ".Processed", "S"),
        (LetterOutcome.COMMAND, ".Processed", "S"),
        (LetterOutcome.REPLAY, ".Processed", "S"),
        (LetterOutcome.HELD, ".Held", ""),
        (LetterOutcome.REFUSED, ".Held", ""),
        (LetterOutcome.NOT_OURS, ".Held", ""),
        (LetterOutcome.AUTOMATIC, ".Automatic", "S"),
        (LetterOutcome.BOUNCE, ".Automatic", "S"),
    ],
)
async def test_each_outcome_has_its_folder(box: MaildirBox, outcome: LetterOutcome, folder: str, flags: str) -> None:
    await box.deliver(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(SOON)
    await inbox.file(found, outcome)
    assert [path.name for path in (box.path / folder / "cur").iterdir()] == [f"{found.uid}:2,{flags}"]
    assert (box.path / folder / "maildirfolder").exists()


async def test_c11_a_letter_that_a_client_read_and_flagged_is_found_and_keeps_its_flags(box: MaildirBox) -> None:
    await box.deliver(letter("one"))
    [found] = await box.inbox().fetch(SOON)
    (box.path / "new" / found.uid).rename(box.path / "cur" / f"{found.uid}:2,FS")
    inbox = box.inbox()
    [again] = await inbox.fetch(SOON)
    assert again.uid == found.uid
    await inbox.file(again, LetterOutcome.HELD)
    assert (box.path / ".Held" / "cur" / f"{found.uid}:2,FS").exists()


async def test_a_letter_that_stays_unfiled_comes_again_later(
    tmp_path: Path, fittings: Fittings, clock: MovableClock
) -> None:
    box = MaildirBox(tmp_path / "Maildir", fittings)
    await box.deliver(letter("one"))
    inbox = box.inbox()
    assert len(await inbox.fetch(SOON)) == 1
    assert not await inbox.fetch(NOW)
    clock.advance(timedelta(minutes=6))
    assert len(await inbox.fetch(NOW)) == 1


async def test_received_is_the_time_of_delivery(box: MaildirBox) -> None:
    await box.deliver(letter("old"))
    path = next((box.path / "new").iterdir())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    [found] = await box.inbox().fetch(SOON)
    assert found.received == datetime.fromtimestamp(1_700_000_000, UTC)


async def test_links_and_hidden_files_are_no_letters(box: MaildirBox, tmp_path: Path) -> None:
    await box.deliver(letter("good"))
    (tmp_path / "secret").write_text("not a letter")
    (box.path / "new" / "link").symlink_to(tmp_path / "secret")
    (box.path / "new" / ".hidden").write_text("not a letter")
    assert len(await box.inbox().fetch(SOON)) == 1


async def test_a_path_that_is_no_directory_is_a_temporary_problem(tmp_path: Path, fittings: Fittings) -> None:
    (tmp_path / "file").write_text("")
    inbox = build("box", Settings(path=tmp_path / "file"), fittings)
    with pytest.raises(TemporaryProblem, match="the maildir cannot be used"):
        await inbox.fetch(NOW)


async def test_an_idle_look_reads_no_listing(
    box: MaildirBox, monkeypatch: pytest.MonkeyPatch, clock: MovableClock
) -> None:
    await box.deliver(letter("one"))
    inbox = box.inbox()
    [found] = await inbox.fetch(SOON)
    await inbox.file(found, LetterOutcome.ANSWER)
    clock.advance(timedelta(minutes=1))
    assert not await inbox.fetch(NOW)
    scans = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scans.append(path) or scandir(path))
    assert not await inbox.fetch(timedelta(milliseconds=200))
    assert len(scans) == 2, "only the first look of a fetch lists `new` and `cur`"


async def test_a_look_makes_rooms_only_where_one_is_missing(box: MaildirBox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = box.inbox()
    assert not await inbox.fetch(NOW)
    made = []
    mkdir = os.mkdir
    monkeypatch.setattr(os, "mkdir", lambda path, *more: made.append(path) or mkdir(path, *more))
    assert not await inbox.fetch(NOW)
    assert made == []
    (box.path / "new").rmdir()
    assert not await inbox.fetch(NOW)
    assert (box.path / "new").is_dir()


def test_folder_names_are_names(tmp_path: Path) -> None:
    for bad in ("", "..", "a/b", ".x", "a\\b", "a*", "x" * 101, "a\nb"):
        with pytest.raises(ValueError, match="pattern"):
            Settings(path=tmp_path, folders={"held": bad})


async def test_a_folder_with_an_umlaut_is_spelled_as_mail_servers_spell_it(tmp_path: Path, fittings: Fittings) -> None:
    box = MaildirBox(tmp_path / "Maildir", fittings)
    await box.deliver(letter("one"))
    inbox = build("box", Settings(path=box.path, folders={"processed": "Erledigt & geprüft"}), fittings)
    [found] = await inbox.fetch(SOON)
    await inbox.file(found, LetterOutcome.ANSWER)
    assert (box.path / ".Erledigt &- gepr&APw-ft").is_dir()
