"""The Instagram channel against a fake Graph API."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from channels_graph import GraphPlatform, graph_place

from bridge.channels import instagram
from bridge.ports import Channel, Fittings
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    async with graph_place("acme", clock) as place:
        yield place


def account(place: GraphPlace, fittings: Fittings, backfill: timedelta) -> Channel:
    keys = {**place.instagram_keys(), "timeout": timedelta(seconds=1), "backfill": backfill}
    return instagram.build("insta", instagram.Settings.model_validate(keys), fittings)


class TestInstagram(ChannelContract):
    @pytest.fixture
    def platform(self, place: GraphPlace, clock: MovableClock, fittings: Fittings) -> GraphPlatform:
        return GraphPlatform(
            place=place,
            clock=clock,
            max_length=place.max_remark,
            build=partial(account, place, fittings),
            speak=partial(place.comment, below=place.show("Our new plan. Ask us anything!")),
            whisper=place.write_direct,
        )
