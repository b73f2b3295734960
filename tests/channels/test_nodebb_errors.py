"""NodeBB's refusals: each is called what it is, in English, by its key, and where it says nothing that is known."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from channels_nodebb import built
from yarl import URL

from bridge.channels._http import Answer
from bridge.channels._nodebb.refusals import GoneAlready, judge_saying
from bridge.channels.nodebb import NodeBB
from bridge.core.model import Post
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.nodebb import NodeBBForum
from bridge.testing.fakes.nodebb_errors import ENGLISH, body, sentence
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."

Kind = type[TemporaryProblem] | type[PermanentProblem] | type[UncertainProblem]

MEANINGS: dict[str, tuple[Kind, tuple[int, ...], float | None]] = {
    "too-many-posts": (TemporaryProblem, (10,), 10),
    "too-many-posts-newbie": (TemporaryProblem, (120, 3), 120),
    "user-too-new": (TemporaryProblem, (600,), 600),
    "user-muted-for-hours": (TemporaryProblem, (5,), 18_000),
    "user-muted-for-minutes": (TemporaryProblem, (30,), 1800),
    "too-many-messages": (TemporaryProblem, (), 5),
    "already-posting": (UncertainProblem, (), None),
    "user-banned": (LoginProblem, (), None),
    "user-banned-reason": (LoginProblem, (7,), None),
    "blacklisted-ip": (LoginProblem, (), None),
    "email-not-confirmed": (LoginProblem, (), None),
    "post-already-deleted": (GoneAlready, (), None),
    **dict.fromkeys(
        (
            "content-too-short",
            "content-too-long",
            "chat-message-too-long",
            "not-enough-reputation-to-post-links",
            "not-enough-reputation-to-chat",
            "post-delete-duration-expired",
            "cant-delete-topic-has-replies",
        ),
        (PermanentProblem, (8,), None),
    ),
    **dict.fromkeys(
        (
            "topic-locked",
            "no-topic",
            "no-post",
            "no-user",
            "no-privileges",
            "category-disabled",
            "chat-restricted",
            "chat-disabled",
            "not-in-room",
            "no-chat-room",
            "invalid-chat-message",
            "invalid-mid",
            "invalid-data",
        ),
        (PermanentProblem, (), None),
    ),
}


def answered(status: int, message: str) -> Answer:
    """A refusal with these words."""
    return Answer(status=status, headers={}, body=body(status, message), url=URL("https://forum.example.org/api/v3"))


def test_every_error_of_the_forum_has_its_row() -> None:
    assert set(MEANINGS) == set(ENGLISH)


@pytest.mark.parametrize("key", MEANINGS)
@pytest.mark.parametrize("raw", [False, True])
def test_an_error_is_called_what_it_is(key: str, *, raw: bool) -> None:
    """Also where the language file is missing, and the key stands in the sentence's place."""
    kind, numbers, after = MEANINGS[key]
    spelled = ", ".join([f"[[error:{key}", *map(str, numbers)]) + "]]"
    problem = judge_saying(answered(400, spelled if raw else sentence(key, *numbers)))
    assert type(problem) is kind
    assert getattr(problem, "after", None) == after


@pytest.mark.parametrize(
    "message", ["", "Cannot read properties of undefined", "Connection terminated unexpectedly", "Das geht nicht."]
)
def test_a_400_that_is_not_known_may_come_after_the_post_was_made(message: str) -> None:
    assert type(judge_saying(answered(400, message))) is UncertainProblem


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_other_statuses_speak_for_themselves(status: int) -> None:
    assert judge_saying(answered(status, "Something else")) is None


def test_no_words_of_the_forum_enter_a_problem() -> None:
    """A ban's reason may name somebody."""
    problem = judge_saying(answered(403, "Sorry, this account has been banned (Reason: Ann Smith complained)"))
    assert "Ann" not in str(problem)


@pytest.fixture
async def forum(clock: MovableClock) -> AsyncIterator[NodeBBForum]:
    forum = NodeBBForum(brand="acme", master=True, now=clock.now)
    await forum.start()
    yield forum
    await forum.stop()


@pytest.fixture
async def channel(forum: NodeBBForum, fittings: Fittings) -> AsyncIterator[NodeBB]:
    channel = built(forum, fittings)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
async def post(forum: NodeBBForum, channel: NodeBB) -> Post:
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    return (await gather(channel, cursor)).posts[0]


async def test_a_forum_that_wants_us_to_wait_did_nothing(forum: NodeBBForum, channel: NodeBB, post: Post) -> None:
    """Neither published nor refused; its errors are asked for in a language that we know, whatever the account's is."""
    forum.api.refusal = ("too-many-posts-newbie", (120, 3))
    with pytest.raises(TemporaryProblem) as caught:
        await channel.publish(public(post, ANSWER))
    assert caught.value.after == 120
    assert forum.said() == []
    forum.api.refusal = None
    await channel.publish(public(post, ANSWER))


async def test_an_answer_in_the_queue_is_neither_published_nor_lost(
    forum: NodeBBForum, channel: NodeBB, post: Post, fittings: Fittings
) -> None:
    """While it waits nothing is certain, also for another process; once approved it is found."""
    publication = public(post, f"{ANSWER} <3 & more")
    forum.fail(Mode.HOLD_FOR_APPROVAL)
    with pytest.raises(UncertainProblem, match="moderator"):
        await channel.publish(publication)
    other = built(forum, fittings)
    await other.open()
    for looking in (channel, other):
        with pytest.raises(UncertainProblem, match="moderator"):
            await looking.find(publication)
    forum.heal()
    forum.api.approve()
    found = await other.find(publication)
    await other.close()
    assert found is not None
    assert [str(item.id) for item in forum.said()] == [found.id]


async def test_an_answer_that_a_moderator_refused_is_not_sent_again(
    forum: NodeBBForum, channel: NodeBB, post: Post
) -> None:
    """It is not there and never will be, but absence would mean that we may try again."""
    forum.fail(Mode.HOLD_FOR_APPROVAL)
    with pytest.raises(UncertainProblem):
        await channel.publish(public(post, ANSWER))
    forum.heal()
    forum.api.pending.clear()
    with pytest.raises(UncertainProblem, match="refused it"):
        await channel.find(public(post, ANSWER))


async def test_an_answer_of_ours_that_was_deleted_proves_nothing(
    forum: NodeBBForum, channel: NodeBB, post: Post
) -> None:
    posted = await channel.publish(public(post, ANSWER))
    forum.delete(int(posted.id))
    with pytest.raises(UncertainProblem, match="was deleted"):
        await channel.find(public(post, ANSWER))


async def test_a_closed_topic_is_not_answered(forum: NodeBBForum, channel: NodeBB, post: Post) -> None:
    forum.api.locked.add(int(post.thread.removeprefix("t")))
    with pytest.raises(PermanentProblem, match="closed"):
        await channel.publish(public(post, ANSWER))
    assert forum.said() == []


async def test_the_forums_own_lengths_are_taken_over(channel: NodeBB, post: Post) -> None:
    assert channel.limits.max_length == 32_767
    with pytest.raises(PermanentProblem, match="8 to 32767"):
        await channel.publish(public(post, "Short."))


async def test_times_are_in_utc(post: Post, clock: MovableClock) -> None:
    assert post.at.tzinfo is UTC
    assert abs(post.at - clock.now()).total_seconds() < 60
    assert post.at < datetime.max.replace(tzinfo=UTC)
