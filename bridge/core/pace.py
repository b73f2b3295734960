"""How often to ask and how long to wait: back-off, poll intervals, spread, budgets. All pure; seconds are floats."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

LONGEST_BACKOFF = 1800.0
"""Seconds between two tries of something that keeps failing."""

_GROWTH = 1.5
_EXPONENT = 16


def spread(key: str) -> float:
    """A number from 0 up to 1 that is always the same for the same key: jitter without chance, so runs can be repeated."""
    return int.from_bytes(sha256(key.encode("utf-8", "surrogatepass")).digest()[:6], "big") / float(1 << 48)


def backoff(key: str, failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4 … 30 minutes, spread by up to a fifth (D09)."""
    minutes = 1 << min(max(failures, 1) - 1, _EXPONENT)
    return min(60.0 * minutes, LONGEST_BACKOFF) * (1 + spread(f"{key}|{failures}") / 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Between which bounds an interval adapts itself, in seconds."""

    fastest: float
    slowest: float

    def after(self, interval: float, *, news: bool) -> float:
        """The next interval: half of it where there was something new, half as long again where there was not."""
        following = interval / 2 if news else interval * _GROWTH
        return min(max(following, self.fastest), self.slowest)

    def due_in(self, interval: float, *, floor: float, key: str) -> float:
        """Seconds until the next poll: no sooner than the server asks (`floor`, as far as the slowest), a tenth spread."""
        return max(interval, min(floor, self.slowest)) * (1 + spread(key) / 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A token bucket: `capacity` calls at once, refilled evenly over `per`."""

    capacity: float
    per: timedelta
    level: float
    at: datetime

    @classmethod
    def full(cls, capacity: float, per: timedelta, at: datetime) -> "Bucket":
        """As it is at the start."""
        return cls(capacity=capacity, per=per, level=capacity, at=at)

    def filled(self, now: datetime) -> "Bucket":
        """With what flowed in since; a clock that went back changes nothing."""
        gained = max((now - self.at) / self.per, 0.0) * self.capacity
        return replace(self, level=min(self.capacity, self.level + gained), at=max(now, self.at))

    def taken(self, now: datetime, calls: float = 1.0) -> "Bucket":
        """After so many calls; it may sink below empty, for calls that must not wait."""
        filled = self.filled(now)
        return replace(filled, level=filled.level - calls)

    def wait(self, now: datetime, *, reserve: float) -> float:
        """Seconds until a call may be made that leaves the reserve for more important ones (D07); 0 for at once."""
        lacking = 1.0 + reserve - self.filled(now).level
        return max(lacking, 0.0) * self.per.total_seconds() / self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a platform says is left of its limit."""

    limit: int
    left: int
    resets: datetime

    def interval(self, now: datetime, *, reserve: float) -> float:
        """Seconds between polls with which the allowance lasts until it is renewed, a share of it being kept."""
        usable = self.left - self.limit * reserve
        remaining = max((self.resets - now).total_seconds(), 0.0)
        return remaining if usable < 1 else remaining / usable
