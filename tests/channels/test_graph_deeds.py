"""Hiding, liking and deleting on Facebook and Instagram: done once however often it is ordered, and never to what is private."""

from collections.abc import AsyncIterator

import pytest

from bridge.channels import facebook, instagram
from bridge.core.deeds import Deed
from bridge.ports import Acting, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.faults import Mode, Sort
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
KINDS = {"facebook": facebook, "instagram": instagram}


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    place = GraphPlace(brand="Acme", journal=None, now=clock.now)
    await place.start()
    yield place
    assert place.api.leaks == []
    await place.stop()


@pytest.fixture(params=sorted(KINDS))
async def channel(request: pytest.FixtureRequest, place: GraphPlace, fittings: Fittings) -> AsyncIterator[Acting]:
    keys = {"facebook": place.facebook_keys, "instagram": place.instagram_keys}[request.param]()
    module = KINDS[request.param]
    channel = module.build(request.param, module.Settings.model_validate(keys), fittings)
    await channel.open()
    assert isinstance(channel, Acting)
    yield channel
    await channel.close()


async def _comment(place: GraphPlace, channel: Acting):
    """A customer's comment on something of ours."""
    post = place.show("Our shop") if channel.name == "instagram" else place.publish("Our shop")
    cursor = await started(channel)
    number = place.comment("ann", words("here"), below=post)
    return number, (await gather(channel, cursor)).having(words("here"))


async def test_a_comment_is_hidden_and_shown_again(place: GraphPlace, channel: Acting) -> None:
    number, post = await _comment(place, channel)
    for deed, hidden in ((Deed.HIDE, {number}), (Deed.HIDE, {number}), (Deed.UNHIDE, set())):
        await channel.act(deed, post.id)
        assert place.state.marks.hidden == hidden


async def test_a_like_is_given_where_the_platform_takes_it(place: GraphPlace, channel: Acting) -> None:
    number, post = await _comment(place, channel)
    if Deed.LIKE not in channel.limits.deeds:
        with pytest.raises(PermanentProblem):
            await channel.act(Deed.LIKE, post.id)
        return
    await channel.act(Deed.LIKE, post.id)
    assert place.state.marks.liked == {number}


async def test_an_answer_of_ours_is_deleted_and_nobody_elses(place: GraphPlace, channel: Acting) -> None:
    """Pages could delete visitors' comments too."""
    number, post = await _comment(place, channel)
    posted = await channel.publish(public(post, ANSWER))
    for _ in range(2):
        await channel.act(Deed.DELETE, posted.id)
    assert [item.deleted for item in place.board.everything() if item.text == ANSWER] == [True]
    with pytest.raises(PermanentProblem, match="not certain that this is an answer of ours"):
        await channel.act(Deed.DELETE, post.id)
    assert not place.board.item(number).deleted


@pytest.mark.parametrize("target", ["m_7", "t_900001", "me", "", "1_2/likes", "900003/../../me"])
async def test_law_9_no_deed_reaches_what_is_not_a_public_post(place: GraphPlace, channel: Acting, target: str) -> None:
    calls = len(place.api.calls)
    for deed in Deed:
        with pytest.raises(PermanentProblem):
            await channel.act(deed, target)
    assert len(place.api.calls) == calls


@pytest.mark.parametrize(
    ("code", "sub", "kind"),
    [
        (100, 33, PermanentProblem),
        (200, None, PermanentProblem),
        (190, 460, LoginProblem),
        (368, None, LoginProblem),
        (80_001, None, TemporaryProblem),
        (2, None, UncertainProblem),
    ],
)
async def test_a_refused_deed_is_called_what_it_is(
    place: GraphPlace, channel: Acting, code: int, sub: int | None, kind: type[Exception]
) -> None:
    _, post = await _comment(place, channel)
    place.api.plant(Sort.SAY, code, sub=sub, status=400)
    with pytest.raises(kind):
        await channel.act(Deed.HIDE, post.id)


async def test_a_deed_whose_answer_is_lost_is_uncertain(place: GraphPlace, channel: Acting) -> None:
    number, post = await _comment(place, channel)
    place.fail(Mode.ACCEPT_THEN_CUT)
    with pytest.raises(UncertainProblem):
        await channel.act(Deed.HIDE, post.id)
    place.heal()
    await channel.act(Deed.HIDE, post.id)
    assert place.state.marks.hidden == {number}
