"""What is special about Mastodon: who may read what, content warnings, mentions, hashtags, quotes, threads, its limits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from channels_mastodon import mastodon_server

from bridge.channels import mastodon
from bridge.core.model import Kind, Post, Visibility
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fakes.mastodon_world import Draft
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
PIXEL = b"\x89PNG\r\n\x1a\n"

Build = Callable[..., Channel]


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


@pytest.fixture
async def build(server: MastodonServer, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[Channel] = []

    def make(**changes: object) -> Channel:
        given = {
            "endpoint": server.url,
            "account": server.brand.id,
            "token": Secret(server.token),
            "allow_private": True,
            "timeout": timedelta(seconds=2),
        }
        channels.append(mastodon.build("mastodon", mastodon.Settings.model_validate(given | changes), fittings))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()


@pytest.fixture
async def channel(build: Build) -> Channel:
    channel = build()
    await channel.open()
    return channel


async def met(server: MastodonServer, channel: Channel, author: str = "ann", **written: str) -> Post:
    """A post that addresses us, as the channel shows it."""
    cursor = await started(channel)
    name = server.mention(author, words("to be answered"), **written)
    return next(post for post in (await gather(channel, cursor)).posts if post.id == name)


@pytest.mark.parametrize(
    ("visibility", "seen", "kind", "answered"),
    [
        ("public", Visibility.PUBLIC, Kind.MENTION, "public"),
        ("unlisted", Visibility.PUBLIC, Kind.MENTION, "unlisted"),
        ("private", Visibility.PRIVATE, Kind.MENTION, "direct"),
        ("direct", Visibility.PRIVATE, Kind.DIRECT, "direct"),
    ],
)
async def test_law_9_an_answer_is_never_wider_than_the_post(
    server: MastodonServer, channel: Channel, visibility: str, seen: Visibility, kind: Kind, answered: str
) -> None:
    post = await met(server, channel, visibility=visibility)
    assert (post.visibility, post.kind) == (seen, kind)
    assert (Visibility.PUBLIC in post.answers) == (seen is Visibility.PUBLIC)
    answer = public(post, ANSWER) if seen is Visibility.PUBLIC else private(post, ANSWER)
    posted = await channel.publish(answer)
    [said] = server.said()
    assert (said.id, said.draft.visibility, said.draft.parent) == (posted.id, answered, post.id)
    assert await channel.find(answer) == posted


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_law_9_a_thread_that_lies_about_its_post_gets_no_public_answer(
    server: MastodonServer, channel: Channel, visibility: str
) -> None:
    post = replace(await met(server, channel, visibility=visibility), thread="t1")
    with pytest.raises(PermanentProblem, match="not for everybody"):
        await channel.publish(public(post, ANSWER))
    assert server.said() == []


async def test_law_9_a_private_thread_gets_no_public_answer_whatever_its_post_is(
    server: MastodonServer, channel: Channel
) -> None:
    post = await met(server, channel)
    with pytest.raises(PermanentProblem, match="private conversation"):
        await channel.publish(public(replace(post, thread=f"d{post.id}"), ANSWER))
    assert server.said() == []


@pytest.mark.parametrize("lacking", [{"hides_direct": True}, {"knows_threads": False}])
async def test_an_answer_is_found_in_either_place(
    server: MastodonServer, channel: Channel, lacking: Mapping[str, bool]
) -> None:
    """Some servers leave direct posts out of an account's own, others know little of a thread."""
    for name, value in lacking.items():
        setattr(server.api, name, value)
    answer = private(await met(server, channel, visibility="direct"), ANSWER)
    assert await channel.find(answer) is None
    assert await channel.publish(answer) == await channel.find(answer)


async def test_a_post_that_cannot_be_read_may_be_the_answer(server: MastodonServer, channel: Channel) -> None:
    answer = public(await met(server, channel), ANSWER)
    await channel.publish(answer)
    server.api.spoil = lambda entry: entry.update(content=7)
    with pytest.raises(UncertainProblem, match="cannot be read"):
        await channel.find(answer)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("We **will** fix it.", "<p>@ann We <strong>will</strong> fix it.</p>"),
        ("We _will_ fix it.", "<p>@ann We will fix it.</p>"),
        ("1. Unplug it.", "<p>@ann</p><ol><li>Unplug it.</li></ol>"),
        ("See [here](https://acme.example 'us').", '<p>@ann See <a href="https://acme.example">here</a>.</p>'),
        ("See &copy; us.", "<p>@ann See © us.</p>"),
    ],
)
async def test_c01_words_that_the_server_formatted_prove_no_absence(
    server: MastodonServer, channel: Channel, text: str, shown: str
) -> None:
    """GoToSocial and others format by the account's preferences: equal words are not to be had there."""
    post = await met(server, channel)
    await channel.publish(public(post, text))
    server.api.spoil = lambda entry: entry.update(content=shown)
    with pytest.raises(UncertainProblem, match="formatted"):
        await channel.find(public(post, text))
    assert await channel.find(private(post, text)) is None


