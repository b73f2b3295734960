"""Whether a mail's header says the same to every reader: what checked a signature may be another one than we are."""

import re
from email.errors import MissingHeaderBodySeparatorDefect

from bridge.letters.mime import Mail

_SINGLE = ("message-id", "date", "in-reply-to", "references", "subject")
"""Fields that may stand there once (RFC 5322, 3.6) and from which we know a letter and what it answers."""
_BLANK_LINE = re.compile(rb"\n[\r\n]|\r\r")
_LATER_FROM = re.compile(rb"[\r\n]From ")
"""A mailbox's own line, anywhere but at the top; at the header's end the standard library gives it back to the body."""


def trouble(raw: bytes, mail: Mail) -> str:
    """Why the header could be read in more than one way; empty where it cannot."""
    if _breaks_off(raw, mail):
        return "its header breaks off"
    twice = next((name for name in _SINGLE if len(distinct(mail, name)) > 1), "")
    return f"its header holds {twice} more than once, and they differ" if twice else ""


def distinct(mail: Mail, name: str) -> tuple[str, ...]:
    """The values of a field on one line each, every value once."""
    return tuple(dict.fromkeys(" ".join(value.split()) for value in mail.fields.get(name, ())))


def _breaks_off(raw: bytes, mail: Mail) -> bool:
    """Whether a line that is no field ended the header, so that what follows would be read as the agent's words."""
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in mail.message.defects):
        return True
    text = raw.lstrip(b"\xef\xbb\xbf\r\n")
    end = _BLANK_LINE.search(text)
    return bool(_LATER_FROM.search(text, 0, end.start() if end else len(text)))
