"""The Facebook channel against a fake Graph API: once with visitors' posts on the Page, once with comments on its own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from channels_graph import GraphPlatform, graph_place

from bridge.channels import facebook
from bridge.ports import Channel, Fittings
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    async with graph_place("Acme", clock) as place:
        yield place


def page(place: GraphPlace, fittings: Fittings, backfill: timedelta) -> Channel:
    keys = {**place.facebook_keys(), "timeout": timedelta(seconds=1), "backfill": backfill}
    return facebook.build("page", facebook.Settings.model_validate(keys), fittings)


class TestFacebook(ChannelContract):
    @pytest.fixture(params=["posts", "comments"])
    def platform(
        self, request: pytest.FixtureRequest, place: GraphPlace, clock: MovableClock, fittings: Fittings
    ) -> GraphPlatform:
        speak = place.visit
        if request.param == "comments":
            speak = partial(place.comment, below=place.publish("What do you think of our new plan?"))
        return GraphPlatform(
            place=place,
            clock=clock,
            max_length=place.max_length,
            build=partial(page, place, fittings),
            speak=speak,
            whisper=place.write_private,
        )
