"""Whatever YouTube sends, bytes or an answer with one value that is odd: nothing falls, and nothing is lost unseen (C20, C21, E03)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from channels_odd import oddities
from channels_youtube import opened, youtube_server
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels import youtube
from bridge.channels._api import decoded
from bridge.channels._entries import read_entries
from bridge.channels._http import Answer
from bridge.channels._problems import refused_reading, refused_saying
from bridge.channels._youtube.posts import View
from bridge.channels._youtube.quota import Quota
from bridge.channels._youtube.refusals import judging_reading, judging_saying
from bridge.channels._youtube.shapes import Comment, Listed, Made, Mine, Thread
from bridge.ports import Fittings
from bridge.testing.channel_platform import gather, started, words
from bridge.testing.fakes.youtube import YouTubeServer
from bridge.testing.fittings import MovableClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VIEW = View(channel="youtube", account="UCacme", handle="@acme")


def comment(key: str, **more: object) -> dict[str, Any]:
    """A comment as YouTube words it."""
    snippet = {
        "textDisplay": "@acme help",
        "textOriginal": "@acme help",
        "authorDisplayName": "@ann",
        "authorChannelId": {"value": "UCann"},
        "authorProfileImageUrl": "https://yt3.ggpht.com/a=s48",
        "videoId": "dQw",
        "publishedAt": "2026-11-20T10:00:00Z",
        "moderationStatus": "published",
        "imageUrl": "https://yt3.ggpht.com/b",
    }
    return {"id": key, "snippet": {**snippet, **more}}


LISTING: dict[str, Any] = {
    "nextPageToken": "QURT",
    "items": [
        {
            "id": "Ugx123",
            "snippet": {
                "videoId": "dQw",
                "canReply": True,
                "totalReplyCount": 1,
                "topLevelComment": comment("Ugx123"),
            },
            "replies": {"comments": [comment("Ugx123.9abc", parentId="Ugx123")]},
        }
    ],
}
REFUSED: dict[str, Any] = {
    "error": {"code": 403, "message": "no", "errors": [{"domain": "youtube", "reason": "quotaExceeded"}]}
}


def read_all(body: bytes) -> None:
    """Every entry of a listing becomes posts or is kept raw, or the whole is refused."""
    listed = decoded(body, Listed)
    if listed is None:
        return
    good, bad = read_entries(listed.items, Thread)
    assert len(good) + len(bad) == len(listed.items)
    for entry in good:
        assert VIEW.post(entry.value.top, (), video=entry.value.snippet.video_id or "", held=False, closed=False).id
        assert isinstance(entry.value.second, int)
        replies, broken = read_entries(entry.value.shown, Comment)
        assert all(VIEW.post(reply.value, (), video="", held=True, closed=True).thread for reply in replies)
        assert all(each.reason and each.quarantined().raw for each in broken)
    assert all(each.reason and each.quarantined().raw for each in bad)


def judge(body: bytes) -> None:
    """What is no success is a problem, whatever it looks like."""
    quota = Quota(10_000, 0.3)
    for status in (200, 400, 403, 404, 429, 500):
        answer = Answer(
            status=status,
            headers=CIMultiDictProxy(CIMultiDict()),
            body=body,
            url=URL("https://youtube.googleapis.com/y"),
        )
        for problem in (
            refused_saying(answer, NOW, judging_saying(quota, lambda: NOW)),
            refused_reading(answer, NOW, judging_reading(quota, lambda: NOW)),
        ):
            assert (problem is None) == (status == 200)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    read_all(body)
    judge(body)
    decoded(body, Made)
    decoded(body, Mine)


@pytest.mark.parametrize("sample", [LISTING, REFUSED], ids=["listing", "refused"])
def test_one_odd_value_spoils_no_more_than_itself(sample: dict[str, Any]) -> None:
    for name, body in oddities(sample):
        try:
            read_all(body)
            judge(body)
        except Exception as problem:
            raise AssertionError(name) from problem


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[YouTubeServer]:
    async with youtube_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: YouTubeServer, fittings: Fittings) -> AsyncIterator[youtube.YouTube]:
    async with opened(server, fittings) as channel:
        yield channel


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"comments": None}, {"comments": [None, {"id": 5}]}])
async def test_odd_replies_keep_neither_their_thread_nor_others_back(
    server: YouTubeServer, channel: youtube.YouTube, odd: object
) -> None:
    """What can be read comes; a list that is none is asked for by itself, since the count tells that there is something."""
    cursor = await started(channel)
    top, other = server.write("ann", words("top")), server.write("dot", words("other"))
    server.write("bob", words("reply"), thread=top)

    def spoil(item: dict[str, Any]) -> None:
        if item["id"] == top and "topLevelComment" in item["snippet"]:
            item["replies"] = odd

    server.api.spoil = spoil
    gathered = await gather(channel, cursor)
    assert {top, other} <= {post.id for post in gathered.posts}
    kept = [each for page in gathered.pages for each in page.quarantined]
    assert words("reply") in gathered.texts or kept
