"""Proxies and notices for a chat queue: one JSON document each, the same for the same message, and versioned.

The document is what is stored and what a retry sends; how it reaches agents is the desk's own affair.
Its form is described in docs/chat.schema.json, and only ever grows within a version.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.core import showing
from bridge.core.model import Media, Post, Quote
from bridge.core.proxies import Audience, Contact, Notice, Proxy, Sealed
from bridge.letters import address
from bridge.letters.address import KeyRing, Purpose

SCHEMA = "bridge.chat/1"
"""Name and version of the documents."""

MAX_NAME = 80
MAX_LINE = 300
MAX_URL = 2000

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What is the same in every document of one desk."""

    desk: str
    reply_domain: str
    ring: KeyRing

    def address(self, conversation: str) -> str:
        """The signed address by which an answer names its conversation; empty for what belongs to none."""
        if not conversation:
            return ""
        return address.signed_address(
            self.ring, Purpose.REPLY, subject=conversation, desk=self.desk, domain=self.reply_domain
        )


def chatted(message: Proxy | Notice, head: Letterhead) -> Sealed:
    """The document of a message: `recipients` is its conversation's signed address, or whom a notice is for."""
    message_id = address.message_id(head.ring, message.key, domain=head.reply_domain)
    reply = head.address(message.conversation)
    if isinstance(message, Proxy):
        body, text, recipient = _proxy(message, reply), message.post.words, reply
    else:
        body, text, recipient = _notice(message, reply), message.text, message.to or reply
    document = {"schema": SCHEMA, "id": message_id, "made": message.made.isoformat(), "desk": head.desk, **body}
    return Sealed(
        key=message.key,
        message_id=message_id,
        sender=reply if isinstance(message, Proxy) else "",
        recipients=(recipient,),
        content=json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode(),
        text=text,
    )


def _proxy(proxy: Proxy, reply: str) -> Document:
    post = proxy.post
    return {
        "type": "message",
        "conversation": _conversation(proxy.conversation, reply, str(post.visibility), proxy.subject),
        "customer": _customer(post, proxy.person),
        "post": _post(post, proxy.platform or post.channel),
        "priority": str(proxy.priority),
        "tags": [_line(tag) for tag in proxy.verdict.tags],
        "why": [_line(said) for said in proxy.verdict.said],
        "notes": [_line(note) for note in proxy.notes],
        "moved": proxy.moved,
        "history": [_quote(quote) for quote in proxy.thread],
        "contacts": [_contact(contact) for contact in proxy.contacts],
    }


def _notice(notice: Notice, reply: str) -> Document:
    about = _conversation(notice.conversation, reply, str(notice.visibility), notice.subject)
    return {
        "type": "notice",
        "conversation": about if notice.conversation else None,
        "audience": str(notice.audience),
        "to": "" if notice.audience is Audience.TICKET else notice.to,
        "reason": notice.reason,
        "subject": _line(notice.subject),
        "text": showing.block(notice.text, showing.MAX_TEXT),
    }


def _conversation(conversation: str, reply: str, visibility: str, subject: str) -> Document:
    return {"id": conversation, "address": reply, "visibility": visibility, "subject": _line(subject)}


def _customer(post: Post, person: str) -> Document:
    author = post.author
    return {
        "id": person,
        "name": showing.line(author.name or author.handle, MAX_NAME) or "the customer",
        "handle": showing.line(author.handle, MAX_NAME),
        "url": _web(author.url),
        "picture": _web(author.picture),
        "reach": author.reach,
    }


def _post(post: Post, platform: str) -> Document:
    return {
        "id": showing.line(post.id, MAX_LINE),
        "channel": post.channel,
        "platform": showing.line(platform, MAX_NAME),
        "kind": str(post.kind),
        "at": post.at.isoformat(),
        "title": _line(post.title),
        "text": showing.block(post.text, showing.MAX_TEXT),
        "url": _web(post.url),
        "lang": post.lang,
        "rating": post.rating,
        "media": [_media(media) for media in post.media],
    }


def _media(media: Media) -> Mapping[str, str]:
    return {"url": _web(media.url), "type": showing.line(media.type, MAX_NAME), "alt": _line(media.alt)}


def _quote(quote: Quote) -> Document:
    at = quote.at.isoformat() if quote.at else None
    text = showing.block(quote.text, showing.MAX_TEXT)
    return {"author": showing.line(quote.author, MAX_NAME), "text": text, "at": at, "ours": quote.ours}


def _contact(contact: Contact) -> Document:
    return {
        "channel": contact.channel,
        "at": contact.at.isoformat(),
        "text": _line(contact.text),
        "phase": contact.phase,
    }


def _line(text: str) -> str:
    return showing.line(text, MAX_LINE)


def _web(url: str) -> str:
    """An address that a client may make a link of; empty where it is of another sort, for example javascript."""
    plain = showing.line(url, MAX_URL + 1)
    return plain if plain.startswith(("https://", "http://")) and len(plain) <= MAX_URL else ""
