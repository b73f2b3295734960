"""The subject of a conversation's mails: the same in the whole thread, with the ticket's own tag and no tag of a stranger's."""

import re

from bridge.core import showing
from bridge.core.conversation import Record
from bridge.core.model import Post, Visibility

_WHO = 40
_GIST = 64
_TAG = 80
_BRACKETS = str.maketrans("[]{}", "()()")
_NUMBER = re.compile(r"#[\s:]*(?=\d)")
_AUTOMATIC = re.compile(r"auto(?=reply)", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:(?:re|aw|fwd?|wg|sv)\s*:\s*)+", re.IGNORECASE)


def of(record: Record, post: Post, *, platform: str) -> str:
    """The conversation's subject: that of its first proxy where there was one, with the ticket's tag where it is known."""
    return tagged(record.subject or _made(post, platform), record.tag)


def again(record: Record) -> str:
    """The subject of a conversation of which nothing but the record is at hand."""
    if not record.subject and record.posts:
        return of(record, record.posts[0], platform=record.key.channel)
    return tagged(record.subject or record.key.channel, record.tag)


def tagged(subject: str, tag: str) -> str:
    """With the tag in front, where RT, OTOBO, Zammad and Roundup all find it; once only."""
    tag = showing.line(tag, _TAG)
    return subject if not tag or tag in subject else f"{tag} {subject}".rstrip()


def customer(post: Post) -> str:
    """What to call the author in a sentence."""
    return showing.line(post.author.name or post.author.handle, _WHO) or "the customer"


def _made(post: Post, platform: str) -> str:
    who = showing.line(post.author.name or post.author.handle, _WHO) or "Someone"
    private = " (private)" if post.visibility is Visibility.PRIVATE else ""
    return f"{_tamed(who)} on {showing.line(platform, _WHO)}{private}: {_tamed(_gist(post))}"


def _gist(post: Post) -> str:
    """The title, else the beginning of the text."""
    return showing.line(post.title, _GIST) or showing.line(post.text, _GIST) or "(without words)"


def _tamed(text: str) -> str:
    """Without what ticket systems obey in a subject: tags, numbers, properties in brackets, words of machines (A19).

    RT and Zammad join a mail to the ticket whose tag it bears, Roundup sets properties in brackets and drops
    whatever says "autoreply" (roundup/mailgw.py, handle_ignore).
    """
    text = _NUMBER.sub("no. ", text.translate(_BRACKETS))
    return _PREFIX.sub("", _AUTOMATIC.sub("auto-", text)) or "(without words)"