@pytest.mark.parametrize("thread", ["x1", "", "t1/../2", "d"])
async def test_a_thread_that_the_server_cannot_know_is_refused(
    server: MastodonServer, channel: Channel, thread: str
) -> None:
    post = replace(await met(server, channel), thread=thread)
    with pytest.raises(PermanentProblem):
        await channel.publish(public(post, ANSWER))
    with pytest.raises(UncertainProblem):
        await channel.find(public(post, ANSWER))


async def test_the_customer_is_mentioned_once(server: MastodonServer, channel: Channel) -> None:
    """Also one of another server, whose host is part of the name; where the agent did it, nothing is added."""
    post = await met(server, channel, author="zsc@other.example")
    assert (post.author.handle, post.text) == ("zsc@other.example", words("to be answered"))
    first = await channel.publish(public(post, ANSWER))
    named = public(post, f"Dear @zsc@other.example, {ANSWER}", key="key-3")
    await channel.publish(named)
    assert [said.draft.text for said in server.said()] == [f"@zsc@other.example {ANSWER}", named.text]
    assert await channel.find(public(post, ANSWER)) == first


@pytest.mark.parametrize(
    "text",
    [
        "Please ask @bob about it, he knows your case and will write to you.",
        "@zsc we have written to you already, please look there.",
        "@bob @zsc@other.example we have written to you already.",
        "Please ask @support@help.example about it.",
    ],
)
async def test_a_private_answer_mentions_nobody_else(server: MastodonServer, channel: Channel, text: str) -> None:
    """Everybody who is mentioned in a direct post can read it; a name without host is somebody of our own server."""
    for name in ("bob", "zsc", "support@help.example"):
        server.world.person(name)
    post = await met(server, channel, author="zsc@other.example")
    with pytest.raises(PermanentProblem, match="nobody but the customer"):
        await channel.publish(private(post, text))
    assert server.said() == []


async def test_a_private_answer_to_a_public_post_is_direct_and_a_thread_of_its_own(
    server: MastodonServer, channel: Channel
) -> None:
    """And what the customer says to it in private never mixes with the public thread."""
    cursor = await started(channel)
    name = server.mention("ann", words("in public"))
    first = await gather(channel, cursor)
    post = first.having(words("in public"))
    posted = await channel.publish(private(post, ANSWER))
    [said] = server.said()
    assert (said.draft.visibility, said.mentioned) == ("direct", (post.author.id.partition("@")[0],))
    server.mention("ann", words("in private"), visibility="direct", parent=posted.id)
    server.mention("ann", words("in public again"), parent=name)
    second = await gather(channel, first.cursor)
    hidden, shown = second.having(words("in private")), second.having(words("in public again"))
    assert (shown.thread, shown.conversation) == (post.thread, post.conversation)
    assert hidden.thread != post.thread
    assert (hidden.visibility, hidden.answers) == (Visibility.PRIVATE, {Visibility.PRIVATE})
    assert [quote.text for quote in hidden.context] == [words("in public"), ANSWER]
    assert [quote.text for quote in shown.context] == [words("in public")]


async def test_what_was_private_is_no_context_of_a_public_post(server: MastodonServer, channel: Channel) -> None:
    cursor = await started(channel)
    secret = server.mention("ann", words("secret"), visibility="direct")
    cursor = (await gather(channel, cursor)).cursor
    server.mention("ann", words("open"), parent=secret)
    [post] = (await gather(channel, cursor)).posts
    assert (post.visibility, post.context) == (Visibility.PUBLIC, ())
    assert words("secret") not in repr(post)


