"""How long a text is for Mastodon: characters as people see them, a fixed sum for a link, a mention without its host."""

import re

from bridge.core import graphemes

_LINK = re.compile(r"(?<![\w@/])https?://(?=[^\s/?#]*[^\W_]\.[^\W\d_])[^\s<>\"'«»“”]+", re.IGNORECASE)
"""What the server takes for a link; the host needs a dot, so that nothing is counted as less than the server counts."""

_AFTER = ".,;:!?)]}'\"…"
MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(@[\w.-]*\w)?", re.IGNORECASE)
"""What the server takes for a mention: the name, and the host where one is given (Mastodon, Account::MENTION_RE)."""

_LONGEST_NAME = 300


def can_be_mentioned(acct: str) -> bool:
    """Whether an account's name is one, and brings nothing else into a text."""
    return len(acct) <= _LONGEST_NAME and MENTION.fullmatch(f"@{acct}") is not None


def counted(text: str, per_link: int) -> int:
    """The length of a text, `per_link` characters for each link.

    Source: docs.joinmastodon.org, `configuration[statuses]`; Mastodon's StatusLengthValidator.
    """
    return graphemes.length(MENTION.sub(r"@\1", _without_links(text, per_link)))


def _without_links(text: str, per_link: int) -> str:
    def stand_in(found: re.Match[str]) -> str:
        link = found[0].rstrip(_AFTER)
        return "x" * per_link + found[0][len(link) :]

    return _LINK.sub(stand_in, text)
