"""A document of a chat queue as the floor takes it: what an agent's window shows, in plain text and few lines."""

import json
from datetime import datetime
from typing import Any

from bridge.access.chat.brought import Order, Word
from bridge.access.chat.names import slug
from bridge.access.xmpp.words import name as fit_name
from bridge.core import showing
from bridge.core.captions import KINDS
from bridge.core.model import Kind
from bridge.core.proxies import Sealed
from bridge.letters.chat import SCHEMA, Document
from bridge.ports import PermanentProblem

_SAID = 500
_EARLIER = 3
_LATEST = 20
_STARS = 5
_MEDIA = 10


def order(sealed: Sealed) -> Order:
    """A proxy for the floor; raises PermanentProblem for what another kind of desk sealed, or a later version."""
    document = _document(sealed)
    try:
        return _order(document, sealed)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PermanentProblem("the stored message is no proxy for a chat queue") from error


def word(sealed: Sealed) -> Word:
    """A notice for the floor; raises as `order` does."""
    document = _document(sealed)
    try:
        about = document["conversation"] or {}
        return Word(
            key=sealed.key,
            desk=document["desk"],
            audience=document["audience"],
            to=document["to"].lower(),
            conversation=about.get("id", ""),
            text=f"{document['subject']}\n{document['text']}".strip(),
            at=datetime.fromisoformat(document["made"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PermanentProblem("the stored message is no notice for a chat queue") from error


def _document(sealed: Sealed) -> Document:
    try:
        found = json.loads(sealed.content)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise PermanentProblem("the stored message is not one for a chat queue")
    return found


def _order(document: Document, sealed: Sealed) -> Order:
    conversation, customer, post = document["conversation"], document["customer"], document["post"]
    return Order(
        key=sealed.key,
        message_id=sealed.message_id,
        conversation=conversation["id"],
        desk=document["desk"],
        reply=conversation["address"],
        slug=slug(customer["name"], customer["handle"]),
        name=fit_name(customer["name"]),
        platform=fit_name(post["platform"]),
        card=_card(document),
        text=_words(post),
        links=tuple(media["url"] for media in post["media"][:_MEDIA] if media["url"]),
        history=tuple(map(_told, document["history"][-_LATEST:])),
        route=document.get("route", ""),
        priority=document["priority"],
        customer=customer["id"],
        at=datetime.fromisoformat(post["at"]),
    )


def _card(document: Document) -> str:
    """Who it is, where they wrote, and what is possible."""
    customer, post = document["customer"], document["post"]
    handle = f" (@{customer['handle'].lstrip('@')})" if customer["handle"] not in {"", customer["name"]} else ""
    lines = [f"{customer['name']}{handle} {KINDS[Kind(post['kind'])].format(platform=post['platform'])}."]
    lines += [post["url"]] if post["url"] else []
    lines += document["notes"]
    lines += [f"Earlier: {each['text']}" for each in document["contacts"][:_EARLIER]]
    return "\n".join(lines)


def _words(post: dict[str, Any]) -> str:
    """The post itself."""
    stars = "★" * post["rating"] + "☆" * (_STARS - post["rating"]) if post["rating"] else ""
    return "\n".join(part for part in (stars, post["title"], post["text"]) if part) or "(without words)"


def _told(said: dict[str, Any]) -> str:
    when = f"{datetime.fromisoformat(said['at']):%d %b %H:%M} " if said["at"] else ""
    return f"{when}{said['author']}: {showing.line(said['text'], _SAID)}"
