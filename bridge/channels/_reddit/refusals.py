"""What Reddit's refusals mean: statuses, reasons, and the errors that stand in an answer of status 200."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import LONGEST_WAIT, Judgement, Problem, is_json
from bridge.channels._rates import Rates, wait_of
from bridge.channels._reddit.rates import LIMITS, translated
from bridge.ports import ClosedProblem, LoginProblem, PermanentProblem, TemporaryProblem

_LIMITED = "RATELIMIT"
_CLOSED: Mapping[str, str] = {"TOO_OLD": "the post is archived: Reddit takes no answers there any more"}
_DEAD: Mapping[str, str] = {"USER_REQUIRED": "Reddit asks for a login"}
_REFUSED: Mapping[str, str] = {
    "THREAD_LOCKED": "the thread is locked: Reddit takes no answers there",
    "DELETED_COMMENT": "the comment to be answered is gone",
    "DELETED_LINK": "the post to be answered is gone",
    "TOO_LONG": "the answer is too long for Reddit",
    "NO_TEXT": "Reddit takes no empty answers",
    "SUBREDDIT_NOTALLOWED": "the subreddit does not let this account write there",
    "SUBREDDIT_NOEXIST": "the subreddit is gone",
    "BANNED_FROM_SUBREDDIT": "the account is banned from the subreddit",
    "USER_BLOCKED": "the customer and the account do not talk: one of them blocked the other",
    "USER_BLOCKED_MESSAGE": "the customer and the account do not talk: one of them blocked the other",
    "NOT_WHITELISTED_BY_USER_MESSAGE": "the customer takes messages of chosen accounts only",
    "USER_DOESNT_EXIST": "the customer's account is gone",
    "INVALID_USER": "the customer's account is gone or suspended",
    "DOMAIN_BANNED": "Reddit takes no link to that address",
    "BAD_CAPTCHA": "Reddit does not trust the account yet: write by hand until it has some karma",
}
"""The texts beside these words may repeat what was said, and stay where they are."""

_UNREADABLE: Mapping[str, str] = {
    "private": "the subreddit is private, and the account is no member",
    "quarantined": "the subreddit is quarantined: open it once by hand with the account",
    "gold_only": "the subreddit is for paying members only",
    "banned": "the subreddit was banned by Reddit",
}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
_PAUSE = re.compile(r"(\d{1,5}) (millisecond|second|minute|hour|day)s?\b")
_UNITS = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
_UNAUTHORIZED, _FORBIDDEN, _MANY = 401, 403, 429
_CERTAIN = frozenset({400, 403, 422})


class Expired(LoginProblem):
    """The access token is not accepted: the session gets another one."""


class Forbidden(PermanentProblem):
    """403: either this account may not do it, or it may do nothing any more."""


class _Errors(msgspec.Struct, frozen=True):
    class Inner(msgspec.Struct, frozen=True):
        errors: list[list[str | None]] = []
        ratelimit: float | None = None

    json: Inner = Inner()
    reason: str | None = None


def judging_reading(rates: Rates, now: Callable[[], datetime]) -> Judgement:
    """Notes what is left of the limit, and tells what a question's refusal means."""

    def judge(answer: Answer) -> Problem | None:
        answer = translated(answer, now())
        rates.note(answer)
        return None if answer.good else _common(answer, now()) or _unread(answer)

    return judge


def judging_saying(rates: Rates, now: Callable[[], datetime]) -> Judgement:
    """Refusals that Reddit itself words are certain; the rest is left to the status."""

    def judge(answer: Answer) -> Problem | None:
        answer = translated(answer, now())
        rates.note(answer)
        return _worded(answer) or (None if answer.good else _common(answer, now()) or _forbidden(answer))

    return judge


def _common(answer: Answer, now: datetime) -> Problem | None:
    """What means the same wherever it is answered."""
    if answer.status == _UNAUTHORIZED:
        return Expired("Reddit does not accept the access token any more")
    if answer.status == _FORBIDDEN and "insufficient_scope" in answer.headers.get("WWW-Authenticate", ""):
        return LoginProblem("the token lacks a scope: it needs identity, read, history, submit, edit, privatemessages")
    if answer.status == _MANY and "Retry-After" not in answer.headers and is_json(answer.body):
        return TemporaryProblem("Reddit wants us to wait (status 429)", wait_of(answer, LIMITS, now=now))
    return None


def _unread(answer: Answer) -> Problem | None:
    """A subreddit that cannot be read, and pages of the guards before the API."""
    reason = _errors(answer).reason or ""
    if reason in _UNREADABLE:
        return PermanentProblem(_UNREADABLE[reason])
    if answer.redirects:
        return PermanentProblem("Reddit points elsewhere: it knows no such subreddit, or wants a person to log in")
    if answer.status == _FORBIDDEN and not is_json(answer.body):
        return TemporaryProblem("Reddit turns us away before its API (status 403)")
    return None


def _forbidden(answer: Answer) -> Problem | None:
    if answer.status == _FORBIDDEN:
        return Forbidden("Reddit does not let this account do that (status 403)")
    return None


def _worded(answer: Answer) -> Problem | None:
    """The first error that an answer lists, or the reason of a certain refusal; of a server that failed neither is taken."""
    errors = _errors(answer)
    if answer.good and errors.json.errors:
        listed = errors.json.errors[0]
        return _named((listed[0] if listed else None) or "", _pause(errors.json, listed))
    if answer.status in _CERTAIN and errors.reason and _CODE.fullmatch(errors.reason):
        return _named(errors.reason, None)
    return None


def _named(code: str, pause: float | None) -> Problem:
    """What an error of that name means."""
    if code == _LIMITED:
        return TemporaryProblem("Reddit lets this account not write so often", pause)
    if code in _CLOSED:
        return ClosedProblem(_CLOSED[code])
    if code in _DEAD:
        return LoginProblem(_DEAD[code])
    if code in _REFUSED or not _CODE.fullmatch(code):
        return PermanentProblem(_REFUSED.get(code, "Reddit refuses it"))
    return PermanentProblem(f"Reddit refuses it ({code})")


def _pause(inner: _Errors.Inner, error: list[str | None]) -> float | None:
    """Seconds that the error asks for: as a number beside it, or in its words."""
    if inner.ratelimit is not None:
        return min(max(inner.ratelimit, 0.0), LONGEST_WAIT)
    found = _PAUSE.search(next((text for text in error[1:2] if text), ""))
    return min(float(found[1]) * _UNITS[found[2]], LONGEST_WAIT) if found else None


def _errors(answer: Answer) -> _Errors:
    return decoded(answer.body, _Errors) or _Errors()
