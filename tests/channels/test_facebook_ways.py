"""What is special about Facebook: where people write, what can be answered until when, and what must never mix."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_type_hints

import pytest
from channels_graph import graph_place

from bridge.channels import facebook
from bridge.channels._facebook.said import PrivateSpeaker, PublicSpeaker
from bridge.core.model import Author, Kind, Quote, Visibility
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer
from bridge.ports import (
    Channel,
    ClosedProblem,
    Fittings,
    LoginProblem,
    PermanentProblem,
    TemporaryProblem,
    UncertainProblem,
)
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.board import Draft
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
BOTH = frozenset({Visibility.PUBLIC, Visibility.PRIVATE})

Build = Callable[..., Channel]


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    async with graph_place("Acme", clock) as place:
        yield place


@pytest.fixture
async def build(place: GraphPlace, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[Channel] = []

    def make(**changes: object) -> Channel:
        settings = facebook.Settings.model_validate({**place.facebook_keys(), **changes})
        channels.append(facebook.build("page", settings, fittings))
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
    """Posts, comments, answers to comments, tags, recommendations, messages."""
    own = place.publish("Our new plan")
    cursor = await started(channel)
    place.visit("ann", words("post"))
    comment = place.comment("bob", words("comment"), below=own)
    place.comment("cid", words("nested"), below=comment)
    place.tag("dan", words("tag"))
    place.recommend("eve", words("review"), story=None, positive=False)
    place.write_private("fay", words("message"))
    gathered = await gather(channel, cursor)
    kinds = {post.text: post.kind for post in gathered.posts}
    assert kinds == {
        words("post"): Kind.TOPIC,
        words("comment"): Kind.COMMENT,
        words("nested"): Kind.COMMENT,
        words("tag"): Kind.MENTION,
        words("review"): Kind.REVIEW,
        words("message"): Kind.DIRECT,
    }
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_a_nested_comment_knows_what_it_answers(place: GraphPlace, channel: Channel) -> None:
    """And brings the post and the comment above as context."""
    own = place.publish("Our new plan")
    cursor = await started(channel)
    comment = place.comment("bob", "Is it cheaper?", below=own)
    place.comment("cid", words("nested"), below=comment)
    gathered = await gather(channel, cursor)
    nested, above = gathered.having(words("nested")), gathered.having("Is it cheaper?")
    assert (nested.parent, nested.thread) == (above.id, above.thread)
    assert [(quote.text, quote.ours) for quote in nested.context] == [("Our new plan", True), ("Is it cheaper?", False)]
    assert above.context == (
        Quote(author="Acme", text="Our new plan", at=above.context[0].at, url=above.context[0].url, ours=True),
    )


async def test_d02_the_pages_own_posts_are_nobodys_question(place: GraphPlace, channel: Channel) -> None:
    """What somebody answered as the Page in Facebook itself comes back as ours."""
    cursor = await started(channel)
    place.publish("Our new plan")
    visit = place.visit("ann", words("question"))
    place.comment("Acme", "We are on it.", below=visit)
    posts = (await gather(channel, cursor)).posts
    assert [(post.text, post.author.id == place.state.page) for post in posts] == [
        (words("question"), False),
        ("We are on it.", True),
    ]


async def test_f07_people_without_a_name_are_each_somebody_else(place: GraphPlace, channel: Channel) -> None:
    """Meta withholds writers from some tokens; their words still come, and can be answered in public."""
    cursor = await started(channel)
    hidden = [place.visit(name, words(name)) for name in ("ann", "bob")]
    for number in hidden:
        place.state.marks.mark(Mark.ANONYMOUS, number)
    one, two = (await gather(channel, cursor)).posts
    assert one.author.id != two.author.id
    await channel.publish(public(one, ANSWER))
    assert [item.text for item in place.said()] == [ANSWER]


@pytest.mark.parametrize("with_story", [True, False])
async def test_a_recommendation_can_be_answered_where_it_has_a_story(
    place: GraphPlace, channel: Channel, *, with_story: bool
) -> None:
    cursor = await started(channel)
    story = place.tag("eve", "") if with_story else None
    place.recommend("eve", words("review"), story=story, positive=True)
    [review] = (await gather(channel, cursor)).posts
    assert (review.kind, review.title, review.rating) == (Kind.REVIEW, "recommends the Page", None)
    assert review.answers == (frozenset({Visibility.PUBLIC}) if with_story else frozenset())
    if with_story:
        assert (await channel.publish(public(review, ANSWER))).id
        return
    with pytest.raises(PermanentProblem):
        await channel.publish(public(review, ANSWER))


async def test_an_empty_page_of_a_listing_is_not_its_end(place: GraphPlace, channel: Channel) -> None:
    cursor = await started(channel)
    place.api.empty_pages = True
    own = place.publish("Our new plan")
    place.visit("ann", words("post"))
    place.comment("bob", words("comment"), below=own)
    assert (await gather(channel, cursor)).texts == [words("post"), words("comment")]


async def test_many_posts_with_new_comments_are_read_over_several_polls(place: GraphPlace, channel: Channel) -> None:
    """FT18: each once, none forgotten, the posts that wait longest first."""
    own = [place.publish(f"Plan {number}") for number in range(45)]
    cursor = await started(channel)
    for number, post in enumerate(own):
        place.comment("ann", words(f"number {number}"), below=post)
    gathered = await gather(channel, cursor)
    assert len(gathered.pages) == 3
    assert sorted(gathered.texts) == sorted(words(f"number {number}") for number in range(45))
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_an_old_post_that_gets_a_comment_again_brings_that_one_alone(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    """Old comments are history (C18)."""
    own = place.publish("Our old plan")
    place.comment("ann", words("history"), below=own)
    clock.advance(timedelta(days=2))
    place.publish("Our new plan")
    clock.advance(timedelta(hours=1))
    cursor = await started(channel)
    place.comment("bob", words("news"), below=own)
    assert (await gather(channel, cursor)).texts == [words("news")]


async def test_an_answer_to_an_answer_is_never_guessed(place: GraphPlace, channel: Channel) -> None:
    """Facebook may list it below the first comment, where answers to others stand too."""
    own = place.publish("Our new plan")
    cursor = await started(channel)
    comment = place.comment("bob", words("first"), below=own)
    for name in ("cid", "dan"):
        place.comment(name, words(name), below=comment)
    gathered = await gather(channel, cursor)
    cid, dan = gathered.having(words("cid")), gathered.having(words("dan"))
    assert await channel.find(public(cid, ANSWER)) is None
    await channel.publish(public(dan, ANSWER))
    with pytest.raises(UncertainProblem, match="one row"):
        await channel.find(public(cid, ANSWER))


async def test_a_private_reply_goes_once_and_within_seven_days(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    """What can be answered is told with the post, and asked again before the answer goes."""
    cursor = await started(channel)
    for name in ("ann", "bob"):
        place.visit(name, words(name))
    gathered = await gather(channel, cursor)
    ann, bob = gathered.having(words("ann")), gathered.having(words("bob"))
    assert ann.answers == BOTH
    assert ann.private_until == ann.at + timedelta(days=7)
    await channel.publish(private(ann, ANSWER))
    with pytest.raises(PermanentProblem, match="already sent"):
        await channel.publish(private(ann, ANSWER))
    clock.advance(timedelta(days=7, minutes=1))
    with pytest.raises(ClosedProblem):
        await channel.publish(private(bob, ANSWER))
    assert [item.text for item in place.said()] == [ANSWER]


@pytest.mark.parametrize("platform_knows_comment", [True, False])
async def test_a_private_reply_to_a_comment_is_found_in_its_conversation(
    place: GraphPlace, channel: Channel, *, platform_knows_comment: bool
) -> None:
    own = place.publish("Our new plan")
    cursor = await started(channel)
    place.comment("ann", words("comment"), below=own)
    answer = private((await gather(channel, cursor)).posts[0], ANSWER)
    assert await channel.find(answer) is None
    posted = await channel.publish(answer)
    place.state.names_replies = platform_knows_comment
    found = await channel.find(answer)
    assert found == (posted if platform_knows_comment else None)


@pytest.mark.parametrize(
    ("hours", "approved", "outcome"),
    [(23, False, None), (25, False, ClosedProblem), (25, True, None), (167, True, None), (169, True, ClosedProblem)],
)
async def test_the_window_of_a_message_is_kept(
    place: GraphPlace, build: Build, clock: MovableClock, *, hours: int, approved: bool, outcome: type[Exception] | None
) -> None:
    """24 hours from the customer's last message, seven days for people's answers where Meta approved that."""
    channel = build(human_agent=approved)
    place.state.approved_human_agent = approved
    await channel.open()
    cursor = await started(channel)
    place.write_private("ann", words("message"))
    post = (await gather(channel, cursor)).posts[0]
    assert post.private_until == post.at + timedelta(hours=168 if approved else 24)
    clock.advance(timedelta(hours=hours))
    if outcome is None:
        assert (await channel.publish(private(post, ANSWER))).id
        return
    with pytest.raises(outcome):
        await channel.publish(private(post, ANSWER))
    assert place.said() == []


async def test_a_later_message_opens_the_window_of_an_earlier_one(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    """The time counts from the customer's last words."""
    cursor = await started(channel)
    place.write_private("ann", words("early"))
    post = (await gather(channel, cursor)).posts[0]
    clock.advance(timedelta(hours=30))
    place.write_private("ann", words("again"))
    assert (await channel.publish(private(post, ANSWER))).id


