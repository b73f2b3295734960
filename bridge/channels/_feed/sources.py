"""The feeds of a channel: their addresses, and the beat at which each is asked."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass

from yarl import URL

from bridge.core.pace import Rhythm, backoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One feed; its name comes from the address as it is configured, so that posts keep their ids when it moves."""

    name: str
    url: URL
    label: str
    """What people know it by: host and path, never the query, which may hold a secret."""
    host: str
    """Who must not be asked too often."""


def source(address: str, endpoint: str) -> Source:
    """The feed at a configured address, which may begin with the endpoint's place."""
    url = URL(endpoint + address if address.startswith("/") else address)
    name = b32encode(hashlib.sha256(address.encode()).digest()[:5]).decode().lower()
    return Source(name=name, url=url, label=f"{url.host}{url.path}", host=f"{url.host}:{url.port}")


class Beat:
    """When a feed is asked again; lives as long as the process, since a restart may well ask everyone once."""

    __slots__ = ("_rhythm", "due", "failures", "gone", "interval", "source", "trouble")

    def __init__(self, source: Source, rhythm: Rhythm) -> None:
        self.source = source
        self._rhythm = rhythm
        self.interval = rhythm.fastest
        self.due = 0.0
        """Seconds of the clock's epoch."""
        self.failures = 0
        self.gone = False
        self.trouble = ""
        """Why it cannot be read at present."""

    def went_well(self, now: float, *, news: bool, gap: bool, floor: float) -> bool:
        """Set the next time; says whether it had been in trouble."""
        recovered, self.trouble, self.failures = bool(self.trouble), "", 0
        self.interval = self._rhythm.fastest if gap else self._rhythm.after(self.interval, news=news)
        key = f"{self.source.name}|{int(now)}"
        self.due = now + self._rhythm.due_in(self.interval, floor=floor, key=key)
        return recovered

    def went_wrong(self, now: float, why: str, *, after: float | None) -> None:
        """Set the next time."""
        self.failures += 1
        self.due = now + max(after or 0.0, backoff(self.source.name, self.failures))
        self.trouble = why
