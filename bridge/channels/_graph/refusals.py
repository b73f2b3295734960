"""What the Graph API's own errors mean: decided by their codes, since the status says little."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from bridge.channels._api import decoded
from bridge.channels._graph.usage import regain_seconds
from bridge.channels._http import Answer
from bridge.channels._problems import Problem, retry_after
from bridge.ports import ClosedProblem, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

THROTTLED = frozenset({4, 17, 32, 613, *range(80_000, 80_015)})
"""Limits of calls: of the app, the user, the page, custom ones, and those of each business use case."""

BLOCKED = 368
"""The platform takes the account's behaviour for abuse (D08)."""

_UNSAID_WAIT = 900.0
"""Seconds to wait where a limit does not say when it ends: every call before that would extend it."""

_APP_LIMIT = 341
_PERMISSIONS = range(200, 300)
_DUPLICATE = 506
_GONE = (100, 33)
_DOWN = frozenset({1, 2})
_TOKEN = frozenset({102, 190})
_WINDOW_CLOSED = frozenset({2_018_278, 2_534_022})
_FIXED: dict[int, str] = {
    551: "the person cannot receive messages at the moment",
    1_609_005: "the link in the answer cannot be read by the platform",
    10_900: "the post was already answered in private",
}
_LOGIN_WORDS: dict[int, str] = {
    458: "the app was removed by the person who gave the token",
    459: "the person who gave the token must pass a checkpoint",
    460: "the password of the person who gave the token was changed",
    463: "the token has expired",
    464: "the person who gave the token is not confirmed",
    467: "the token is not valid",
}
_DEVELOPMENT = 2_018_108


class Gone(PermanentProblem):
    """What was asked for is not there any more, or not for us to see."""


class _Error(msgspec.Struct, frozen=True):
    code: int | str = 0
    error_subcode: int | str | None = None
    fbtrace_id: str = ""


class _Body(msgspec.Struct, frozen=True):
    error: _Error


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error of the Graph API."""

    code: int
    sub: int
    trace: str
    """Names the call to Meta's support."""

    @property
    def throttled(self) -> bool:
        """Whether a limit of calls was reached."""
        return self.code in THROTTLED

    @property
    def blocked(self) -> bool:
        """Whether the account is blocked for abuse."""
        return self.code == BLOCKED

    @property
    def gone(self) -> bool:
        """Whether the object is not there, or not for us."""
        return (self.code, self.sub) == _GONE

    @property
    def name(self) -> str:
        """Both codes in words."""
        return f"code {self.code}, sub-code {self.sub}" if self.sub else f"code {self.code}"

    @property
    def forbidden(self) -> bool:
        """Whether a permission or capability is missing."""
        return self.code in {3, 10} or self.code in _PERMISSIONS


def refusal(answer: Answer) -> Refusal | None:
    """The error in an answer of any status; None where it holds none."""
    body = decoded(answer.body, _Body)
    if body is None:
        return None
    error = body.error
    return Refusal(code=_number(error.code), sub=_number(error.error_subcode), trace=error.fbtrace_id[:40])


def judge_reading(answer: Answer, now: datetime) -> Problem | None:
    """What an error means for a question: nothing happened, so it only says who can end it."""
    refused = refusal(answer)
    if refused is None:
        return None
    problem = _alike(refused, answer, now)
    if problem is not None:
        return problem
    if refused.gone:
        return Gone("this is not there any more, or not for us to see (code 100, sub-code 33)")
    if refused.code in _DOWN:
        return TemporaryProblem(f"the platform cannot answer at the moment ({refused.name})")
    if refused.forbidden:
        return LoginProblem(f"the token may not read this: give the app the permission ({refused.name})")
    if answer.good or answer.failed:
        return TemporaryProblem(f"the platform answers with an error ({refused.name})")
    return PermanentProblem(f"the platform refuses the question ({refused.name})")


def judge_saying(answer: Answer, now: datetime) -> Problem | None:
    """What an error means for an answer of ours: only what is certainly refused did not happen."""
    refused = refusal(answer)
    if refused is None:
        return None
    problem = _alike(refused, answer, now)
    if problem is not None:
        return problem
    if refused.code == _DUPLICATE:
        return UncertainProblem("the platform says that these words are already there")
    if refused.sub in _WINDOW_CLOSED:
        return ClosedProblem("the time in which the platform takes an answer to this person is over")
    why = _certainly_refused(refused)
    if why:
        return PermanentProblem(why)
    if refused.code in _DOWN or refused.code <= 0 or answer.good or answer.failed:
        return UncertainProblem(f"the platform answers with an error ({refused.name}): it may have been published")
    return PermanentProblem(f"the platform refuses it ({refused.name})")


def _certainly_refused(refused: Refusal) -> str:
    """Why nothing was published, for the refusals that say so themselves; empty for all others."""
    if refused.gone:
        return f"what is to be answered is not there any more ({refused.name})"
    if refused.sub == _DEVELOPMENT:
        return "the app is in development mode and may not write to customers"
    if refused.forbidden:
        return f"the platform does not let this account answer there ({refused.name})"
    return _FIXED.get(refused.code, "")


def _alike(refused: Refusal, answer: Answer, now: datetime) -> Problem | None:
    """Errors that mean the same whatever was asked."""
    if refused.code in _TOKEN:
        why = _LOGIN_WORDS.get(refused.sub, "the token is not accepted any more")
        return LoginProblem(f"{why} ({refused.name})")
    if refused.throttled:
        return TemporaryProblem(f"the platform's limit of calls is reached ({refused.name})", wait(answer, now))
    if refused.blocked:
        return LoginProblem("the platform blocks this account for abuse: look at the account's status there (code 368)")
    if refused.code == _APP_LIMIT:
        return TemporaryProblem("the platform's limit for the app is reached (code 341)")
    return None


def wait(answer: Answer, now: datetime) -> float:
    """Seconds until the limit is over, as far as the answer says it."""
    said = retry_after(answer, now)
    if said is not None:
        return said
    return regain_seconds(answer.headers) or _UNSAID_WAIT


def _number(given: int | str | None) -> int:
    """Codes are numbers, also where they come as text; 0 for anything else."""
    try:
        return int(given or 0)
    except ValueError:
        return 0
