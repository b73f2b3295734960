"""What a small X checks of each request: known parameters with allowed values, and its rate limits."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bridge.testing.fakes.x_shapes import problem

_SPAN = timedelta(minutes=15)

LIMITS = {
    "GET users/:id/mentions": 300,
    "GET users/:id/tweets": 900,
    "GET users/me": 75,
    "GET tweets/search/recent": 300,
    "GET tweets": 5000,
    "GET dm_events": 15,
    "GET dm_conversations/with/:id/dm_events": 15,
    "POST tweets": 100,
    "POST dm_conversations/with/:id/messages": 15,
    "DELETE tweets/:id": 50,
    "PUT tweets/:id/hidden": 50,
    "POST media/upload": 500,
    "POST media/metadata": 500,
}
"""Requests in fifteen minutes of one account."""

_ID = re.compile(r"[0-9]{1,19}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")

POST_VALUES = frozenset(
    [
        "attachments",
        "author_id",
        "conversation_id",
        "created_at",
        "edit_controls",
        "entities",
        "id",
        "in_reply_to_user_id",
        "lang",
        "possibly_sensitive",
        "public_metrics",
        "reply_settings",
        "text",
    ]
)
USER_VALUES = frozenset(
    [
        "created_at",
        "id",
        "name",
        "protected",
        "public_metrics",
        "receives_your_dm",
        "username",
        "verified",
        "verified_type",
        "url",
    ]
)
MEDIA_VALUES = frozenset(["alt_text", "duration_ms", "media_key", "preview_image_url", "type", "url", "variants"])
MESSAGE_VALUES = frozenset(
    [
        "attachments",
        "created_at",
        "dm_conversation_id",
        "entities",
        "event_type",
        "id",
        "participant_ids",
        "referenced_tweets",
        "sender_id",
        "text",
    ]
)


def refused(detail: str) -> web.HTTPBadRequest:
    """A request that X does not understand."""
    body = {**problem(400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request")}
    error = {"parameters": {}, "message": detail}
    return _bad({**body, "errors": [error]})


def _bad(body: Mapping[str, object]) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps(body), content_type="application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The names of queries before or after August 2026."""

    fields: str
    renamed: frozenset[str]
    expansions: frozenset[str]


OLDER = Spelling(
    fields="tweet.fields",
    renamed=frozenset({"referenced_tweets", "note_tweet", "edit_history_tweet_ids"}),
    expansions=frozenset(
        [
            "author_id",
            "attachments.media_keys",
            "referenced_tweets.id",
            "referenced_tweets.id.author_id",
            "in_reply_to_user_id",
            "edit_history_tweet_ids",
            "entities.mentions.username",
            "sender_id",
            "participant_ids",
        ]
    ),
)
NEWER = Spelling(
    fields="post.fields",
    renamed=frozenset({"referenced_posts", "note_post", "edit_history_post_ids"}),
    expansions=frozenset(
        [
            "author_id",
            "attachments.media_keys",
            "referenced_posts",
            "referenced_posts.author_id",
            "in_reply_to_user_id",
            "edit_history_post_ids",
            "entities.mentions.username",
            "sender_id",
            "participant_ids",
        ]
    ),
)


def check(query: Mapping[str, str], spelling: Spelling, *, allowed: Collection[str], most: range | None) -> None:
    """Raises HTTPBadRequest for what X does not know."""
    for name, value in query.items():
        if name in {spelling.fields, "expansions", "user.fields", "media.fields", "dm_event.fields"}:
            _values(name, value.split(","), spelling)
        elif name not in allowed:
            raise refused(f"The query parameter [{name}] is not one of the allowed")
        elif (name in {"since_id", "until_id"} and not _ID.fullmatch(value)) or (
            name in {"start_time", "end_time"} and not _TIME.fullmatch(value)
        ):
            raise refused(f"The `{name}` query parameter value is not valid")
        elif name == "max_results" and (most is None or not value.isdigit() or int(value) not in most):
            raise refused("The `max_results` query parameter value is not in its range")
    if "since_id" in query and "start_time" in query:
        raise refused("since_id and start_time exclude each other")


def _values(name: str, values: Collection[str], spelling: Spelling) -> None:
    known: Mapping[str, Collection[str]] = {
        spelling.fields: POST_VALUES | spelling.renamed,
        "expansions": spelling.expansions,
        "user.fields": USER_VALUES,
        "media.fields": MEDIA_VALUES,
        "dm_event.fields": MESSAGE_VALUES,
    }
    unknown = sorted(set(values) - set(known[name]))
    if unknown:
        raise refused(f"The `{name}` query parameter value [{unknown[0]}] is not one of the allowed")


class Windows:
    """Rate limits in windows of fifteen minutes, and the headers that tell of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._used: dict[tuple[str, datetime], int] = defaultdict(int)
        self.factor = 1
        """How many times as generous as X it is."""
        self.refused = 0

    def take(self, request: web.Request) -> dict[str, str]:
        """The headers of an answer; raises HTTPTooManyRequests where nothing is left."""
        route = re.sub(r"\d+", ":id", request.path.removeprefix("/2/"))
        kind = f"{request.method} {route}"
        limit = LIMITS.get(kind, 500) * self.factor
        resets = self._resets()
        self._used[kind, resets] += 1
        left = limit - self._used[kind, resets]
        headers = {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(max(left, 0)),
            "x-rate-limit-reset": str(int(resets.timestamp())),
        }
        if left < 0:
            self.refused += 1
            body = '{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}'
            raise web.HTTPTooManyRequests(text=body, content_type="application/json", headers=headers)
        return headers

    def _resets(self) -> datetime:
        now = self._now().timestamp()
        span = _SPAN.total_seconds()
        return datetime.fromtimestamp((now // span + 1) * span, UTC)
