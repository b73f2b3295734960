"""What NodeBB's own errors mean (its `public/language/en-GB/error.json`)."""

import re
from collections.abc import Callable

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import LONGEST_WAIT, Problem
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

LANGUAGE = "en-GB"
"""Errors are told in the reader's language: every request asks for the one that is understood here."""

_SHORTLY = 5.0
"""Seconds until a chat takes the next message; NodeBB says no number (`chatMessageDelay`, 200 ms by default)."""


class GoneAlready(PermanentProblem):
    """What was to be deleted is deleted."""


class _Refusal(msgspec.Struct, frozen=True):
    class Status(msgspec.Struct, frozen=True):
        message: str = ""

    status: Status = Status()


def _waiting(found: re.Match[str]) -> Problem:
    """The time that stands in the sentence, or in the key in its place."""
    number = next(group for group in found.groups() if group is not None)
    unit = 3600 if "hour" in found[0] else 60 if "minute" in found[0] else 1
    return TemporaryProblem(
        "the forum lets this account post again later only", min(float(number) * unit, LONGEST_WAIT)
    )


def _refused(text: str) -> Callable[[re.Match[str]], Problem]:
    return lambda _: PermanentProblem(text)


_NUMBER = r"\D{0,40}?(\d{1,9})[^.]{0,20}"

_MEANINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Problem]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (rf"can only post once every{_NUMBER}|too-many-posts(?:-newbie)?,{_NUMBER}", _waiting),
        (rf"required to wait{_NUMBER}|user-too-new,{_NUMBER}", _waiting),
        (rf"have been muted{_NUMBER}|user-muted-for-(?:hours|minutes),{_NUMBER}", _waiting),
        (
            r"sent too many messages|too-many-messages",
            lambda _: TemporaryProblem("the forum lets this account chat again in a moment only", _SHORTLY),
        ),
        (
            r"are already posting|already-posting",
            lambda _: UncertainProblem("the forum is still busy with a post of this account: it may be this one"),
        ),
        (r"already been deleted|post-already-deleted", lambda _: GoneAlready("it is deleted already")),
        (
            r"account has been banned|^user banned|user-banned|ip address has been banned|blacklisted-ip",
            lambda _: LoginProblem("the forum has banned this account"),
        ),
        (
            r"email is confirmed|email-not-confirmed|does not have an email|no-email-to-confirm",
            lambda _: LoginProblem("the account's mail address is not confirmed: the forum lets it write nothing"),
        ),
        (r"enter a longer post|content-too-short", _refused("the answer is too short for the forum")),
        (
            r"enter a shorter post|content-too-long|messages can ?not be longer|chat-message-too-long",
            _refused("the answer is too long for the forum"),
        ),
        (r"reputation to post links|reputation-to-post-links", _refused("the forum takes no links from this account")),
        (r"topic locked|topic-locked", _refused("the topic is closed")),
        (
            r"topic does not exist|no-topic|topic-deleted|topic has been deleted|post does not exist|no-post|invalid-pid",
            _refused("the post or its topic is gone"),
        ),
        (
            r"enough privileges|no-privileges|category disabled|category-disabled",
            _refused("the forum does not let this account answer there"),
        ),
        (
            r"restricted their chat|chat-restricted|chat-user-blocked",
            _refused("the customer takes no chats from this account"),
        ),
        (
            r"chat system disabled|chat-disabled|reputation to chat|reputation-to-chat",
            _refused("the forum lets this account not chat"),
        ),
        (
            r"user not in room|not-in-room|room does not exist|no-chat-room|chat message id|invalid-mid",
            _refused("the chat is gone"),
        ),
        (r"user does not exist|no-user", _refused("the customer has no account there any more")),
        (r"only allowed to delete posts|delete-duration-expired", _refused("the forum's time for deleting it is over")),
        (r"delete your topic after|cant-delete-topic-has", _refused("the forum deletes no topic that has replies")),
        (
            r"invalid chat message|invalid-chat-message|^invalid data|invalid-data",
            _refused("the forum refuses the answer"),
        ),
    )
)
"""Sentences, and the keys that stand in their place where a language file is missing."""


def judge_reading(_answer: Answer) -> Problem | None:
    """Refused questions are told well enough by their status."""
    return None


def judge_saying(answer: Answer) -> Problem | None:
    """Refusals that NodeBB words itself are certain.

    Whatever goes wrong inside of it is answered with status 400 as well, also after a post was made: such a
    one is in doubt, and so is every sentence that is not known here.
    """
    if answer.status not in {400, 403, 404, 500}:
        return None
    refusal = decoded(answer.body, _Refusal)
    said = refusal.status.message[:500] if refusal else ""
    for pattern, meaning in _MEANINGS:
        if found := pattern.search(said):
            return meaning(found)
    if answer.status == 400:  # noqa: PLR2004 - bad request
        return UncertainProblem(f"{answer.host} refuses it for a reason that is not known (status 400)")
    return None
