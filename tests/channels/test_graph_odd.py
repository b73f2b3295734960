"""Whatever Meta sends with one value that is odd: each entry becomes a post or is kept raw, and nothing falls (C20, C21, E03)."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from channels_odd import oddities
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels._facebook import posts as facebook_posts
from bridge.channels._graph.call import Edge, Graph
from bridge.channels._graph.listing import entries
from bridge.channels._graph.messages import Messages
from bridge.channels._graph.refusals import refusal
from bridge.channels._graph.shapes import Comment, Post, Rating
from bridge.channels._graph.talk_shapes import Conversation, Message
from bridge.channels._graph.token import Told
from bridge.channels._graph.told import Unclear, addressed, told
from bridge.channels._graph.usage import regain_seconds, used_percent
from bridge.channels._http import Answer
from bridge.channels._instagram import posts as instagram_posts
from bridge.channels._instagram.shapes import Medium, MentionedRemark, Remark
from bridge.core.model import Kind

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TIME = "2026-11-24T10:00:00+0000"
PERSON = {"id": "7", "name": "Ann", "username": "ann"}
ATTACHED = {"type": "photo", "url": "https://x.test/1", "title": "t", "media": {"image": {"src": "https://x.test/2"}}}
FACEBOOK = facebook_posts.View(channel="page", account="9", now=NOW)
INSTAGRAM = instagram_posts.View(channel="insta", account="17", handle="acme", now=NOW)
MESSAGES = Messages(
    graph=Graph.__new__(Graph),
    page="9",
    account="9",
    platform="messenger",
    channel="page",
    human_agent=True,
    by_hand="https://x.test",
)

POST = {
    "id": "9_1",
    "created_time": TIME,
    "updated_time": TIME,
    "message": "Hello",
    "from": PERSON,
    "permalink_url": "https://x.test/3",
    "can_reply_privately": True,
    "attachments": {"data": [ATTACHED]},
    "comments": {"data": [], "summary": {"total_count": 2}},
}
COMMENT = {
    **{name: POST[name] for name in ("created_time", "message", "from", "permalink_url", "can_reply_privately")},
    "id": "1_2",
    "parent": {"id": "1_1"},
    "can_comment": True,
    "is_private": False,
    "attachment": ATTACHED,
}
RATING = {
    "created_time": TIME,
    "reviewer": PERSON,
    "rating": 5,
    "recommendation_type": "positive",
    "review_text": "Good",
    "open_graph_story": {"id": "4"},
}
MEDIUM = {
    "id": "18",
    "timestamp": TIME,
    "caption": "With @acme",
    "username": "ann",
    "permalink": "https://x.test/p",
    "media_type": "IMAGE",
    "media_url": "https://x.test/p.jpg",
    "comments_count": 3,
}
REPLY = {"id": "21", "timestamp": TIME, "text": "Yes", "username": "ann", "from": PERSON, "parent_id": "20"}
REMARK = {
    **REPLY,
    "id": "20",
    "parent_id": None,
    "replies": {"data": [REPLY], "paging": {"cursors": {"after": "p"}, "next": "x"}},
}
MESSAGE = {
    "id": "m_1",
    "created_time": TIME,
    "from": PERSON,
    "message": "Hi",
    "sticker": "https://x.test/s",
    "attachments": {"data": [{"mime_type": "image/png", "name": "n", "image_data": {"url": "https://x.test/i"}}]},
}
SHAPES: dict[str, tuple[type, dict[str, Any], Any]] = {
    "post": (Post, POST, lambda value: FACEBOOK.post(value, Kind.TOPIC)),
    "comment": (Comment, COMMENT, lambda value: FACEBOOK.comment(value, "9_1", ())),
    "rating": (Rating, RATING, FACEBOOK.rating),
    "medium": (Medium, MEDIUM, INSTAGRAM.tag),
    "remark": (Remark, REMARK, lambda value: INSTAGRAM.remark(value, "18", url="", context=())),
    "named": (MentionedRemark, REPLY, lambda value: INSTAGRAM.named_in(value, "18", None)),
    "message": (Message, MESSAGE, lambda value: MESSAGES.post("t_7", value, parent="", now=NOW)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_one_odd_value_spoils_no_more_than_its_entry(name: str) -> None:
    """With its bytes and a reason; a post has an id, a time and a place all the same."""
    shape, sample, shown = SHAPES[name]
    sound = msgspec.Raw(msgspec.json.encode(sample))
    for what, body in oddities(sample):
        good, bad = entries([msgspec.Raw(body), sound], shape, now=NOW)
        assert len(good) + len(bad) == 2, what
        assert all(entry.raw and entry.reason and entry.id for entry in bad), what
        for entry in good:
            post = shown(entry.value)
            assert post.thread, what
            assert entry.shown.at >= 0, what


def test_one_odd_value_of_a_page_of_a_listing_is_read_or_refused() -> None:
    page = {"data": [POST], "paging": {"cursors": {"before": "a", "after": "b"}, "next": "https://x.test"}}
    for what, body in oddities(page):
        with suppress(msgspec.DecodeError):
            assert isinstance(msgspec.json.decode(body, type=Edge).after, str), what


TALK = {"id": "t_7", "updated_time": TIME}
TOKEN = {
    "data": {"app_id": "17", "expires_at": 0, "data_access_expires_at": 1789041600, "is_valid": True, "scopes": ["x"]}
}


@pytest.mark.parametrize(("shape", "sample"), [(Conversation, TALK), (Told, TOKEN)])
def test_one_odd_value_of_what_is_no_post_is_read_or_refused(shape: type, sample: dict[str, Any]) -> None:
    for what, body in oddities(sample):
        with suppress(msgspec.DecodeError):
            value = msgspec.json.decode(body, type=shape)
            assert value.at if isinstance(value, Conversation) else repr(value.data.ends), what


ERROR = {"error": {"message": "m", "type": "OAuthException", "code": 190, "error_subcode": 460, "fbtrace_id": "E"}}
USAGE = {
    "9": [
        {
            "type": "pages",
            "call_count": 97,
            "total_cputime": 23,
            "total_time": 23,
            "estimated_time_to_regain_access": 19,
        }
    ]
}


def test_one_odd_value_of_an_error_or_a_usage_paces_and_refuses_all_the_same() -> None:
    for what, body in oddities(ERROR):
        answer = Answer(status=400, headers=CIMultiDictProxy(CIMultiDict()), body=body, url=URL("https://x.test"))
        found = refusal(answer)
        assert found is None or isinstance(found.code, int), what
    for sample in (USAGE, USAGE["9"][0]):
        for what, body in oddities(sample):
            for header in ("X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage"):
                headers = CIMultiDictProxy(CIMultiDict({header: body.decode()}))
                assert used_percent(headers) >= 0, what
                assert (regain_seconds(headers) or 0) >= 0, what


WEBHOOK = {
    "object": "page",
    "entry": [
        {
            "id": "9",
            "time": 1489998692,
            "changes": [
                {
                    "field": "feed",
                    "value": {"item": "comment", "verb": "remove", "post_id": "9_1", "comment_id": "1_2", "created_time": 1, "from": PERSON},
                }
            ],
            "messaging": [{"sender": {"id": "7"}, "timestamp": 1, "message": {"mid": "m_1", "text": "x"}}],
        }
    ],
}  # fmt: skip


def test_one_odd_value_of_a_webhook_is_heard_or_kept() -> None:
    for what, body in oddities(WEBHOOK):
        with suppress(Unclear):
            for sort, account, raw in addressed(body):
                heard = told(sort, account, raw)
                assert heard.at >= 0, what
                assert all(hint.key for hint in heard.hints), what
