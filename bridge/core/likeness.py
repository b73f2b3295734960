"""Which posts say nearly the same: by the share of short runs of letters, or by the post that they pass on. All pure.

To be found among many, a text leaves a few marks (min-hashes in bands; Broder 1997): texts that are alike share one of
them almost surely, and whoever shares one is compared letter by letter before anything follows from it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bridge.core.model import Post
from bridge.core.rules.words import spaced

ALIKE = 0.75
"""Share of common runs from which on two texts count as the same (Jaccard)."""

LONGEST_FOLD = timedelta(days=7)
"""How long a ticket may take in others at the most."""

SHORTEST = 20
"""Letters below which a text is never alike another: `it does not work` may mean anything."""

_LONGEST = 2000
_RUN = 4
_BANDS, _ROWS = 8, 3
_MASK = (1 << 64) - 1
_FACTORS = tuple(
    int.from_bytes(blake2b(f"row {n}".encode(), digest_size=8).digest(), "big") | 1 for n in range(_BANDS * _ROWS)
)
_CREDIT = re.compile(r"^\s*(?:rt|re|fwd?)\b[:\s]*|@[\w.@-]+:?", re.IGNORECASE)
"""What a repost puts before the words, and whom a post speaks to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The post that made the ticket which others like it join."""

    post: Post
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """That a post makes the ticket for all who say nearly the same."""

    post: Post
    marks: tuple[bytes, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """That a post joined a group."""

    group: str
    """The conversation whose ticket stands for all of them."""
    post: Post
    at: datetime


def runs(post: Post) -> frozenset[str]:
    """The runs of letters of a post's words, folded as rules fold them; empty where it says too little."""
    said = f"{post.title} {post.text}" if post.title else post.text
    words = spaced(_CREDIT.sub(" ", said[:_LONGEST])).strip()
    if len(words) < SHORTEST:
        return frozenset()
    return frozenset(words[start : start + _RUN] for start in range(len(words) - _RUN + 1))


def marks(post: Post, scope: str) -> tuple[bytes, ...]:
    """By what the post is found again among those of the same scope; empty where it says too little."""
    hashes = [int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs(post)]
    if not hashes:
        return ()
    least = [min(value * factor & _MASK for value in hashes) for factor in _FACTORS]
    bands = (least[start : start + _ROWS] for start in range(0, len(least), _ROWS))
    return tuple(
        blake2b(f"{scope}\x1f{number}\x1f{band}".encode("utf-8", "replace"), digest_size=10).digest()
        for number, band in enumerate(bands)
    )


def topics(post: Post, scope: str) -> tuple[bytes, ...]:
    """By what a post is found by those who quote or repeat it, or who quote or repeat the same one."""
    return tuple(
        blake2b(f"{scope}\x1fabout\x1f{about}".encode("utf-8", "replace"), digest_size=10).digest()
        for about in dict.fromkeys((post.id, post.about))
        if about
    )


def joined(post: Post, leads: Iterable[Lead], *, flood: bool) -> Lead | None:
    """The one whose ticket a post joins: it says nearly the same, or passes on the same post without adding to it.

    In a flood whoever quotes it joins, whatever they add; None where none fits.
    """
    known = tuple(leads)
    found = nearest(post, known)
    if found is not None or not (flood or _adds_nothing(post)):
        return found
    return next((lead for lead in known if _passes_on(post, lead.post)), None)


def _adds_nothing(post: Post) -> bool:
    """Whether its own words say nothing: it repeats those of others, or says too little."""
    return post.is_repost or not runs(post)


def _passes_on(one: Post, other: Post) -> bool:
    """Whether the one quotes or repeats the other, or both do so with the same post."""
    return bool(one.about) and one.about in {other.id, other.about} and one.channel == other.channel


def nearest(post: Post, leads: Iterable[Lead]) -> Lead | None:
    """The one that says most nearly the same; None where none does."""
    own = runs(post)
    scored = ((_share(own, runs(lead.post)), lead) for lead in leads)
    share, lead = max(scored, key=lambda each: each[0], default=(0.0, None))
    return lead if share >= ALIKE else None


def alike(one: Post, other: Post) -> bool:
    """Whether one post says nearly the same as another, or adds nothing to what it passes on."""
    return _share(runs(one), runs(other)) >= ALIKE or (_adds_nothing(one) and _passes_on(one, other))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Runs in common, as a share of all that either has."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def step(count: int) -> int:
    """The round number that a group has reached: 1, 2, 5, 10, 20, 50, and so on; its ticket is told at each."""
    reached = unit = 1
    while True:
        for factor in (1, 2, 5):
            if factor * unit > count:
                return reached
            reached = factor * unit
        unit *= 10
