"""What is special about Discourse: moderation, private messages, its limits, quotations, and listings with holes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.channels import discourse
from bridge.channels._discourse.posts import unquoted
from bridge.core.model import Kind, Quote
from bridge.ports import (
    Channel,
    Fittings,
    LoginProblem,
    PermanentProblem,
    TemporaryProblem,
    UncertainProblem,
)
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.board import NEW, Draft
from bridge.testing.fakes.discourse import DiscourseForum
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."

Build = Callable[..., Channel]


@pytest.fixture(params=["newer", "older"])
async def forum(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[DiscourseForum]:
    forum = DiscourseForum(brand="acme", id_windows=request.param == "older", now=clock.now)
    await forum.start()
    yield forum
    await forum.stop()


@pytest.fixture
async def build(forum: DiscourseForum, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[Channel] = []

    def make(**changes: object) -> Channel:
        given = {
            "endpoint": forum.url,
            "account": forum.brand.id.removeprefix("m"),
            "username": "acme",
            "key": Secret(forum.key),
            "allow_private": True,
            "per_minute": 100_000,
            "timeout": timedelta(seconds=2),
        }
        channels.append(discourse.build("forum", discourse.Settings.model_validate({**given, **changes}), fittings))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()


@pytest.fixture
async def channel(build: Build) -> Channel:
    channel = build()
    await channel.open()
    return channel


async def test_an_answer_in_the_review_queue_is_neither_published_nor_lost(
    forum: DiscourseForum, channel: Channel, build: Build
) -> None:
    """While it waits nothing is certain, also for another process; once approved it is found."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    publication = public((await gather(channel, cursor)).posts[0], ANSWER)
    forum.fail(Mode.HOLD_FOR_APPROVAL)
    other = build()
    await other.open()
    with pytest.raises(UncertainProblem, match="moderator"):
        await channel.publish(publication)
    for looking in (channel, other):
        with pytest.raises(UncertainProblem, match="moderator"):
            await looking.find(publication)
    forum.heal()
    forum.approve()
    found = await other.find(publication)
    assert found is not None
    assert [item.text for item in forum.said()] == [ANSWER]


async def test_an_answer_that_a_moderator_refused_is_not_sent_again(forum: DiscourseForum, channel: Channel) -> None:
    """It is not there and never will be, but absence would mean that we may try again."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    publication = public((await gather(channel, cursor)).posts[0], ANSWER)
    forum.fail(Mode.HOLD_FOR_APPROVAL)
    with pytest.raises(UncertainProblem):
        await channel.publish(publication)
    forum.heal()
    forum.reject()
    with pytest.raises(UncertainProblem, match="refused it"):
        await channel.find(publication)


async def test_a_private_message_has_one_name_and_goes_once(forum: DiscourseForum, channel: Channel) -> None:
    """The forum itself refuses a second topic of the same external id, and the first is found by it."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    answer = private((await gather(channel, cursor)).posts[0], ANSWER)
    posted = await channel.publish(answer)
    with pytest.raises(UncertainProblem):
        await channel.publish(answer)
    assert len(forum.said()) == 1
    assert await channel.find(answer) == posted
    assert await channel.find(replace(answer, key="another")) is None


async def test_a_customer_who_was_renamed_still_gets_the_message(forum: DiscourseForum, channel: Channel) -> None:
    """F07: the id counts, and the name is asked for just before."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    answer = private((await gather(channel, cursor)).posts[0], ANSWER)
    forum.board.rename(forum.board.member("ann").id, "anna")
    forum.board.member("ann")
    await channel.publish(answer)
    [said] = forum.said()
    assert said.to is not None
    assert said.to.name == "anna"


async def test_a_private_answer_goes_to_nobody_but_the_author(forum: DiscourseForum, channel: Channel) -> None:
    """The post's present author must be the customer who is answered."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    answer = private((await gather(channel, cursor)).posts[0], ANSWER)
    with pytest.raises(PermanentProblem, match="does not belong"):
        await channel.publish(replace(answer, author=replace(answer.author, id="999")))
    assert forum.said() == []


