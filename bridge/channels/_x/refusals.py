"""What X's refusals mean: its problem types, its older codes, and its words where it has nothing better."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bridge.channels._http import Answer
from bridge.channels._problems import LONGEST_WAIT, Judgement, Problem, retry_after
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

USED_UP = 3600.0
"""Seconds until we look again whether a used-up plan was renewed."""

_HALF_AN_HOUR = 1800.0
_CREDITS, _FORBIDDEN, _LIMITED = 402, 403, 429


class Uninvited(PermanentProblem):
    """X lets the account answer this post neither here nor now."""


class _Fault(msgspec.Struct, frozen=True):
    code: int | None = None
    message: str = ""
    title: str = ""
    detail: str = ""
    type: str = ""


class _Body(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""
    type: str = ""
    reason: str = ""
    errors: list[_Fault | str] = []
    data: msgspec.Raw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a refusal says, in one form."""

    words: str
    """All its texts in lower case; for recognising, never for showing."""
    types: frozenset[str]
    """The ends of its problem types: client-forbidden, usage-capped, …"""
    codes: frozenset[int]
    has_data: bool
    has_faults: bool


def said(body: bytes) -> Said | None:
    """What a body says; None where it is no problem of X's."""
    try:
        read = msgspec.json.decode(body, type=_Body, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    faults = [fault if isinstance(fault, _Fault) else _Fault(message=fault) for fault in read.errors]
    texts = [read.title, read.detail, read.reason, *(t for f in faults for t in (f.message, f.title, f.detail))]
    types = {name.rpartition("/")[2] for name in (read.type, *(fault.type for fault in faults)) if name}
    return Said(
        words="\n".join(texts).lower(),
        types=frozenset(types),
        codes=frozenset(fault.code for fault in faults if fault.code is not None),
        has_data=read.data is not None,
        has_faults=bool(faults),
    )


Make = Callable[[], Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of the table of refusals: any of its marks is enough."""

    make: Make
    phrases: Sequence[str] = ()
    codes: frozenset[int] = frozenset()
    types: frozenset[str] = frozenset()

    def fits(self, given: Said) -> bool:
        return bool(
            self.codes & given.codes
            or self.types & given.types
            or any(phrase in given.words for phrase in self.phrases)
        )


_ACCOUNT = (
    _Row(
        make=lambda: LoginProblem("X has suspended or locked the account: look at it at x.com"),
        phrases=("account is suspended", "user has been suspended", "account is temporarily locked", "locked"),
        codes=frozenset({64, 141, 326}),
    ),
    _Row(
        make=lambda: LoginProblem("X does not let the app do this: look at its plan and rights at console.x.com"),
        phrases=(
            "client-not-enrolled",
            "oauth1-permissions",
            "oauth1 app permissions",
            "required scope",
            "missing scope",
        ),
        codes=frozenset({261, 416, 453}),
        types=frozenset({"client-forbidden", "oauth1-permissions", "unsupported-authentication"}),
    ),
    _Row(
        make=lambda: TemporaryProblem("the month's reads or the plan's cap are used up", USED_UP),
        types=frozenset({"usage-capped"}),
        phrases=("usage cap exceeded", "usagecapexceeded"),
    ),
)
"""Of the account or the app, whatever was asked."""

_ANSWERS = (
    _Row(
        make=lambda: UncertainProblem("X says that these words are already there"),
        phrases=("duplicate content", "status is a duplicate"),
        codes=frozenset({187}),
    ),
    _Row(
        make=lambda: Uninvited(
            "X lets the account answer this post neither here nor now: its author has not mentioned or quoted the account, "
            "or limits who may reply; answer with #private, or by hand and #done"
        ),
        phrases=("have not been mentioned", "reply to this conversation is not allowed", "not permitted to reply"),
        codes=frozenset({433}),
    ),
    _Row(
        make=lambda: PermanentProblem("the post to be answered is gone or not visible to the account"),
        phrases=("deleted or not visible", "not visible to you", "no status found"),
        codes=frozenset({34, 144, 179, 385}),
    ),
    _Row(
        make=lambda: PermanentProblem("the customer takes no direct messages from the account"),
        phrases=("cannot send messages to this user", "not following you", "dm to one or more", "does not accept"),
        codes=frozenset({150, 349}),
    ),
    _Row(
        make=lambda: PermanentProblem("the customer has blocked the account"),
        phrases=("blocked from", "you have been blocked"),
        codes=frozenset({136}),
    ),
    _Row(
        make=lambda: PermanentProblem("X counts the answer as too long"),
        phrases=("too long", "needs to be a bit shorter"),
        codes=frozenset({186, 354}),
    ),
    _Row(
        make=lambda: TemporaryProblem("the account has said too much today for X", _HALF_AN_HOUR),
        phrases=("daily status update limit", "reached your daily limit"),
        codes=frozenset({185, 344}),
    ),
    _Row(
        make=lambda: PermanentProblem("X takes the answer for automated or harmful and has not published it"),
        phrases=("looks like it might be automated", "potentially harmful"),
        codes=frozenset({226}),
    ),
)
"""Of one answer."""


def judge_reading(now: datetime) -> Judgement:
    """What the answer to a question means."""

    def judge(answer: Answer) -> Problem | None:
        given = said(answer.body)
        if given is None:
            return None
        if answer.good:
            return _nothing_but_faults(given)
        return _general(answer, given, now)

    return judge


def judge_saying(now: datetime) -> Judgement:
    """What the answer to a publication means."""

    def judge(answer: Answer) -> Problem | None:
        given = said(answer.body)
        if given is None or answer.failed:
            return None
        if answer.good:
            faulty = given.has_faults and not given.has_data
            return UncertainProblem("X accepted the answer and reported an error with it") if faulty else None
        return _first(_ANSWERS, given) or _general(answer, given, now)

    return judge


def _nothing_but_faults(given: Said) -> Problem | None:
    """Status 200 with an error for everything that was asked is still an answer where only single posts are missing."""
    missing = {"resource-not-found", "not-authorized-for-resource", ""}
    if given.has_faults and not given.has_data and given.types - missing:
        return TemporaryProblem("X answers with an error instead of an answer")
    return None


def _general(answer: Answer, given: Said, now: datetime) -> Problem | None:
    """What does not depend on the request."""
    if answer.status == _CREDITS:
        return PermanentProblem("the credits of the X account are used up, or its spending limit is reached: top up")
    if answer.failed:
        return None
    problem = _first(_ACCOUNT, given)
    if problem is None and answer.status == _LIMITED:
        return TemporaryProblem("X wants us to wait", asked(answer, now))
    return problem


def _first(rows: Sequence[_Row], given: Said) -> Problem | None:
    return next((row.make() for row in rows if row.fits(given)), None)


def asked(answer: Answer, now: datetime) -> float | None:
    """Seconds until a limit is renewed, by whichever of X's headers tells it."""
    stated = retry_after(answer, now)
    if stated is not None:
        return stated
    given = answer.headers.get("x-rate-limit-reset", "")
    if not given.isascii() or not given.isdigit():
        return None
    wait = int(given[:12]) - now.astimezone(UTC).timestamp()
    return min(max(math.ceil(wait), 0.0), LONGEST_WAIT)
