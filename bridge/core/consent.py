"""Whether somebody may be written to by text message: what they last said about it to our number, and what that forbids.

It is stored for each pair of numbers, ours and theirs, and outlasts their conversation.
A decision about an answer asks it, and so does the courier as the last question before it speaks.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from bridge.core.consent_words import WORDS, Words
from bridge.core.model import Post, PostKey

AGENT = "keyword"
"""Stands where a confirmation names its agent; no mailbox is called so."""

KEY = "consent|"
"""Begins the keys under which the store keeps it."""

_MARKS = re.compile(r"[^\w\s]|_")
_LONGEST = 40
"""Characters of a message that may still be such a word with its marks."""


class Said(StrEnum):
    """What such a word says."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The newest word of a customer about messages from one number of ours."""

    key: str
    """Of the pair of numbers."""
    stopped: bool
    at: datetime
    """When the message was sent that says so."""
    post: str
    """Its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """What a channel of text messages owes to those whom it writes to."""

    words: Mapping[str, Words] = field(default_factory=lambda: WORDS)
    """As bridge.core.consent_words has them."""
    confirmations: Mapping[Said, str] = field(default_factory=dict)
    """What is answered, once, to such a word; nothing where there is no entry: many carriers answer themselves."""

    def said(self, text: str, theirs: str) -> Said | None:
        """What a message says where it is one of the words and nothing else; to stop comes before all."""
        plain = _folded(text) if len(text) <= _LONGEST else ""
        rows = [words for where, words in self.words.items() if not where.startswith("+") or theirs.startswith(where)]
        found = [said for said in Said if plain and any(plain in _all(row, said) for row in rows)]
        return found[0] if found else None


def key(thread: str, theirs: str) -> str:
    """The key of a pair of numbers, neither of which stands in it; a thread of text messages begins with our number."""
    pair = f"{thread.partition(' ')[0]}\x1f{theirs}"
    return KEY + sha256(pair.encode("utf-8", "replace")).hexdigest()


def letter(post: PostKey) -> str:
    """What stands for the letter that nobody wrote: one confirmation for each word."""
    return sha256(f"keyword\x1f{post}".encode("utf-8", "replace")).hexdigest()


def is_word(post: Post, texting: Texting | None, *, newest: Consent | None) -> bool:
    """Whether a message only ends or begins the messages, so that nobody need answer it.

    A word that begins them counts as such only where they had been ended: it may as well answer a question of ours.
    """
    said = texting.said(post.text, post.author.id) if texting else None
    return said is Said.STOP or (said is Said.START and newest is not None and newest.post == post.id)


def forbids(newest: Consent | None, *, parent: str, agent: str) -> bool:
    """Whether nothing may be said any more; the one confirmation of that very word may."""
    return newest is not None and newest.stopped and not (agent == AGENT and newest.post == parent)


def after(newest: Consent | None, post: Post, said: Said) -> Consent | None:
    """The consent as a word leaves it; None where it changes nothing: it says no news, or a later one is known already."""
    stops = said is Said.STOP
    known = newest is not None and newest.stopped
    late = newest is not None and (post.at < newest.at or (post.at == newest.at and not stops))
    if said is Said.HELP or stops == known or late:
        return None
    return Consent(key=key(post.thread, post.author.id), stopped=stops, at=post.at, post=post.id)


@lru_cache(maxsize=256)
def _all(words: Words, said: Said) -> frozenset[str]:
    spelled = {Said.STOP: words.stop, Said.START: words.start, Said.HELP: words.help}
    return frozenset(map(_folded, spelled[said]))


def _folded(text: str) -> str:
    """The text without case, accents, marks and spare spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_MARKS.sub(" ", bare).split())
