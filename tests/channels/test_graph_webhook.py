"""Meta's webhooks: signed, kept before they are taken, read from the platform, and never the only way in."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from channels_graph import graph_place
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels import facebook, instagram
from bridge.channels._graph.bell import HEARD, MOST, Bell
from bridge.channels._graph.door import signed_with
from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.named import Named
from bridge.channels._graph.told import Hint, Kind, Unclear, addressed, told
from bridge.channels.facebook import Facebook
from bridge.channels.instagram import Instagram
from bridge.core import model
from bridge.core.model import Visibility
from bridge.core.publications import PublicAnswer
from bridge.ports import Fittings, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."
VERIFY = "meant-for-meta-alone"

COMMENT = (
    b'{"object":"page","entry":[{"id":"PAGE","time":1489998692,"changes":[{"field":"feed","value":{"item":"comment",'
    b'"verb":"add","comment_id":"288731331545014_288738774877603","post_id":"286247441793403_288731331545014",'
    b'"parent_id":"286247441793403_288731331545014","from":{"id":"1914154345481707","name":"Carol Kim"},'
    b'"created_time":1489998692,"message":"I don\'t ..."}}]}]}'
)
MESSAGE = (
    b'{"object":"page","entry":[{"id":"PAGE","time":1489998692000,"messaging":[{"sender":{"id":"PSID"},'
    b'"recipient":{"id":"PAGE"},"timestamp":1489998692000,"message":{"mid":"m_1","text":"hello",'
    b'"attachments":[{"type":"image","payload":{"url":"https://x.example/1"}}],"reply_to":{"mid":"m_0"}}}]}]}'
)
"""The samples of the documentation."""

Build = Callable[..., Facebook | Instagram]


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    async with graph_place("acme", clock) as place:
        yield place


@pytest.fixture
async def build(place: GraphPlace, fittings: Fittings, tmp_path: Path) -> AsyncIterator[Build]:
    channels: list[Facebook | Instagram] = []

    def make(kind: str = "facebook", listen: str = "127.0.0.1:0", **changes: object) -> Facebook | Instagram:
        webhook = {"listen": listen, "verify": Secret(VERIFY), "keep": tmp_path / f"{kind}.heard"}
        keys = place.facebook_keys() if kind == "facebook" else place.instagram_keys()
        module = facebook if kind == "facebook" else instagram
        settings = module.Settings.model_validate({**keys, "webhook": webhook, **changes})
        channel = module.build(kind, settings, fittings)
        assert isinstance(channel, Facebook | Instagram)
        channels.append(channel)
        return channel

    yield make
    for channel in channels:
        await channel.close()


@pytest.fixture
async def page(build: Build) -> Facebook | Instagram:
    channel = build()
    await channel.open()
    return channel


@pytest.fixture
async def insta(build: Build) -> Facebook | Instagram:
    channel = build("instagram")
    await channel.open()
    return channel


def bell(channel: Facebook | Instagram) -> Bell:
    return channel._bell


def address(channel: Facebook | Instagram, path: str = "/meta") -> str:
    return f"http://127.0.0.1:{bell(channel).port}{path}"


def change(account: str, field: str, value: object, *, sort: str = "page", at: int = 0) -> dict[str, object]:
    at = at or int(datetime.now(UTC).timestamp())
    return {"object": sort, "entry": [{"id": account, "time": at, "changes": [{"field": field, "value": value}]}]}


def test_the_samples_of_the_documentation_are_understood() -> None:
    [(sort, account, raw)] = addressed(COMMENT)
    assert (sort, account) == ("page", "PAGE")
    heard = told(sort, account, raw)
    assert heard.hints == (Hint(kind=Kind.BELOW, post="286247441793403_288731331545014", at=1489998692),)
    assert heard.rings
    [(sort, account, raw)] = addressed(MESSAGE)
    heard = told(sort, account, raw)
    assert (heard.hints, heard.rings) == ((), True)


@pytest.mark.parametrize(
    ("sort", "field", "value", "hints", "rings"),
    [
        ("page", "feed", {"item": "post", "verb": "add", "post_id": "9_1"}, (), True),
        (
            "page",
            "feed",
            {"item": "comment", "verb": "remove", "post_id": "9_1", "comment_id": "1_2"},
            ("gone 1_2", "9_1"),
            True,
        ),
        ("page", "feed", {"item": "post", "verb": "remove", "post_id": "9_1"}, ("gone 9_1",), True),
        ("page", "feed", {"item": "comment", "post_id": "9_1", "from": {"id": 9}}, (), False),
        ("page", "ratings", {"item": "rating", "verb": "add", "recommendation_type": "positive"}, (), True),
        ("page", "mention", {"item": "comment", "post_id": "7_1", "comment_id": "1_2"}, ("7_1/1_2",), True),
        ("page", "mention", {"item": "post", "post_id": 71}, ("71/",), True),
        ("page", "live_videos", {"id": "4"}, (), False),
        ("instagram", "comments", {"id": "17", "text": "x", "media": {"id": "18"}}, ("18",), True),
        ("instagram", "mentions", {"media_id": "18", "comment_id": "17"}, ("18/17",), False),
        ("instagram", "mentions", {"media_id": "18"}, ("18/",), False),
        ("instagram", "mentions", {"media_id": "18){id},x(7"}, (), False),
        ("page", "mentions", {"media_id": "18"}, (), False),
    ],
)
def test_every_field_is_what_it_is(
    sort: str,
    field: str,
    value: object,
    hints: tuple[str, ...],
    rings: bool,  # noqa: FBT001 - a case
) -> None:
    """Ids as numbers too; the account's own words ring nothing."""
    [(_, _, raw)] = addressed(json.dumps(change("9", field, value, sort=sort)).encode())
    heard = told(sort, "9", raw)
    said = {Kind.BELOW: "{0.post}", Kind.NAMED: "{0.post}/{0.comment}", Kind.GONE: "gone {0.post}"}
    names = tuple(said[hint.kind].format(hint) for hint in heard.hints)
    assert (names, heard.rings) == (hints, rings)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    for read in (addressed, lambda given: told("page", "9", given)):
        with suppress(Unclear):
            read(raw)


