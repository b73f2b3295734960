"""Answers of a platform that cannot be read as a whole: kept once where they begin, until the store has them (C21)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from bridge.channels._http import Answer
from bridge.core.events import Quarantined
from bridge.ports import TemporaryProblem

T = TypeVar("T")

KEPT = 65_536
"""Bytes of an answer that are kept."""

MOST = 20
"""Answers that wait to be stored; of more only the first ones are kept."""

_PLACES = 1_000
"""Places that are known to answer so, as many as are remembered; past that their answers are kept once more."""

_SECRET = re.compile(
    rb"""((?:access_token|input_token|refresh_token|appsecret_proof|client_secret)[\\"'\s]*(?:=|:|%3D)[\\"'\s]*)[^&"'\\\s<>]+""",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Unread:
    """One account's unreadable answers; a place that was read again may be kept anew."""

    secrets: Callable[[], Sequence[str]]
    """What must never be kept: the account's own keys, as they are at the moment."""
    _broken: set[str] = field(default_factory=set)
    _waiting: list[Quarantined] = field(default_factory=list)

    def parsed(self, answer: Answer, parse: Callable[[bytes], T]) -> T:
        """What `parse` makes of an answer; where it raises TemporaryProblem, the answer is kept."""
        try:
            value = parse(answer.body)
        except TemporaryProblem:
            self.keep(answer)
            raise
        self._broken.discard(answer.url.path)
        return value

    def keep(self, answer: Answer) -> None:
        """Keep an answer whose place was well until now."""
        place = answer.url.path
        if place in self._broken or len(self._waiting) >= MOST:
            return
        if len(self._broken) >= _PLACES:
            self._broken.clear()
        self._broken.add(place)
        raw = self._hidden(answer.body[: 2 * KEPT])[:KEPT]  # a secret at the cut is whole before it
        name = f"answer {place[-100:]} {sha256(raw).hexdigest()[:16]}"
        self._waiting.append(Quarantined(id=name, reason=_reason(answer), raw=raw))

    def puzzle(self, payload: bytes, reason: str) -> None:
        """Keep something that the platform told by itself, and that cannot be read."""
        raw = self._hidden(payload[: 2 * KEPT])[:KEPT]
        if len(self._waiting) < MOST:
            name = f"webhook {sha256(raw).hexdigest()[:16]}"
            self._waiting.append(Quarantined(id=name, reason=reason, raw=raw))

    def handed_over(self) -> Sequence[Quarantined]:
        """What was kept since the last time, for the store."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def _hidden(self, body: bytes) -> bytes:
        """The bytes without anything that would let their reader in: addresses of next pages hold the token."""
        for secret in self.secrets():
            body = body.replace(secret.encode(), b"***") if secret else body
        return _SECRET.sub(rb"\1***", body)


def _reason(answer: Answer) -> str:
    """What came instead, as far as its own header says it."""
    given = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    kind = given if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}", given) else "of no known type"
    return f"the whole answer cannot be read: status {answer.status}, {kind}, {len(answer.body)} bytes"
