"""What is Bluesky's own: sessions, marks in bytes, threads, pictures, direct messages, likes and deletions."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from channels_bluesky import bluesky_server, opened
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels import bluesky
from bridge.channels._bluesky.facets import marked
from bridge.channels._bluesky.keys import answer_key, key_at, moment_of
from bridge.channels._bluesky.said import counted, key_of
from bridge.core.deeds import Deed
from bridge.core.model import Kind, Post, Visibility
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.bluesky import BlueskyServer
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you, a technician is on the way."


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[BlueskyServer]:
    async with bluesky_server(clock) as server:
        yield server


@pytest.fixture
def keep(tmp_path: Path) -> Path:
    return tmp_path / "state" / "session"


@pytest.fixture
async def channel(server: BlueskyServer, keep: Path, fittings: Fittings) -> AsyncIterator[bluesky.Bluesky]:
    async with opened(server, keep, fittings) as channel:
        yield channel


async def asked(server: BlueskyServer, channel: bluesky.Bluesky, **more: object) -> Post:
    cursor = await started(channel)
    server.mention("ann.test", words("asked"), **more)
    return (await gather(channel, cursor)).having(words("asked"))


async def told(server: BlueskyServer, channel: bluesky.Bluesky, author: str = "ann.test") -> Post:
    cursor = await started(channel)
    server.message(author, words("told"))
    return (await gather(channel, cursor)).having(words("told"))


class TestSessions:
    async def test_a_restart_is_no_login(self, server: BlueskyServer, keep: Path, fittings: Fittings) -> None:
        for _ in range(3):
            async with opened(server, keep, fittings):
                pass
        assert server.access.logins == 1
        assert keep.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240 - a small file of a test

    async def test_a_token_is_renewed_before_it_ends(
        self, server: BlueskyServer, channel: bluesky.Bluesky, clock: MovableClock
    ) -> None:
        cursor = await started(channel)
        clock.advance(timedelta(minutes=115))
        server.mention("ann", words("later"))
        assert (await gather(channel, cursor)).texts == [words("later")]
        assert (server.access.logins, server.access.renewals) == (1, 1)

    async def test_a_token_that_is_refused_before_its_end_is_renewed_once(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        post = await asked(server, channel)
        server.access.revoke()
        await channel.publish(public(post, ANSWER))
        assert [skeet.text for skeet in server.said()] == [ANSWER]
        assert server.access.renewals == 1

    async def test_a_token_that_the_server_knows_no_more_is_renewed_as_one_that_is_over(
        self, server: BlueskyServer, channel: bluesky.Bluesky, clock: MovableClock
    ) -> None:
        """A server whose keys were changed calls it invalid."""
        cursor = await started(channel)
        clock.advance(timedelta(minutes=1))
        server.access.tokens.clear()
        server.mention("ann", words("later"))
        assert (await gather(channel, cursor)).texts == [words("later")]
        assert (server.access.logins, server.access.renewals) == (1, 1)

    async def test_a_token_that_may_not_read_messages_is_not_renewed_for_it(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        cursor = await started(channel)
        server.access.may_talk = False
        with pytest.raises(LoginProblem):
            await channel.poll(cursor)
        assert server.access.renewals == 0

    async def test_a_session_that_nobody_renews_begins_anew(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        cursor = await started(channel)
        server.access.revoke()
        server.access.refreshers.clear()
        server.mention("ann", words("later"))
        assert (await gather(channel, cursor)).texts == [words("later")]
        assert server.access.logins == 2

    async def test_f01_a_password_that_was_taken_away_needs_a_person(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        cursor = await started(channel)
        server.access.revoke()
        server.access.refreshers.clear()
        server.access.password = "another"
        with pytest.raises(LoginProblem, match="app password"):
            await channel.poll(cursor)

    async def test_a_broken_or_foreign_file_is_written_anew(
        self, server: BlueskyServer, keep: Path, fittings: Fittings
    ) -> None:
        keep.parent.mkdir()
        for content in (b"{", b'{"did":"did:plc:other","access":"a","refresh":"b"}', b"\xff"):
            keep.write_bytes(content)  # noqa: ASYNC240 - a small file of a test
            async with opened(server, keep, fittings):
                pass
        assert server.access.logins == 3

    async def test_f02_an_app_password_without_messages_is_noticed_at_the_start(
        self, server: BlueskyServer, keep: Path, fittings: Fittings
    ) -> None:
        server.access.may_talk = False
        with pytest.raises(LoginProblem, match="may not read direct messages"):
            async with opened(server, keep, fittings):
                pass
        async with opened(server, keep, fittings, messages=False) as channel:
            assert channel.limits.max_private_length == 0

    async def test_a_disk_that_refuses_uses_up_no_logins(
        self, server: BlueskyServer, tmp_path: Path, fittings: Fittings
    ) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(TemporaryProblem, match="cannot be kept"):
            async with opened(server, tmp_path / "file" / "session", fittings):
                pass


class TestKeys:
    @given(st.text("234567abcdefghijklmnopqrstuvwxyz", min_size=13, max_size=13), st.text())
    def test_a_key_is_a_tid_and_always_the_same(self, parent: str, key: str) -> None:
        made = answer_key(parent, key)
        assert made == answer_key(parent, key)
        assert len(made) == 13
        assert made[0] in "234567abcdefghij"
        assert set(made) <= set("234567abcdefghijklmnopqrstuvwxyz")

    def test_answers_to_one_post_have_keys_of_their_own_from_its_time_on(self, clock: MovableClock) -> None:
        parent = key_at(clock.now())
        keys = {answer_key(parent, f"key {number}") for number in range(1000)}
        assert len(keys) == 1000
        assert min(keys) >= parent
        assert all(abs(moment_of(key) - clock.now()) < timedelta(seconds=2) for key in keys)

    async def test_c01_a_second_try_finds_its_key_taken(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        """The server fails then, and looking finds the first one."""
        post = await asked(server, channel)
        answer = public(post, ANSWER)
        posted = await channel.publish(answer)
        with pytest.raises(UncertainProblem):
            await channel.publish(answer)
        assert len(server.said()) == 1
        assert await channel.find(answer) == posted

    async def test_it_is_found_though_the_network_does_not_show_it_yet(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        answer = public(await asked(server, channel), ANSWER)
        posted = await channel.publish(answer)
        server.fail(Mode.LISTING_LAG, amount=600)
        found = await channel.find(answer)
        assert found is not None
        assert found.id == posted.id


class TestMarks:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("see https://acme.test/a?b=1.", [("https://acme.test/a?b=1", "link")]),
            ("(https://acme.test)", [("https://acme.test", "link")]),
            ("größer 👩‍👩‍👧 https://acme.test/ü #störung", [("https://acme.test/ü", "link"), ("#störung", "tag")]),
            ("hello @ann.test, and @nobody.test", [("@ann.test", "mention")]),
            ("mail ann@ann.test, # alone, #123, a#b", []),
        ],
    )
    def test_marks_lie_where_their_bytes_are(self, text: str, expected: list[tuple[str, str]]) -> None:
        given = text.encode()
        found = []
        for facet in marked(text, {"ann.test": "did:plc:ann"}):
            index = facet["index"]
            [feature] = facet["features"]
            found.append((given[index["byteStart"] : index["byteEnd"]].decode(), feature["$type"].partition("#")[2]))
        assert found == expected

    @given(st.text())
    def test_any_text_has_marks_within_its_bytes(self, text: str) -> None:
        size = len(text.encode("utf-8", "replace"))
        for facet in marked(text.encode("utf-8", "replace").decode(), {}):
            assert 0 <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= size

    @pytest.mark.parametrize(
        ("text", "length"),
        [("a" * 300, 300), ("👩‍👩‍👧" * 10, 18), ("e\u0301", 1), ("👍🏽" * 100, 100), ("你" * 100, 100), ("", 0)],
    )
    def test_the_length_is_that_of_characters_or_of_bytes(self, text: str, length: int) -> None:
        """18 bytes make a family of three: both limits must hold."""
        assert counted(text) == max(length, -(-len(text.encode()) // 10))

    async def test_links_that_clients_shorten_come_whole(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        cursor = await started(channel)
        text = f"@{server.brand.handle} grüße acme.test/very/lo... bye"
        start = len(text.partition("acme.test/")[0].encode())
        facet = {
            "index": {"byteStart": start, "byteEnd": start + len("acme.test/very/lo...")},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.test/very/long"}],
        }
        server.write("ann.test", text, facets=[facet])
        assert (await gather(channel, cursor)).texts == ["grüße https://acme.test/very/long bye"]


class TestThreads:
    async def test_a_reply_in_a_thread_of_ours_has_its_root_and_context(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        top = server.write(server.brand.handle, "We are back online.")
        cursor = await started(channel)
        first = server.write("ann.test", "not here", parent=top)
        server.write("bob.test", "nor here", parent=first)
        ann, bob = (await gather(channel, cursor)).posts
        assert (ann.kind, bob.kind) == (Kind.COMMENT, Kind.COMMENT)
        assert ann.thread == bob.thread == top.removeprefix("at://").replace("/app.bsky.feed.post", "")
        assert bob.parent == ann.id
        assert [(quote.text, quote.ours) for quote in bob.context] == [
            ("We are back online.", True),
            ("not here", False),
        ]

    async def test_an_answer_names_the_parent_and_the_top(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        top = server.write("zoe.test", "a thread of somebody else's")
        post = await asked(server, channel, parent=top)
        await channel.publish(public(post, ANSWER))
        [said] = server.said()
        reply = said.record["reply"]
        assert isinstance(reply, dict)
        assert reply["root"]["uri"] == top
        assert reply["parent"]["uri"].endswith(post.id.rpartition("/")[2])
        assert said.key == key_of(public(post, ANSWER))

    async def test_what_a_search_finds_comes_once_and_as_a_mention_where_it_is_one(
        self, server: BlueskyServer, keep: Path, fittings: Fittings
    ) -> None:
        async with opened(server, keep, fittings, search=("router",)) as channel:
            cursor = await started(channel)
            server.write("ann.test", "my router is dead")
            server.mention("bob.test", "my router too")
            kinds = {post.text: post.kind for post in (await gather(channel, cursor)).posts}
        assert kinds == {"my router is dead": Kind.TOPIC, "my router too": Kind.MENTION}

    async def test_own_posts_come_as_ours(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        post = await asked(server, channel)
        cursor = await started(channel)
        uri = next(iter(server.world.skeets))
        server.write(server.brand.handle, "answered by hand", parent=uri)
        [own] = (await gather(channel, cursor)).posts
        assert (own.author.id, own.parent) == (server.brand.did, post.id)

    async def test_a_post_that_is_closed_is_answered_in_private_only(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        cursor = await started(channel)
        uri = server.mention("ann.test", words("closed"))
        server.world.closed.add(uri)
        post = (await gather(channel, cursor)).having(words("closed"))
        assert post.answers == {Visibility.PRIVATE}
        with pytest.raises(PermanentProblem, match="not answer"):
            await channel.publish(public(post, ANSWER))

    async def test_a_post_of_somebody_else_is_never_answered(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        post = await asked(server, channel)
        other = PublicAnswer(
            key="k",
            channel=post.channel,
            thread=post.thread,
            parent=post.id,
            author=(await asked_by(server, channel, "bob.test")).author,
            text=ANSWER,
        )
        with pytest.raises(PermanentProblem, match="does not belong"):
            await channel.publish(other)
        assert server.said() == []


async def asked_by(server: BlueskyServer, channel: bluesky.Bluesky, author: str) -> Post:
    cursor = await started(channel)
    server.mention(author, words("by another"))
    return (await gather(channel, cursor)).having(words("by another"))


PNG = Attachment(name="a.png", type="image/png", content=b"\x89PNG", alt="a plan\x00")


class TestPictures:
    async def test_pictures_go_with_their_alt_text_and_come_back_with_it(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        post = await asked(server, channel)
        answer = public(post, ANSWER)
        cursor = await started(channel)
        await channel.publish(PublicAnswer(**{**_fields(answer), "media": (PNG, PNG)}))
        [said] = server.said()
        embed = said.record["embed"]
        assert isinstance(embed, dict)
        assert [image["alt"] for image in embed["images"]] == ["a plan", "a plan"]
        assert list(server.saying.blobs.values()) == [b"\x89PNG"]
        [own] = (await gather(channel, cursor)).posts
        assert [media.alt for media in own.media] == ["a plan", "a plan"]

    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ((PNG,) * 5, "at most 4"),
            ((Attachment(name="a", type="video/mp4", content=b"x"),), "pictures only"),
            ((Attachment(name="a", type="image/png", content=b"x" * 2_000_001),), "2,000,000 bytes"),
        ],
    )
    async def test_what_it_does_not_take_is_refused_before_anything_is_sent(
        self, server: BlueskyServer, channel: bluesky.Bluesky, files: tuple[Attachment, ...], said: str
    ) -> None:
        answer = public(await asked(server, channel), ANSWER)
        with pytest.raises(PermanentProblem, match=said):
            await channel.publish(PublicAnswer(**{**_fields(answer), "media": files}))
        assert server.saying.blobs == {}


def _fields(answer: PublicAnswer | PrivateAnswer) -> dict[str, object]:
    return {name: getattr(answer, name) for name in ("key", "channel", "thread", "parent", "author", "text")}


class TestMessages:
    async def test_a_message_is_answered_by_one_and_found_again(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        post = await told(server, channel)
        assert (post.kind, post.visibility, post.answers) == (
            Kind.DIRECT,
            Visibility.PRIVATE,
            frozenset({Visibility.PRIVATE}),
        )
        assert post.author.handle == "ann.test"
        answer = private(post, ANSWER)
        assert await channel.find(answer) is None
        posted = await channel.publish(answer)
        assert [message.text for message in server.sent()] == [ANSWER]
        assert await channel.find(answer) == posted

    async def test_an_older_message_with_the_same_words_is_not_taken_for_it(
        self, server: BlueskyServer, channel: bluesky.Bluesky, clock: MovableClock
    ) -> None:
        first = await told(server, channel)
        await channel.publish(private(first, ANSWER))
        clock.advance(timedelta(minutes=5))
        assert await channel.find(private(await told(server, channel), ANSWER)) is None

    async def test_a_private_answer_to_a_public_post_goes_to_its_author(
        self, server: BlueskyServer, channel: bluesky.Bluesky, clock: MovableClock
    ) -> None:
        post = await asked(server, channel)
        assert Visibility.PRIVATE in post.answers
        clock.advance(timedelta(minutes=1))
        posted = await channel.publish(private(post, ANSWER))
        [sent] = server.sent()
        assert server.world.convos[sent.convo] == tuple(sorted({server.brand.did, post.author.id}))
        assert server.said() == []
        found = await channel.find(private(post, ANSWER))
        assert found is not None
        assert found.id == posted.id

    async def test_law_9_a_private_conversation_is_never_answered_in_public(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        post = await told(server, channel)
        for thread, parent in ((post.thread, post.id), (post.thread, "did:plc:x/3k"), ("did:plc:x/3k", post.id)):
            answer = PublicAnswer(
                key="k", channel="bluesky", thread=thread, parent=parent, author=post.author, text=ANSWER
            )
            with pytest.raises(PermanentProblem, match="in public"):
                await channel.publish(answer)
        assert (server.said(), server.sent()) == ([], [])

    async def test_a_group_is_shown_and_not_answered(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        cursor = await started(channel)
        people = [server.world.person(name) for name in ("ann.test", "bob.test")]
        convo = server.world.convo([person.did for person in people])
        server.world.send(people[0].did, convo, words("to all"))
        post = (await gather(channel, cursor)).having(words("to all"))
        assert (post.visibility, post.answers) == (Visibility.PRIVATE, frozenset())
        with pytest.raises(PermanentProblem, match="others than the customer"):
            await channel.publish(private(post, ANSWER))

    async def test_a_message_that_was_taken_away_is_told(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        cursor = await started(channel)
        name = server.message("ann.test", words("gone"))
        before = await gather(channel, cursor)
        server.world.unsend(name)
        after = await gather(channel, before.cursor)
        assert [gone for page in after.pages for gone in page.deleted] == [before.having(words("gone")).id]

    async def test_c20_a_broken_message_is_kept_aside_and_the_log_goes_on(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        cursor = await started(channel)
        server.message("ann.test", words("broken"))
        server.message("ann.test", words("whole"))

        def spoil(entry: dict[str, object]) -> None:
            message = entry.get("message")
            if isinstance(message, dict) and message.get("text") == words("broken"):
                message["text"] = 7

        server.api.spoil = spoil
        gathered = await gather(channel, cursor)
        assert gathered.texts == [words("whole")]
        assert len([each for page in gathered.pages for each in page.quarantined]) == 1

    async def test_c20_a_conversation_that_is_not_shown_any_more_stops_nothing(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        """Whoever writes may be gone before it is read: nobody knows who else reads it, so a person answers."""
        cursor = await started(channel)
        server.message("ann.test", words("gone at once"))
        server.world.convos.clear()
        server.message("bob.test", words("still here"))
        server.mention("cia.test", words("in public"))
        gathered = await gather(channel, cursor)
        assert gathered.having(words("gone at once")).answers == frozenset()
        assert gathered.having(words("still here")).answers == {Visibility.PRIVATE}
        assert gathered.having(words("in public")).answers

    async def test_c01_a_post_whose_key_claims_a_later_time_hides_no_message_of_ours(
        self, server: BlueskyServer, channel: bluesky.Bluesky, clock: MovableClock
    ) -> None:
        """Authors choose the keys of their posts."""
        cursor = await started(channel)
        key = key_at(clock.now() + timedelta(days=1))
        record = {"$type": "app.bsky.feed.post", "text": f"@{server.brand.handle} {words('early')}", "createdAt": "x"}
        server.world.write(server.world.person("ann.test").did, record, key)
        answer = private((await gather(channel, cursor)).having(words("early")), ANSWER)
        posted = await channel.publish(answer)
        assert await channel.find(answer) == posted
        server.delete(f"at://{answer.author.id}/app.bsky.feed.post/{key}")
        with pytest.raises(UncertainProblem, match="not shown any more"):
            await channel.find(answer)

    async def test_somebody_who_takes_none_is_told_so(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        server.world.person("ann.test", incoming="none")
        post = await asked(server, channel)
        assert post.answers == {Visibility.PUBLIC}
        with pytest.raises(PermanentProblem, match="takes no direct messages"):
            await channel.publish(private(post, ANSWER))

    async def test_files_go_with_public_answers_only(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        answer = private(await told(server, channel), ANSWER)
        with pytest.raises(PermanentProblem, match="no files"):
            await channel.publish(PrivateAnswer(**{**_fields(answer), "media": (PNG,)}))


@pytest.mark.parametrize("name", ["abc/d", "abc d", "abc\n", ""])
async def test_c20_an_address_that_names_no_post_is_kept_aside(
    server: BlueskyServer, channel: bluesky.Bluesky, name: str
) -> None:
    """Several of them would else be one post without a name."""
    cursor = await started(channel)
    server.mention("ann.test", words("odd"))
    server.mention("bob.test", words("plain"))

    def spoil(entry: dict[str, object]) -> None:
        if words("odd") in str(entry["record"]):
            entry["uri"] = f"at://did:plc:ann/app.bsky.feed.post/{name}"

    server.api.spoil = spoil
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("plain")]
    assert len([each for page in gathered.pages for each in page.quarantined]) == 1


class TestDeeds:
    async def test_a_like_is_there_once(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        post = await asked(server, channel)
        for _ in range(2):
            await channel.act(Deed.LIKE, post.id)
        assert len(server.world.likes) == 1

    async def test_only_our_own_answer_is_deleted(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        post = await asked(server, channel)
        posted = await channel.publish(public(post, ANSWER))
        for _ in range(2):
            await channel.act(Deed.DELETE, posted.id)
        assert server.said() == []
        with pytest.raises(PermanentProblem, match="no answer of ours"):
            await channel.act(Deed.DELETE, post.id)

    async def test_private_messages_are_out_of_reach(self, server: BlueskyServer, channel: bluesky.Bluesky) -> None:
        post = await told(server, channel)
        for deed in (Deed.LIKE, Deed.DELETE, Deed.HIDE):
            with pytest.raises(PermanentProblem):
                await channel.act(deed, post.id)


REFUSALS = [
    (400, "InvalidRequest", PermanentProblem, PermanentProblem),
    (400, "ExpiredToken", LoginProblem, LoginProblem),
    (401, "AuthenticationRequired", LoginProblem, LoginProblem),
    (401, "AuthMissing", LoginProblem, LoginProblem),
    (400, "AccountTakedown", LoginProblem, LoginProblem),
    (400, "AccountDeactivated", LoginProblem, LoginProblem),
    (403, "Forbidden", LoginProblem, PermanentProblem),
    (400, "BlobTooLarge", PermanentProblem, PermanentProblem),
    (409, "RecordAlreadyExists", PermanentProblem, UncertainProblem),
    (429, "RateLimitExceeded", TemporaryProblem, TemporaryProblem),
    (500, "InternalServerError", TemporaryProblem, UncertainProblem),
    (502, "UpstreamFailure", TemporaryProblem, UncertainProblem),
    (503, "NotEnoughResources", TemporaryProblem, UncertainProblem),
]
"""What reading and saying must call each error of the protocol."""


class TestRefusals:
    @pytest.mark.parametrize(("status", "error", "reading", "saying"), REFUSALS)
    async def test_every_error_is_called_what_it_is(
        self,
        server: BlueskyServer,
        channel: bluesky.Bluesky,
        status: int,
        error: str,
        reading: type[Exception],
        saying: type[Exception],
    ) -> None:
        answer = public(await asked(server, channel), ANSWER)
        cursor = await started(channel)
        body = {"error": error, "message": "secret words"}

        def only(part: str) -> None:
            server.access.instead = lambda request: (
                web.json_response(body, status=status) if part in request.path else None
            )

        only("listNotifications")
        with pytest.raises(reading) as caught:
            await channel.poll(cursor)
        assert "secret" not in str(caught.value)
        only("createRecord")
        with pytest.raises(saying) as caught:
            await channel.publish(answer)
        assert "secret" not in str(caught.value)
        assert server.said() == []

    @pytest.mark.parametrize(
        "error",
        [
            "MessagesDisabled",
            "NotFollowedBySender",
            "BlockedActor",
            "BlockedByActor",
            "RecipientNotFound",
            "AccountSuspended",
            "ConvoLocked",
            "InvalidConvo",
            "ReplyTargetNotFound",
        ],
    )
    async def test_every_refusal_of_a_message_is_certain(
        self, server: BlueskyServer, channel: bluesky.Bluesky, error: str
    ) -> None:
        answer = private(await told(server, channel), ANSWER)
        server.access.instead = lambda request: (
            web.json_response({"error": error}, status=400) if "sendMessage" in request.path else None
        )
        with pytest.raises(PermanentProblem, match=r"customer|conversation|message"):
            await channel.publish(answer)

    async def test_d07_the_limit_is_obeyed_before_it_strikes(
        self, server: BlueskyServer, channel: bluesky.Bluesky
    ) -> None:
        server.access.left = 200
        page = await channel.poll(None)
        assert page.allowance.startswith("200 of 3,000 requests")


async def test_the_samples_of_the_protocol_are_read(
    server: BlueskyServer, keep: Path, fittings: Fittings, clock: MovableClock
) -> None:
    """The reference's notification, with fields that nobody knows yet, an odd embed and a tombstone among them."""
    at = clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    record = {
        "$type": "app.bsky.feed.post",
        "text": "@brand.example help",
        "createdAt": "2026-06-10T21:03:21.043Z",
        "langs": ["en"],
        "facets": [
            {
                "index": {"byteStart": 0, "byteEnd": 14},
                "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:brand"}],
            }
        ],
        "reply": {
            "root": {"uri": "at://did:plc:abc/app.bsky.feed.post/3lrbs5g324w2a", "cid": "bafyreia"},
            "parent": {"uri": "at://did:plc:abc/app.bsky.feed.post/3lrbs5g324w2b", "cid": "bafyreib"},
        },
        "future": {"any": [1, None]},
    }
    notification = {
        "uri": "at://did:plc:abc/app.bsky.feed.post/3lrbs5g324w2q",
        "cid": "bafyreic",
        "author": {"did": "did:plc:abc", "handle": "ann.bsky.social", "future": 1},
        "reason": "mention",
        "record": record,
        "isRead": False,
        "indexedAt": at,
        "labels": [],
        "embed": 7,
    }
    others = [
        {"reason": "like", "uri": "at://x", "record": {"$type": "app.bsky.feed.like"}, "indexedAt": at},
        {**notification, "uri": "at://did:plc:abc/app.bsky.feed.post/3lrbs5g324w2r", "record": {"text": None}},
        {**notification, "uri": 7},
    ]

    def listed(request: web.Request) -> web.Response | None:
        if "listNotifications" not in request.path:
            return None
        return web.json_response({"notifications": [notification, *others], "cursor": ""})

    async with opened(server, keep, fittings) as channel:
        cursor = await started(channel)
        server.access.instead = listed
        page = await channel.poll(cursor)
        [sighting] = page.sightings
        post = sighting.post
        assert (post.kind, post.lang, post.author.handle) == (Kind.MENTION, "en", "ann.bsky.social")
        assert post.id == "did:plc:abc/3lrbs5g324w2q"
        assert post.thread == "did:plc:abc/3lrbs5g324w2a"
        assert post.parent == "did:plc:abc/3lrbs5g324w2b"
        assert post.url == "https://bsky.app/profile/did:plc:abc/post/3lrbs5g324w2q"
        assert len(page.quarantined) == 2
        again = await channel.poll(page.cursor)
        assert (again.sightings, again.quarantined) == ((), ())
