"""What the refusals of a server with Mastodon's API mean."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import Judgement, Problem, is_json
from bridge.channels._rates import Rates, wait_of
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

LIMITS = "X-RateLimit"
"""How the names of the headers about limits begin."""

_REASONS = {
    "character limit": "the server finds the answer too long",
    "can't be blank": "the server finds the answer empty",
    "attach": "the server does not take the files together",
    "process": "the server cannot use a file of the answer",
    "media": "the server cannot use a file of the answer",
}
"""Fixed words for what its texts say; the texts themselves may repeat the answer, and stay where they are."""


class Forbidden(PermanentProblem):
    """403: either this account may not answer there, or the server does not accept the account any more."""


class _Error(msgspec.Struct, frozen=True):
    error: str = ""


def judging_reading(rates: Rates, now: Callable[[], datetime]) -> Judgement:
    """Notes what is left of the limits; one that is used up says in its own header when it is renewed."""

    def judge(answer: Answer) -> Problem | None:
        rates.note(answer)
        return _limited(answer, now()) if answer.status == 429 else None  # noqa: PLR2004 - too many requests

    return judge


def judging_saying(now: Callable[[], datetime]) -> Judgement:
    """Refusals that the server itself words are certain; the rest is left to the status.

    What is left of the limits for files and posts is not noted: it must not slow down reading.
    """

    def judge(answer: Answer) -> Problem | None:
        match answer.status:
            case 429:
                return _limited(answer, now())
            case 422:
                return _rejected(answer)
            case 403:
                return Forbidden("the server does not let this account answer there")
            case _:
                return None

    return judge


def _limited(answer: Answer, now: datetime) -> TemporaryProblem | None:
    """None where `Retry-After` says it, or another server before this one speaks."""
    if "Retry-After" in answer.headers or not is_json(answer.body):
        return None
    return TemporaryProblem("the server wants us to wait (status 429)", wait_of(answer, LIMITS, now=now))


def _rejected(answer: Answer) -> Problem | None:
    """422; a record that is there already is probably an earlier copy of the answer."""
    error = decoded(answer.body, _Error)
    if error is None:
        return None
    text = error.error.lower()
    if "duplicate" in text or "already" in text:
        return UncertainProblem("the server says that it has such an answer already")
    reason = next((words for sign, words in _REASONS.items() if sign in text), "the server refuses the answer")
    return PermanentProblem(f"{reason} (status 422)")
