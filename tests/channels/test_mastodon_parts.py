"""The parts of a split answer are a thread on Mastodon: each answers the one before it, and none is read more widely than the first."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from channels_mastodon import mastodon_server

from bridge.channels import mastodon
from bridge.core.model import Post
from bridge.core.publications import PrivateAnswer, PublicAnswer
from bridge.ports import Channel, Fittings, PermanentProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fakes.mastodon_world import Draft
from bridge.testing.fittings import MovableClock

TEXT = "Thank you for telling us: a technician is on the way to you."


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: MastodonServer, fittings: Fittings) -> AsyncIterator[Channel]:
    given = {
        "endpoint": server.url,
        "account": server.brand.id,
        "token": Secret(server.token),
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    channel = mastodon.build("mastodon", mastodon.Settings.model_validate(given), fittings)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
async def post(server: MastodonServer, channel: Channel) -> Post:
    cursor = await started(channel)
    name = server.mention("ann", words("to be answered"))
    return next(post for post in (await gather(channel, cursor)).posts if post.id == name)


@pytest.mark.parametrize("say", [public, private])
async def test_each_part_answers_the_one_before_it_and_is_found_there(
    server: MastodonServer, channel: Channel, post: Post, say: Callable[[Post, str], PublicAnswer | PrivateAnswer]
) -> None:
    assert channel.limits.chained
    ids = [""]
    for number in (1, 2, 3):
        answer = replace(say(post, f"{TEXT} ({number}/3)"), key=f"key-{number}", follows=ids[-1])
        ids.append((await channel.publish(answer)).id)
        found = await channel.find(answer)
        assert found is not None
        assert found.id == ids[-1]
    said = [server.world.toots[name] for name in ids[1:]]
    assert [toot.draft.parent for toot in said] == [post.id, *ids[1:-1]]
    assert len({toot.draft.visibility for toot in said}) == 1
    assert all(toot.draft.text.startswith("@ann ") for toot in said)


async def test_law_9_a_public_part_hangs_on_no_private_one_and_on_nobody_elses_post(
    server: MastodonServer, channel: Channel, post: Post
) -> None:
    secret = (await channel.publish(private(post, TEXT))).id
    other = server.mention("bob", words("somebody else"))
    gone = server.world.write(Draft(author=server.brand.id, text="soon gone")).id
    server.world.delete(gone)
    before = len(server.world.toots)
    for name in (secret, other, gone, "../7"):
        with pytest.raises(PermanentProblem):
            await channel.publish(replace(public(post, TEXT), key="key-3", follows=name))
    assert len(server.world.toots) == before


async def test_a_part_that_an_earlier_version_put_below_the_customers_post_is_found_there(
    channel: Channel, post: Post
) -> None:
    first, second = (replace(public(post, f"{TEXT} ({number}/2)"), key=f"key-{number}") for number in (1, 2))
    before, posted = await channel.publish(first), await channel.publish(second)
    found = await channel.find(replace(second, follows=before.id))
    assert found is not None
    assert found.id == posted.id
