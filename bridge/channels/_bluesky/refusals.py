"""What the refusals of Bluesky's servers mean: each names its error in a word (atproto.com/specs/xrpc)."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import Judgement, Problem, is_json
from bridge.channels._rates import Rates, wait_of
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

LIMITS = "RateLimit"
"""How the names of the headers about limits begin."""

_DEAD: Mapping[str, str] = {
    "AuthenticationRequired": "Bluesky does not accept the account's app password: make a new one",
    "AuthMissing": "Bluesky asks for a login",
    "InvalidToken": "Bluesky does not accept the session any more",
    "AccountTakedown": "Bluesky has taken the account down",
    "AccountDeactivated": "the account is deactivated",
    "AuthFactorTokenRequired": "Bluesky asks for a second factor: use an app password, not the account's own",
}
_REFUSED: Mapping[str, str] = {
    "MessagesDisabled": "the customer takes no direct messages",
    "NotFollowedBySender": "the customer takes direct messages only of those they follow",
    "BlockedActor": "the customer and the account do not talk: one of them blocked the other",
    "BlockedByActor": "the customer has blocked the account",
    "RecipientNotFound": "the customer's account is gone",
    "AccountSuspended": "the customer's account is suspended",
    "ConvoLocked": "the conversation is locked",
    "InvalidConvo": "the conversation is gone",
    "ReplyTargetNotFound": "the message to be answered is gone",
    "BlobTooLarge": "a file of the answer is too large",
}
"""The texts beside these words may repeat what was said, and stay where they are."""

_NOT_ALLOWED = "Bad token method"
"""What a token is told that is good and may not do this, as one without direct messages; another one would not help."""

_THERE = frozenset({"RecordAlreadyExists", "InvalidSwap"})
_ABSENT = frozenset({"RecordNotFound", "NotFound"})
_CONFLICT = 409


class Expired(LoginProblem):
    """The access token is over: the session renews it."""


class NotThere(PermanentProblem):
    """What was asked for is not there."""


class _Error(msgspec.Struct, frozen=True):
    error: str = ""
    message: str = ""


def judging_reading(rates: Rates, now: Callable[[], datetime]) -> Judgement:
    """Notes what is left of the limits, and tells an old token and what is not there from other refusals."""

    def judge(answer: Answer) -> Problem | None:
        rates.note(answer)
        return None if answer.good else _common(answer, now()) or _absent(answer)

    return judge


def judging_saying(now: Callable[[], datetime]) -> Judgement:
    """Refusals that the server itself words are certain; the rest is left to the status."""

    def judge(answer: Answer) -> Problem | None:
        if answer.good:
            return None
        error = _error(answer)
        if error.error in _THERE or answer.status == _CONFLICT:
            return UncertainProblem("the server says that it has such a record already")
        return _common(answer, now())

    return judge


def _common(answer: Answer, now: datetime) -> Problem | None:
    """What means the same wherever it is answered."""
    said = _error(answer)
    error = said.error
    if error == "ExpiredToken" or (error == "InvalidToken" and said.message != _NOT_ALLOWED):
        return Expired("Bluesky does not accept the session any more")
    if error in _DEAD:
        return LoginProblem(_DEAD[error])
    if error in _REFUSED:
        return PermanentProblem(_REFUSED[error])
    if answer.status == 429 and "Retry-After" not in answer.headers and is_json(answer.body):  # noqa: PLR2004 - too many requests
        return TemporaryProblem("Bluesky wants us to wait (status 429)", wait_of(answer, LIMITS, now=now))
    return None


def _absent(answer: Answer) -> NotThere | None:
    return NotThere("it is not there") if _error(answer).error in _ABSENT else None


def _error(answer: Answer) -> _Error:
    return decoded(answer.body, _Error) or _Error()
