"""What is special about NodeBB: categories that topics move between, chats, guests, and deletions that moderators see."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from channels_nodebb import built

from bridge.channels import nodebb
from bridge.channels._nodebb.chats import ROOMS
from bridge.channels._nodebb.posts import unquoted
from bridge.channels.nodebb import NodeBB
from bridge.core.deeds import Deed
from bridge.core.model import Kind, Quote, Visibility
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.nodebb import NodeBBForum
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
ELSEWHERE = 3

Build = Callable[..., NodeBB]


@pytest.fixture
async def forum(clock: MovableClock) -> AsyncIterator[NodeBBForum]:
    forum = NodeBBForum(brand="acme", master=False, now=clock.now)
    await forum.start()
    yield forum
    await forum.stop()


@pytest.fixture
async def build(forum: NodeBBForum, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[NodeBB] = []

    def make(**changes: object) -> NodeBB:
        channels.append(built(forum, fittings, **changes))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()


@pytest.fixture
async def channel(build: Build) -> NodeBB:
    channel = build()
    await channel.open()
    return channel


async def test_kinds_and_parents(forum: NodeBBForum, channel: NodeBB) -> None:
    """A topic, an answer to it, a mention in an answer to that, and one without a mark of what it answers."""
    cursor = await started(channel)
    topic = forum.write("ann", words("top"), title="<Fibre> & I")
    reply = forum.write("ben", words("me too"), topic=topic, parent=topic)
    forum.write("cid", words("@acme please look"), topic=topic, parent=reply)
    forum.write("dan", words("@acmeology is another"), topic=topic)
    posts = (await gather(channel, cursor)).posts
    assert [post.kind for post in posts] == [Kind.TOPIC, Kind.COMMENT, Kind.MENTION, Kind.COMMENT]
    assert [post.parent for post in posts] == ["", str(topic), str(reply), str(topic)]
    assert {post.thread for post in posts} == {f"t{topic}"}
    assert [post.title for post in posts] == ["<Fibre> & I", "", "", ""]
    assert posts[0].url == f"{forum.url}/post/{topic}"


async def test_other_categories_are_left_alone(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    other = forum.write("ann", words("off topic"), title="Cats")
    forum.move(other, ELSEWHERE)
    forum.write("ben", words("for us"), title="A question")
    assert (await gather(channel, cursor)).texts == [words("for us")]


async def test_a_topic_that_is_moved_to_us_is_news(forum: NodeBBForum, channel: NodeBB, clock: MovableClock) -> None:
    """Also hours later, when it is not read again with the newest: moderators tidy up when they find the time."""
    topic = forum.write("ann", words("misplaced"), title="Help")
    forum.move(topic, ELSEWHERE)
    cursor = await started(channel)
    reply = forum.write("ben", words("misplaced too"), topic=topic)
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(timedelta(hours=5))
    forum.write("cid", words("much later"), title="Another")
    cursor = (await gather(channel, cursor)).cursor
    forum.move(topic, 2)
    gathered = await gather(channel, cursor)
    assert [post.id for post in gathered.posts] == [str(topic), str(reply)]
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_a_topic_that_is_moved_away_is_not_deleted_and_can_be_answered(
    forum: NodeBBForum, channel: NodeBB
) -> None:
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    gathered = await gather(channel, cursor)
    forum.move(topic, ELSEWHERE)
    after = await gather(channel, gathered.cursor)
    forum.write("ben", words("there"), topic=topic)
    later = await gather(channel, after.cursor)
    assert (after.posts, later.posts) == ([], [])
    assert not any(page.deleted for page in (*after.pages, *later.pages))
    posted = await channel.publish(public(gathered.posts[0], ANSWER))
    assert [str(item.id) for item in forum.said()] == [posted.id]


async def test_a_category_that_is_hidden_from_us_was_not_deleted(forum: NodeBBForum, channel: NodeBB) -> None:
    """NodeBB says 404 of what may not be read; nobody shall believe that all customers left at once."""
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    cursor = (await gather(channel, cursor)).cursor
    forum.api.hidden.add(1)
    gathered = await gather(channel, cursor)
    assert not any(page.deleted for page in gathered.pages)
    forum.api.hidden.clear()
    forum.delete(topic)
    again = await gather(channel, gathered.cursor)
    assert [page.deleted for page in again.pages] == [(str(topic),)]


async def test_pages_that_are_empty_for_us_do_not_end_the_listing(forum: NodeBBForum, channel: NodeBB) -> None:
    """What may not be read is taken out of a page of twenty, and not replaced."""
    cursor = await started(channel)
    forum.write("ann", words("before"), title="A question")
    for number in range(45):
        forum.move(forum.write("ben", words(f"hidden {number}"), title="Board room"), 9)
    forum.api.hidden.add(9)
    assert (await gather(channel, cursor)).texts == [words("before")]


async def test_a_deleted_topic_takes_its_posts_along(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    reply = forum.write("ben", words("two"), topic=topic)
    cursor = (await gather(channel, cursor)).cursor
    forum.delete(topic)
    gathered = await gather(channel, cursor)
    assert {gone for page in gathered.pages for gone in page.deleted} == {str(topic), str(reply)}


@pytest.mark.parametrize("purged", [False, True])
async def test_a_moderator_sees_deleted_posts_and_they_are_deleted_all_the_same(
    forum: NodeBBForum, channel: NodeBB, *, purged: bool
) -> None:
    forum.api.sees_deleted = True
    cursor = await started(channel)
    post = forum.write("ann", words("one"), title="A question")
    cursor = (await gather(channel, cursor)).cursor
    if purged:
        forum.api.purged.add(post)
    else:
        forum.delete(post)
    gathered = await gather(channel, cursor)
    assert [page.deleted for page in gathered.pages] == [(str(post),)]
    assert gathered.posts == []


async def test_an_edit_of_an_older_post_is_seen(forum: NodeBBForum, channel: NodeBB, clock: MovableClock) -> None:
    """It is not read again with the newest: its turn comes."""
    cursor = await started(channel)
    post = forum.write("ann", words("first words"), title="A question")
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(timedelta(hours=3))
    forum.write("ben", words("another"), title="A question")
    cursor = (await gather(channel, cursor)).cursor
    forum.edit(post, words("second words"))
    assert (await gather(channel, cursor)).texts == [words("second words")]


async def test_what_is_known_costs_one_request(forum: NodeBBForum, build: Build, clock: MovableClock) -> None:
    """Sources are asked for once."""
    channel = build(private=False)
    await channel.open()
    cursor = await started(channel)
    for number in range(10):
        forum.write("ann", words(f"number {number}"), title="A question")
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(timedelta(minutes=1))
    forum.api.asked.clear()
    await gather(channel, cursor)
    assert set(forum.api.asked) == {"GET /api/recent/posts"}


async def test_a_reply_that_is_liked_comes_again_in_the_same_words(forum: NodeBBForum, channel: NodeBB) -> None:
    """By the first like, and by no further one: then it is known that it helped."""
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    reply = forum.write("ben", words("two"), topic=topic)
    before = await gather(channel, cursor)
    forum.api.likes[reply] = 1
    liked = await gather(channel, before.cursor)
    assert [(post.id, post.likes, post.fingerprint) for post in liked.posts] == [
        (str(reply), 1, before.posts[1].fingerprint)
    ]
    forum.api.likes[reply] = 2
    assert (await gather(channel, liked.cursor)).posts == []


async def test_guests_are_not_one_customer(forum: NodeBBForum, channel: NodeBB) -> None:
    """User 0 is everybody who is nobody."""
    cursor = await started(channel)
    ghost = forum.board.member("ghost")
    forum.write("ghost", words("one"), title="A question")
    forum.write("ghost", words("two"), title="A question")
    forum.api.guests.add(ghost.id)
    one, two = (await gather(channel, cursor)).posts
    assert one.author.id != two.author.id
    assert one.author.handle == ""
    assert one.answers == {Visibility.PUBLIC}


async def test_a_topic_that_waits_for_its_hour_is_not_there_yet(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    topic = forum.write("ann", words("soon"), title="A question")
    forum.api.scheduled.add(topic)
    gathered = await gather(channel, cursor)
    forum.api.scheduled.clear()
    assert gathered.posts == []
    assert (await gather(channel, gathered.cursor)).texts == [words("soon")]


async def test_chats_of_several_are_none_of_our_business(forum: NodeBBForum, channel: NodeBB) -> None:
    """An answer there would be read by others."""
    cursor = await started(channel)
    forum.write_private("ann", words("between many"), "ben")
    forum.write_private("cid", words("between us"))
    assert (await gather(channel, cursor)).texts == [words("between us")]


async def test_a_chat_that_others_joined_gets_no_private_answer(forum: NodeBBForum, channel: NodeBB) -> None:
    """Law 9, when somebody is invited between its arrival and its answer."""
    cursor = await started(channel)
    forum.write_private("ann", words("between us"))
    post = (await gather(channel, cursor)).posts[0]
    forum.api.chats.rooms[0].members.append(forum.board.member("ben"))
    with pytest.raises(PermanentProblem, match="not between"):
        await channel.publish(private(post, ANSWER))
    assert forum.said() == []


async def test_messages_are_edited_and_deleted(forum: NodeBBForum, channel: NodeBB, clock: MovableClock) -> None:
    """Also when younger ones have come since."""
    cursor = await started(channel)
    room, one = forum.write_private("ann", words("one"))
    _, two = forum.write_private("ann", words("two"))
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(timedelta(hours=1))
    forum.write_private("ben", words("three"))
    cursor = (await gather(channel, cursor)).cursor
    forum.edit(one, words("other words"))
    forum.delete(two)
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("other words")]
    assert [page.deleted for page in gathered.pages] == [(f"r{room}.{two}",)]
    assert gathered.pages[0].gap is None


async def test_a_long_chat_comes_whole_and_in_order(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    expected = [words(f"turn {number}") for number in range(130)]
    for text in expected:
        forum.write_private("ann", text)
    assert (await gather(channel, cursor)).texts == expected


async def test_a_deleted_message_hides_no_other_chat(forum: NodeBBForum, channel: NodeBB, clock: MovableClock) -> None:
    """Chats come by their last message, deleted or not, and show the last that stands: there may be more news below."""
    forum.write_private("ann", words("long ago"))
    clock.advance(timedelta(hours=2))
    forum.write_private("cid", words("the newest"))
    cursor = await started(channel)
    clock.advance(timedelta(minutes=20))
    forum.write_private("ben", words("please help"))
    _, regretted = forum.write_private("ann", words("never mind"))
    forum.delete(regretted)
    assert (await gather(channel, cursor)).texts == [words("please help")]


async def test_old_chats_are_not_all_listed(forum: NodeBBForum, channel: NodeBB, clock: MovableClock) -> None:
    """A whole page without news is followed by none with any."""
    for number in range(3 * ROOMS):
        forum.write_private(f"customer{number}", words(f"{number}"))
    clock.advance(timedelta(hours=2))
    forum.write_private("ann", words("the newest"))
    cursor = await started(channel)
    forum.api.asked.clear()
    await gather(channel, cursor)
    assert forum.api.asked.count("GET /api/v3/chats") == 2


async def test_chats_can_be_left_out_and_taken_in_later(forum: NodeBBForum, build: Build) -> None:
    """What was said before they are read is history."""
    channel = build(private=False)
    await channel.open()
    assert channel.limits.max_private_length == 0
    cursor = await started(channel)
    forum.write_private("ann", words("private"))
    forum.write("ben", words("public"), title="A question")
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("public")]
    assert gathered.posts[0].answers == {Visibility.PUBLIC}
    later = build()
    await later.open()
    since = await gather(later, gathered.cursor)
    assert since.posts == []
    forum.write_private("ann", words("news"))
    assert (await gather(later, since.cursor)).texts == [words("news")]


async def test_a_private_answer_says_what_it_is_about(forum: NodeBBForum, channel: NodeBB) -> None:
    """So the customer knows, and so do we: the same words about another post are another answer."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    forum.write("ann", words("two"), title="A question")
    one, two = (await gather(channel, cursor)).posts
    posted = await channel.publish(private(one, ANSWER))
    assert [item.text for item in forum.said()] == [f"{ANSWER}\n\n{forum.url}/post/{one.id}"]
    assert await channel.find(private(one, ANSWER)) == posted
    assert await channel.find(private(two, ANSWER)) is None
    await channel.publish(private(two, ANSWER))
    assert len(forum.api.chats.rooms) == 1