async def test_private_messages_of_others_are_none_of_our_business(forum: DiscourseForum, channel: Channel) -> None:
    """A moderator's key may be shown them by older servers."""
    cursor = await started(channel)
    ben = forum.board.member("ben")
    foreign = Draft(author=forum.board.member("ann").id, text=words("not for us"), title="Hi", to=ben.id, topic=NEW)
    forum.board.write(foreign)
    forum.api.shows_all_private = True
    forum.write_private("cid", words("for us"))
    assert (await gather(channel, cursor)).texts == [words("for us")]


async def test_private_messages_can_be_left_out(forum: DiscourseForum, build: Build) -> None:
    channel = build(private=False)
    await channel.open()
    cursor = await started(channel)
    forum.write_private("ann", words("private"))
    forum.write("ben", words("public"), title="A question")
    assert (await gather(channel, cursor)).texts == [words("public")]


async def test_kinds_and_parents(forum: DiscourseForum, channel: Channel) -> None:
    """A topic, an answer to it, and a mention in an answer to that."""
    cursor = await started(channel)
    topic = forum.write("ann", words("top"), title="A question")
    reply = forum.write("ben", words("me too"), topic=topic, parent=topic)
    forum.write("cid", words("@acme please look"), topic=topic, parent=reply)
    forum.write("dan", words("@acmeology is another"), topic=topic)
    posts = (await gather(channel, cursor)).posts
    assert [post.kind for post in posts] == [Kind.TOPIC, Kind.COMMENT, Kind.MENTION, Kind.COMMENT]
    assert [post.parent for post in posts] == ["", str(topic), str(reply), str(topic)]
    assert {post.thread for post in posts} == {f"t{topic}"}
    assert [post.title for post in posts] == ["A question", "", "", ""]


async def test_a_reply_that_helped_comes_again_in_the_same_words(forum: DiscourseForum, channel: Channel) -> None:
    """By the first like, and by the mark of the plugin Solved; by no further like."""
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    reply = forum.write("ben", words("two"), topic=topic)
    gathered = await gather(channel, cursor)
    told = []
    for more in ({"count": 1}, {"count": 5}, {"count": 5, "accepted": True}):
        forum.api.helped[reply] = {
            "actions_summary": [{"id": 2, "count": more["count"]}, {"id": 3, "can_act": True}],
            "accepted_answer": more.get("accepted", False),
        }
        gathered = await gather(channel, gathered.cursor)
        told.append([(post.id, post.likes, post.accepted) for post in gathered.posts])
    assert told == [[(str(reply), 1, False)], [], [(str(reply), 5, True)]]


async def test_a_reply_to_an_old_topic_names_its_parent(forum: DiscourseForum, build: Build) -> None:
    """Asked for once, when it was not seen by this process."""
    topic = forum.write("ann", words("old"), title="A question")
    first = build()
    await first.open()
    cursor = await started(first)
    forum.write("ben", words("late"), topic=topic)
    later = build()
    await later.open()
    [post] = (await gather(later, cursor)).posts
    assert post.parent == str(topic)


@pytest.mark.parametrize("holes", [10, 200, 2000])
async def test_a_message_after_a_long_silence_is_found_in_few_pages(
    forum: DiscourseForum, channel: Channel, holes: int
) -> None:
    """Both listings count through the same ids: a quiet one must not be searched from its last post on."""
    forum.write_private("ann", words("first"))
    cursor = await started(channel)
    for number in range(holes):
        forum.write("ben", words(f"chatter {number}"), title="A question")
        if number % 40 == 0:
            cursor = (await gather(channel, cursor)).cursor
    cursor = (await gather(channel, cursor)).cursor
    forum.write_private("cid", words("second"))
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("second")]
    assert len(gathered.pages) == 1


async def test_a_backlog_full_of_holes_is_read_whole(forum: DiscourseForum, channel: Channel) -> None:
    """Ids of other people's private messages lie between the public posts."""
    cursor = await started(channel)
    ann, ben = forum.board.member("ann"), forum.board.member("ben")
    expected = []
    for number in range(400):
        if number % 90 == 5:
            expected.append(words(f"public {number}"))
            forum.write("cid", expected[-1], title="A question")
        else:
            forum.board.write(Draft(author=ann.id, text=words("others"), to=ben.id))
    assert (await gather(channel, cursor)).texts == expected


