"""Liking and deleting on Mastodon: done once however often it is ordered, and only to what is public."""

from collections.abc import AsyncIterator

import pytest
from channels_mastodon import mastodon_server, opened

from bridge.channels import mastodon
from bridge.core.deeds import Deed
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: MastodonServer, fittings: Fittings) -> AsyncIterator[mastodon.Mastodon]:
    async with opened(server, fittings) as channel:
        yield channel


async def test_an_answer_of_ours_is_deleted_once(server: MastodonServer, channel: mastodon.Mastodon) -> None:
    answer = server.write("acme", "@ann Here you are.", parent=server.mention("ann", words("here")))
    for _ in range(2):
        await channel.act(Deed.DELETE, answer)
    assert answer not in server.world.toots


async def test_what_others_wrote_is_never_deleted(server: MastodonServer, channel: mastodon.Mastodon) -> None:
    post = server.mention("ann", words("here"))
    with pytest.raises(PermanentProblem, match="no answer of ours"):
        await channel.act(Deed.DELETE, post)
    assert post in server.world.toots


async def test_law_9_a_private_answer_is_not_deleted(server: MastodonServer, channel: mastodon.Mastodon) -> None:
    answer = server.write("acme", "@ann Here you are.", visibility="direct")
    with pytest.raises(PermanentProblem, match="only public"):
        await channel.act(Deed.DELETE, answer)
    assert answer in server.world.toots


async def test_a_public_post_is_liked(server: MastodonServer, channel: mastodon.Mastodon) -> None:
    post = server.mention("ann", words("here"))
    for _ in range(2):
        await channel.act(Deed.LIKE, post)
    assert server.world.liked == {post}
    server.delete(post)
    with pytest.raises(PermanentProblem, match="gone"):
        await channel.act(Deed.LIKE, post)


@pytest.mark.parametrize("target", ["", "../accounts/1", "1/pin"])
async def test_a_target_that_is_no_id_is_refused(channel: mastodon.Mastodon, target: str) -> None:
    for deed in Deed:
        with pytest.raises(PermanentProblem):
            await channel.act(deed, target)


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        (Mode.RATE_LIMIT, TemporaryProblem),
        (Mode.FORBID, PermanentProblem),
        (Mode.REVOKED, LoginProblem),
        (Mode.ERROR, UncertainProblem),
    ],
)
@pytest.mark.parametrize("deed", [Deed.LIKE, Deed.DELETE])
async def test_ft10_every_failure_of_a_deed_is_called_what_it_is(
    server: MastodonServer, channel: mastodon.Mastodon, mode: Mode, problem: type[Exception], deed: Deed
) -> None:
    post = server.mention("ann", words("here"))
    answer = server.write("acme", "@ann Here you are.", parent=post)
    server.fail(mode)
    with pytest.raises(problem) as caught:
        await channel.act(deed, answer)
    assert type(caught.value) is problem
    assert (answer in server.world.toots, server.world.liked) == (True, set())


@pytest.mark.parametrize("deed", [Deed.LIKE, Deed.DELETE])
async def test_f01_a_refused_deed_that_hides_a_dead_login_is_one_of_the_login(
    server: MastodonServer, channel: mastodon.Mastodon, deed: Deed
) -> None:
    answer = server.write("acme", "Here you are.")
    server.fail(Mode.FORBID)
    server.access.forbidden = "/api/v1/accounts/verify_credentials"
    with pytest.raises(LoginProblem):
        await channel.act(deed, answer)