async def test_a_private_answer_goes_to_nobody_but_the_author(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    answer = private((await gather(channel, cursor)).posts[0], ANSWER)
    with pytest.raises(PermanentProblem, match="does not belong"):
        await channel.publish(replace(answer, author=replace(answer.author, id="999")))
    assert forum.said() == []


async def test_a_customer_who_takes_no_chats_is_not_written_to(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    forum.api.chats.restricted.add(forum.board.member("ann").id)
    with pytest.raises(PermanentProblem, match="takes no chats"):
        await channel.publish(private((await gather(channel, cursor)).posts[0], ANSWER))


async def test_the_longest_private_answer_leaves_room_for_the_address(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    post = (await gather(channel, cursor)).posts[0]
    longest = channel.limits.max_private_length
    await channel.publish(private(post, "a" * longest))
    with pytest.raises(PermanentProblem, match="a chat takes"):
        await channel.publish(private(post, "a" * (longest + 1)))


async def test_an_answer_of_ours_is_deleted_once(forum: NodeBBForum, channel: NodeBB) -> None:
    """Done already is done."""
    cursor = await started(channel)
    forum.write("ann", words("one"), title="A question")
    posted = await channel.publish(public((await gather(channel, cursor)).posts[0], ANSWER))
    for _ in range(2):
        await channel.act(Deed.DELETE, posted.id)
    assert forum.board.item(int(posted.id)).deleted
    forum.api.sees_deleted = True
    await channel.act(Deed.DELETE, "999999")


async def test_nothing_but_our_own_is_deleted(forum: NodeBBForum, channel: NodeBB) -> None:
    topic = forum.write("ann", words("one"), title="A question")
    with pytest.raises(PermanentProblem, match="no answer of ours"):
        await channel.act(Deed.DELETE, str(topic))
    with pytest.raises(PermanentProblem, match="nothing else"):
        await channel.act(Deed.LIKE, str(topic))
    assert not forum.board.item(topic).deleted


async def test_f02_a_category_that_may_not_be_read_is_noticed_at_start(forum: NodeBBForum, build: Build) -> None:
    forum.api.hidden.add(2)
    with pytest.raises(LoginProblem, match="category 2"):
        await build().open()
    with pytest.raises(LoginProblem, match="category 77"):
        await build(categories=[1, 77]).open()


async def test_f02_an_account_that_may_not_chat_is_noticed_at_start(forum: NodeBBForum, build: Build) -> None:
    forum.api.chats.forbidden = True
    with pytest.raises(LoginProblem, match="may not chat"):
        await build().open()
    await build(private=False).open()


async def test_our_own_limit_keeps_a_share_for_publishing(
    forum: NodeBBForum, build: Build, clock: MovableClock
) -> None:
    """D07: polls stop before it is used up, answers do not."""
    channel = build(per_minute=10, private=False)
    await channel.open()
    cursor = await started(channel)
    topic = forum.write("ann", words("one"), title="A question")
    clock.advance(timedelta(minutes=1))
    post = (await gather(channel, cursor)).posts[0]

    async def polls() -> None:
        for _ in range(20):
            await channel.poll(cursor)

    with pytest.raises(TemporaryProblem, match="our own limit") as caught:
        await polls()
    assert 0 < (caught.value.after or 0) <= 60
    assert (await channel.publish(public(post, ANSWER))).id == str(topic + 1)


async def test_pictures_come_by_reference(forum: NodeBBForum, channel: NodeBB) -> None:
    cursor = await started(channel)
    text = f"{words('see')}\n\n![the box](/assets/uploads/files/1.png) ![](https://img.example.org/2.png)"
    forum.write("ann", text, title="A question")
    [post] = (await gather(channel, cursor)).posts
    assert post.text == words("see")
    assert [(media.url, media.alt) for media in post.media] == [
        (f"{forum.url}/assets/uploads/files/1.png", "the box"),
        ("https://img.example.org/2.png", ""),
    ]


@pytest.mark.parametrize(
    ("source", "own", "quotes"),
    [
        ("plain", "plain", ()),
        (
            "@ann said in [Title](/post/12):\n> It is down.\n> Still.\n\nMine too.",
            "Mine too.",
            (("ann", "It is down.\nStill."),),
        ),
        ("@ann schrieb in [T](/forum/post/12):\n> Kaputt.\n\nBei mir auch.", "Bei mir auch.", (("ann", "Kaputt."),)),
        ("@ann said in [Title](/post/12):\n> only this", "@ann said in [Title](/post/12):\n> only this", ()),
        ("> a proverb of nobody\n\nyes", "> a proverb of nobody\n\nyes", ()),
    ],
)
def test_others_words_are_context_and_not_the_customers(
    source: str, own: str, quotes: tuple[tuple[str, str], ...]
) -> None:
    assert unquoted(source) == (own, tuple(Quote(author=author, text=text) for author, text in quotes))


def test_quotations_without_end_take_no_time_by_the_square() -> None:
    source = "@a said in [x](/post/1):\n> x\n" * 3000 + "@a said in [" * 3000
    assert unquoted(source)[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "acme"},
        {"account": "0"},
        {"endpoint": "http://forum.example.org"},
        {"categories": []},
        {"categories": [0]},
    ],
)
def test_a_wrong_stanza_is_refused(changes: dict[str, object]) -> None:
    given = {"endpoint": "https://forum.example.org", "account": "1", "token": Secret("x" * 20), "categories": [1]}
    nodebb.Settings.model_validate(given)
    with pytest.raises(ValueError, match=r"account|https only|categories"):
        nodebb.Settings.model_validate({**given, **changes})
