"""Whatever Reddit sends, bytes or an answer with one value that is odd: nothing falls, and nothing is lost unseen (C20, C21, E03)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from channels_odd import oddities
from channels_reddit import opened, reddit_server
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels import reddit
from bridge.channels._api import decoded
from bridge.channels._entries import read_entries
from bridge.channels._http import Answer
from bridge.channels._problems import refused_reading, refused_saying
from bridge.channels._rates import Rates
from bridge.channels._reddit.posts import View
from bridge.channels._reddit.rates import LIMITS
from bridge.channels._reddit.refusals import judging_reading, judging_saying
from bridge.channels._reddit.shapes import Listing, Made, Thing, standing
from bridge.channels._reddit.words import escaped, plain
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fittings import MovableClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VIEW = View(channel="reddit", site="https://www.reddit.com", account="t2_b", handle="brand", messages=True)
ANSWER = "Thank you, a technician is on the way."

COMMENT: dict[str, Any] = {
    "name": "t1_abc",
    "author": "ann",
    "author_fullname": "t2_x",
    "body": "u/brand help",
    "subreddit": "test",
    "link_id": "t3_zzz",
    "parent_id": "t3_zzz",
    "context": "/r/test/comments/zzz/t/abc/?context=3",
    "permalink": "/r/test/comments/zzz/t/abc/",
    "created_utc": 1765400000.0,
    "edited": False,
    "type": "username_mention",
    "locked": False,
    "replies": "",
}
LINK: dict[str, Any] = {
    "name": "t3_zzz",
    "author": "bob",
    "author_fullname": "t2_y",
    "title": "Which router?",
    "selftext": "",
    "url": "https://i.redd.it/a.png",
    "is_self": False,
    "permalink": "/r/test/comments/zzz/t/",
    "created_utc": 1765300000.0,
    "removed_by_category": None,
}
MESSAGE: dict[str, Any] = {
    "name": "t4_q",
    "author": "ann",
    "author_fullname": "t2_x",
    "body": "help",
    "dest": "brand",
    "first_message_name": "t4_p",
    "parent_id": "t4_p",
    "created_utc": 1765400000.0,
}
LISTING: dict[str, Any] = {
    "kind": "Listing",
    "data": {
        "after": "t1_abc",
        "children": [
            {"kind": "t1", "data": COMMENT},
            {"kind": "t3", "data": LINK},
            {"kind": "t4", "data": MESSAGE},
        ],
    },
}
MADE: dict[str, Any] = {"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": COMMENT}]}}}
REFUSED: dict[str, Any] = {
    "json": {"errors": [["RATELIMIT", "Take a break for 9 minutes", "ratelimit"]], "ratelimit": 5.5}
}


def read_all(body: bytes) -> None:
    """Every entry of a listing becomes a post or is kept raw, or the whole is refused."""
    listing = decoded(body, Listing)
    if listing is None:
        return
    good, bad = read_entries(listing.data.children, Thing)
    assert len(good) + len(bad) == len(listing.data.children)
    assert len(bad) <= len(standing(listing.data.children)) <= len(listing.data.children)
    for entry in good:
        assert VIEW.post(entry.value, {}).id
    assert all(broken.reason and broken.quarantined().raw for broken in bad)


def judge(body: bytes) -> None:
    """What is no success is a problem, whatever it looks like."""
    for status in (200, 400, 403, 404, 429, 500):
        answer = Answer(
            status=status, headers=CIMultiDictProxy(CIMultiDict()), body=body, url=URL("https://oauth.reddit.com/api")
        )
        problem = refused_saying(answer, NOW, judging_saying(Rates(LIMITS), lambda: NOW))
        assert problem is not None or status == 200
        refused_reading(answer, NOW, judging_reading(Rates(LIMITS), lambda: NOW))


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    read_all(body)
    judge(body)
    decoded(body, Made)


@given(st.text(max_size=300))
def test_no_words_crash_the_writer(text: str) -> None:
    escaped(plain(text))


@pytest.mark.parametrize("sample", [LISTING, MADE, REFUSED], ids=["listing", "made", "refused"])
def test_one_odd_value_spoils_no_more_than_itself(sample: dict[str, Any]) -> None:
    for name, body in oddities(sample):
        try:
            read_all(body)
            judge(body)
        except Exception as problem:
            raise AssertionError(name) from problem


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[RedditServer]:
    async with reddit_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: RedditServer, fittings: Fittings) -> AsyncIterator[reddit.Reddit]:
    async with opened(server, fittings) as channel:
        yield channel


async def test_one_odd_value_never_passes_a_refusal_for_an_answer(server: RedditServer, channel: reddit.Reddit) -> None:
    """Whatever is odd about a refusal: it ends as a problem, and as no answer that stands there."""
    cursor = await started(channel)
    server.write("ann", words("asked"))
    answer = public((await gather(channel, cursor)).having(words("asked")), ANSWER)
    bodies = list(oddities(REFUSED))
    odd = [body for name, body in bodies if b"RATELIMIT" in body or b"Take a break" in body]
    assert len(odd) > 20
    for body in odd:
        server.access.instead = _instead_of_comments(body)
        with pytest.raises((TemporaryProblem, PermanentProblem, UncertainProblem, LoginProblem)):
            await channel.publish(answer)


def _instead_of_comments(body: bytes) -> Any:
    def instead(request: web.Request) -> web.Response | None:
        is_it = request.path == "/api/comment"
        return web.Response(body=body, content_type="application/json") if is_it else None

    return instead
