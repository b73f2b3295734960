"""A ticket system's own number in a subject, kept so that follow-ups join the ticket (docs/proxy.md)."""

import re

_TAG = re.compile(
    r"\[(?:"
    r"[\w .&+-]{0,40}#\s?\d{1,20}"  # RT [acme #17], Ticket#2024…, FreeScout [#12], Redmine [shop - Bug #7]
    r"|(?:ticket|issue|case|request|incident|vorgang|anfrage|sr|req|cas)[ :_-]{0,2}\d{1,20}"  # Roundup [issue12]
    r"|[A-Z][A-Z0-9]{1,9}-\d{1,9}"  # Jira [SUP-12]
    r")\]",
    re.IGNORECASE | re.ASCII,
)
_MAX_SUBJECT = 1000


def tag(subject: str, *, own: str) -> str:
    """The tag with its brackets; empty where the subject has none but those that our own subject already had."""
    known = {match[0].casefold() for match in _TAG.finditer(own[:_MAX_SUBJECT])}
    found = (match[0] for match in _TAG.finditer(subject[:_MAX_SUBJECT]))
    return next((candidate for candidate in found if candidate.casefold() not in known), "")
