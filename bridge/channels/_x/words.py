"""What X does to words on their way, undone: escapes, short links, the mentions that it puts before a reply."""

import re
from collections.abc import Sequence

from bridge.channels._text import same_words
from bridge.channels._x.count import LINK
from bridge.channels._x.shapes import Url, Wire

_LEADING = re.compile(r"(?:@\w{1,50}\s+)+")
_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/[^/]+/status/\d+/(?:photo|video)/\d+", re.IGNORECASE)
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/[^/]+/status/(\d+)", re.IGNORECASE)


def words(post: Wire, handle: str) -> str:
    """The author's own words, with whole links and without what X adds.

    Left out are links to the post's own pictures and to the post that it quotes, and what only addresses somebody:
    the mentions before a reply, and our own at the beginning of any post.
    """
    text = _expanded(post.whole, post.links, quoted=post.referring("quoted"))
    bare = _unaddressed(text, handle, reply=post.referring("replied_to") is not None)
    return bare or text


def message_words(text: str, links: Sequence[Url]) -> str:
    """The words of a direct message, which X escapes and shortens in the same way."""
    return _expanded(text, links, quoted=None)


def _expanded(text: str, links: Sequence[Url], *, quoted: int | None) -> str:
    for link in {link.url: link for link in links if link.url}.values():
        text = text.replace(link.url, "" if _is_added(link, quoted) else link.expanded_url or link.url)
    return _unescaped(text).strip()


def _is_added(link: Url, quoted: int | None) -> bool:
    """Whether X itself put the link there."""
    status = _STATUS.match(link.expanded_url)
    return (
        bool(link.media_key)
        or _OWN_MEDIA.match(link.expanded_url) is not None
        or (quoted is not None and status is not None and int(status[1]) == quoted)
    )


def _unescaped(text: str) -> str:
    """X escapes these three and nothing else."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unaddressed(text: str, handle: str, *, reply: bool) -> str:
    if reply:
        return _LEADING.sub("", text, count=1) if _LEADING.match(text) else text
    return (
        re.sub(rf"(?:@{re.escape(handle)}\b[\s,:]*)+", "", text, count=1, flags=re.IGNORECASE)
        if _starts(text, handle)
        else text
    )


def _starts(text: str, handle: str) -> bool:
    return bool(handle) and re.match(rf"@{re.escape(handle)}\b", text, re.IGNORECASE) is not None


def said_words(text: str) -> str:
    """The form in which our own words are compared with what X shows of them: links without scheme and last slash."""
    unaddressed = _LEADING.sub("", text, count=1) if _LEADING.match(text) else text
    return same_words(LINK.sub(lambda found: _plain_link(found[0]), unaddressed))


def _plain_link(link: str) -> str:
    bare = re.sub(r"^https?://", "", link, flags=re.IGNORECASE).rstrip("/")
    host, slash, path = bare.partition("/")
    return f"{host.lower()}{slash}{path}"
