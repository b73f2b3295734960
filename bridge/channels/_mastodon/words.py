"""What Mastodon makes of words, undone: HTML, the links behind mentions and hashtags, the mentions before a reply."""

import re
from collections.abc import Collection
from urllib.parse import unquote

from bridge.channels._html import text_of
from bridge.channels._mastodon.count import MENTION
from bridge.channels._mastodon.shapes import Status
from bridge.channels._text import same_words

_NAME = r"[\w.-]{1,100}(?:@[\w.-]{1,250})?"
_LINKED = re.compile(rf"(?<![\w@#])([@#])({_NAME}) <(https?://[^>\s]{{1,500}})>")
_LEADING = re.compile(rf"(?:@{_NAME}(?:\s|[,:]\s)\s*)+")
_QUOTING = re.compile(r'<p class="quote-inline">(?:(?!</p>).){0,2000}</p>')
"""The link to what is quoted, for programs that do not show quotations (Mastodon 4.5)."""

_FORMATTED = re.compile(r"<(?!/?(?:p|br|a|span)\b)[a-z]", re.IGNORECASE)
"""An element that no server needs for plain words."""

_SWALLOWED = re.compile(r"[\[\]\\`~]|<[a-z!/?]|&#?\w+;", re.IGNORECASE)
"""Signs of Markdown, HTML and BBCode by which words can vanish without any element in their place."""

_FIRST = re.compile(rf"@({_NAME})[\s,:]+")


def words(status: Status, names: Collection[str]) -> str:
    """The author's own words, without what only addresses somebody.

    Left out are the mentions before a reply, and our own, which are the `names` in lower case, before any post.
    """
    text = plain(status)
    bare = _LEADING.sub("", text, count=1) if status.parent and _LEADING.match(text) else _unnamed(text, names)
    return bare.strip() or text


def plain(status: Status) -> str:
    """The text as a reader sees it, mentions and hashtags without the addresses behind them."""
    addresses = {mention.url for mention in status.mentions if mention.url}
    content = status.content or ""
    if status.quoted is not None:
        content = _QUOTING.sub("", content, count=1)
    return _LINKED.sub(lambda found: _bare(found, addresses), text_of(content))


def _bare(found: re.Match[str], addresses: Collection[str]) -> str:
    """The link's words alone, if it really leads to what they name (E04)."""
    sign, name, address = found.groups()
    last = unquote(address.rstrip("/").rpartition("/")[2]).removeprefix("@").partition("@")[0]
    leads = address in addresses or last.casefold() == name.partition("@")[0].casefold()
    return f"{sign}{name}" if leads else found[0]


def _unnamed(text: str, names: Collection[str]) -> str:
    """Without our own names at the beginning."""
    found = _FIRST.match(text)
    while found is not None and found[1].lower() in names:
        text = text[found.end() :]
        found = _FIRST.match(text)
    return text


def said_words(text: str) -> str:
    """The form in which our own words are compared with what the server shows of them: nobody addressed, no hosts."""
    unaddressed = _LEADING.sub("", text, count=1) if _LEADING.match(text) else text
    return same_words(MENTION.sub(r"@\1", unaddressed))


def may_be_said(text: str, status: Status) -> bool:
    """Whether a post may be these words as a server shows them that formats what it is sent (C01).

    GoToSocial, glitch-soc and Pleroma do so by the account's preferences, where they do not heed `content_type`.
    """
    formatted = bool(_FORMATTED.search(status.content or "") or _SWALLOWED.search(text))
    return formatted or _letters(text) == _letters(plain(status))


def _letters(text: str) -> str:
    """What no formatting takes away."""
    return "".join(filter(str.isalnum, said_words(text).casefold()))
