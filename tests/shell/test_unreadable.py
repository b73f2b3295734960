"""A platform's answer that is none brings no page, and is kept all the same: once, with the cursor where it was (C21)."""

from collections.abc import AsyncIterator, Sequence

import pytest
from faults.world import LIMITS, World
from structlog.testing import capture_logs

from bridge.core.events import Page, Quarantined
from bridge.ports import Channel, TemporaryProblem
from bridge.shell import intake
from bridge.store.quarantine import KeptItem, quarantined


class Mumbling:
    """A channel before the platform, which sends a web page as long as it mumbles."""

    def __init__(self, channel: Channel) -> None:
        self.name, self.limits = channel.name, channel.limits
        self.open, self.publish, self.find, self.close = channel.open, channel.publish, channel.find, channel.close
        self._channel = channel
        self._kept: list[Quarantined] = []
        self.mumbles = True

    async def poll(self, cursor: str | None) -> Page:
        if not self.mumbles:
            return await self._channel.poll(cursor)
        self._kept.append(Quarantined(id=f"answer {len(self._kept)}", reason="a web page", raw=b"<html>"))
        raise TemporaryProblem("the platform answers something else than it should")

    def unreadable(self) -> Sequence[Quarantined]:
        kept, self._kept = self._kept, []
        return kept


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(limits=LIMITS, adapter=Mumbling)
    yield made
    await made.close()


async def _kept(world: World) -> tuple[KeptItem, ...]:
    return await world.store.read(lambda connection: quarantined(connection, "forum", 9))


async def test_it_is_kept_though_the_poll_failed(world: World) -> None:
    house = world.processes[0].house
    with capture_logs() as logs, pytest.raises(TemporaryProblem):
        await intake.poll(house, "forum")
    [item] = await _kept(world)
    assert (item.channel, item.id, item.raw) == ("forum", "answer 0", b"<html>")
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["answer_unreadable"]
    assert await world.store.cursor("forum") is None


async def test_nothing_is_written_where_nothing_was_unreadable(world: World) -> None:
    channel = world.processes[0].house.channels["forum"]
    assert isinstance(channel, Mumbling)
    channel.mumbles = False
    await intake.poll(world.processes[0].house, "forum")
    assert await _kept(world) == ()