async def test_a_content_warning_is_the_title_and_is_carried_on(server: MastodonServer, channel: Channel) -> None:
    post = await met(server, channel, warning="Outage, swearing")
    assert post.title == "Outage, swearing"
    await channel.publish(public(post, ANSWER))
    assert server.said()[0].draft.warning == "Outage, swearing"


async def test_a_long_content_warning_leaves_room_for_the_answer(server: MastodonServer, channel: Channel) -> None:
    """Its beginning is enough; an answer that is too long with it is held, and nothing is cut."""
    post = await met(server, channel, warning="warned " * 70)
    with pytest.raises(PermanentProblem, match=r"\d+ characters too long"):
        await channel.publish(public(post, "Word " * 90))
    await channel.publish(public(post, ANSWER))
    [said] = server.said()
    assert (len(said.draft.warning), said.draft.text) == (100, f"@ann {ANSWER}")


async def test_a_post_is_answered_under_the_servers_new_address(server: MastodonServer, channel: Channel) -> None:
    """Where it moved, its accounts keep their numbers, by which the customer is known."""
    post = await met(server, channel)
    number = post.author.id.partition("@")[0]
    moved = replace(post, author=replace(post.author, id=f"{number}@old.example"))
    await channel.publish(public(moved, ANSWER))
    assert len(server.said()) == 1


async def test_an_answer_goes_to_the_one_who_wrote(server: MastodonServer, channel: Channel) -> None:
    """By the id, whatever the name is now (F07)."""
    post = await met(server, channel)
    stranger = replace(post, author=replace(post.author, id=f"{server.api.stranger.id}@127.0.0.1"))
    for answer in (public(stranger, ANSWER), private(stranger, ANSWER)):
        with pytest.raises(PermanentProblem, match="does not belong"):
            await channel.publish(answer)
    server.world.rename(post.author.id.partition("@")[0], "anna")
    await channel.publish(private(post, ANSWER))
    assert [said.draft.text for said in server.said()] == [f"@anna {ANSWER}"]


async def test_links_count_as_the_server_counts_them(server: MastodonServer, channel: Channel) -> None:
    """Twenty-three each, however long: the server and we agree to the letter."""
    post = await met(server, channel)
    link = "https://acme.test/" + "a" * 200
    longest = link + " " + "b" * (channel.limits.max_length - 24)
    assert channel.limits.count(longest) == channel.limits.max_length
    answer = public(post, longest)
    posted = await channel.publish(answer)
    assert await channel.find(answer) == posted
    with pytest.raises(PermanentProblem):
        await channel.publish(public(post, longest + "b", key="key-3"))


async def test_the_length_is_the_servers_own(server: MastodonServer, build: Build) -> None:
    server.saying.max_length = 5000
    channel = build()
    await channel.open()
    assert channel.limits.max_length == 5000 - 32
    post = await met(server, channel)
    await channel.publish(public(post, "Word " * 990))
    assert len(server.said()) == 1


@pytest.mark.parametrize("keeps", [True, False])
async def test_an_idempotency_key_is_sent_and_not_relied_on(
    server: MastodonServer, channel: Channel, clock: MovableClock, *, keeps: bool
) -> None:
    """The same answer has the same key; an answer in doubt is found whether or not the server kept it."""
    server.saying.keeps_keys = keeps
    answer = public(await met(server, channel), ANSWER)
    server.fail(Mode.ACCEPT_THEN_CUT, times=1)
    with pytest.raises(UncertainProblem):
        await channel.publish(answer)
    found = await channel.find(answer)
    assert found is not None
    assert (found.id, len(server.saying.keys)) == (server.said()[0].id, 1)
    clock.advance(timedelta(hours=2))
    assert await channel.find(answer) == found


async def test_an_answer_is_found_however_the_server_writes_it(server: MastodonServer, channel: Channel) -> None:
    """Paragraphs, shortened links, hashtags, mentions without their host, escaped signs."""
    server.world.person("help@other.example")
    text = (
        "Dear Ann,\n\nplease read https://acme.test/a/very/long/address/that/is/shortened?x=1&y=2\n"
        'and ask @help@other.example: "1 < 2 & 3 > 2" #AcmeHelp\n\n\n  Yours'
    )
    post = await met(server, channel, author="ann@other.example")
    posted = await channel.publish(public(post, text))
    assert await channel.find(public(post, text)) == posted
    assert await channel.find(private(post, text)) is None