async def test_a_limit_in_the_body_is_heard(forum: DiscourseForum, channel: Channel) -> None:
    forum.fail(Mode.RATE_LIMIT, amount=9)
    with pytest.raises(TemporaryProblem) as caught:
        await channel.poll(None)
    assert caught.value.after == 9


async def test_our_own_limit_keeps_a_share_for_publishing(
    forum: DiscourseForum, build: Build, clock: MovableClock
) -> None:
    """D07: polls stop before it is used up, answers do not."""
    channel = build(per_minute=10)
    await channel.open()
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    clock.advance(timedelta(minutes=1))
    post = (await gather(channel, cursor)).posts[0]

    async def polls() -> None:
        for _ in range(9):
            await channel.poll(cursor)

    with pytest.raises(TemporaryProblem, match="our own limit") as caught:
        await polls()
    assert 0 < (caught.value.after or 0) <= 60
    assert (await channel.publish(public(post, ANSWER))).id == str(topic + 1)


async def test_f02_a_key_that_may_not_read_everything_is_noticed_at_start(forum: DiscourseForum, build: Build) -> None:
    forum.api.forbidden = "/private-posts.json"
    with pytest.raises(LoginProblem, match="private messages"):
        await build().open()
    await build(private=False).open()


async def test_the_forums_own_lengths_are_taken_over(forum: DiscourseForum, channel: Channel) -> None:
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    post = (await gather(channel, cursor)).posts[0]
    assert channel.limits.max_length == 32_000
    with pytest.raises(PermanentProblem, match="20 to 32000"):
        await channel.publish(public(post, "Too short."))


async def test_a_forum_in_read_only_mode_did_nothing(forum: DiscourseForum, channel: Channel) -> None:
    """Its own 503 is certain, unlike any other."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    post = (await gather(channel, cursor)).posts[0]
    forum.api.read_only = True
    with pytest.raises(TemporaryProblem, match="read-only"):
        await channel.publish(public(post, ANSWER))


async def test_a_closed_topic_is_not_answered(forum: DiscourseForum, channel: Channel) -> None:
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    post = (await gather(channel, cursor)).posts[0]
    forum.api.closed.add(topic)
    with pytest.raises(PermanentProblem, match="closed"):
        await channel.publish(public(post, ANSWER))
    assert forum.said() == []


async def test_a_private_topic_that_was_made_public_gets_no_private_answer(
    forum: DiscourseForum, channel: Channel
) -> None:
    """Law 9, when a moderator moves a conversation between its arrival and its answer."""
    cursor = await started(channel)
    topic = forum.write_private("ann", words("between us"))
    post = (await gather(channel, cursor)).posts[0]
    forum.api.made_public.add(topic)
    with pytest.raises(PermanentProblem, match="as public or private"):
        await channel.publish(private(post, ANSWER))
    assert forum.said() == []


@pytest.mark.parametrize(
    ("raw", "own", "quotes"),
    [
        ("plain", "plain", ()),
        ('[quote="ann, post:2, topic:9"]\nIt is down.\n[/quote]\nMine too.', "Mine too.", (("ann", "It is down."),)),
        ("[quote]x[/quote]\nyes", "yes", (("?", "x"),)),
        ('[quote="ann"]only this[/quote]', '[quote="ann"]only this[/quote]', ()),
        ('[quote="a"]one[/quote] and [quote="b"]two[/quote]', "and", (("a", "one"), ("b", "two"))),
        ("[quote]never closed", "[quote]never closed", ()),
    ],
)
def test_others_words_are_context_and_not_the_customers(
    raw: str, own: str, quotes: tuple[tuple[str, str], ...]
) -> None:
    assert unquoted(raw) == (own, tuple(Quote(author=author, text=text) for author, text in quotes))


def test_quotations_without_end_take_no_time_by_the_square() -> None:
    raw = "[quote]" * 14_000
    assert unquoted(raw)[0] == raw


@pytest.mark.parametrize(
    "changes", [{"account": "acme"}, {"endpoint": "http://forum.example.org", "allow_private": False}]
)
def test_a_wrong_stanza_is_refused(changes: dict[str, object]) -> None:
    given = {"endpoint": "https://forum.example.org", "account": "1", "username": "acme", "key": Secret("x" * 20)}
    discourse.Settings.model_validate(given)
    with pytest.raises(ValueError, match=r"account|https only"):
        discourse.Settings.model_validate({**given, **changes})
