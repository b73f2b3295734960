"""People by their telephone numbers in the form of E.164: how they are shown, and where they are."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_UNKNOWN = "Etc/Unknown"


def is_number(given: str) -> bool:
    """Whether it is a number that can be answered, as an alphanumeric sender or a short code can't."""
    return bool(_E164.fullmatch(given))


def shown(number: str) -> str:
    """As people read it: +49 30 123456; what is no number as it stands."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def zones(number: str) -> Sequence[ZoneInfo]:
    """Where it may be: one zone, several for a number of a large country, none where nothing is known."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    return [ZoneInfo(name) for name in timezone.time_zones_for_number(parsed) if name != _UNKNOWN]