async def test_a_message_that_comes_too_late_to_be_answered_says_so(
    place: GraphPlace, build: Build, clock: MovableClock
) -> None:
    """After an outage: nothing is possible, and the proxy shows where to answer by hand."""
    channel = build(backfill=timedelta(days=5))
    await channel.open()
    place.write_private("ann", words("message"))
    clock.advance(timedelta(days=2))
    [post] = (await gather(channel, None)).posts
    assert (post.answers, post.answer_url.startswith("https://business.facebook.com/")) == (frozenset(), True)


async def test_somebody_who_cannot_receive_messages_gets_none(place: GraphPlace, channel: Channel) -> None:
    cursor = await started(channel)
    place.write_private("ann", words("message"))
    post = (await gather(channel, cursor)).posts[0]
    place.state.unreachable.add(post.author.id)
    with pytest.raises(PermanentProblem, match="cannot receive"):
        await channel.publish(private(post, ANSWER))


async def test_equal_words_of_last_week_are_not_taken_for_the_answer(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    """Only what came after the customer's message can answer it."""
    cursor = await started(channel)
    place.write_private("ann", words("one"))
    gathered = await gather(channel, cursor)
    await channel.publish(private(gathered.posts[0], ANSWER))
    clock.advance(timedelta(days=7))
    place.write_private("ann", words("two"))
    two = (await gather(channel, gathered.cursor)).having(words("two"))
    assert await channel.find(private(two, ANSWER)) is None


async def test_one_picture_goes_with_a_public_answer_and_none_in_private(place: GraphPlace, channel: Channel) -> None:
    cursor = await started(channel)
    place.visit("ann", words("post"))
    post = (await gather(channel, cursor)).posts[0]
    picture = Attachment(name="plan.png", type="image/png", content=b"\x89PNG picture", alt="A plan")
    await channel.publish(replace(public(post, ANSWER), media=(picture,)))
    assert list(place.state.marks.photos.values()) == [b"\x89PNG picture"]
    with pytest.raises(PermanentProblem, match="one picture"):
        await channel.publish(replace(public(post, ANSWER), media=(picture, picture)))
    with pytest.raises(PermanentProblem, match="no picture"):
        await channel.publish(replace(private(post, ANSWER), media=(picture,)))


@pytest.mark.parametrize("thread", ["m:t_900003", "p:m_7", "p:900003/../../me", "t_900003", "", "p:1_2_3", "p:"])
@pytest.mark.parametrize("parent", ["m_7", "900001_3", "me", "../me", ""])
async def test_law_9_nothing_private_has_a_public_place(place: GraphPlace, channel: Channel, thread, parent) -> None:
    """A public answer reaches no call but a comment below a public post, whatever its fields say."""
    place.write_private("ann", words("between us"))
    calls = len(place.api.calls)
    answer = PublicAnswer(
        key="k", channel="page", thread=thread, parent=parent, author=Author(id="900003"), text=ANSWER
    )
    with pytest.raises(PermanentProblem):
        await channel.publish(answer)
    with pytest.raises(UncertainProblem):
        await channel.find(answer)
    assert len(place.api.calls) == calls
    assert place.said() == []


def test_law_9_stands_in_the_types() -> None:
    """The public speaker has no way to the Send API and takes no private answer; the private one has none to comments."""
    assert get_type_hints(PublicSpeaker.say)["answer"] is PublicAnswer
    assert get_type_hints(PrivateSpeaker.say)["answer"] is PrivateAnswer
    assert "messages" not in PublicSpeaker.__dataclass_fields__


async def test_law_9_one_person_in_public_and_in_private_is_two_conversations(
    place: GraphPlace, channel: Channel
) -> None:
    cursor = await started(channel)
    place.visit("ann", words("public"))
    place.write_private("ann", words("private"))
    gathered = await gather(channel, cursor)
    one, two = gathered.having(words("public")), gathered.having(words("private"))
    assert one.author.id == two.author.id
    assert one.conversation.id != two.conversation.id
    assert not one.context
    assert not two.context


async def test_a_comment_that_only_the_page_can_read_is_private(place: GraphPlace, channel: Channel) -> None:
    own = place.publish("Our new plan")
    cursor = await started(channel)
    hidden = place.comment("ann", words("hidden"), below=own)
    place.state.marks.mark(Mark.PRIVATE, hidden)
    [post] = (await gather(channel, cursor)).posts
    assert (post.visibility, post.answers) == (Visibility.PRIVATE, frozenset({Visibility.PRIVATE}))
    with pytest.raises(PermanentProblem, match="no public answer"):
        await channel.publish(public(post, ANSWER))


async def test_the_customers_post_is_answered_and_nobody_elses(place: GraphPlace, channel: Channel) -> None:
    """B04: the platform is asked once more who wrote it."""
    cursor = await started(channel)
    for name in ("ann", "bob"):
        place.visit(name, words(name))
    gathered = await gather(channel, cursor)
    ann, bob = gathered.having(words("ann")), gathered.having(words("bob"))
    with pytest.raises(PermanentProblem, match="belong"):
        await channel.publish(public(replace(ann, author=bob.author), ANSWER))
    assert place.said() == []


@pytest.mark.parametrize(("name", "seconds"), [("79", None), ("80", 60), ("90", 900), ("100", 1800), ("250", 1800)])
@pytest.mark.parametrize("header", ["X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage"])
async def test_d07_usage_slows_polling_before_the_limit_is_reached(
    place: GraphPlace, channel: Channel, header: str, name: str, seconds: float | None
) -> None:
    """And leaves the rest to answers, which still go."""
    cursor = await started(channel)
    place.visit("ann", words("post"))
    usage = f'{{"call_count":{name},"total_time":25,"total_cputime":25}}'
    if header == "X-Business-Use-Case-Usage":
        usage = f'{{"17":[{{"type":"pages","call_count":1}},{{"type":"messenger","total_time":{name}}}]}}'
    place.api.headers[header] = usage
    gathered = await gather(channel, cursor)
    assert gathered.pages[-1].wait == seconds
    left = max(100 - int(name), 0)
    assert gathered.pages[-1].allowance == f"{left}% of Meta's limits"
    assert gathered.pages[-1].left == {"platform": pytest.approx(left / 100)}
    assert (await channel.publish(public(gathered.posts[0], ANSWER))).id


@pytest.mark.parametrize(
    "usage", ["", "{", "[]", '{"call_count":"many"}', '{"x":7}', '{"call_count":null}', "7" * 30_000]
)
async def test_usage_in_no_known_shape_paces_nothing(place: GraphPlace, channel: Channel, usage: str) -> None:
    place.api.headers["X-App-Usage"] = usage[:6000]
    assert (await channel.poll(None)).wait is None


@pytest.mark.parametrize(("days", "warned"), [(None, False), (30, False), (7.1, False), (6.9, True), (0.5, True)])
@pytest.mark.parametrize("which", ["expires_at", "data_access_expires_at"])
async def test_f01_the_end_of_a_login_is_told_seven_days_before(
    place: GraphPlace, build: Build, clock: MovableClock, *, which: str, days: float | None, warned: bool
) -> None:
    end = 0 if days is None else int((clock.now() + timedelta(days=days)).timestamp())
    place.api.told[which] = end
    channel = build()
    await channel.open()
    page = await channel.poll(None)
    assert [trouble.part for trouble in page.troubles] == (["login"] if warned else [])
    assert page.recovered == (() if warned else ("login",))
    assert (await channel.poll(page.cursor)).recovered == ()
    assert all("the login ends on 20" in trouble.reason and trouble.lasting for trouble in page.troubles)


async def test_f01_the_end_is_looked_for_every_day(place: GraphPlace, channel: Channel, clock: MovableClock) -> None:
    """A renewed token ends the trouble without a restart of anything else."""
    cursor = await started(channel)
    place.api.told["expires_at"] = int((clock.now() + timedelta(days=3)).timestamp())
    assert (await channel.poll(cursor)).troubles == ()
    clock.advance(timedelta(days=1, minutes=1))
    assert (await channel.poll(cursor)).troubles != ()
    place.api.told["expires_at"] = 0
    clock.advance(timedelta(days=1, minutes=1))
    assert (await channel.poll(cursor)).recovered == ("login",)


async def test_f02_a_missing_permission_is_told_and_nothing_else_stops(place: GraphPlace, build: Build) -> None:
    place.api.scopes.remove("pages_messaging")
    channel = build()
    await channel.open()
    [trouble] = (await channel.poll(None)).troubles
    assert trouble.reason == "the token lacks permissions: pages_messaging"


@pytest.mark.parametrize(
    ("told", "why"), [({"is_valid": False}, "not valid any more"), ({"app_id": "7"}, "made for app 7")]
)
async def test_f03_a_token_that_is_dead_or_another_apps_is_refused(place: GraphPlace, build: Build, told, why) -> None:
    place.api.told.update(told)
    with pytest.raises(LoginProblem, match=why):
        await build().open()


async def test_a_wrong_secret_of_the_app_is_noticed_at_start(place: GraphPlace, build: Build) -> None:
    """The proof of each call is made with it."""
    with pytest.raises(PermanentProblem):
        await build(app_secret=Secret("0" * 32)).open()


async def test_f05_another_version_than_asked_for_is_told(place: GraphPlace, build: Build) -> None:
    """Meta answers calls to a version that has ended with the oldest that has not."""
    place.api.headers["facebook-api-version"] = "v22.0"
    channel = build(version="v21.0")
    await channel.open()
    [trouble] = (await channel.poll(None)).troubles
    assert trouble.reason == "the platform answers with version v22.0 instead of v21.0: set `version` to a newer one"


@pytest.mark.parametrize("fields", [{"tagged": False}, {"ratings": False}, {"private": False}])
async def test_what_is_switched_off_is_not_asked_for(place: GraphPlace, build: Build, fields: dict[str, bool]) -> None:
    channel = build(**fields)
    await channel.open()
    await started(channel)
    edge = {"tagged": "tagged", "ratings": "ratings", "private": "conversations"}[next(iter(fields))]
    assert not any(call.endswith(f"/{edge}") for call in place.api.calls)


async def test_fifty_accounts_at_once_do_not_wait_for_the_sick_among_them(
    clock: MovableClock, fittings: Fittings
) -> None:
    """One dead token, one that hangs, one at its limit: the others are read as if they were alone."""
    places = [GraphPlace(brand="Acme", journal=None, now=clock.now) for _ in range(50)]
    channels = []
    for place in places:
        await place.start()
        settings = facebook.Settings.model_validate({**place.facebook_keys(), "timeout": timedelta(seconds=30)})
        channels.append(facebook.build("page", settings, fittings))
    cursors = [await started(channel) for channel in channels]
    for place in places:
        place.visit("ann", words("post"))
    for place, mode in zip(places, (Mode.REVOKED, Mode.LISTING_HANG, Mode.RATE_LIMIT), strict=False):
        place.fail(mode, amount=60)
    polls = [asyncio.create_task(channel.poll(cursor)) for channel, cursor in zip(channels, cursors, strict=True)]
    done = await asyncio.gather(*polls[3:])
    assert [page.sightings[0].post.text for page in done] == [words("post")] * 47
    assert not polls[1].done()
    for place in places:
        place.heal()
    revoked, hung, limited = await asyncio.gather(*polls[:3], return_exceptions=True)
    assert (type(revoked), type(limited)) == (LoginProblem, TemporaryProblem)
    assert not isinstance(hung, BaseException)
    for channel, place in zip(channels, places, strict=True):
        await channel.close()
        await place.stop()


async def test_a_system_users_token_acts_as_the_page(place: GraphPlace, build: Build) -> None:
    """Its own end is what is watched; calls are made with the token of the Page that it may ask for."""
    place.api.system_token = "system-" + place.token
    channel = build(token=Secret(place.api.system_token))
    assert (await channel.open()).id == place.state.page
    cursor = await started(channel)
    place.write_private("ann", words("message"))
    post = (await gather(channel, cursor)).posts[0]
    assert (await channel.publish(private(post, ANSWER))).id
    assert not any(secret in repr(vars(channel)) for secret in (place.token, place.api.system_token))


async def test_what_somebody_answered_in_a_conversation_past_the_bridge_names_what_it_answers(
    place: GraphPlace, channel: Channel
) -> None:
    cursor = await started(channel)
    place.write_private("ann", words("message"))
    customer = place.board.member("ann")
    place.board.write(Draft(author=place.state.brand.id, text="We are on it.", to=customer.id))
    question, answer = (await gather(channel, cursor)).posts
    assert (question.parent, answer.parent, answer.thread) == ("", question.id, question.thread)
    assert answer.author.id in (await channel.open()).own


async def test_a_call_that_hangs_ends_with_the_channel(place: GraphPlace, channel: Channel) -> None:
    """No thread outlives it."""
    cursor = await started(channel)
    place.fail(Mode.LISTING_HANG)
    polling = asyncio.create_task(channel.poll(cursor))
    done, _ = await asyncio.wait({polling}, timeout=0.3)
    assert not done
    polling.cancel()
    await channel.close()
    for thread in [thread for thread in threading.enumerate() if thread.name.startswith("graph")]:
        await asyncio.to_thread(thread.join, 5)
        assert not thread.is_alive()


async def test_a_post_that_no_listing_shows_any_more_is_looked_up(
    place: GraphPlace, build: Build, clock: MovableClock
) -> None:
    """In turn, five with a poll, as long as it is young; nothing where the limits are nearly used up."""
    channel = build(lookups=timedelta(days=1))
    await channel.open()
    cursor = await started(channel)
    numbers = []
    for number in range(40):
        clock.advance(timedelta(seconds=1))
        numbers.append(place.visit("ann", words(f"{number}")))
    cursor = (await gather(channel, cursor)).cursor
    place.delete(numbers[0])
    place.api.headers["X-App-Usage"] = '{"call_count":85}'
    page = await channel.poll(cursor)
    assert page.deleted == ()
    place.api.headers["X-App-Usage"] = '{"call_count":1}'
    deleted: list[str] = []
    for _ in range(40 // 5 + 2):
        page = await channel.poll(page.cursor)
        deleted += page.deleted
    assert deleted == [f"{place.state.page}_{numbers[0]}"]
    place.delete(numbers[1])
    clock.advance(timedelta(days=2))
    calls = len(place.api.calls)
    for _ in range(3):
        page = await channel.poll(page.cursor)
        assert page.deleted == ()
    assert not any(call.endswith(f"_{numbers[1]}") for call in place.api.calls[calls:])


async def test_a_refused_look_up_proves_nothing_and_spoils_no_poll(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    cursor = await started(channel)
    for number in range(40):
        place.visit("ann", words(f"{number}"))
    cursor = (await gather(channel, cursor)).cursor
    place.api.refused_nodes = True
    clock.advance(timedelta(seconds=2))
    place.visit("bob", words("new"))
    page = await channel.poll(cursor)
    assert ([sighting.post.text for sighting in page.sightings], page.deleted) == ([words("new")], ())


async def test_a_post_that_goes_takes_its_comments_along(place: GraphPlace, channel: Channel) -> None:
    """And stops nothing: its comments can no longer be asked for."""
    cursor = await started(channel)
    visit = place.visit("ann", words("post"))
    place.comment("bob", words("comment"), below=visit)
    before = await gather(channel, cursor)
    place.delete(visit)
    place.visit("cid", words("other"))
    after = await gather(channel, before.cursor)
    assert after.texts == [words("other")]
    assert {gone for page in after.pages for gone in page.deleted} == {post.id for post in before.posts}
    again = await gather(channel, after.cursor)
    assert (again.posts, [page.deleted for page in again.pages]) == ([], [()])


async def test_a_post_whose_comments_are_refused_is_a_trouble_of_its_own(place: GraphPlace, channel: Channel) -> None:
    """Everything else is read; and what was missed comes when it can be read again."""
    cursor = await started(channel)
    shut, own = place.publish("Shut"), place.publish("Open")
    place.state.closed.add(shut)
    place.comment("ann", words("behind"), below=shut)
    place.comment("bob", words("before"), below=own)
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("before")]
    [trouble] = gathered.pages[0].troubles
    assert (trouble.part, trouble.lasting) == (f"comments of {place.state.page}_{shut}", True)
    place.state.closed.clear()
    place.comment("cid", words("again"), below=shut)
    healed = await gather(channel, gathered.cursor)
    assert healed.texts == [words("behind"), words("again")]
    assert healed.pages[0].recovered == (trouble.part,)


async def test_refused_comments_of_an_older_post_come_without_a_new_one(
    place: GraphPlace, channel: Channel, clock: MovableClock
) -> None:
    cursor = await started(channel)
    shut = place.publish("Shut")
    place.state.closed.add(shut)
    place.comment("ann", words("behind"), below=shut)
    gathered = await gather(channel, cursor)
    clock.advance(timedelta(minutes=5))
    for number in range(8):
        place.comment("bob", words(f"number {number}"), below=place.publish(f"Open {number}"))
    gathered = await gather(channel, gathered.cursor)
    assert len(gathered.texts) == 8
    place.state.closed.clear()
    assert (await gather(channel, gathered.cursor)).texts == [words("behind")]


async def test_a_conversation_that_is_refused_is_a_trouble_of_its_own(place: GraphPlace, channel: Channel) -> None:
    """What was missed comes when it can be read again, however many others were written to meanwhile."""
    cursor = await started(channel)
    place.write_private("ann", words("behind"))
    [talk] = place.state.talks()
    place.state.sealed.add(talk)
    place.write_private("bob", words("before"))
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("before")]
    [trouble] = gathered.pages[0].troubles
    assert (trouble.part, trouble.lasting) == (f"conversation {talk}", True)
    for number in range(60):
        place.write_private(f"person{number}", words(f"person {number}"))
    gathered = await gather(channel, gathered.cursor)
    assert len(gathered.texts) == 60
    place.state.sealed.clear()
    healed = await gather(channel, gathered.cursor)
    assert healed.texts == [words("behind")]
    assert healed.pages[0].recovered == (trouble.part,)
    after = await gather(channel, healed.cursor)
    assert (after.posts, after.pages[0].troubles) == ([], ())


async def test_many_conversations_are_read_over_several_polls(place: GraphPlace, channel: Channel) -> None:
    """FT18: each message once, none forgotten, also where one person wrote many."""
    cursor = await started(channel)
    expected = [words(f"person {number}") for number in range(45)] + [words(f"again {number}") for number in range(30)]
    for number in range(45):
        place.write_private(f"person{number}", expected[number])
    for text in expected[45:]:
        place.write_private("person7", text)
    gathered = await gather(channel, cursor)
    assert len(gathered.pages) == 3
    assert sorted(gathered.texts) == sorted(expected)
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_a_comment_that_cannot_be_read_may_be_the_answer(place: GraphPlace, channel: Channel) -> None:
    """Then nothing is proved."""
    cursor = await started(channel)
    visit = place.visit("ann", words("post"))
    post = (await gather(channel, cursor)).posts[0]
    place.comment("bob", words("comment"), below=visit)
    place.fail(Mode.BROKEN_ITEM)
    with pytest.raises(UncertainProblem, match="not all comments can be read"):
        await channel.find(public(post, ANSWER))


@pytest.mark.parametrize("cursor", ["", "{", "7", '{"began":"yesterday"}'])
async def test_a_cursor_of_another_version_is_told(channel: Channel, cursor: str) -> None:
    with pytest.raises(PermanentProblem, match="another version"):
        await channel.poll(cursor)


async def test_a_burst_within_one_second_hides_nothing_that_is_listed_after_it(
    place: GraphPlace, channel: Channel
) -> None:
    """Meta's times are whole seconds: more posts than are remembered, and then one more, may have the same."""
    own = place.publish("Our new plan")
    cursor = await started(channel)
    for number in range(40):
        place.visit("ann", words(f"burst {number}"))
        place.comment("bob", words(f"comment {number}"), below=own)
    gathered = await gather(channel, cursor)
    assert len(gathered.posts) == 80
    place.visit("cid", words("one more"))
    place.comment("dan", words("one more comment"), below=own)
    after = await gather(channel, gathered.cursor)
    assert sorted(after.texts) == sorted([words("one more"), words("one more comment")])
    assert (await gather(channel, after.cursor)).posts == []
