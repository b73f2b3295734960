"""What is special about X: who may be answered, searches, conversations, edits, long posts, rewritten words, uploads."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from channels_x import by_signature, stanza, x_place

from bridge.channels import x
from bridge.channels.x import X
from bridge.core.deeds import Deed
from bridge.core.model import Kind, Post, Visibility
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer
from bridge.ports import Fittings, PermanentProblem, UncertainProblem
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.x import XPlace
from bridge.testing.fakes.x_world import Told
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE

Build = Callable[..., X]


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    async with x_place(clock) as place:
        place.windows.factor = 100
        place.reading.search_lag = timedelta(0)
        yield place


@pytest.fixture
async def build(place: XPlace, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[X] = []

    def make(**changes: object) -> X:
        settings = x.Settings.model_validate(stanza(place, by_signature(place), **changes))
        channel = x.build("x-acme", settings, fittings)
        assert isinstance(channel, X)
        channels.append(channel)
        return channel

    yield make
    for channel in channels:
        await channel.close()


@pytest.fixture
async def channel(build: Build) -> X:
    channel = build(search=("router",))
    await channel.open()
    return channel


async def _post(place: XPlace, channel: X, text: str = "to be answered") -> Post:
    cursor = await started(channel)
    place.write("ann", words(text))
    return (await gather(channel, cursor)).posts[0]


async def test_what_can_be_answered_is_known_at_intake(place: XPlace, channel: X) -> None:
    """A mention, a quote of ours, a post that was only found, and the same from somebody who takes no messages."""
    own = place.post("acme", "We are working on it.")
    cursor = await started(channel)
    place.post("ann", "@acme my router is dead")
    place.post("bob", "their router again", quotes=own.id)
    place.post("cid", "a router without anybody's name")
    place.world.change(place.world.person("dan"), open_to_messages=False)
    place.post("dan", "a router, and no messages please")
    posts = {post.author.handle: post for post in (await gather(channel, cursor)).posts}
    assert {name: post.answers for name, post in posts.items()} == {
        "ann": {PUBLIC, PRIVATE},
        "bob": {PUBLIC, PRIVATE},
        "cid": {PRIVATE},
        "dan": frozenset(),
    }
    assert [posts[name].kind for name in ("ann", "bob", "cid")] == [Kind.MENTION, Kind.MENTION, Kind.TOPIC]
    assert posts["dan"].answer_url == f"https://x.com/intent/post?in_reply_to={posts['dan'].id}"
    assert (await channel.publish(public(posts["bob"], ANSWER))).id
    with pytest.raises(PermanentProblem, match="by hand and #done"):
        await channel.publish(public(posts["cid"], ANSWER + " Again."))
    with pytest.raises(PermanentProblem, match="takes no direct messages"):
        await channel.publish(private(posts["dan"], ANSWER))


async def test_an_enterprise_app_may_answer_everybody_but_those_who_chose_their_answerers(
    place: XPlace, build: Build
) -> None:
    place.writing.enterprise = True
    channel = build(search=("router",), tier="enterprise")
    await channel.open()
    cursor = await started(channel)
    told = place.post("cid", "a router without anybody's name")
    chosen = place.post("dan", "a router, and only for friends")
    place.world.posts[chosen.id] = replace(chosen, replies_by="following")
    posts = {post.author.handle: post for post in (await gather(channel, cursor)).posts}
    assert PUBLIC in posts["cid"].answers
    assert PUBLIC not in posts["dan"].answers
    await channel.publish(public(posts["cid"], ANSWER))
    assert [thing.reply_to for thing in place.said() if isinstance(thing, Told)] == [told.id]


async def test_replies_and_quotes_in_conversations_of_ours_come_without_a_mention(place: XPlace, channel: X) -> None:
    """Found by the conversation and by the quoted post; each once, though several searches show it."""
    cursor = await started(channel)
    place.write("ann", words("first"))
    gathered = await gather(channel, cursor)
    await channel.publish(public(gathered.posts[0], ANSWER))
    gathered = await gather(channel, gathered.cursor)
    [answer] = [thing for thing in place.said() if isinstance(thing, Told)]
    place.post("bob", "same here", reply_to=answer.id)
    place.post("cid", "well said", quotes=answer.id)
    gathered = await gather(channel, gathered.cursor)
    replies = {post.author.handle: post for post in gathered.posts}
    assert {name: post.text for name, post in replies.items()} == {"bob": "same here", "cid": "well said"}
    assert (replies["bob"].thread, replies["bob"].parent) == (f"c{answer.conversation}", str(answer.id))
    assert replies["bob"].kind is Kind.COMMENT
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_reposts_are_left_out_unless_they_are_wanted(place: XPlace, channel: X, build: Build) -> None:
    told = place.post("ann", "@acme hear me")
    cursor = await started(channel)
    place.repost("bob", told.id)
    assert (await gather(channel, cursor)).posts == []
    wanting = build(reposts=True)
    await wanting.open()
    [post] = (await gather(wanting, cursor)).posts
    assert (post.is_repost, post.about, post.answers) == (True, str(told.id), frozenset())


async def test_context_is_what_stands_above(place: XPlace, build: Build) -> None:
    """Two levels up, the oldest first; ours is marked; the quoted post too."""
    channel = build(parents=2)
    await channel.open()
    cursor = await started(channel)
    one = place.post("ann", "The line is down.")
    two = place.post("bob", "Mine too.", reply_to=one.id)
    three = place.post("acme", "We are on it.", reply_to=two.id)
    place.post("ann", "@acme and now?", reply_to=three.id)
    post = (await gather(channel, cursor)).having("and now?")
    assert [(quote.author, quote.text, quote.ours) for quote in post.context] == [
        ("@bob", "Mine too.", False),
        ("@acme", "We are on it.", True),
    ]
    assert (post.text, post.parent) == ("and now?", str(three.id))


async def test_authors_have_reach_and_an_address(place: XPlace, channel: X) -> None:
    place.world.change(place.world.person("ann"), followers=5502)
    author = (await _post(place, channel)).author
    assert (author.reach, author.handle, author.url) == (5502, "ann", "https://x.com/ann")
    assert author.since is not None


async def test_a_long_post_comes_whole(place: XPlace, channel: X) -> None:
    long = " ".join(f"word{number}" for number in range(400)) + " https://example.com/end"
    cursor = await started(channel)
    place.write("ann", long)
    assert (await gather(channel, cursor)).texts == [long]


@pytest.mark.parametrize(
    "text",
    [
        "a < b & c > d, &amp; literally",
        "see https://example.com/a?b=c&d=e and example.org/x",
        "no link, no sign",
        "two\nlines",
    ],
)
async def test_words_come_as_they_were_written(place: XPlace, channel: X, text: str) -> None:
    """Escapes undone and links whole; X writes a scheme before links that had none."""
    cursor = await started(channel)
    place.write("ann", text)
    assert (await gather(channel, cursor)).texts == [text.replace("example.org", "http://example.org")]


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.com/help?a=1&b=2 please.",
        "See example.com/help, or www.example.org",
        "5 < 6 & 7 > 6",
        "Grüße aus Köln 👋🏽",
        "Cafe\u0301 is open",
        "Two\n\nparagraphs  with   spaces",
        "@ann thank you",
        "HTTPS://EXAMPLE.COM/Path is the same",
    ],
)
async def test_our_words_are_found_as_x_rewrites_them(place: XPlace, channel: X, text: str) -> None:
    """Mentions before them, short links, escapes, another normal form."""
    post = await _post(place, channel)
    posted = await channel.publish(public(post, text))
    assert await channel.find(public(post, text)) == posted
    assert await channel.find(public(post, text + " More.")) is None


async def test_an_answer_to_an_edited_post_is_found(place: XPlace, channel: X, build: Build) -> None:
    """The newest version is answered, and after a restart the answer still counts as one to the post."""
    cursor = await started(channel)
    first = place.write("ann", words("before"))
    gathered = await gather(channel, cursor)
    place.edit(first, words("after"))
    gathered = await gather(channel, gathered.cursor)
    [post] = gathered.posts
    assert (post.id, post.text) == (str(first), words("after"))
    posted = await channel.publish(public(post, ANSWER))
    [said] = [thing for thing in place.said() if isinstance(thing, Told)]
    assert said.reply_to == place.world.newest(first).id
    other = build()
    await other.open()
    assert await other.find(public(post, ANSWER)) == posted


async def test_an_old_post_that_is_edited_is_seen_by_its_look_up(
    place: XPlace, channel: X, clock: MovableClock
) -> None:
    """Also where no listing shows it any more."""
    cursor = await started(channel)
    told = place.post("ann", "a router that fails")
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(timedelta(minutes=29))
    place.world.edit(told.id, "a device that fails")
    gathered = await gather(channel, cursor)
    assert [(post.id, post.text) for post in gathered.posts] == [(str(told.id), "a device that fails")]
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_every_young_post_is_looked_up_in_turn(place: XPlace, build: Build, clock: MovableClock) -> None:
    """Also those that made room for newer ones, a part with each poll; the oldest for no longer than is wanted."""
    channel = build(recheck=timedelta(hours=6), watch=timedelta(days=2), prices={"post": 0.0, "owned": 0.0}, parents=0)
    await channel.open()
    cursor = await started(channel)
    clock.advance(timedelta(seconds=1))
    numbers = [place.write("ann", words(f"{number}")) for number in range(700)]
    gathered = await gather(channel, cursor)
    assert len(gathered.posts) == 700
    cursor = gathered.cursor
    for _ in range(2):
        cursor = (await gather(channel, cursor)).cursor
    place.delete(numbers[3])
    place.delete(numbers[650])
    clock.advance(timedelta(hours=7))
    first = await channel.poll(cursor)
    assert first.deleted == (str(numbers[3]),)
    second = await channel.poll(first.cursor)
    assert second.deleted == (str(numbers[650]),)
    place.delete(numbers[4])
    assert (await channel.poll(second.cursor)).deleted == ()
    clock.advance(timedelta(days=2))
    asked = len(place.asked)
    assert (await channel.poll(second.cursor)).deleted == ()
    assert not any(line.startswith("GET /2/tweets?") for line in place.asked[asked:])


@pytest.mark.parametrize("when", [0, 2], ids=["edited while it was new", "edited later"])
async def test_an_elder_that_was_edited_is_news_once(
    place: XPlace, build: Build, clock: MovableClock, when: int
) -> None:
    """And is fetched twice only in the round that finds it."""
    channel = build(recheck=timedelta(hours=6), watch=timedelta(days=9), prices={"post": 0.0, "owned": 0.0}, parents=0)
    await channel.open()
    cursor = await started(channel)
    clock.advance(timedelta(seconds=1))
    elder = place.write("ann", words("before"))
    cursor = (await gather(channel, cursor)).cursor
    seen: list[str] = []
    lookups: list[int] = []
    for turn in range(6):
        if turn == when:
            place.edit(elder, words("after"))
        for number in range(520 if turn == 1 else 0):
            place.write("ann", words(f"{number}"))
        clock.advance(timedelta(hours=7))
        asked = len(place.asked)
        for _ in range(2):
            gathered = await gather(channel, cursor)
            cursor = gathered.cursor
            seen += [post.text for post in gathered.posts if post.id == str(elder)]
        lookups.append(sum(line.startswith("GET /2/tweets?") for line in place.asked[asked:]))
    assert seen == [words("after")]
    assert lookups[3:] == [6, 6, 6]
    place.delete(elder)
    clock.advance(timedelta(hours=7))
    assert (await gather(channel, cursor)).pages[0].deleted == (str(elder),)


async def test_a_round_of_look_ups_waits_for_the_budget_and_goes_on(
    place: XPlace, build: Build, clock: MovableClock
) -> None:
    channel = build(recheck=timedelta(hours=1), prices={"post": 0.02, "owned": 0.0}, budget={"money": 10.0}, parents=0)
    await channel.open()
    cursor = await started(channel)
    clock.advance(timedelta(seconds=1))
    numbers = [place.write("ann", words(f"{number}")) for number in range(250)]
    cursor = (await gather(channel, cursor)).cursor
    place.delete(numbers[-1])
    deleted: list[str] = []
    lookups: list[int] = []
    for _ in range(24):
        clock.advance(timedelta(hours=1))
        asked = len(place.asked)
        page = await channel.poll(cursor)
        cursor = page.cursor
        deleted += page.deleted
        lookups.append(sum(line.startswith("GET /2/tweets?") for line in place.asked[asked:]))
    assert deleted == [str(numbers[-1])]
    assert 0 in lookups
    assert max(lookups) <= 5


async def test_a_protected_author_takes_the_post_away(place: XPlace, channel: X) -> None:
    """X shows no difference to a deletion, and there is none for us."""
    cursor = await started(channel)
    number = place.write("ann", words("soon hidden"))
    gathered = await gather(channel, cursor)
    place.world.change(place.world.person("ann"), protected=True)
    page = await channel.poll(gathered.cursor)
    assert page.deleted == (str(number),)


async def test_known_posts_are_looked_up_as_often_as_is_wanted(
    place: XPlace, build: Build, clock: MovableClock
) -> None:
    channel = build(recheck=timedelta(hours=6))
    await channel.open()
    cursor = await started(channel)
    number = place.write("ann", words("soon gone"))
    page = await channel.poll((await gather(channel, cursor)).cursor)
    place.delete(number)
    page = await channel.poll(page.cursor)
    assert page.deleted == ()
    clock.advance(timedelta(hours=6))
    page = await channel.poll(page.cursor)
    assert page.deleted == (str(number),)
    looked = [line for line in place.asked if line.startswith("GET /2/tweets?")]
    assert len(looked) <= 3


async def test_law_9_private_words_reach_no_public_call(place: XPlace, channel: X) -> None:
    """Whatever is built of them: X hears nothing, and its journal has no public post."""
    cursor = await started(channel)
    place.write_private("ann", words("between us"))
    [post] = (await gather(channel, cursor)).posts
    assert (post.visibility, post.answers, post.thread[0]) == (PRIVATE, frozenset({PRIVATE}), "d")
    before = len(place.asked)
    for thread, parent in [(post.thread, post.id), (post.thread, "123"), ("c12", post.id), ("", ""), ("d1", "1")]:
        answer = PublicAnswer(
            key="k", channel="x", thread=thread, parent=parent, author=post.author, text=words("between us")
        )
        with pytest.raises(PermanentProblem, match="cannot be answered in public"):
            await channel.publish(answer)
    assert len(place.asked) == before
    await channel.publish(private(post, ANSWER))
    assert not any(isinstance(thing, Told) for thing in place.said())
    assert not any(line.startswith("POST /2/tweets") for line in place.asked)


async def test_a_thread_with_public_and_private_words_is_two_conversations(place: XPlace, channel: X) -> None:
    cursor = await started(channel)
    place.write("ann", words("for all"))
    place.write_private("ann", words("between us"))
    gathered = await gather(channel, cursor)
    conversations = {post.conversation.id for post in gathered.posts}
    assert len(conversations) == 2
    assert {post.author.id for post in gathered.posts} == {str(place.world.person("ann").id)}


async def test_messages_can_be_left_out(place: XPlace, build: Build) -> None:
    channel = build(messages=False)
    await channel.open()
    cursor = await started(channel)
    place.write_private("ann", words("private"))
    place.write("bob", words("public"))
    [post] = (await gather(channel, cursor)).posts
    assert post.answers == {PUBLIC}
    assert channel.limits.max_private_length == 0
    with pytest.raises(PermanentProblem, match="switched off"):
        await channel.publish(private(post, ANSWER))


async def test_a_private_answer_goes_by_the_number_that_never_changes(place: XPlace, channel: X) -> None:
    """F07."""
    post = await _post(place, channel)
    place.world.change(place.world.person("ann"), username="anna")
    place.world.person("ann")
    await channel.publish(private(post, ANSWER))
    [said] = place.said()
    assert not isinstance(said, Told)
    assert place.world.people[said.to].username == "anna"
    with pytest.raises(PermanentProblem, match="no number that X knows"):
        await channel.publish(replace(private(post, ANSWER), author=replace(post.author, id="ann")))


async def test_equal_messages_cannot_be_told_apart(place: XPlace, channel: X) -> None:
    post = await _post(place, channel)
    answer: PrivateAnswer = private(post, ANSWER)
    assert await channel.find(answer) is None
    for _ in range(2):
        await channel.publish(answer)
    with pytest.raises(UncertainProblem, match="several messages"):
        await channel.find(answer)


async def test_a_duplicate_after_a_lost_answer_is_found(place: XPlace, channel: X) -> None:
    """X itself refuses the second copy, and that is no proof of anything but a reason to look."""
    post = await _post(place, channel)
    place.fail(Mode.ACCEPT_THEN_ERROR)
    with pytest.raises(UncertainProblem):
        await channel.publish(public(post, ANSWER))
    place.heal()
    with pytest.raises(UncertainProblem, match="already there"):
        await channel.publish(public(post, ANSWER))
    assert await channel.find(public(post, ANSWER)) is not None
    assert len(place.said()) == 1


PIXEL = bytes.fromhex("89504e470d0a1a0a") + b"\0" * 60


@pytest.mark.parametrize(
    ("kind", "size"), [("image/png", 100), ("image/gif", 5_000_000), ("video/mp4", 9_000_000), ("image/jpeg", 10)]
)
async def test_files_arrive_whole_with_their_words(place: XPlace, channel: X, kind: str, size: int) -> None:
    """Pictures at once, films in parts; alt text where X takes it."""
    post = await _post(place, channel)
    content = (PIXEL * (size // len(PIXEL) + 1))[:size]
    file = Attachment(name="a", type=kind, content=content, alt="A plan of the works")
    await channel.publish(replace(public(post, ANSWER), media=(file,)))
    [said] = [thing for thing in place.said() if isinstance(thing, Told)]
    [key] = said.media
    assert place.world.files[key] == content
    assert place.world.alts.get(key) == (None if kind == "video/mp4" else "A plan of the works")


@pytest.mark.parametrize(
    ("kind", "size", "text"),
    [("image/tiff", 10, "files only"), ("image/png", 6_000_000, "larger than 5 MiB"), ("image/png", 0, "empty")],
)
async def test_files_that_x_does_not_take_are_refused_before_anything_is_sent(
    place: XPlace, channel: X, kind: str, size: int, text: str
) -> None:
    post = await _post(place, channel)
    file = Attachment(name="a", type=kind, content=b"x" * size)
    with pytest.raises(PermanentProblem, match=text):
        await channel.publish(replace(public(post, ANSWER), media=(file,)))
    with pytest.raises(PermanentProblem, match="at most 4"):
        await channel.publish(replace(public(post, ANSWER), media=(file,) * 5))
    assert place.said() == []


async def test_an_answer_is_taken_away_and_a_reply_hidden(place: XPlace, channel: X) -> None:
    root = place.post("acme", "News")
    reply = place.post("troll", "@acme nonsense", reply_to=root.id)
    for deed, hidden in ((Deed.HIDE, True), (Deed.HIDE, True), (Deed.UNHIDE, False)):
        await channel.act(deed, str(reply.id))
        assert place.world.posts[reply.id].hidden is hidden
    theirs = await _post(place, channel)
    posted = await channel.publish(public(theirs, ANSWER))
    for _ in range(2):
        await channel.act(Deed.DELETE, posted.id)
    assert place.world.shown(int(posted.id)) is None
    for deed in Deed:
        with pytest.raises(PermanentProblem):
            await channel.act(deed, "m12")
    with pytest.raises(PermanentProblem, match="only in conversations that the account began"):
        await channel.act(Deed.HIDE, theirs.id)
    with pytest.raises(PermanentProblem):
        await channel.act(Deed.DELETE, theirs.id)


async def test_a_search_after_a_long_pause_begins_where_x_lets_it(
    place: XPlace, channel: X, clock: MovableClock
) -> None:
    """An older `since_id` would be refused; what is out of reach is told as a gap, once."""
    cursor = await started(channel)
    place.post("ann", "a router of last month")
    cursor = (await gather(channel, cursor)).cursor
    clock.advance(timedelta(days=20))
    place.post("bob", "a router of today")
    gathered = await gather(channel, cursor)
    assert gathered.texts == ["a router of today"]
    assert [bool(page.gap) for page in gathered.pages] == [True]
    assert not any(page.troubles for page in gathered.pages)
    assert not any(page.gap for page in (await gather(channel, gathered.cursor)).pages)


async def test_more_than_one_poll_reads_leaves_a_hole_that_is_filled(place: XPlace, channel: X) -> None:
    """A backlog of a search deeper than ten pages: nothing is lost, nothing comes twice."""
    cursor = await started(channel)
    expected = {f"router {number}" for number in range(2300)}
    for text in sorted(expected):
        place.post("ann", text)
    gathered = await gather(channel, cursor)
    assert len(gathered.pages) >= 3
    texts = [text for text in gathered.texts if text.startswith("router ")]
    assert set(texts) == expected
    assert len(texts) == len(expected)


async def test_a_first_contact_reads_little(place: XPlace, channel: X) -> None:
    """C18, and it costs: ten posts of each listing at the most, ten messages."""
    for number in range(60):
        place.write("ann", words(f"old {number}"))
        place.write_private("bob", words(f"old {number}"))
    await channel.poll(None)
    asked = [line for line in place.asked if "max_results" in line]
    assert asked
    assert all("max_results=10&" in line or line.endswith("max_results=10") for line in asked)


async def test_unknown_values_and_missing_fields_lose_nothing(place: XPlace, channel: X) -> None:
    """Ids as numbers, new kinds of settings, nulls: read; without an author: kept raw, once."""
    cursor = await started(channel)
    number = place.write("ann", words("x"))
    body = (
        '{"data":[{"id":ONE,"text":"@acme odd","author_id":5,"created_at":"2026-11-24T10:00:00Z","lang":null,'
        '"entities":{"mentions":[{"username":"acme"}]},"reply_settings":"nobody_knows","attachments":null,'
        '"referenced_posts":[{"type":"woven","id":"7"}],"new_key":{"a":[1]}},'
        '{"id":"TWO","text":"no author"},"a word",null],"meta":{"result_count":4},"includes":{"users":[{"id":"x"},7]}}'
    ).replace("ONE", str(number + 5))
    place.scripted[f"GET /2/users/{place.brand.id}/mentions"] = (200, body.replace("TWO", str(number + 6)).encode(), {})
    page = await channel.poll(cursor)
    assert [(s.post.text, s.post.author.id, s.post.answers) for s in page.sightings] == [
        ("odd", "5", frozenset({PUBLIC}))
    ]
    assert {entry.id for entry in page.quarantined} >= {str(number + 6)}
    assert len(page.quarantined) == 3
    assert b"no author" in page.quarantined[0].raw
    again = await channel.poll(page.cursor)
    assert (again.sightings, again.quarantined) == ((), ())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"account": "acme"}, "account"),
        ({"endpoint": "http://api.example.org", "allow_private": False}, "https only"),
        ({"oauth1": None}, "either oauth1 or oauth2"),
        ({"search": ("",)}, "one line"),
        ({"search": ("x" * 500,)}, "one line"),
        ({"backfill": "30d"}, "backfill"),
        ({"stream": "x"}, "a secret is named"),
        ({"names": "notes"}, "names"),
    ],
)
def test_a_wrong_stanza_is_refused(place: XPlace, changes: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        x.Settings.model_validate(stanza(place, by_signature(place), **changes))


async def _parts(channel: X, post: Post) -> list[str]:
    """An answer in three parts, as the courier says them; the ids."""
    ids = [""]
    for number in (1, 2, 3):
        answer = replace(public(post, f"{ANSWER} ({number}/3)", key=f"key-{number}"), follows=ids[-1])
        ids.append((await channel.publish(answer)).id)
    return ids[1:]


async def test_the_parts_of_a_split_answer_are_a_thread(place: XPlace, channel: X) -> None:
    """Each answers the one before it, is found there, and costs what nobody summoned us to say costs."""
    post = await _post(place, channel)
    ids = await _parts(channel, post)
    said = [thing for thing in place.said() if isinstance(thing, Told)]
    assert [str(told.reply_to) for told in said] == [post.id, *ids[:-1]]
    last = replace(public(post, f"{ANSWER} (3/3)"), follows=ids[1])
    found = await channel.find(last)
    assert found is not None
    assert found.id == ids[2]
    assert await channel.find(replace(last, text=f"{ANSWER} (4/4)")) is None


async def test_a_part_that_an_earlier_version_put_below_the_customers_post_is_found_there(
    place: XPlace, channel: X
) -> None:
    post = await _post(place, channel)
    first, second = (public(post, f"{ANSWER} ({number}/2)", key=f"key-{number}") for number in (1, 2))
    before, posted = await channel.publish(first), await channel.publish(second)
    found = await channel.find(replace(second, follows=before.id))
    assert found is not None
    assert found.id == posted.id


async def test_where_x_lets_no_app_answer_its_own_posts_the_refusal_says_so(place: XPlace, build: Build) -> None:
    """And with `chain = false` all parts answer the customer's post."""
    place.writing.own_too = False
    channel = build()
    await channel.open()
    post = await _post(place, channel)
    with pytest.raises(PermanentProblem, match="chain = false"):
        await _parts(channel, post)
    assert channel.limits.chained
    assert not build(chain=False).limits.chained


async def test_nothing_hangs_on_what_is_no_post_of_xs(place: XPlace, channel: X) -> None:
    post = await _post(place, channel)
    with pytest.raises(PermanentProblem):
        await channel.publish(replace(public(post, ANSWER), follows="m7"))
    assert place.said() == []