async def test_the_sample_becomes_the_post(place: GraphPlace, build: Build, clock: MovableClock) -> None:
    """Its words are read from the platform, by the ids that it names, though no listing shows its post any more."""
    channel = build(backfill=timedelta(days=1))
    clock.advance(datetime(2017, 3, 20, 8, 30, tzinfo=UTC) - clock.now())
    await channel.open()
    cursor = await started(channel)
    name, post = "288731331545014_288738774877603", "286247441793403_288731331545014"
    person = {"id": "1914154345481707", "name": "Carol Kim"}
    time = "2017-03-20T08:31:32+0000"
    place.api.samples[f"{post}/comments"] = {"id": name, "message": "I don't ...", "from": person, "created_time": time}
    assert await place.ring(address(channel), COMMENT.replace(b"PAGE", place.state.page.encode())) == 200
    clock.advance(timedelta(minutes=2))
    [seen] = (await gather(channel, cursor)).posts
    assert (seen.id, seen.thread, seen.text) == (name, f"p:{post}", "I don't ...")
    assert (seen.author.id, seen.author.name) == ("1914154345481707", "Carol Kim")
    assert (seen.kind, seen.visibility) == (model.Kind.COMMENT, Visibility.PUBLIC)
    assert seen.at == datetime(2017, 3, 20, 8, 31, 32, tzinfo=UTC)


