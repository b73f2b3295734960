"""The way back of a Genesys Cloud queue: the outbound webhook of its Open Messaging integration."""

import base64
import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
import structlog
from aiohttp import web
from pydantic import AfterValidator, Field, field_validator

from bridge.core.replies import Turn
from bridge.inboxes._chat import Bring, ChatInbox, Porched, mailbox
from bridge.inboxes._porch import UNREADABLE, Take, told
from bridge.ports import Fittings

log = structlog.get_logger("bridge.genesys")


class Settings(Porched):
    """An inbox for the outbound notifications of an Open Messaging integration; `secret` is its signature secret token."""

    sender: Annotated[str, AfterValidator(mailbox)] = Field(
        description="As whom all agents speak, listed in the desk's `system_senders`: Genesys does not say which one wrote."
    )

    @field_validator("sender")
    @classmethod
    def _speaks(cls, given: str) -> str:
        if not given:
            raise ValueError("is needed: Genesys does not say which agent wrote")
        return given


class _To(msgspec.Struct, frozen=True):
    id: str = ""


class _Channel(msgspec.Struct, frozen=True):
    to: _To = _To()


class _Outbound(msgspec.Struct, frozen=True, rename="camel"):
    """What is read of a notification; the rest is Genesys's own."""

    id: str = ""
    channel: _Channel = _Channel()
    type: str = ""
    direction: str = ""
    text: str = ""
    originating_entity: str = ""
    content: Any = None


_DECODER = msgspec.json.Decoder(_Outbound)


class Ear:
    """Listens to one integration; it has no replay window, but an id that came once stays known."""

    def __init__(self, inbox: str, settings: Settings, *, bring: Bring) -> None:
        self._inbox = inbox
        self._secret = settings.secret.reveal().encode()
        self._sender = settings.sender
        self._bring = bring

    async def take(self, headers: Mapping[str, str], body: bytes) -> web.Response:
        """Answer a notification."""
        digest = base64.b64encode(hmac.digest(self._secret, body, "sha256")).decode()
        given = headers.get("X-Hub-Signature-256", "")
        if not hmac.compare_digest(f"sha256={digest}".encode(), given.encode("utf-8", "surrogatepass")):
            log.warning("request_unproven", inbox=self._inbox, why="the signature is missing or wrong")
            return told(HTTPStatus.UNAUTHORIZED, error="the signature is missing or wrong")
        try:
            heard = _DECODER.decode(body)
        except UNREADABLE:
            return told(HTTPStatus.UNPROCESSABLE_ENTITY, error="it is no outbound message")
        return await self._heard(heard)

    async def _heard(self, heard: _Outbound) -> web.Response:
        """Only words to a customer are a turn: typing, presence and receipts come by the same way."""
        if heard.direction != "Outbound" or heard.type not in {"Text", "Structured"} or not heard.id:
            return told(HTTPStatus.ACCEPTED, outcome="noted")
        return await self._bring(turn(heard, sender=self._sender))


def turn(heard: Any, *, sender: str) -> Turn:
    """The turn of a notification: a person wrote it only where Genesys says so."""
    machine = "" if heard.originating_entity == "Human" else "bot"
    return Turn(
        id=heard.id,
        address=heard.channel.to.id,
        sender=sender,
        proof="signature",
        text=heard.text,
        automatic=machine,
        links=_links(heard.content),
    )


def _links(content: Any) -> tuple[str, ...]:
    """Where the files of a message lie; one without an address is a file nevertheless, and holds the words."""
    parts = content if isinstance(content, list) else []
    found = [each["attachment"] for each in parts if isinstance(each, dict) and each.get("attachment")]
    return tuple(str(each.get("url") or "") if isinstance(each, dict) else "" for each in found)


def build(name: str, settings: Settings, fittings: Fittings) -> ChatInbox:
    """The inbox that a stanza asks for."""

    def ear(bring: Bring) -> Mapping[str, Take]:
        return {"/genesys": Ear(name, settings, bring=bring).take}

    return ChatInbox(name, settings, fittings=fittings, ear=ear, pages={})