async def test_an_answer_to_a_post_that_is_gone_cannot_be_looked_for(server: MastodonServer, channel: Channel) -> None:
    """The server forgets what an answer answered, so nobody can tell."""
    post = await met(server, channel)
    await channel.publish(public(post, ANSWER))
    server.delete(post.id)
    with pytest.raises(UncertainProblem, match="gone"):
        await channel.find(public(post, ANSWER))


def picture(kind: str = "image/png") -> Attachment:
    return Attachment(name="../../etc/plan", type=kind, content=PIXEL, alt="A plan of the works")


async def test_files_go_with_their_alt_text_once_the_server_is_done(server: MastodonServer, channel: Channel) -> None:
    server.saying.looks = 1
    answer = replace(public(await met(server, channel), ANSWER), media=(picture(), picture("video/mp4")))
    await channel.publish(answer)
    files = [server.world.files[name] for name in server.said()[0].draft.media]
    assert [(file.type, file.alt, file.content) for file in files] == [
        ("image/png", "A plan of the works", PIXEL),
        ("video/mp4", "A plan of the works", PIXEL),
    ]


async def test_films_that_the_server_works_on_for_long_go_with_a_later_attempt(
    server: MastodonServer, channel: Channel
) -> None:
    """All files share one deadline below the request's own, and are not brought again."""
    server.saying.looks = 99
    answer = replace(public(await met(server, channel), ANSWER), media=(picture("video/mp4"), picture("video/mp4")))
    async with asyncio.timeout(channel.limits.request_timeout.total_seconds()):
        with pytest.raises(TemporaryProblem, match="files"):
            await channel.publish(answer)
    assert server.said() == []
    del server.world.files["2"]
    server.saying.looks = 0
    server.world.files["1"].looks = 0
    await channel.publish(answer)
    assert [said.draft.media for said in server.said()] == [tuple(server.world.files)]
    await channel.publish(replace(answer, key="another"))
    assert set(server.said()[0].draft.media).isdisjoint(server.said()[1].draft.media)


async def test_files_that_the_server_does_not_take_are_refused_at_once(
    server: MastodonServer, channel: Channel
) -> None:
    answer = public(await met(server, channel), ANSWER)
    for media in ((picture("application/x-msdownload"),), (picture(),) * 5):
        with pytest.raises(PermanentProblem):
            await channel.publish(replace(answer, media=media))
    assert (server.said(), server.world.files) == ([], {})


async def test_a_hashtag_is_read_and_what_two_listings_show_comes_once(server: MastodonServer, build: Build) -> None:
    channel = build(hashtags=("acme",))
    await channel.open()
    server.write("ann", "an old one #acme")
    cursor = await started(channel)
    topic = server.write("ann", "The line is down. #Acme")
    server.write("bob", "Here too! #acme", parent=topic)
    server.mention("cid", "what is it? #acme")
    server.write("dan", "Not for everybody #acme", visibility="unlisted")
    gathered = await gather(channel, cursor)
    assert [(post.author.handle, post.kind, post.text) for post in gathered.posts] == [
        ("ann", Kind.TOPIC, "The line is down. #Acme"),
        ("bob", Kind.COMMENT, "Here too! #acme"),
        ("cid", Kind.MENTION, "what is it? #acme"),
    ]
    assert gathered.posts[1].thread == gathered.posts[0].thread
    server.delete(topic)
    after = await gather(channel, gathered.cursor)
    assert [gone for page in after.pages for gone in page.deleted] == [topic]


async def test_a_search_reads_all_that_it_finds_once(server: MastodonServer, build: Build) -> None:
    """Though it pages from the newest to the past only; edits and deletions are seen as elsewhere."""
    channel = build(search=("acme router",))
    await channel.open()
    server.write("ann", "my old Acme Router")
    cursor = await started(channel)
    names = [server.write("bob", f"my Acme Router {number}") for number in range(130)]
    server.write("cid", "my other router")
    gathered = await gather(channel, cursor)
    assert gathered.texts == [f"my Acme Router {number}" for number in range(130)]
    server.world.edit(names[129], "my Acme Router!")
    server.delete(names[128])
    after = await gather(channel, gathered.cursor)
    assert after.texts == ["my Acme Router!"]
    assert [gone for page in after.pages for gone in page.deleted] == [names[128]]


