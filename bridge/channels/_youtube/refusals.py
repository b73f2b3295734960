"""What YouTube's refusals mean: the reason in the answer's body counts for more than its status."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import Judgement, Problem, is_json, retry_after
from bridge.channels._youtube.quota import Quota
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_HASTY = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_LOGIN: Mapping[str, str] = {
    "insufficientPermissions": "the token lacks the scope youtube.force-ssl",
    "ineligibleAccount": "the account has no YouTube channel that may write comments",
    "accessNotConfigured": "the YouTube Data API v3 is not switched on in the Google Cloud project",
    "youtubeSignupRequired": "the account has no YouTube channel",
    "authenticatedUserNotChannel": "the account has no YouTube channel",
    "authenticatedUserAccountSuspended": "YouTube has suspended the account",
    "authenticatedUserAccountClosed": "the account is closed",
}
_REFUSED: Mapping[str, str] = {
    "commentsDisabled": "comments are switched off below that video",
    "videoNotFound": "the video is gone",
    "channelNotFound": "YouTube knows no such channel",
    "commentNotFound": "the comment is gone",
    "commentThreadNotFound": "the comment is gone",
    "parentCommentNotFound": "the comment to be answered is gone",
    "parentCommentIsPrivate": "the comment to be answered is private",
    "parentIdMissing": "YouTube wants to know which comment is answered",
    "commentTextRequired": "YouTube takes no empty answers",
    "commentTextTooLong": "the answer is too long for YouTube",
    "invalidCustomEmoji": "YouTube does not know an emoji of the answer",
    "channelClosed": "the YouTube channel is closed",
    "channelSuspended": "YouTube has suspended the channel",
    "invalidCommentMetadata": "YouTube does not take the answer as it is",
    "operationNotSupported": "YouTube does not let this comment be answered or moderated",
}
"""The texts beside these words may repeat what was said, and stay where they are."""

_FAILED, _TURNED = "processingFailure", "invalidPageToken"
_GONE = frozenset({"commentNotFound", "commentThreadNotFound"})
_CERTAIN = frozenset({400, 403, 404})
_UNAUTHORIZED, _FORBIDDEN, _ABSENT = 401, 403, 404
_REASON = re.compile(r"[A-Za-z]{1,60}")


class Expired(LoginProblem):
    """The access token is not accepted: the session gets another one."""


class Forbidden(PermanentProblem):
    """403: either this account may not do it, or it may do nothing any more."""


class Gone(PermanentProblem):
    """The comment that was named is not there."""


class _Errors(msgspec.Struct, frozen=True):
    class Inner(msgspec.Struct, frozen=True):
        class One(msgspec.Struct, frozen=True):
            reason: str = ""

        errors: list[One] = []

    error: Inner = Inner()


def judging_reading(quota: Quota, now: Callable[[], datetime]) -> Judgement:
    """What a question's refusal means."""

    def judge(answer: Answer) -> Problem | None:
        if answer.good:
            return None
        reason = reason_of(answer)
        if reason in {_FAILED, _TURNED}:
            return TemporaryProblem("YouTube could not work on it at the moment", retry_after(answer, now()))
        if answer.status == _FORBIDDEN and not is_json(answer.body):
            return TemporaryProblem("Google turns us away before the API (status 403)")
        return _common(answer, reason, quota, now=now())

    return judge


def judging_saying(quota: Quota, now: Callable[[], datetime]) -> Judgement:
    """Refusals that YouTube itself words are certain; the rest is left to the status."""

    def judge(answer: Answer) -> Problem | None:
        if answer.good:
            return None
        reason = reason_of(answer)
        if reason == _FAILED and answer.status in _CERTAIN:
            return PermanentProblem(
                "YouTube does not take the answer: it may look like spam to it, or the server failed"
            )
        known = _common(answer, reason, quota, now=now())
        if known is None and answer.status == _FORBIDDEN:
            return Forbidden("YouTube does not let this account do that (status 403)")
        return known

    return judge


def _common(answer: Answer, reason: str, quota: Quota, *, now: datetime) -> Problem | None:
    """What means the same wherever it is answered; of a server that failed no reason is taken."""
    if answer.status == _UNAUTHORIZED:
        return Expired("YouTube does not accept the access token any more")
    if answer.status not in _CERTAIN and answer.status != 429:  # noqa: PLR2004 - too many requests
        return None
    if reason in _SPENT:
        return TemporaryProblem("today's quota of the Google Cloud project is used up", quota.drained(now))
    if reason in _HASTY:
        return TemporaryProblem("YouTube takes no more requests at the moment", retry_after(answer, now))
    if reason in _LOGIN:
        return LoginProblem(_LOGIN[reason])
    if reason in _GONE and answer.status == _ABSENT:
        return Gone(_REFUSED[reason])
    return PermanentProblem(_REFUSED[reason]) if reason in _REFUSED else None


def reason_of(answer: Answer) -> str:
    """The first reason that an answer gives; empty without one."""
    told = decoded(answer.body, _Errors)
    reason = told.error.errors[0].reason if told and told.error.errors else ""
    return reason if _REASON.fullmatch(reason) else ""