async def test_nothing_is_asked_while_nothing_rings(
    place: GraphPlace, page: Facebook | Instagram, clock: MovableClock
) -> None:
    """Until something does, or the net is due; and what rings comes once, also by both ways."""
    own = place.publish("Our new plan")
    cursor = await started(page)
    cursor = (await gather(page, cursor)).cursor
    calls = len(place.api.calls)
    quiet = await page.poll(cursor)
    assert (len(place.api.calls), quiet.sightings, quiet.cursor) == (calls, (), cursor)
    assert quiet.allowance

    place.comment("ann", words("comment"), below=own)
    post = place.state.key(place.board.item(own))
    value = {"item": "comment", "verb": "add", "post_id": post, "comment_id": f"{own}_2"}
    for _ in range(2):
        assert await place.ring(address(page), change(place.state.page, "feed", value)) == 200
    gathered = await gather(page, cursor)
    assert gathered.texts == [words("comment")]
    place.write_private("bob", words("message"))
    assert (await gather(page, gathered.cursor)).texts == []
    clock.advance(timedelta(minutes=16))
    assert (await gather(page, gathered.cursor)).texts == [words("message")]


async def test_what_is_taken_away_is_told_though_no_listing_misses_it(
    place: GraphPlace, build: Build, clock: MovableClock
) -> None:
    """Once the platform says so itself."""
    channel = build(lookups=timedelta(0))
    await channel.open()
    own = place.publish("Our new plan")
    cursor = await started(channel)
    numbers = []
    for number in range(40):
        clock.advance(timedelta(seconds=1))
        numbers.append(place.comment("ann", words(f"{number}"), below=own))
    clock.advance(timedelta(minutes=20))
    gathered = await gather(channel, cursor)
    names = [place.state.key(place.board.item(number)) for number in numbers]
    place.delete(numbers[0])
    for name in names[:2]:
        value = {"item": "comment", "verb": "remove", "comment_id": name, "post_id": gathered.posts[0].parent}
        payload = change(place.state.page, "feed", value, at=int(clock.now().timestamp()))
        assert await place.ring(address(channel), payload) == 200
    page = await channel.poll(gathered.cursor)
    assert page.deleted == (names[0],)


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
async def test_a_message_comes_when_it_rings(place: GraphPlace, build: Build, kind: str) -> None:
    """Receipts ring nothing."""
    channel = build(kind)
    await channel.open()
    cursor = (await gather(channel, await started(channel))).cursor
    number = (place.write_private if kind == "facebook" else place.write_direct)("ann", words("message"))
    account = place.state.page if kind == "facebook" else place.state.instagram
    sort = b"page" if kind == "facebook" else b"instagram"
    now = str(int(datetime.now(UTC).timestamp() * 1000)).encode()
    payload = MESSAGE.replace(b'"object":"page"', b'"object":"%s"' % sort).replace(b"PAGE", account.encode())
    payload = payload.replace(b"1489998692000", now).replace(b"m_1", place.state.key(place.board.item(number)).encode())
    read = payload.replace(b'"message":{', b'"read":{')
    assert await place.ring(address(channel), read) == 200
    assert (await gather(channel, cursor)).texts == []
    assert await place.ring(address(channel), payload) == 200
    [seen] = (await gather(channel, cursor)).posts
    assert (seen.text, seen.kind, seen.visibility) == (words("message"), model.Kind.DIRECT, Visibility.PRIVATE)


async def test_a_mention_elsewhere_is_looked_up(place: GraphPlace, page: Facebook | Instagram) -> None:
    """In a post or a comment; what is gone, and what the platform refuses, keeps nothing else waiting."""
    cursor = await started(page)
    elsewhere = place.tag("bob", words("post"))
    comment = place.comment("ann", words("comment"), below=elsewhere)
    post, name = (place.state.key(place.board.item(number)) for number in (elsewhere, comment))
    value = {"item": "comment", "post_id": post, "comment_id": name}
    assert await place.ring(address(page), change(place.state.page, "mention", value)) == 200
    gone = {"item": "post", "post_id": "77_88"}
    assert await place.ring(address(page), change(place.state.page, "mention", gone)) == 200
    gathered = await gather(page, cursor)
    assert sorted(gathered.texts) == sorted([words("post"), words("comment")])
    seen = gathered.having(words("comment"))
    assert (seen.kind, seen.thread, seen.id) == (model.Kind.MENTION, f"p:{post}", name)
    assert (await gather(page, gathered.cursor)).posts == []


