"""Every command_status of SMPP 3.4 (5.1.3): what it is called, what it means for what we asked, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

OK = 0x00
INVALID_COMMAND_LENGTH = 0x02
INVALID_COMMAND = 0x03
ALREADY_BOUND = 0x05
QUEUE_FULL = 0x14
THROTTLED = 0x58
TRY_LATER = 0x64
"""ESME_RX_T_APPN: what came could not be kept; the SMSC offers it again."""

_VENDORS = range(0x400, 0x500)

Problem = TemporaryProblem | PermanentProblem | UncertainProblem


class Means(StrEnum):
    """What a status says about the request that it answers."""

    DONE = "done"
    LATER = "later"
    """It was not taken now."""
    NEVER = "never"
    """It was not taken and won't be as it is."""
    LOGIN = "login"
    DOUBT = "doubt"
    """The SMSC's own trouble: nobody can tell how far the request went."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status: its name in the specification, what follows, and the words for people."""

    name: str
    means: Means
    words: str


_NEVER, _LATER, _LOGIN, _DOUBT = Means.NEVER, Means.LATER, Means.LOGIN, Means.DOUBT

STATUSES: Mapping[int, Status] = {
    OK: Status("ESME_ROK", Means.DONE, "no error"),
    0x01: Status("ESME_RINVMSGLEN", _NEVER, "the message has a wrong length"),
    INVALID_COMMAND_LENGTH: Status("ESME_RINVCMDLEN", _NEVER, "the packet has a wrong length"),
    INVALID_COMMAND: Status("ESME_RINVCMDID", _NEVER, "the command is not known there"),
    0x04: Status("ESME_RINVBNDSTS", _LATER, "the session is not bound for this"),
    ALREADY_BOUND: Status("ESME_RALYBND", _LATER, "the account is bound already"),
    0x06: Status("ESME_RINVPRTFLG", _NEVER, "the priority is not allowed"),
    0x07: Status("ESME_RINVREGDLVFLG", _NEVER, "receipts are not allowed: set receipts = false"),
    0x08: Status("ESME_RSYSERR", _DOUBT, "the SMSC has an error of its own"),
    0x0A: Status("ESME_RINVSRCADR", _NEVER, "our number is not allowed as the sender"),
    0x0B: Status("ESME_RINVDSTADR", _NEVER, "the customer's number is not valid"),
    0x0C: Status("ESME_RINVMSGID", _NEVER, "the message's id is not known there"),
    0x0D: Status("ESME_RBINDFAIL", _LOGIN, "binding failed"),
    0x0E: Status("ESME_RINVPASWD", _LOGIN, "the password is wrong"),
    0x0F: Status("ESME_RINVSYSID", _LOGIN, "the account is not known"),
    0x11: Status("ESME_RCANCELFAIL", _NEVER, "cancelling failed"),
    0x13: Status("ESME_RREPLACEFAIL", _NEVER, "replacing failed"),
    QUEUE_FULL: Status("ESME_RMSGQFUL", _LATER, "the SMSC's queue is full"),
    0x15: Status("ESME_RINVSERTYP", _NEVER, "the service type is not allowed"),
    0x33: Status("ESME_RINVNUMDESTS", _NEVER, "the number of receivers is wrong"),
    0x34: Status("ESME_RINVDLNAME", _NEVER, "the distribution list is not known"),
    0x40: Status("ESME_RINVDESTFLAG", _NEVER, "the kind of receiver is wrong"),
    0x42: Status("ESME_RINVSUBREP", _NEVER, "replacing is not allowed"),
    0x43: Status("ESME_RINVESMCLASS", _NEVER, "this kind of message is not allowed: try another `long_texts`"),
    0x44: Status("ESME_RCNTSUBDL", _NEVER, "the distribution list takes no message"),
    0x45: Status("ESME_RSUBMITFAIL", _NEVER, "the SMSC did not take the message"),
    0x48: Status("ESME_RINVSRCTON", _NEVER, "the type of our number is wrong"),
    0x49: Status("ESME_RINVSRCNPI", _NEVER, "the plan of our number is wrong"),
    0x50: Status("ESME_RINVDSTTON", _NEVER, "the type of the customer's number is wrong"),
    0x51: Status("ESME_RINVDSTNPI", _NEVER, "the plan of the customer's number is wrong"),
    0x53: Status("ESME_RINVSYSTYP", _LOGIN, "the system type is wrong"),
    0x54: Status("ESME_RINVREPFLAG", _NEVER, "the flag for replacing is wrong"),
    0x55: Status("ESME_RINVNUMMSGS", _NEVER, "the number of messages is wrong"),
    THROTTLED: Status("ESME_RTHROTTLED", _LATER, "we send more than the account may"),
    0x61: Status("ESME_RINVSCHED", _NEVER, "the time of sending is not valid"),
    0x62: Status("ESME_RINVEXPIRY", _NEVER, "the time of validity is not valid"),
    0x63: Status("ESME_RINVDFTMSGID", _NEVER, "the predefined message is not known"),
    TRY_LATER: Status("ESME_RX_T_APPN", _LATER, "the receiver has a passing error"),
    0x65: Status("ESME_RX_P_APPN", _NEVER, "the receiver has a lasting error"),
    0x66: Status("ESME_RX_R_APPN", _NEVER, "the receiver refuses it"),
    0x67: Status("ESME_RQUERYFAIL", _NEVER, "asking for the message failed"),
    0xC0: Status("ESME_RINVOPTPARSTREAM", _NEVER, "the optional fields cannot be read"),
    0xC1: Status("ESME_ROPTPARNOTALLWD", _NEVER, "an optional field is not allowed: try another `long_texts`"),
    0xC2: Status("ESME_RINVPARLEN", _NEVER, "a field has a wrong length"),
    0xC3: Status("ESME_RMISSINGOPTPARAM", _NEVER, "an optional field is missing"),
    0xC4: Status("ESME_RINVOPTPARAMVAL", _NEVER, "an optional field has a wrong value"),
    0xFE: Status("ESME_RDELIVERYFAILURE", _NEVER, "it could not be delivered"),
    0xFF: Status("ESME_RUNKNOWNERR", _DOUBT, "the SMSC does not know what went wrong"),
}
"""By number."""


def status(number: int) -> Status:
    """What is known of a status: a vendor's own is a refusal, and of what no specification names nothing is known."""
    known = STATUSES.get(number)
    if known is not None:
        return known
    if number in _VENDORS:
        return Status(f"vendor status 0x{number:X}", Means.NEVER, "the SMSC refuses it for a reason of its vendor")
    return Status(f"unknown status 0x{number:X}", Means.DOUBT, "the SMSC answers with a status that is not known")


def problem(number: int, host: str, *, after: float | None = None) -> Problem:
    """The problem that a request met whose response has this status; `after` for those that may be tried again."""
    known = status(number)
    text = f"{host}: {known.words} ({known.name})"
    match known.means:
        case Means.LATER:
            return TemporaryProblem(text, after)
        case Means.LOGIN:
            return LoginProblem(text)
        case Means.NEVER:
            return PermanentProblem(text)
        case _:
            return UncertainProblem(text)
