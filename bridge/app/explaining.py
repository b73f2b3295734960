"""Verdicts for people: on a stored post, on a text, on many lines of JSON; nothing is stored."""

import errno
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

from bridge.app.asking import ask
from bridge.app.learning import taught
from bridge.config import Loaded
from bridge.core.model import PRIVATE_KINDS, Author, Kind, Post, PostKey, Verdict, Visibility
from bridge.judges.rules import RulesJudge
from bridge.ports import Circumstances
from bridge.store import reports

LONGEST_LINE = 1_000_000
"""Octets of one JSON line."""


class Triaged(TypedDict):
    """A verdict as `bridge triage` prints it."""

    id: str
    route: str | None
    desk: str | None
    priority: str
    tags: list[str]
    labels: dict[str, float]
    lang: str
    why: list[str]


async def explained(loaded: Loaded, named: str) -> Verdict | None:
    """The verdict with hits and misses; `named` is -, a file, or a stored post; None where nothing has that name.

    Raises OSError where a file cannot be read.
    """
    post = _given(named) or await _stored(loaded, named)
    if post is None:
        return None
    seen = Circumstances(now=datetime.now(UTC), thread_open=False)
    return (await taught(loaded)).explain(post, seen)


def _given(named: str) -> Post | None:
    """A text on standard input or in a file."""
    if named == "-":
        return plain_post(sys.stdin.read(), "")
    file = Path(named)
    return plain_post(file.read_text(encoding="utf-8", errors="replace"), "") if _is_file(file) else None


def _is_file(file: Path) -> bool:
    """Whether there is such a file: a name that is too long for one can still be a post's."""
    try:
        return file.is_file()
    except OSError as problem:
        if problem.errno == errno.ENAMETOOLONG:
            return False
        raise


async def _stored(loaded: Loaded, named: str) -> Post | None:
    """A post that the store knows, by CHANNEL/ID; one that its author deleted has no words any more (I03)."""
    channel, slash, post_id = named.partition("/")
    if not slash:
        return None
    key = PostKey(channel=channel, id=post_id)
    found = await ask(loaded, lambda connection: reports.post(connection, key))
    if found is None:
        return None
    return found.post if found.deleted is None else found.post.without_words


def triaged(judge: RulesJudge, lines: Iterable[bytes]) -> Iterator[Triaged | str]:
    """A verdict for each line, or what is wrong with it."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        post = _line(line)
        if isinstance(post, str):
            yield f"line {number}: {post}"
            continue
        seen = Circumstances(now=datetime.now(UTC), thread_open=False)
        yield _shown(post, judge.judge(post, seen))


def _shown(post: Post, verdict: Verdict) -> Triaged:
    return Triaged(
        id=post.id,
        route=verdict.route,
        desk=verdict.desk,
        priority=str(verdict.priority),
        tags=list(verdict.tags),
        labels=dict(verdict.labels),
        lang=verdict.lang,
        why=list(verdict.said),
    )


def _line(line: bytes) -> Post | str:
    """One JSON object as a post; what it leaves out is as in a public mention."""
    if len(line) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE} bytes"
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        return 'is not an object with a "text"'
    kind = str(given.get("kind", Kind.MENTION))
    if kind not in set(Kind):
        return f"has an unknown kind: use one of {', '.join(Kind)}"
    return _post(given, kind)


def _post(given: Mapping[str, object], kind: str) -> Post:
    private = kind in PRIVATE_KINDS
    post_id = str(given.get("id") or sha256(str(given["text"]).encode("utf-8", "replace")).hexdigest()[:12])
    return Post(
        channel=str(given.get("channel", "")),
        id=post_id,
        kind=Kind(kind),
        visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        thread=post_id,
        author=_author(given.get("author")),
        text=str(given["text"]),
        title=str(given.get("title", "")),
        lang=str(given.get("lang") or ""),
        at=datetime.now(UTC),
        rating=_number(given.get("rating")),
        is_repost=bool(given.get("is_repost")),
    )


def _author(given: object) -> Author:
    if isinstance(given, dict):
        handle = str(given.get("handle", ""))
        return Author(id=str(given.get("id", handle)), handle=handle, reach=_number(given.get("reach")))
    handle = str(given or "")
    return Author(id=handle, handle=handle)


def _number(given: object) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def plain_post(text: str, lang: str) -> Post:
    """A text as a public mention by nobody."""
    return _post({"text": text, "lang": lang}, Kind.MENTION)
