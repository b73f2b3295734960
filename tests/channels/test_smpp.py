"""The SMPP channel against a strict SMSC on a real socket."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from channels_smpp import settings, smsc

from bridge.channels import smpp
from bridge.ports import Channel, Fittings, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_texting import TextContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.smsc import Smsc
from bridge.testing.fittings import MovableClock
from bridge.testing.text_platform import Outcome


class SmppPlatform:
    """The SMSC as the contract sees it."""

    bad_answers: Collection[Mode] = (Mode.LISTING_HANG, Mode.LISTING_CUT, Mode.MALFORMED)
    outcomes: Mapping[Mode, Outcome] = {
        Mode.ACCEPT_THEN_HANG: (UncertainProblem, 1),
        Mode.ACCEPT_THEN_CUT: (UncertainProblem, 1),
        Mode.ACCEPT_WITH_GARBAGE: (UncertainProblem, 1),
        Mode.ACCEPT_LATE: (UncertainProblem, 0),
        Mode.ACCEPT_WITHOUT_ID: (None, 1),
        Mode.ERROR: (UncertainProblem, 0),
        Mode.CUT: (UncertainProblem, 0),
        Mode.REFUSE: (PermanentProblem, 0),
        Mode.FORBID: (PermanentProblem, 0),
        Mode.RATE_LIMIT: (TemporaryProblem, 0),
    }

    def __init__(self, server: Smsc, keep: Path, fittings: Fittings, *, clock: MovableClock) -> None:
        self.server = server
        self.clock = clock
        self._keep = keep
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        return [self.server.password]

    def channel(self, *, backfill: timedelta) -> Channel:
        made = settings(self.server, self._keep, backfill=backfill, max_segments=9)
        return smpp.build("sms", made, self._fittings)

    def write(self, author: str, text: str) -> None:
        self.server.text(author, text)

    def said(self) -> Sequence[str]:
        assert self.server.broken == []
        return self.server.said()

    def lose(self) -> None:
        self.server.receipt(self.server.taken[-1], "UNDELIV", form="text")

    def fail(self, mode: Mode) -> None:
        self.server.fail(mode, amount=60)

    def heal(self) -> None:
        self.server.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[Smsc]:
    async with smsc(clock) as server:
        yield server


class TestSmpp(TextContract):
    @pytest.fixture
    def platform(self, server: Smsc, clock: MovableClock, fittings: Fittings, tmp_path: Path) -> SmppPlatform:
        return SmppPlatform(server, tmp_path / "texts", fittings, clock=clock)
