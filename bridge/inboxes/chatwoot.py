"""The way back of a Chatwoot inbox of the sort API: the signed webhook of that inbox."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from aiohttp import web
from pydantic import Field

from bridge.core.replies import Turn
from bridge.inboxes._chat import Bring, ChatInbox, Porched
from bridge.inboxes._porch import UNREADABLE, Take, told
from bridge.letters import signed_bodies
from bridge.ports import Clock, Fittings
from bridge.stanza import Duration

log = structlog.get_logger("bridge.chatwoot")


class Settings(Porched):
    """An inbox for the webhook of a Chatwoot inbox; `secret` is the webhook's own."""

    patience: Duration = Field(
        default=timedelta(seconds=4), gt=timedelta(0), description="Shorter than the 5 seconds that Chatwoot waits."
    )
    window: Duration = Field(
        default=timedelta(minutes=5), gt=timedelta(0), description="How far a request's time may be from ours."
    )


class Ear:
    """Listens to one inbox's webhook."""

    def __init__(self, inbox: str, settings: Settings, *, clock: Clock, bring: Bring) -> None:
        self._inbox = inbox
        self._settings = settings
        self._clock = clock
        self._bring = bring

    async def take(self, headers: Mapping[str, str], body: bytes) -> web.Response:
        """Answer a webhook's call."""
        given, timestamp = headers.get("X-Chatwoot-Signature", ""), headers.get("X-Chatwoot-Timestamp", "")
        secret, window = self._settings.secret.reveal(), self._settings.window
        if why := signed_bodies.untimely(timestamp, now=self._clock.now(), window=window):
            return self._unproven(why)
        expected = "sha256=" + hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
            return self._unproven("the signature is missing or wrong")
        try:
            heard = msgspec.json.decode(body)
        except UNREADABLE:
            return told(HTTPStatus.BAD_REQUEST, error="the body is no JSON")
        turn = turned(heard, sender=self._settings.sender)
        return told(HTTPStatus.ACCEPTED, outcome="noted") if turn is None else await self._bring(turn)

    def _unproven(self, why: str) -> web.Response:
        log.warning("request_unproven", inbox=self._inbox, why=why)
        return told(HTTPStatus.UNAUTHORIZED, error=why)


def turned(heard: Any, *, sender: str) -> Turn | None:
    """The turn of a webhook's call; None for what is no word to the customer: private notes come by the same way."""
    match heard:
        case {
            "event": "message_created",
            "id": int(number),
            "message_type": "outgoing",
            "private": False,
            "sender": dict(who),
            "conversation": {"contact_inbox": {"source_id": str(address)}},
        }:
            content = heard.get("content")
            return Turn(
                id=f"message {number}",
                address=address,
                sender=sender or str(who.get("email") or "nobody"),
                proof="signature",
                text=content if isinstance(content, str) else "",
                automatic="" if who.get("type") == "user" else "bot",
                links=_links(heard.get("attachments")),
            )
        case {
            "event": "conversation_resolved" | "conversation_status_changed",
            "status": "resolved",
            "id": int(number),
            "updated_at": int() | float() as at,
            "contact_inbox": {"source_id": str(address)},
        } if sender:
            return Turn(id=f"resolved {number} {at}", address=address, sender=sender, proof="signature", text="#close")
    return None


def _links(attachments: Any) -> tuple[str, ...]:
    """Where the files of a message lie; one without an address is a file nevertheless, and holds the words."""
    listed = attachments if isinstance(attachments, list) else []
    return tuple(str(each.get("data_url") or "") if isinstance(each, dict) else "" for each in listed)


def build(name: str, settings: Settings, fittings: Fittings) -> ChatInbox:
    """The inbox that a stanza asks for."""

    def ear(bring: Bring) -> Mapping[str, Take]:
        return {"/chatwoot": Ear(name, settings, clock=fittings.clock, bring=bring).take}

    return ChatInbox(name, settings, fittings=fittings, ear=ear, pages={})
