"""Finds secrets that stand in a file instead of the credentials directory (G05)."""

import re
from collections.abc import Iterator

from bridge.config.files import Table
from bridge.core.complaint import Complaint

_NAMED = re.compile(r"(?:.*_)?(?:password|passwd|secret|token|api_?key|private_?key|bearer)")
_LOGIN = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_INSTEAD = 'name it instead, as { credential = "NAME" }, put it into the credentials directory, and replace it: it was readable here'


def literal_secrets(table: Table, *, file: str, key: str = "") -> Iterator[Complaint]:
    """A complaint for each text that is a secret by its key or by its form; the text itself is not repeated."""
    for name, given in table.items():
        here = f"{key}.{name}" if key else name
        if isinstance(given, dict) and set(given) != {"credential"}:
            yield from literal_secrets(given, file=file, key=here)
        elif isinstance(given, list):
            entries = {str(number): entry for number, entry in enumerate(given)}
            yield from literal_secrets(entries, file=file, key=here)
        elif isinstance(given, str) and _is_secret(name, given):
            yield Complaint(file=file, key=here, what=f"holds a secret: {_INSTEAD}")


def _is_secret(name: str, given: str) -> bool:
    if _LOGIN.search(given) or _PRIVATE_KEY.search(given):
        return True
    return bool(given) and _NAMED.fullmatch(name.lower()) is not None