async def test_c16_a_search_that_finds_too_much_goes_on_behind_a_gap(server: MastodonServer, build: Build) -> None:
    """What could not be read is told once, everything else comes, and the next poll is an ordinary one."""
    channel = build(search=("router",))
    await channel.open()
    server.write("bob", "router 0")
    cursor = await started(channel)
    names = [server.write("bob", f"router {number}") for number in range(1, 901)]
    server.mention("ann", words("a mention"))
    page = await channel.poll(cursor)
    texts = [f"router {number}" for number in range(101, 901)]
    assert [sighting.post.text for sighting in page.sightings] == [*texts, words("a mention")]
    assert page.gap is not None
    assert (int(page.gap.since) < int(names[0]), page.gap.until, page.troubles) == (True, names[100], ())
    server.write("bob", "router 901")
    asked = len(server.access.asked)
    after = await channel.poll(page.cursor)
    assert ([sighting.post.text for sighting in after.sightings], after.gap) == (["router 901"], None)
    assert len([path for path in server.access.asked[asked:] if "/search" in path]) < 5


async def test_a_hashtag_that_cannot_be_read_keeps_no_mention_waiting(server: MastodonServer, build: Build) -> None:
    """It is a trouble of its own, and nothing of it is lost."""
    channel = build(hashtags=("acme",))
    await channel.open()
    cursor = await started(channel)
    server.access.broken = "/tag/acme"
    server.write("ann", "The line is down. #acme")
    server.mention("bob", words("a mention"))
    page = await channel.poll(cursor)
    assert [sighting.post.text for sighting in page.sightings] == [words("a mention")]
    assert [(trouble.part, trouble.lasting) for trouble in page.troubles] == [("#acme", False)]
    server.access.broken = ""
    after = await channel.poll(page.cursor)
    assert ([s.post.text for s in after.sightings], after.recovered) == (["The line is down. #acme"], ("#acme",))


async def test_c18_a_listing_that_was_empty_at_first_brings_no_history(
    server: MastodonServer, channel: Channel, clock: MovableClock
) -> None:
    """A server that shows nothing for a moment must not flood the queue afterwards."""
    server.mention("ann", words("long ago"))
    clock.advance(timedelta(days=3))
    server.fail(Mode.LISTING_LAG, amount=timedelta(days=9).total_seconds())
    cursor = await started(channel)
    server.heal()
    assert (await gather(channel, cursor)).posts == []
    server.mention("ann", words("now"))
    assert (await gather(channel, cursor)).texts == [words("now")]


async def test_a_hashtag_that_is_added_later_begins_with_what_is_new(server: MastodonServer, build: Build) -> None:
    channel = build()
    await channel.open()
    cursor = await started(channel)
    server.write("ann", "an old one #acme")
    later = build(hashtags=("acme",))
    await later.open()
    first = await gather(later, cursor)
    server.write("ann", "a new one #acme")
    assert (first.texts, (await gather(later, first.cursor)).texts) == ([], ["a new one #acme"])


async def test_boosts_are_nothing(server: MastodonServer, channel: Channel) -> None:
    """Neither ours nor others'."""
    cursor = await started(channel)
    name = server.mention("ann", words("boosted"))
    gathered = await gather(channel, cursor)
    for who in (server.brand, server.world.person("bob")):
        server.world.write(Draft(author=who.id, text="", boosted=name))
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_a_quote_of_our_post_is_a_mention(server: MastodonServer, channel: Channel) -> None:
    """With what it quotes as context."""
    ours = server.write("acme", "We have a new router.")
    cursor = await started(channel)
    ann = server.world.person("ann")
    server.world.write(Draft(author=ann.id, text="It does not work.", quoted=ours))
    [post] = (await gather(channel, cursor)).posts
    assert (post.kind, post.text, post.about) == (Kind.MENTION, "It does not work.", ours)
    assert [(quote.text, quote.ours) for quote in post.context] == [("We have a new router.", True)]


async def test_an_older_server_is_asked_for_nothing_that_it_does_not_know(server: MastodonServer, build: Build) -> None:
    server.api.newer = False
    channel = build(filtered=False)
    await channel.open()
    await started(channel)
    asked = [path for path in server.access.asked if "notifications" in path]
    assert asked
    assert not any("quote" in path or "include_filtered" in path for path in asked)
    await channel.publish(public(await met(server, channel), ANSWER))
    assert len(server.said()) == 1


