"""The Maildir desk keeps the contract of desks, and a repeated proxy is one file, whoever has read it."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.desks.maildir import MaildirDesk, Settings, build, file_name
from bridge.ports import Fittings, TemporaryProblem, UncertainProblem
from bridge.testing.desks import DeskContract, parcel


@dataclass
class MaildirQueue:
    """A Maildir, looked at as any mail client looks."""

    path: Path
    fittings: Fittings

    def desk(self) -> MaildirDesk:
        return build("support", Settings(path=self.path, to="queue@acd.test"), self.fittings)

    async def arrived(self) -> Sequence[bytes]:
        return [path.read_bytes() for path in self.files()]

    async def vanish(self) -> None:
        self.path.unlink(missing_ok=True) if self.path.is_file() else None
        self.path.write_text("a file where a directory should be")

    def files(self) -> list[Path]:
        return sorted([*(self.path / "new").iterdir(), *(self.path / "cur").iterdir()])


@pytest.fixture
def queue(tmp_path: Path, fittings: Fittings) -> MaildirQueue:
    return MaildirQueue(tmp_path / "Maildir", fittings)


class TestMaildirDesk(DeskContract):
    @pytest.fixture
    def queue(self, tmp_path: Path, fittings: Fittings) -> MaildirQueue:
        return MaildirQueue(tmp_path / "Maildir", fittings)


async def test_a_repeat_is_one_file(queue: MaildirQueue) -> None:
    await queue.desk().inject(parcel("one"))
    await queue.desk().inject(parcel("one"))
    assert len(queue.files()) == 1


@pytest.mark.parametrize("flags", ["", ":2,", ":2,S", ":2,RS", ":2,DFPRST"])
async def test_a_repeat_of_what_a_client_has_read_is_no_second_file(queue: MaildirQueue, flags: str) -> None:
    await queue.desk().inject(parcel("one"))
    [file] = queue.files()
    file.rename(queue.path / "cur" / f"{file.name}{flags}")
    await queue.desk().inject(parcel("one"))
    assert len(queue.files()) == 1


async def test_the_name_is_the_message_ids_and_safe(queue: MaildirQueue) -> None:
    await queue.desk().inject(parcel("one"))
    assert [file.name for file in queue.files()] == [file_name("<one@bridge.test>")]
    assert set(file_name("</../:2,S@x>")) <= set("0123456789abcdef.bridge")


async def test_lines_end_as_in_local_files(queue: MaildirQueue) -> None:
    await queue.desk().inject(parcel("one"))
    assert b"\r" not in (await queue.arrived())[0]


async def test_nothing_is_left_in_tmp_when_the_disk_is_full(
    queue: MaildirQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FT13: a refused write is told and leaves no piece of a mail."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    await queue.desk().inject(parcel("one"))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TemporaryProblem, match="No space left on device"):
        await queue.desk().inject(parcel("two"))
    assert not list((queue.path / "tmp").iterdir())
    assert len(queue.files()) == 1


async def test_a_file_that_shows_and_may_not_last_is_uncertain(
    queue: MaildirQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FT14: the rename succeeded and the directory cannot be synced; a repeat settles it."""
    sync = os.fsync

    def refuse_directories(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(5, "Input/output error")
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse_directories)
        with pytest.raises(UncertainProblem, match="Input/output error"):
            await queue.desk().inject(parcel("one"))
    await queue.desk().inject(parcel("one"))
    assert len(queue.files()) == 1