async def test_one_mention_that_the_platform_cannot_show_keeps_nothing_else_waiting() -> None:
    """It stays among what is to be read; a platform that answers nothing is not asked for all of it, and a limit ends the poll."""

    async def look(hint: Hint, harvest: Harvest) -> None:
        asked.append(hint.post)
        if hint.post in broken:
            raise TemporaryProblem("the platform cannot answer at the moment (code 1)", waits)
        harvest.read.append(hint.post)

    async def exists(name: str) -> bool | None:
        raise TemporaryProblem("the platform cannot answer at the moment (code 2)")

    named, waits, broken = Named(look=look, exists=exists), None, {"1"}
    asked: list[str] = []
    hints = [Hint(kind=Kind.GONE, post="0"), *(Hint(kind=Kind.NAMED, post=str(number)) for number in range(1, 9))]
    harvest = Harvest()
    assert await named.read(hints, harvest) == hints[2:]
    assert [trouble.part for trouble in harvest.troubles] == ["removal 0", "mention 1"]
    asked, broken = [], set("12345678")
    assert await named.read(hints, Harvest()) == []
    assert len(asked) < 4
    waits = 60.0
    with pytest.raises(TemporaryProblem, match="code 1"):
        await named.read(hints[1:], Harvest())


async def _told(place: GraphPlace, channel: Facebook | Instagram, picture: int, comment: int | None) -> int:
    """What Meta tells of somebody who names us."""
    value = {"media_id": place.state.key(place.board.item(picture))}
    if comment is not None:
        value["comment_id"] = place.state.key(place.board.item(comment))
    return await place.ring(address(channel), change(place.state.instagram, "mentions", value, sort="instagram"))


async def test_an_instagram_mention_in_others_comments_comes_and_is_answered(place: GraphPlace, build: Build) -> None:
    channel = build("instagram", tagged=False)
    await channel.open()
    cursor = await started(channel)
    picture = place.picture("ann", "My new phone")
    comment = place.comment("bob", f"@acme {words('comment')}", below=picture)
    assert await _told(place, channel, picture, comment) == 200
    gathered = await gather(channel, cursor)
    [seen] = gathered.posts
    medium = place.state.key(place.board.item(picture))
    assert (seen.text, seen.kind, seen.thread, seen.parent) == (
        f"@acme {words('comment')}",
        model.Kind.MENTION,
        f"n:{medium}",
        medium,
    )
    assert seen.answers == {Visibility.PUBLIC}
    assert [quote.text for quote in seen.context] == ["My new phone"]
    answer = public(seen, ANSWER)
    posted = await channel.publish(answer)
    assert place.board.item(place.said()[0].id).parent == comment
    assert posted.id == place.state.key(place.said()[0])
    with pytest.raises(UncertainProblem):
        await channel.find(answer)
    with pytest.raises(PermanentProblem):
        await channel.publish(private(seen, ANSWER))
    assert (await gather(channel, gathered.cursor)).posts == []


async def test_an_instagram_mention_in_a_caption_comes_once(place: GraphPlace, insta: Facebook | Instagram) -> None:
    """Though the account is tagged in the picture too."""
    cursor = await started(insta)
    picture = place.picture("ann", f"@acme {words('caption')}")
    assert await _told(place, insta, picture, None) == 200
    gathered = await gather(insta, cursor)
    assert gathered.texts == [f"@acme {words('caption')}"]
    assert (await gather(insta, gathered.cursor)).posts == []


