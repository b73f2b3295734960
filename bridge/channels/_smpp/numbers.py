"""Numbers as SMSCs write them, and as E.164 knows them: a plus sign and at most fifteen digits."""

import re

from bridge.channels._smpp.pdu import Address

INTERNATIONAL = 1
NATIONAL = 2
ALPHANUMERIC = 5
_ISDN = 1
"""The plan of ordinary phone numbers (SMPP 3.4, 5.2.6)."""

E164 = re.compile(r"\+[1-9]\d{6,14}")
_DIGITS = re.compile(r"\+?\d{1,20}")
_SHORT = re.compile(r"\d{1,6}")
_UNKNOWN_TYPES = frozenset({0, INTERNATIONAL})


def number(address: Address, calling_code: str) -> str:
    """A sender or receiver: E.164 where it is an ordinary number, else the short code or name as it is.

    A name that looks like a number is marked: whoever chose it is not the one who has the number.

    `calling_code` is that of the country whose national numbers come without it; empty where none do.
    """
    given = "".join(address.digits.split())
    if address.ton == ALPHANUMERIC or not _DIGITS.fullmatch(given):
        return f"name {given}" if _DIGITS.fullmatch(given) else address.digits.strip()
    digits = given.lstrip("+")
    if given.startswith("+") or address.ton == INTERNATIONAL:
        return _international(digits.removeprefix("00"))
    if digits.startswith("00"):
        return _international(digits[2:])
    if calling_code and (address.ton == NATIONAL or digits.startswith("0")):
        return _international(calling_code + digits.removeprefix("0"))
    return digits if _SHORT.fullmatch(digits) or address.ton not in _UNKNOWN_TYPES else _international(digits)


def _international(digits: str) -> str:
    full = f"+{digits}"
    return full if E164.fullmatch(full) else digits


def is_answerable(address: Address) -> bool:
    """Whether a text can be sent there: names of senders are not numbers."""
    return address.ton != ALPHANUMERIC and _DIGITS.fullmatch("".join(address.digits.split())) is not None


def address(written: str) -> Address:
    """How a number of ours or of a customer is written for the SMSC."""
    if written.startswith("+"):
        return Address(digits=written[1:], ton=INTERNATIONAL, npi=_ISDN)
    if written.isdecimal():
        return Address(digits=written, ton=0, npi=_ISDN)
    return Address(digits=written, ton=ALPHANUMERIC, npi=0)
