"""Dates and clock times in a line, in whatever order and language clients print them."""

import re

_DAY = re.compile(
    r"(?<!\d)(?:\d{4}\s?[-./\u5e74\ub144]\s?\d{1,2}\s?[-./\u6708\uc6d4]\s?\d{1,2}|"
    r"\d{1,2}[-./]\s?\d{1,2}[-./]\s?(?:\d{4}|\d{2})|\d{1,2}[-/]\d{1,2})(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)")
"""Thai years are of the twenty-sixth century."""
_TIME = re.compile(r"(?<!\d)(?:\d{1,2}[:.h]\s?\d{2}(?!\d)|\d{1,2}\s?(?:[ap]\.?m\.?|uhr|klo)(?!\w))", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_MAX_LINE = 600
_DIGITS = {
    ord(digit): str(number)
    for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")
    for number, digit in enumerate(digits)
}


def _plain(line: str) -> str:
    return line if line.isascii() else line.translate(_DIGITS)


def has_date(line: str) -> bool:
    """Whether a line holds a day in figures, or a year."""
    plain = _plain(line)
    return _DAY.search(plain) is not None or _YEAR.search(plain) is not None


def has_number(line: str) -> bool:
    """Whether a line holds what can be the day of a month."""
    return _NUMBER.search(line) is not None


def is_dated(line: str) -> bool:
    """Whether a line holds a date and a clock time."""
    return len(line) < _MAX_LINE and _TIME.search(_plain(line)) is not None and has_date(line)
