"""Deleting on Discourse: once however often it is ordered, and only answers of ours in public topics."""

from collections.abc import AsyncIterator

import pytest

from bridge.channels import discourse
from bridge.core.deeds import Deed
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import words
from bridge.testing.fakes.board import Draft
from bridge.testing.fakes.discourse import DiscourseForum
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def forum(clock: MovableClock) -> AsyncIterator[DiscourseForum]:
    forum = DiscourseForum(brand="acme", id_windows=False, now=clock.now)
    await forum.start()
    yield forum
    await forum.stop()


@pytest.fixture
async def channel(forum: DiscourseForum, fittings: Fittings) -> AsyncIterator[discourse.Discourse]:
    given = {
        "endpoint": forum.url,
        "account": forum.brand.id.removeprefix("m"),
        "username": "acme",
        "key": Secret(forum.key),
        "allow_private": True,
        "timeout": "2s",
    }
    channel = discourse.Discourse("forum", discourse.Settings.model_validate(given), fittings)
    await channel.open()
    yield channel
    await channel.close()


def answered(forum: DiscourseForum, *, private: bool = False) -> int:
    """An answer of ours, to a question that somebody asked."""
    if private:
        asked = forum.write_private("ann", words("between us"))
        return forum.board.write(
            Draft(author=forum.brand.id, text=words("our answer"), topic=asked, to=forum.board.member("ann").id)
        ).id
    asked = forum.write("ann", words("one"), title="A question")
    return forum.write("acme", words("our answer"), topic=asked, parent=asked)


async def test_an_answer_of_ours_is_deleted_once(forum: DiscourseForum, channel: discourse.Discourse) -> None:
    answer = answered(forum)
    for _ in range(2):
        await channel.act(Deed.DELETE, str(answer))
    assert forum.board.item(answer).deleted


async def test_what_others_wrote_is_never_deleted(forum: DiscourseForum, channel: discourse.Discourse) -> None:
    post = forum.write("ann", words("one"), title="A question")
    with pytest.raises(PermanentProblem, match="no answer of ours"):
        await channel.act(Deed.DELETE, str(post))
    assert not forum.board.item(post).deleted


async def test_a_topic_of_ours_is_never_deleted(forum: DiscourseForum, channel: discourse.Discourse) -> None:
    topic = forum.write("acme", words("news"), title="Our news")
    with pytest.raises(PermanentProblem, match="no answer of ours"):
        await channel.act(Deed.DELETE, str(topic))
    assert not forum.board.item(topic).deleted


async def test_law_9_a_private_answer_is_not_deleted(forum: DiscourseForum, channel: discourse.Discourse) -> None:
    answer = answered(forum, private=True)
    with pytest.raises(PermanentProblem, match="only answers in public"):
        await channel.act(Deed.DELETE, str(answer))
    assert not forum.board.item(answer).deleted


@pytest.mark.parametrize("target", ["", "../users/1", "1/like", "1" * 16])
async def test_other_deeds_and_targets_are_refused(channel: discourse.Discourse, target: str) -> None:
    for deed in Deed:
        with pytest.raises(PermanentProblem):
            await channel.act(deed, target)


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        (Mode.RATE_LIMIT, TemporaryProblem),
        (Mode.FORBID, PermanentProblem),
        (Mode.REFUSE, PermanentProblem),
        (Mode.REVOKED, LoginProblem),
        (Mode.ERROR, UncertainProblem),
    ],
)
async def test_ft10_every_failure_of_a_deed_is_called_what_it_is(
    forum: DiscourseForum, channel: discourse.Discourse, mode: Mode, problem: type[Exception]
) -> None:
    answer = answered(forum)
    forum.fail(mode)
    with pytest.raises(problem) as caught:
        await channel.act(Deed.DELETE, str(answer))
    assert type(caught.value) is problem
    assert not forum.board.item(answer).deleted


async def test_f01_a_refused_deed_that_hides_a_dead_login_is_one_of_the_login(
    forum: DiscourseForum, channel: discourse.Discourse
) -> None:
    answer = answered(forum)
    forum.api.keeps_answers, forum.api.forbidden = True, "/session/current.json"
    with pytest.raises(LoginProblem):
        await channel.act(Deed.DELETE, str(answer))