async def test_a_thread_keeps_its_name(server: MastodonServer, channel: Channel, build: Build) -> None:
    """Whoever answers whom in it, also after a restart, also where its middle is gone."""
    top = server.write("acme", "We have a new router.")
    cursor = await started(channel)
    first = server.mention("ann", words("first"), parent=top)
    gathered = await gather(channel, cursor)
    later = build()
    await later.open()
    server.mention("ann", words("second"), parent=first)
    server.delete(top)
    second = await gather(later, gathered.cursor)
    assert [post.thread for post in (*gathered.posts, *second.posts)] == [f"t{top}"] * 2


async def test_a_thread_that_cannot_be_asked_for_keeps_no_post_from_coming(
    server: MastodonServer, channel: Channel
) -> None:
    top = server.write("bob", "Does anybody have a new router?")
    cursor = await started(channel)
    server.access.broken = "/context"
    server.mention("ann", words("first"), parent=top)
    [post] = (await gather(channel, cursor)).posts
    assert (post.thread, post.parent, post.context) == (f"t{top}", top, ())


async def test_an_answer_given_by_hand_is_seen(server: MastodonServer, channel: Channel) -> None:
    account = await channel.open()
    cursor = await started(channel)
    name = server.mention("ann", words("a question"))
    server.write("acme", "@ann Here is your answer.", parent=name)
    question, answer = (await gather(channel, cursor)).posts
    assert (answer.parent, answer.author.id in account.own) == (question.id, True)


async def test_an_author_comes_with_reach_age_and_whether_it_is_a_robot(
    server: MastodonServer, channel: Channel, build: Build
) -> None:
    robot = server.world.person("robot", bot=True)
    post = await met(server, channel, author="robot")
    assert (post.author.name, post.author.reach) == ("robot (automated)", robot.followers)
    assert post.author.since is not None
    assert post.author.since.date() == robot.since.date()
    without = build(bots=False)
    await without.open()
    cursor = await started(without)
    for author in ("robot", "ann"):
        server.mention(author, words(author))
    assert (await gather(without, cursor)).texts == [words("ann")]


async def test_a_backfill_is_bounded(server: MastodonServer, build: Build, clock: MovableClock) -> None:
    """Twenty pages of each listing; what is older is history."""
    for number in range(1700):
        server.mention("ann", words(str(number)))
    channel = build(backfill=timedelta(days=1))
    await channel.open()
    gathered = await gather(channel, None)
    assert (len(gathered.posts), gathered.texts[-1]) == (1600, words("1699"))
    server.mention("ann", words("new"))
    assert (await gather(channel, gathered.cursor)).texts == [words("new")]


async def test_edits_and_deletions_are_seen_among_the_newest(server: MastodonServer, channel: Channel) -> None:
    """Also when there are more than are read again; a mention that was edited away is no deletion."""
    cursor = await started(channel)
    names = [server.mention("ann", words(str(number))) for number in range(100)]
    cursor = (await gather(channel, cursor)).cursor
    server.edit(names[98], words("edited"))
    server.delete(names[97])
    server.world.told = [told for told in server.world.told if told.toot != names[96]]
    after = await gather(channel, cursor)
    assert after.texts == [words("edited")]
    assert [gone for page in after.pages for gone in page.deleted] == [names[97]]
    assert not any(page.gap for page in after.pages)


async def test_a_missing_post_that_cannot_be_asked_for_is_neither_gone_nor_in_the_way(
    server: MastodonServer, channel: Channel
) -> None:
    cursor = await started(channel)
    name = server.mention("ann", words("missing"))
    cursor = (await gather(channel, cursor)).cursor
    server.delete(name)
    server.access.broken = f"/{name}"
    server.mention("bob", words("another"))
    between = await gather(channel, cursor)
    assert (between.texts, [page.deleted for page in between.pages if page.deleted]) == ([words("another")], [])
    server.access.broken = ""
    after = await gather(channel, between.cursor)
    assert [page.deleted for page in after.pages if page.deleted] == [(name,)]


@pytest.mark.parametrize("acct", ["ann @bob", "ann\n@bob", "@ann", "", "ann@"])
async def test_e04_a_name_that_is_none_brings_no_words_into_an_answer(
    server: MastodonServer, channel: Channel, acct: str
) -> None:
    post = await met(server, channel)
    server.world.rename(post.author.id.partition("@")[0], acct)
    for answer in (public(post, ANSWER), private(post, ANSWER)):
        with pytest.raises(PermanentProblem, match="cannot be mentioned"):
            await channel.publish(answer)
    assert server.said() == []


