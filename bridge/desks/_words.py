"""A chat document as plain words, for contact centres whose clients show nothing but a customer's text."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bridge.ports import PermanentProblem

Document = Mapping[str, Any]

OURS = "[bridge]"
"""Begins what we say ourselves; where a customer writes it, the brackets become round ones (E19)."""

_POSING = re.compile(r"\[\s*bridge\s*\]", re.IGNORECASE)
_ID = re.compile(r"[a-z2-7]+")


def document(content: bytes) -> Document:
    """The stored document; raises PermanentProblem where it is none that has a place in a conversation."""
    found = msgspec.json.decode(content)
    if not found["conversation"]:
        raise PermanentProblem("it belongs to no conversation: name a desk of mails in bridge.alerts.desk")
    return dict(found)


def address(about: Document) -> str:
    """The signed address of its conversation."""
    return str(about["conversation"]["address"])


def reference(about: Document) -> str:
    """Eight characters that tell one document from another and that nobody outside can guess."""
    found = _ID.search(str(about["id"]))
    return found[0][:8] if found else ""


def words(about: Document) -> str:
    """What an agent reads: what was said before where nobody here saw it, the words, where they stand and who will read an answer."""
    return "\n\n".join(part for part in _parts(about) if part)


def _parts(about: Document) -> Iterator[str]:
    if about["type"] == "notice":
        yield f"{OURS} {about['subject']}\n{about['text']}"
        return
    post, history = about["post"], about["history"]
    if about["moved"] and history:
        said = "\n".join(f"| {quote['author']}: {_tamed(quote['text'])}" for quote in history)
        yield f"{OURS} What was said before:\n{said}"
    yield _tamed("\n".join(part for part in (post["title"], post["text"]) if part))
    yield "\n".join(_tamed(media["url"]) for media in post["media"])
    if about["moved"] or not history:
        yield "\n".join(f"{OURS} {note}" for note in about["notes"])
    where = (post["platform"], about["conversation"]["visibility"], post["url"], reference(about))
    yield f"{OURS} {' · '.join(part for part in where if part)}"


def _tamed(text: str) -> str:
    return _POSING.sub("(bridge)", text)
