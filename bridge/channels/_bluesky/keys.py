"""Keys of records in the form of a TID (atproto.com/specs/tid): made of what is answered, so that a second try has the same."""

import hashlib
from datetime import UTC, datetime

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_CLOCK_BITS = 10
_SECOND = 1 << 20
"""Microseconds within which answers to one post are told apart; with the clock's bits a thousand million keys."""


def answer_key(parent: str, key: str) -> str:
    """The key of an answer: the time of the post that is answered, and what tells this answer from others of ours.

    A record that is there already is never written again under its key (com.atproto.repo.createRecord).
    """
    mark = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    micros = _micros(parent) + (mark >> _CLOCK_BITS) % _SECOND
    return _spelled(micros << _CLOCK_BITS | mark % (1 << _CLOCK_BITS))


def key_at(moment: datetime) -> str:
    """The lowest key of a moment: revisions of conversations are such keys too."""
    return _spelled(int(moment.timestamp() * 1_000_000) << _CLOCK_BITS)


def moment_of(key: str) -> datetime:
    """The time in a key."""
    return datetime.fromtimestamp(_micros(key) / 1_000_000, UTC)


def _micros(key: str) -> int:
    """Microseconds since 1970 in a key; those of 2023 where it is no TID."""
    if len(key) != _LENGTH or not set(key) <= set(_LETTERS) or key[0] > "j":
        return 1_680_000_000_000_000
    number = 0
    for letter in key:
        number = number << 5 | _LETTERS.index(letter)
    return number >> _CLOCK_BITS


def _spelled(number: int) -> str:
    number &= (1 << 63) - 1
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
