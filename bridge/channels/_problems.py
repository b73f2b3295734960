"""What failed exchanges and refusals mean: the table of delivery.md 6.2."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from bridge.channels._http import Answer, Fate, Lost
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

T = TypeVar("T")

Problem = TemporaryProblem | PermanentProblem | UncertainProblem

Judgement = Callable[[Answer], Problem | None]
"""What a platform's own error body means; None leaves it to the status."""

LONGEST_WAIT = 86_400.0
"""Seconds that a server may make us wait; more is taken for a mistake of its own."""

_JSON_PROBE = 65_536
_CERTAIN = frozenset({400, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451})
"""Statuses that say that nothing was published and that asking again would not help."""

_PASSING = frozenset({404, 408, 425, 429})
"""Refusals of a question that may be over by the next poll; 404 too, since proxies answer it while servers restart."""


async def still_uncertain(search: Awaitable[T]) -> T:
    """What a search finds; where the search itself fails nothing is known of what it searched for (delivery.md 6.3)."""
    try:
        return await search
    except (TemporaryProblem, PermanentProblem) as problem:
        text = str(problem)
    raise UncertainProblem(f"it could not be looked for: {text}")


def the_one(found: Sequence[T], what: str) -> T | None:
    """The only one that has the words, None without any; raises UncertainProblem where several have them."""
    if len(found) > 1:
        raise UncertainProblem(f"several {what} with these words are there: it cannot be told which one")
    return found[0] if found else None


def lost_reading(lost: Lost) -> TemporaryProblem | PermanentProblem:
    """Reading that failed did nothing, whatever happened."""
    return PermanentProblem(lost.why) if lost.fate is Fate.BLOCKED else TemporaryProblem(lost.why)


def lost_saying(lost: Lost) -> Problem:
    """Only what was never written certainly did nothing."""
    return UncertainProblem(lost.why) if lost.fate is Fate.UNKNOWN else lost_reading(lost)


def refused_reading(answer: Answer, now: datetime, judge: Judgement) -> Problem | None:
    """What an answer to a question means, None where it is a good one."""
    if answer.good:
        return judge(answer)
    return judge(answer) or _reading(answer, now)


def refused_saying(answer: Answer, now: datetime, judge: Judgement) -> Problem | None:
    """What an answer to a publication means, None where it was accepted."""
    if answer.good:
        return judge(answer)
    return judge(answer) or _saying(answer, now)


def _reading(answer: Answer, now: datetime) -> Problem:
    """A refused question: nothing happened, so the problem only says who can end it."""
    host = answer.host
    match answer.status:
        case 401 | 403 as status:
            return LoginProblem(f"{host} does not accept the login any more (status {status})")
        case status if answer.redirects:
            return _elsewhere(host)
        case status if status in _PASSING or answer.failed:
            return TemporaryProblem(f"{host} cannot answer at the moment (status {status})", retry_after(answer, now))
        case status:
            return PermanentProblem(f"{host} refuses the question (status {status})")


def _saying(answer: Answer, now: datetime) -> Problem:
    """A refused publication: whatever is not certainly refused may have happened."""
    host = answer.host
    match answer.status:
        case 401:
            return LoginProblem(f"{host} does not accept the login any more (status 401)")
        case 429 if is_json(answer.body):
            return TemporaryProblem(f"{host} wants us to wait (status 429)", retry_after(answer, now))
        case status if answer.redirects:
            return _elsewhere(host)
        case status if status in _CERTAIN:
            return PermanentProblem(f"{host} refuses it (status {status})")
        case status:
            return UncertainProblem(f"{host} answers with status {status}: it may have been published all the same")


def _elsewhere(host: str) -> PermanentProblem:
    """Calls with credentials follow no redirect (F06)."""
    return PermanentProblem(f"{host} redirects to another address: set `endpoint` to the new one")


def is_json(body: bytes) -> bool:
    """Whether the platform itself seems to speak, not a proxy before it."""
    try:
        return isinstance(json.loads(body[:_JSON_PROBE]), dict)
    except (ValueError, RecursionError):
        return False


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds that the server asks us to wait, from a number or a date (RFC 9110 10.2.3); None where it says nothing."""
    given = answer.headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given[:9]), LONGEST_WAIT)
    try:
        wait = (parsedate_to_datetime(given) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT)
