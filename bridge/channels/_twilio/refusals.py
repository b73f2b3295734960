"""What Twilio's refusals mean: its own codes first, then the status (twilio.com/docs/api/errors)."""

from collections.abc import Mapping

import msgspec

from bridge.channels._api import decoded
from bridge.channels._http import Answer
from bridge.channels._problems import Problem
from bridge.ports import LoginProblem, PermanentProblem, StoppedProblem, TemporaryProblem

OPTED_OUT = "the customer has asked for no more messages: nothing may be sent to this number until they write START"

_CLOSED: Mapping[int, str] = {21610: OPTED_OUT}
_LOGIN: Mapping[int, str] = {
    20003: "Twilio does not accept the account's token",
    20005: "Twilio says that the account is not active",
    20008: "the token is one for tests: nothing is really sent by it",
    30002: "Twilio has suspended the account",
}
_LATER: Mapping[int, str] = {
    20429: "Twilio wants us to wait",
    14107: "Twilio wants us to wait",
    21611: "the number has too many messages waiting",
    30001: "the number has too many messages waiting",
}
_REFUSED: Mapping[int, str] = {
    21211: "the customer's number is none that Twilio can reach",
    21212: "the number to answer from is not right",
    21408: "the account may not send to that country: allow it in the console",
    21601: "the number to answer from cannot send text messages",
    21602: "Twilio takes no empty messages",
    21604: "the message names nobody to be sent to",
    21606: "the number to answer from cannot send text messages to that customer",
    21608: "a trial account reaches verified numbers only",
    21612: "no network takes messages from this number to that one",
    21614: "the customer's number is no mobile number",
    21617: "the message is too long for Twilio",
    21635: "the customer's number is a landline",
    21659: "the number to answer from is not the account's",
    21660: "the number to answer from is another account's",
    30003: "the customer's telephone is not reachable",
    30004: "the customer's network blocks the message",
    30005: "the customer's number does not exist any more",
    30006: "the customer's number is a landline, or a network that takes no text messages",
    30007: "the network took the message for unwanted and dropped it",
    30008: "the network lost the message and does not say why",
    30034: "the number to answer from is not registered for business messages (A2P 10DLC)",
}


class _Refusal(msgspec.Struct, frozen=True):
    code: int | None = None


def judge(answer: Answer) -> Problem | None:
    """What an error body means; None leaves it to the status."""
    refusal = None if answer.good else decoded(answer.body, _Refusal)
    if refusal is None or refusal.code is None:
        return None
    if refusal.code in _LOGIN:
        return LoginProblem(_LOGIN[refusal.code])
    if refusal.code in _CLOSED:
        return StoppedProblem(_CLOSED[refusal.code])
    if answer.failed or refusal.code in _LATER:
        return TemporaryProblem(_LATER[refusal.code]) if refusal.code in _LATER and answer.status != 429 else None  # noqa: PLR2004 - its Retry-After is read
    return PermanentProblem(_REFUSED[refusal.code]) if refusal.code in _REFUSED else None


def undelivered(code: int | str | None) -> str:
    """Why a message that was accepted does not arrive."""
    number = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdecimal()) else 0
    return _CLOSED.get(number) or _REFUSED.get(number) or "the network refused the message and does not say why"
