"""What Discourse's own errors mean."""

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import LONGEST_WAIT, Problem
from bridge.ports import PermanentProblem, TemporaryProblem

_REASONS = {
    "too short": "the answer is too short for the forum",
    "too long": "the answer is too long for the forum",
    "unclear": "the forum finds the answer unclear",
    "links": "the forum does not take so many links from this account",
    "mention": "the forum does not take so many mentions from this account",
}
"""Fixed words for what its texts say; the texts themselves may repeat the answer, and stay where they are."""


class Rejected(PermanentProblem):
    """422: the forum looked at the answer and does not take it; `copy` where it says that it has the words already."""

    def __init__(self, text: str, *, copy: bool) -> None:
        super().__init__(text)
        self.copy = copy


class Forbidden(PermanentProblem):
    """403: either this account may not answer there, or the key is not accepted any more."""


class _Errors(msgspec.Struct, frozen=True):
    class Extras(msgspec.Struct, frozen=True):
        wait_seconds: float | None = None

    errors: list[str] = []
    error_type: str = ""
    extras: Extras = Extras()


def judge_reading(answer: Answer) -> Problem | None:
    """A limit's own error body tells how long to wait, where the header does not."""
    return _limited(answer) if answer.status == 429 else None  # noqa: PLR2004 - too many requests


def judge_saying(answer: Answer) -> Problem | None:
    """Refusals that Discourse itself words are certain; the rest is left to the status."""
    match answer.status:
        case 429:
            return _limited(answer)
        case 422:
            return _rejected(answer)
        case 403:
            return Forbidden("the forum does not let this account answer there")
        case 503 if _errors(answer).error_type == "read_only":
            return TemporaryProblem("the forum is in read-only mode")
        case _:
            return None


def _errors(answer: Answer) -> _Errors:
    return decoded(answer.body, _Errors) or _Errors()


def _limited(answer: Answer) -> TemporaryProblem | None:
    """None where the header says it, or another server before the forum speaks."""
    wait = _errors(answer).extras.wait_seconds
    if wait is None or "Retry-After" in answer.headers:
        return None
    return TemporaryProblem("the forum wants us to wait (status 429)", min(max(wait, 0.0), LONGEST_WAIT))


def _rejected(answer: Answer) -> Rejected:
    texts = " ".join(_errors(answer).errors).lower()
    reason = next((words for sign, words in _REASONS.items() if sign in texts), "the forum refuses the answer")
    return Rejected(reason, copy="similar" in texts)
