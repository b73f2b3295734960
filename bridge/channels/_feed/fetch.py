"""One conditional request for one feed, and what its answer means (RFC 9110, docs/channels/feed.md)."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yarl import URL

from bridge.channels._feed.model import NotAFeed, Parsed
from bridge.channels._feed.place import FeedPlace
from bridge.channels._http import Answer, Ask, Fate, Http, Lost
from bridge.channels._problems import retry_after

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"

_MAX_VALIDATOR = 500
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})")
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The server says that nothing is new; it never moves a cursor."""

    asked: tuple[str, str]
    """The validators that it was asked with: the answer is about these only."""
    floor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, with what must be stored together with its entries."""

    parsed: Parsed
    etag: str
    modified: str
    moved: str
    base: URL
    floor: float
    """Seconds that the server or the feed asks to be left alone."""


class Sort(StrEnum):
    """Who can end a failure."""

    PASSING = "passing"
    LOGIN = "login"
    LASTING = "lasting"
    GONE = "gone"
    """The server said that the feed will never come back (410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No document; the cursor stays."""

    why: str
    sort: Sort = Sort.PASSING
    after: float | None = None


Outcome = Unchanged | Fetched | Failed

Parse = Callable[[bytes, str], Awaitable[Parsed]]
"""Reads a document outside the event loop; raises NotAFeed."""


async def fetch(http: Http, url: URL, place: FeedPlace, *, now: datetime, parse: Parse) -> Outcome:
    """Ask for a feed where it has moved to, and where that place is empty too, where it was."""
    if not place.moved:
        return await _fetch(http, url, place, now=now, parse=parse)
    outcome = await _fetch(http, URL(place.moved), place, now=now, parse=parse)
    if isinstance(outcome, Failed) and outcome.sort is not Sort.LOGIN and outcome.after is None:
        again = await _fetch(http, url, FeedPlace(), now=now, parse=parse)
        return outcome if isinstance(again, Failed) else again
    return outcome


async def _fetch(http: Http, url: URL, place: FeedPlace, *, now: datetime, parse: Parse) -> Outcome:
    answer = await http.follow(Ask(method="GET", url=url, headers=_headers(place)))
    if isinstance(answer, Lost):
        return Failed(why=answer.why, sort=Sort.LASTING if answer.fate is Fate.BLOCKED else Sort.PASSING)
    if answer.status == 304 and (place.etag or place.modified):  # noqa: PLR2004 - not modified
        return Unchanged(asked=(place.etag, place.modified), floor=_max_age(answer))
    if answer.status != 200:  # noqa: PLR2004 - any other success holds no whole document
        return _failed(answer, now)
    return await _document(answer, place, parse)


def _headers(place: FeedPlace) -> dict[str, str]:
    """The validators, verbatim as they came."""
    headers = {"Accept": ACCEPT}
    if place.etag:
        headers["If-None-Match"] = place.etag
    if place.modified:
        headers["If-Modified-Since"] = place.modified
    return headers


async def _document(answer: Answer, place: FeedPlace, parse: Parse) -> Outcome:
    """The document parsed, or why it is none."""
    charset = _CHARSET.search(answer.headers.get("Content-Type", ""))
    try:
        parsed = await parse(answer.body, charset[1] if charset else "")
    except NotAFeed as problem:
        return Failed(why=f"{answer.host} answers with a document that is no feed: {problem}")
    except Exception as problem:  # noqa: BLE001 - a document that breaks a parser must not break its neighbours (C20)
        return Failed(why=f"{answer.host} answers with a document that cannot be read ({type(problem).__name__})")
    return Fetched(
        parsed=parsed,
        etag=_validator(answer, "ETag"),
        modified=_validator(answer, "Last-Modified"),
        moved=str(answer.moved) if answer.moved is not None else place.moved,
        base=answer.url,
        floor=max(_max_age(answer), parsed.ttl),
    )


def _validator(answer: Answer, name: str) -> str:
    """A validator as it came; one that is too long or not plain text is not sent back."""
    value = answer.headers.get(name, "")
    return value if len(value) <= _MAX_VALIDATOR and value.isascii() and value.isprintable() else ""


def _max_age(answer: Answer) -> float:
    """Seconds for which the server calls its answer fresh."""
    control = answer.headers.get("Cache-Control", "").lower()
    found = _MAX_AGE.search(control)
    return float(found[1]) if found and "no-cache" not in control and "no-store" not in control else 0.0


def _failed(answer: Answer, now: datetime) -> Failed:
    """A refusal in words that say what can be done."""
    host, status = answer.host, answer.status
    match status:
        case 410:
            why = f"{host} says that the feed is gone for good: take it out of the configuration"
            return Failed(why=why, sort=Sort.GONE)
        case 401 | 403:
            return Failed(why=f"{host} does not let us read the feed (status {status})", sort=Sort.LOGIN)
        case 404:
            return Failed(why=f"{host} has no feed at this address (status 404)")
        case _:
            why = f"{host} cannot answer at the moment (status {status})"
            return Failed(why=why, after=retry_after(answer, now))