async def test_a_comment_on_an_older_picture_of_ours_comes(place: GraphPlace, build: Build) -> None:
    channel = build("instagram", media=1)
    await channel.open()
    old = place.show("Our old shop")
    place.show("Our new shop")
    cursor = await started(channel)
    place.comment("ann", words("comment"), below=old)
    value = {"id": "17", "media": {"id": place.state.key(place.board.item(old))}}
    payload = change(place.state.instagram, "comments", value, sort="instagram")
    assert await place.ring(address(channel), payload) == 200
    assert (await gather(channel, cursor)).texts == [words("comment")]


async def test_what_was_told_outlives_a_crash_until_its_cursor_is_stored(
    place: GraphPlace, build: Build, tmp_path: Path
) -> None:
    """Meta was told that it was taken, so it never tells it again."""
    first = build("instagram", tagged=False)
    await first.open()
    cursor = await started(first)
    picture = place.picture("ann", "My new phone")
    comment = place.comment("bob", f"@acme {words('comment')}", below=picture)
    assert await _told(place, first, picture, comment) == 200
    assert (tmp_path / "instagram.heard").stat().st_mode & 0o077 == 0
    await first.close()
    second = build("instagram", tagged=False)
    await second.open()
    gathered = await gather(second, cursor)
    assert gathered.texts == [f"@acme {words('comment')}"]
    await second.close()
    third = build("instagram", tagged=False)
    await third.open()
    assert (await gather(third, gathered.cursor)).texts == []
    assert (tmp_path / "instagram.heard").read_bytes() == b"[]"


async def test_only_metas_own_signature_counts(place: GraphPlace, page: Facebook | Instagram) -> None:
    """Of the very bytes, by our own app's secret; and nothing else has an effect."""
    cursor = (await gather(page, await started(page))).cursor
    body = COMMENT.replace(b"PAGE", place.state.page.encode())
    signatures = ["", "sha256=", "sha1=0", f"sha256={signed_with('another', body)}", f"sha256={'é' * 64}"]
    signatures.append(f"sha256={signed_with(place.app_secret, body + b' ')}")
    async with aiohttp.ClientSession() as session:
        for signature in signatures:
            headers = {"X-Hub-Signature-256": signature} if signature else {}
            async with session.post(address(page), data=body, headers=headers) as response:
                assert response.status == 403
        async with session.post(address(page), data=io.BytesIO(b"a" * 2_000_000)) as response:
            assert response.status == 413
        async with session.put(address(page), data=body) as response:
            assert response.status == 405
    calls = len(place.api.calls)
    await page.poll(cursor)
    assert len(place.api.calls) == calls


@pytest.mark.parametrize(
    ("mode", "token", "challenge", "answer"),
    [
        ("subscribe", VERIFY, "1158201444", "1158201444"),
        ("subscribe", "guessed", "1158201444", None),
        ("unsubscribe", VERIFY, "1158201444", None),
        ("subscribe", VERIFY, "<script>", None),
        ("subscribe", "", "", None),
    ],
)
async def test_the_address_is_proved_by_the_verify_token(
    page: Facebook | Instagram, mode: str, token: str, challenge: str, answer: str | None
) -> None:
    await started(page)
    query = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": challenge}
    async with aiohttp.ClientSession() as session, session.get(address(page), params=query) as response:
        assert (response.status, await response.text() if answer else None) == (200 if answer else 403, answer)


async def test_what_meta_told_long_ago_is_not_heard_again(
    place: GraphPlace, page: Facebook | Instagram, clock: MovableClock
) -> None:
    """G16: a recorded payload keeps its signature."""
    cursor = (await gather(page, await started(page))).cursor
    old = int((clock.now() - timedelta(days=3)).timestamp())
    value = {"item": "comment", "post_id": "1_2", "comment_id": "2_3"}
    for at in (old, old * 1000):
        assert await place.ring(address(page), change(place.state.page, "mention", value, at=at)) == 200
    calls = len(place.api.calls)
    await page.poll(cursor)
    assert len(place.api.calls) == calls


