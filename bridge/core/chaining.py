"""The parts of a split answer: which comes before which, and which of them are known to stand on the platform."""

from bridge.core.conversation import Record


def earlier(key: str) -> str:
    """The key of the part before a publication; empty for a first or only part."""
    stem, _, number = key.rpartition("|")
    return f"{stem}|{int(number) - 1}" if number.isdecimal() and int(number) > 1 else ""


def standing(record: Record, key: str) -> str:
    """How many parts of a publication's answer went out, in words; empty for an answer in one part.

    A part goes out only when the one before it stands, so the last that did tells of all before it.
    """
    stem = key.rpartition("|")[0]
    parts = {_number(given.key): given for given in record.given if given.key.rpartition("|")[0] == stem}
    most = max(parts, default=1)
    if most == 1:
        return ""
    last = max((number for number, given in parts.items() if given.published), default=0)
    out = f"Published: {_range(1, last)}." if last else "None of them is published."
    rest = f" Not published, as far as is known: {_range(last + 1, most)}." if 0 < last < most else ""
    return f"Your answer has {most} parts. {out}{rest}"


def _number(key: str) -> int:
    number = key.rpartition("|")[2]
    return int(number) if number.isdecimal() else 1


def _range(first: int, last: int) -> str:
    return f"part {first}" if first == last else f"parts {first} to {last}"