@pytest.mark.parametrize(
    ("path", "what"),
    [("/api/v1/notifications", "mentions"), ("/api/v1/accounts/1", "own posts")],
)
async def test_f02_a_token_with_too_narrow_scopes_is_noticed_at_start(
    server: MastodonServer, build: Build, path: str, what: str
) -> None:
    server.access.forbidden = path
    channel = build(hashtags=("acme",))
    with pytest.raises(LoginProblem, match=what):
        await channel.open()


async def test_f02_a_hashtag_that_the_token_may_not_read_stops_nothing_else(
    server: MastodonServer, build: Build
) -> None:
    """Neither at start nor later, neither mentions nor answers."""
    server.access.forbidden = "/api/v1/timelines"
    channel = build(hashtags=("acme",))
    await channel.open()
    cursor = await started(channel)
    server.mention("ann", words("a mention"))
    page = await channel.poll(cursor)
    assert [sighting.post.text for sighting in page.sightings] == [words("a mention")]
    [trouble] = page.troubles
    assert (trouble.part, trouble.lasting, "give it that scope" in trouble.reason) == ("#acme", True, True)
    await channel.publish(public(page.sightings[0].post, ANSWER))


async def test_c16_a_hashtag_that_fails_at_the_first_contact_catches_up(
    server: MastodonServer, build: Build, clock: MovableClock
) -> None:
    """What came since the first contact is news, what was there before is history, what cannot be read is a gap."""
    server.access.broken = "/tag/acme"
    channel = build(hashtags=("acme",))
    await channel.open()
    server.write("ann", "an old one #acme")
    clock.advance(timedelta(hours=1))
    page = await channel.poll(await started(channel))
    assert [trouble.part for trouble in page.troubles] == ["#acme"]
    clock.advance(timedelta(hours=1))
    server.write("ann", "The line is down. #acme")
    server.access.broken = ""
    after = await channel.poll(page.cursor)
    assert ([s.post.text for s in after.sightings], after.gap) == (["The line is down. #acme"], None)
    for number in range(810):
        server.write("ann", f"{number} #acme")
    late = await channel.poll(page.cursor)
    assert [s.post.text for s in late.sightings] == [f"{number} #acme" for number in range(10, 810)]
    assert late.gap is not None


async def test_f01_a_refusal_that_hides_a_dead_login_is_one_of_the_login(
    server: MastodonServer, channel: Channel
) -> None:
    """403 says either; asking whose token it is tells which."""
    post = await met(server, channel)
    server.fail(Mode.FORBID)
    server.access.forbidden = "/api/v1/accounts/verify_credentials"
    with pytest.raises(LoginProblem):
        await channel.publish(public(post, ANSWER))
    server.access.forbidden = ""
    with pytest.raises(PermanentProblem, match="does not let"):
        await channel.publish(public(post, ANSWER))


async def test_d07_the_servers_limit_is_obeyed_before_it_strikes(
    server: MastodonServer, channel: Channel, clock: MovableClock
) -> None:
    """Polls are spread over what is left; a tenth is kept for answers, which still go."""
    post = await met(server, channel)
    limit = server.access.limit
    limit.resets, limit.left = (clock.now() + timedelta(minutes=5)).isoformat(), 60
    page = await channel.poll(await started(channel))
    assert page.wait is not None
    assert 19 <= page.wait <= 60
    assert "60 of 300 requests" in page.allowance
    limit.left = 30
    page = await channel.poll(page.cursor)
    with pytest.raises(TemporaryProblem, match="used up") as caught:
        await channel.poll(page.cursor)
    assert caught.value.after is not None
    assert 250 <= caught.value.after <= 300
    await channel.publish(public(post, ANSWER))
    clock.advance(timedelta(minutes=6))
    await channel.poll(page.cursor)


@pytest.mark.parametrize("answer", [PublicAnswer, PrivateAnswer])
async def test_an_empty_answer_is_refused(server: MastodonServer, channel: Channel, answer: type) -> None:
    post = await met(server, channel)
    given: Mapping[str, object] = {"key": "k", "channel": post.channel, "thread": post.thread, "parent": post.id}
    with pytest.raises(PermanentProblem):
        await channel.publish(answer(**given, author=post.author, text=" \n"))