async def test_signed_nonsense_is_kept_raw_and_taken(place: GraphPlace, page: Facebook | Instagram) -> None:
    """Else Meta would tell it for ever; what can be read of it counts."""
    await started(page)
    for body in (b"<html>", b'{"object":"page","entry":[7]}', b'{"object":"page"}'):
        assert await place.ring(address(page), body) == 200
    half = change(place.state.page, "feed", {"item": ["comment"]})
    assert await place.ring(address(page), half) == 200
    kept = page.unreadable()
    assert [item.raw[:6] for item in kept[:3]] == [b"<html>", b'{"obje', b'{"obje']
    assert len(kept) == 4
    assert all(item.reason for item in kept)
    stranger = change("4711", "feed", {"item": "comment", "post_id": "1_2"})
    assert await place.ring(address(page), stranger) == 200
    assert page.unreadable() == []


async def test_what_cannot_be_kept_is_asked_for_again(place: GraphPlace, build: Build, tmp_path: Path) -> None:
    """A directory that is gone, or more than may wait; the trouble is told, and polling goes on."""
    keep = tmp_path / "gone" / "page.heard"
    channel = build(webhook={"listen": "127.0.0.1:0", "verify": Secret(VERIFY), "keep": keep})
    await channel.open()
    cursor = await started(channel)
    value = {"item": "comment", "post_id": "1_2"}
    payload = change(place.state.page, "mention", value)
    assert await place.ring(address(channel), payload) == 503
    many = [{"field": "mention", "value": {"post_id": f"1_{number}"}} for number in range(MOST + 1)]
    flood = {"object": "page", "entry": [{"id": place.state.page, "changes": many}]}
    assert await place.ring(address(channel), flood) == 503
    place.visit("ann", words("post"))
    page = await channel.poll(cursor)
    assert [sighting.post.text for sighting in page.sightings] == [words("post")]


async def test_accounts_of_one_app_share_an_address(place: GraphPlace, build: Build, tmp_path: Path) -> None:
    """Each hears its own; the last one closes it."""
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    listen = f"127.0.0.1:{port}"
    page, insta = build(listen=listen), build("instagram", listen=listen)
    for channel in (page, insta):
        await channel.open()
        await started(channel)
        assert bell(channel).port == port
    await page.close()
    assert await place.ring(f"http://{listen}/", change(place.state.instagram, "comments", {}, sort="instagram")) == 200
    await insta.close()
    with pytest.raises(aiohttp.ClientConnectionError):
        await place.ring(f"http://{listen}/", {})


async def test_a_port_that_is_taken_is_a_trouble_and_polling_goes_on(place: GraphPlace, build: Build) -> None:
    """Until it is free."""
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    channel = build(listen=f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await channel.open()
    page = await channel.poll(await started(channel))
    assert [(trouble.part, trouble.lasting) for trouble in page.troubles] == [("webhook", False)]
    assert "cannot be opened" in page.troubles[0].reason
    place.visit("ann", words("post"))
    page = await channel.poll(page.cursor)
    assert [sighting.post.text for sighting in page.sightings] == [words("post")]
    server.close()
    await server.wait_closed()
    assert "webhook" in (await channel.poll(page.cursor)).recovered


def test_a_cursor_remembers_more_than_one_poll_reads() -> None:
    assert HEARD > 20


def test_law_9_a_named_place_is_public() -> None:
    """And no private thread looks like one."""
    from bridge.channels._graph.threads import PRIVATE_THREAD, is_named, public_post

    answer = PublicAnswer(key="k", channel="c", thread="n:18", parent="17", author=model.Author(id="?17"), text=ANSWER)
    assert (public_post(answer), is_named(answer)) == ("18", True)
    assert PRIVATE_THREAD.fullmatch("n:18") is None
