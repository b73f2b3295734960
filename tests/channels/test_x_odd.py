"""Whatever X sends, bytes or an answer with one value that is odd: nothing falls, and nothing is lost unseen (C20, C21, E03)."""

from contextlib import suppress
from typing import Any

import pytest
from channels_odd import oddities
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._x.events import heard
from bridge.channels._x.posts import View
from bridge.channels._x.refusals import said
from bridge.channels._x.shapes import Message, Wire
from bridge.channels._x.wire import decoded, entries, listing, looked
from bridge.ports import TemporaryProblem

VIEW = View(channel="x", account=111, handle="brand", messages=True, any_post=False, parents=2)

POST: dict[str, Any] = {
    "id": "1234567891",
    "text": "@brand my line is down https://t.co/a",
    "author_id": "2244994945",
    "created_at": "2026-01-15T12:02:00.000Z",
    "conversation_id": "1234567890",
    "lang": "en",
    "reply_settings": "everyone",
    "in_reply_to_user_id": "111",
    "referenced_tweets": [{"type": "replied_to", "id": "1234567890"}],
    "edit_history_tweet_ids": ["1234567891"],
    "attachments": {"media_keys": ["3_1"]},
    "note_tweet": {"text": "@brand my line is down", "entities": {"urls": []}},
    "entities": {
        "mentions": [{"start": 0, "end": 6, "username": "brand", "id": "111"}],
        "urls": [{"url": "https://t.co/a", "expanded_url": "https://acme.test/a"}],
    },
}
LISTING: dict[str, Any] = {
    "data": [POST],
    "includes": {
        "users": [{"id": "2244994945", "name": "Ann", "username": "ann", "public_metrics": {"followers_count": 97}}],
        "tweets": [{**POST, "id": "1234567890", "referenced_tweets": []}],
        "media": [{"media_key": "3_1", "type": "photo", "url": "https://pbs.test/1.jpg"}],
    },
    "errors": [{"resource_id": "3", "type": "https://api.x.com/2/problems/resource-not-found"}],
    "meta": {"result_count": 1, "newest_id": "1234567891", "next_token": "7140w9gefhslx3"},
}
EVENT: dict[str, Any] = {
    "data": {
        "event_type": "post.mention.create",
        "filter": {"user_id": "111"},
        "payload": POST,
        "includes": LISTING["includes"],
    }
}
LETTER: dict[str, Any] = {
    "data": {
        "event_type": "dm.received",
        "payload": {
            "direct_message_events": [
                {
                    "id": "2080765901528535096",
                    "created_timestamp": "1784928224372",
                    "message_create": {
                        "target": {"recipient_id": "111"},
                        "sender_id": "99",
                        "message_data": {"text": "hello!", "entities": {"urls": []}},
                    },
                }
            ],
            "users": {"99": {"data": {"id": "99", "username": "ann"}}},
        },
    }
}


def read_all(body: bytes) -> None:
    """All ways in: every entry becomes a post or is kept raw, or the whole is refused."""
    for read in (listing, looked):
        with suppress(TemporaryProblem):
            page = read(body)
            good, bad = entries(page.raws, Wire)
            assert len(good) + len(bad) == len(page.raws)
            for entry in good:
                assert VIEW.post(entry.value, page.included).id
            assert all(broken.reason and broken.quarantined().raw for broken in bad)
    said(body)
    decoded(body, Message)


def hear(line: bytes) -> None:
    for event in heard(line):
        if event.post is not None:
            assert VIEW.post(event.post.value, event.along).id
        elif event.message is not None:
            assert VIEW.message(event.message.value, event.along).id
        else:
            assert event.broken is not None


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    read_all(body)
    hear(body)


def test_one_odd_value_of_a_listing_spoils_no_more_than_itself() -> None:
    for name, body in oddities(LISTING):
        try:
            read_all(body)
        except Exception as problem:
            raise AssertionError(name) from problem


@pytest.mark.parametrize("sample", [EVENT, LETTER], ids=["post", "message"])
def test_one_odd_value_of_an_event_breaks_no_stream(sample: dict[str, Any]) -> None:
    for name, line in oddities(sample):
        try:
            hear(line)
        except Exception as problem:
            raise AssertionError(name) from problem
