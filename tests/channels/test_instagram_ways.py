"""What is special about Instagram: answers inside comments, tags, one level, and listings that end early."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from channels_graph import graph_place

from bridge.channels import instagram
from bridge.core.model import Author, Kind, Visibility
from bridge.core.publications import PublicAnswer
from bridge.ports import Channel, ClosedProblem, Fittings, LoginProblem, PermanentProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.board import Draft
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
BOTH = frozenset({Visibility.PUBLIC, Visibility.PRIVATE})

Build = Callable[..., Channel]


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    async with graph_place("acme", clock) as place:
        yield place


@pytest.fixture
async def build(place: GraphPlace, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[Channel] = []

    def make(**changes: object) -> Channel:
        settings = instagram.Settings.model_validate({**place.instagram_keys(), **changes})
        channels.append(instagram.build("insta", settings, fittings))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()


@pytest.fixture
async def channel(build: Build) -> Channel:
    channel = build()
    await channel.open()
    return channel


async def test_everything_that_people_write_comes_as_what_it_is(place: GraphPlace, channel: Channel) -> None:
    own = place.show("Our new plan")
    cursor = await started(channel)
    comment = place.comment("bob", words("comment"), below=own)
    place.comment("cid", words("answer"), below=comment)
    place.picture("dan", f"@acme {words('tag')}")
    place.write_direct("fay", words("message"))
    place.write_private("gus", words("on Messenger"))
    gathered = await gather(channel, cursor)
    assert {post.text: post.kind for post in gathered.posts} == {
        words("comment"): Kind.COMMENT,
        words("answer"): Kind.COMMENT,
        f"@acme {words('tag')}": Kind.MENTION,
        words("message"): Kind.DIRECT,
    }
    answer, above = gathered.having(words("answer")), gathered.having(words("comment"))
    assert (answer.parent, answer.thread) == (above.id, above.thread)
    assert [quote.text for quote in answer.context] == ["Our new plan", words("comment")]
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_many_answers_to_one_comment_are_followed_to_their_end(place: GraphPlace, channel: Channel) -> None:
    """The first fifty stand inside the comment, the others behind it."""
    own = place.show("Our new plan")
    comment = place.comment("bob", words("comment"), below=own)
    cursor = await started(channel)
    expected = [words(f"number {number}") for number in range(120)]
    for number, text in enumerate(expected):
        place.comment(f"customer{number % 5}", text, below=comment)
    gathered = await gather(channel, cursor)
    assert [text for text in gathered.texts if "number" in text] == expected
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_an_answer_to_an_old_comment_is_found_behind_many_newer_ones(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    """The listing goes by comments, so it is walked until as many are new as the platform counts."""
    own = place.show("Our new plan")
    old = place.comment("bob", words("old"), below=own)
    clock.advance(timedelta(minutes=5))
    for number in range(130):
        place.comment("ann", words(f"number {number}"), below=own)
    clock.advance(timedelta(minutes=5))
    cursor = await started(channel)
    place.comment("cid", words("late answer"), below=old)
    assert (await gather(channel, cursor)).texts == [words("late answer")]


async def test_c16_a_full_page_without_more_is_a_gap(place: GraphPlace, channel: Channel) -> None:
    """Meta documents no cursors for this listing: where it ends after fifty new comments, others were lost."""
    own = place.show("Our new plan")
    cursor = await started(channel)
    for number in range(60):
        place.comment("ann", words(f"number {number}"), below=own)
    place.api.without_cursors = frozenset({"comments"})
    gathered = await gather(channel, cursor)
    assert len(gathered.posts) == 50
    [gap] = [page.gap for page in gathered.pages if page.gap]
    assert gap.until == gathered.posts[0].id
    assert not any(page.gap for page in (await gather(channel, gathered.cursor)).pages)


async def test_an_answer_to_an_answer_goes_below_the_first_comment(place: GraphPlace, channel: Channel) -> None:
    """Instagram takes none deeper; and where equal words stand there, nobody guesses whom they answer."""
    own = place.show("Our new plan")
    cursor = await started(channel)
    comment = place.comment("bob", words("comment"), below=own)
    for name in ("cid", "dan"):
        place.comment(name, words(name), below=comment)
    gathered = await gather(channel, cursor)
    cid, dan = gathered.having(words("cid")), gathered.having(words("dan"))
    assert await channel.find(public(cid, ANSWER)) is None
    await channel.publish(public(dan, ANSWER))
    [said] = place.said()
    assert said.parent == comment
    with pytest.raises(UncertainProblem, match="one row"):
        await channel.find(public(cid, ANSWER))


async def test_a_picture_can_be_answered_where_it_names_us(place: GraphPlace, channel: Channel) -> None:
    cursor = await started(channel)
    place.picture("dan", "@acme look at this")
    place.picture("eve", "@acme.fans look at this")
    gathered = await gather(channel, cursor)
    named = gathered.having("@acme look at this")
    assert named.answers == frozenset({Visibility.PUBLIC})
    assert gathered.having("@acme.fans look at this").answers == frozenset()
    assert (await channel.publish(public(named, ANSWER))).id
    with pytest.raises(UncertainProblem, match="cannot be listed"):
        await channel.find(public(named, ANSWER))
    with pytest.raises(PermanentProblem):
        await channel.publish(private(named, ANSWER))


async def test_a_private_reply_goes_once_and_within_seven_days(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    own = place.show("Our new plan")
    cursor = await started(channel)
    for name in ("ann", "bob"):
        place.comment(name, words(name), below=own)
    gathered = await gather(channel, cursor)
    ann, bob = gathered.having(words("ann")), gathered.having(words("bob"))
    assert (ann.answers, ann.private_until) == (BOTH, ann.at + timedelta(days=7))
    posted = await channel.publish(private(ann, ANSWER))
    assert await channel.find(private(ann, ANSWER)) == posted
    with pytest.raises(PermanentProblem, match="already answered in private"):
        await channel.publish(private(ann, ANSWER))
    clock.advance(timedelta(days=7, minutes=1))
    with pytest.raises(ClosedProblem):
        await channel.publish(private(bob, ANSWER))


@pytest.mark.parametrize(("hours", "approved", "goes"), [(23, False, True), (25, False, False), (25, True, True)])
async def test_the_window_of_a_message_is_kept(
    place: GraphPlace, build: Build, clock: MovableClock, *, hours: int, approved: bool, goes: bool
) -> None:
    channel = build(human_agent=approved)
    place.state.approved_human_agent = approved
    await channel.open()
    cursor = await started(channel)
    place.write_direct("ann", words("message"))
    post = (await gather(channel, cursor)).posts[0]
    clock.advance(timedelta(hours=hours))
    if goes:
        assert (await channel.publish(private(post, ANSWER))).id
        return
    with pytest.raises(ClosedProblem):
        await channel.publish(private(post, ANSWER))


@pytest.mark.parametrize("thread", ["m:t_900003", "t_900003", "p:../me", ""])
async def test_law_9_nothing_private_has_a_public_place(place: GraphPlace, channel: Channel, thread: str) -> None:
    place.write_direct("ann", words("between us"))
    calls = len(place.api.calls)
    answer = PublicAnswer(key="k", channel="insta", thread=thread, parent="m_7", author=Author(id="9"), text=ANSWER)
    with pytest.raises(PermanentProblem):
        await channel.publish(answer)
    assert len(place.api.calls) == calls
    assert place.said() == []


async def test_b04_a_comment_below_another_post_or_of_somebody_else_is_not_answered(
    place: GraphPlace, channel: Channel
) -> None:
    one, two = place.show("One"), place.show("Two")
    cursor = await started(channel)
    place.comment("ann", words("ann"), below=one)
    place.comment("bob", words("bob"), below=two)
    gathered = await gather(channel, cursor)
    ann, bob = gathered.having(words("ann")), gathered.having(words("bob"))
    with pytest.raises(PermanentProblem, match="another post"):
        await channel.publish(public(replace(ann, thread=bob.thread), ANSWER))
    with pytest.raises(PermanentProblem, match="belong"):
        await channel.publish(public(replace(ann, author=bob.author), ANSWER))
    assert place.said() == []


async def test_d02_what_somebody_answered_in_the_app_is_ours(place: GraphPlace, channel: Channel) -> None:
    own = place.show("Our new plan")
    cursor = await started(channel)
    comment = place.comment("ann", words("question"), below=own)
    place.comment("acme", "We are on it.", below=comment)
    posts = (await gather(channel, cursor)).posts
    assert [(post.text, post.author.id == place.state.instagram) for post in posts] == [
        (words("question"), False),
        ("We are on it.", True),
    ]


async def test_c18_a_new_comment_on_an_old_picture_brings_that_one_alone(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    pictures = [place.show(f"Picture {number}") for number in range(12)]
    for picture in pictures:
        place.comment("ann", words("history"), below=picture)
    clock.advance(timedelta(hours=1))
    cursor = await started(channel)
    place.comment("bob", words("news"), below=pictures[0])
    assert (await gather(channel, cursor)).texts == [words("news")]


async def test_f03_another_account_behind_the_page_is_refused(place: GraphPlace, build: Build) -> None:
    place.fail(Mode.WRONG_ACCOUNT)
    with pytest.raises(LoginProblem, match=place.state.instagram):
        await build().open()


async def test_a_system_users_token_acts_as_the_page(place: GraphPlace, build: Build) -> None:
    """Its own end is what is watched; calls are made with the token of the Page that it may ask for."""
    place.api.system_token = "system-" + place.token
    channel = build(token=Secret(place.api.system_token))
    assert (await channel.open()).id == place.state.instagram
    cursor = await started(channel)
    place.write_direct("ann", words("message"))
    post = (await gather(channel, cursor)).posts[0]
    assert (await channel.publish(private(post, ANSWER))).id
    assert not any(secret in repr(vars(channel)) for secret in (place.token, place.api.system_token))


async def test_what_somebody_answered_in_a_conversation_past_the_bridge_names_what_it_answers(
    place: GraphPlace, channel: Channel
) -> None:
    cursor = await started(channel)
    place.write_direct("ann", words("message"))
    customer = place.board.member("ann")
    place.board.write(Draft(author=place.state.brand.id, text="We are on it.", to=customer.id))
    question, answer = (await gather(channel, cursor)).posts
    assert (question.parent, answer.parent, answer.thread) == ("", question.id, question.thread)
    assert answer.author.id in (await channel.open()).own


async def test_a_picture_whose_comments_are_refused_is_a_trouble_of_its_own(
    place: GraphPlace, channel: Channel
) -> None:
    """Everything else is read; and what was missed comes as soon as it can be read again, at its own place."""
    shut, own = place.show("Shut"), place.show("Open")
    cursor = await started(channel)
    place.state.closed.add(shut)
    place.comment("ann", words("behind"), below=shut)
    place.comment("bob", words("before"), below=own)
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("before")]
    [trouble] = gathered.pages[0].troubles
    assert (trouble.part, trouble.lasting) == (f"comments of {place.state.key(place.board.item(shut))}", True)
    place.state.closed.clear()
    healed = await gather(channel, gathered.cursor)
    assert healed.texts == [words("behind")]
    assert healed.pages[0].recovered == (trouble.part,)
    after = await gather(channel, healed.cursor)
    assert (after.posts, after.pages[0].troubles) == ([], ())


async def test_many_refused_pictures_keep_no_other_one_waiting(place: GraphPlace, channel: Channel) -> None:
    shut = [place.show(f"Shut {number}") for number in range(45)]
    own = place.show("Open")
    cursor = await started(channel)
    place.state.closed |= {*shut}
    for number, picture in enumerate(shut):
        place.comment("ann", words(f"number {number}"), below=picture)
    gathered = await gather(channel, cursor)
    place.comment("bob", words("before"), below=own)
    gathered = await gather(channel, gathered.cursor)
    assert gathered.texts == [words("before")]
    place.state.closed -= {*shut[1:]}
    found: list[str] = []
    for _ in range(10):
        gathered = await gather(channel, gathered.cursor)
        found += gathered.texts
    assert sorted(found) == sorted(words(f"number {number}") for number in range(1, 45))


async def test_a_conversation_that_is_refused_is_a_trouble_of_its_own(place: GraphPlace, channel: Channel) -> None:
    """On Instagram as on Messenger."""
    cursor = await started(channel)
    place.write_direct("ann", words("behind"))
    [talk] = place.state.talks()
    place.state.sealed.add(talk)
    place.write_direct("bob", words("before"))
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("before")]
    assert [trouble.part for trouble in gathered.pages[0].troubles] == [f"conversation {talk}"]
    place.state.sealed.clear()
    assert (await gather(channel, gathered.cursor)).texts == [words("behind")]
