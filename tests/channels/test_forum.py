"""The forum of the demo: what people see and do there, and that its journal outlives it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bridge.channels._feed.parse import parse
from bridge.testing.fakes.forum import Forum


@pytest.fixture
async def browser(forum: Forum) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(forum.url) as session:
        yield session


async def test_a_customer_writes_answers_corrects_and_deletes(forum: Forum, browser: aiohttp.ClientSession) -> None:
    body = {"author": "ann", "title": "Line down", "text": "It is down."}
    async with browser.post("/customers/posts", json=body) as answer:
        topic = (await answer.json())["id"]
    reply = {"author": "ben", "text": "Mine too.", "topic": topic}
    async with browser.post("/customers/posts", json=reply) as answer:
        number = (await answer.json())["id"]
    async with browser.put(f"/customers/posts/{number}", json={"text": "Mine works."}) as answer:
        assert answer.status == 200
    async with browser.delete(f"/customers/posts/{topic}") as answer:
        assert answer.status == 204
    async with browser.get("/topics.json") as answer:
        [shown] = (await answer.json())["topics"]
    assert [(post["author"], post["text"], post["edited"], post["deleted"]) for post in shown["posts"]] == [
        ("ann", "", False, True),
        ("ben", "Mine works.", True, False),
    ]


async def test_a_customer_and_the_brand_talk_alone(forum: Forum, browser: aiohttp.ClientSession) -> None:
    body = {"author": "ann", "text": "Between us.", "private": True}
    async with browser.post("/customers/posts", json=body) as answer:
        assert answer.status == 201
    async with browser.get("/topics.json") as answer:
        assert (await answer.json())["topics"] == []
    async with browser.get("/messages/ann.json") as answer:
        assert [post["text"] for post in (await answer.json())["messages"]] == ["Between us."]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"author": "acme", "text": "I am the brand."}, 422),
        ({"author": " ", "text": "x"}, 422),
        ({"author": "ann", "text": " "}, 422),
        ({"author": "ann", "text": "x", "topic": 99}, 404),
        ({"author": "ann", "text": "x", "nonsense": 1}, 422),
        ({"author": 7}, 422),
    ],
)
async def test_what_makes_no_sense_is_refused(
    browser: aiohttp.ClientSession, body: dict[str, object], status: int
) -> None:
    async with browser.post("/customers/posts", json=body) as answer:
        assert answer.status == status


async def test_pages_of_others_cannot_write(forum: Forum, browser: aiohttp.ClientSession) -> None:
    """Forms and simple requests, which browsers send across origins without asking, are not taken."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = b'{"author": "ann", "text": "x"}'
        async with browser.post("/customers/posts", data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == 415
    assert forum.board.topics() == []


async def test_the_brands_answers_belong_to_the_brand(forum: Forum, browser: aiohttp.ClientSession) -> None:
    topic = forum.write("ann", "It is down.")
    headers = {"Authorization": f"Bearer {forum.token}"}
    said = {"text": "We are on it.", "parent": topic}
    async with browser.post(f"/api/topics/{topic}/posts", json=said, headers=headers) as answer:
        number = (await answer.json())["id"]
    async with browser.put(f"/customers/posts/{number}", json={"text": "No."}) as answer:
        assert answer.status == 403
    async with browser.delete(f"/customers/posts/{number}") as answer:
        assert answer.status == 403


async def test_without_the_token_there_is_no_account(forum: Forum, browser: aiohttp.ClientSession) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": forum.token}):
        async with browser.get("/api/me", headers=headers) as answer:
            assert answer.status == 401


async def test_an_upload_is_never_a_page_of_the_forum(forum: Forum, browser: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {forum.token}", "Content-Type": "text/html"}
    async with browser.post("/api/uploads", data=b"<script>1</script>", headers=headers) as answer:
        url = (await answer.json())["url"]
    async with browser.get(url) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_its_feed_is_a_feed_with_threads(forum: Forum, browser: aiohttp.ClientSession) -> None:
    topic = forum.write("ann", "It is down & <b>out</b>\x01.", title="Line down")
    forum.write("ben", "Mine too.", topic=topic)
    forum.write_private("cid", "Between us.")
    async with browser.get("/feed.atom") as answer:
        body, etag = await answer.read(), answer.headers["ETag"]
    reply, first = parse(body, "utf-8").entries
    assert (first.title, first.author, reply.answers) == ("Line down", "ann", first.id)
    assert b"Between us." not in body
    async with browser.get("/feed.atom", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304


async def test_a_forum_comes_back_as_it_was(tmp_path: Path) -> None:
    """Its journal is all that it is; a last line that a crash tore was never acknowledged."""
    path = tmp_path / "journal"
    first = Forum(journal=path, brand="acme")
    topic = first.write("ann", "It is down.", title="Line down")
    first.edit(topic, "It is up.")
    first.write_private("ben", "Between us.")
    first.delete(first.write("cid", "Oops."))
    first.board.rename(first.board.member("ann").id, "anna")
    before = [first.board.item(number) for number in range(1, first.board.top() + 1)]
    await first.stop()
    with path.open("ab") as file:
        file.write(b'{"number": 99, "what": "writ')
    second = Forum(journal=path, brand="acme")
    assert [second.board.item(number) for number in range(1, second.board.top() + 1)] == before
    assert second.brand.id == first.brand.id
    await second.stop()
