"""The IMAP inbox keeps its contract against a real Dovecot, whatever happens to Dovecot's lists, workers and folders."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.core.replies import Letter, LetterOutcome
from bridge.inboxes.imap import ImapInbox, Settings, build
from bridge.ports import Fittings, LoginProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.inboxes import NOW, SOON, InboxContract, letter
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
        await asyncio.to_thread(self.office.deliver, raw, to=f"reply+token@{self.office.domain}")

    async def lose(self, letter: Letter) -> None:
        marker = b"Message-ID: " + letter.raw.split(b"Message-ID: ")[1].split(b"\r\n")[0]
        for path in (self.office.maildir("reply") / "cur").iterdir():
            if marker in path.read_bytes():
                path.unlink()

    def filed(self, folder: str) -> list[bytes]:
        return self.office.mails("reply", folder)


@pytest.fixture
def box(post_office: PostOffice, fittings: Fittings) -> Iterator[DovecotBox]:
    post_office.wipe("reply")
    yield DovecotBox(post_office, fittings, {})


class TestImapInboxByMoving(InboxContract):
    @pytest.fixture
    def box(self, post_office: PostOffice, fittings: Fittings) -> DovecotBox:
        post_office.wipe("reply")
        return DovecotBox(post_office, fittings, {})


class TestImapInboxByFlagging(InboxContract):
    @pytest.fixture
    def box(self, post_office: PostOffice, fittings: Fittings) -> DovecotBox:
        post_office.wipe("reply")
        return DovecotBox(post_office, fittings, {"after": "flag"})
