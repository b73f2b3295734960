"""The way back of a chat queue behind the web: signed events of a connector on a port of this machine."""

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import structlog
from aiohttp import web
from pydantic import Field

from bridge.core.replies import Turn
from bridge.inboxes._chat import Bring, ChatInbox, Porched
from bridge.inboxes._events import Answer, Away, Close, Event, Joined, Left, Mistaken, event, openapi
from bridge.inboxes._porch import Take, told
from bridge.letters.signed_bodies import trouble
from bridge.ports import Clock, Fittings
from bridge.stanza import Duration

log = structlog.get_logger("bridge.webhook")


class Settings(Porched):
    """An inbox for the events of a connector."""

    window: Duration = Field(
        default=timedelta(minutes=5), gt=timedelta(0), description="How far a request's time may be from ours."
    )
    away_to: str = Field(
        default="", max_length=100, description="The desk to which conversations move when nobody is there."
    )


class Ear:
    """Listens to one connector: first the signature, then the form, then what it means."""

    def __init__(self, inbox: str, settings: Settings, *, clock: Clock, bring: Bring) -> None:
        self._inbox = inbox
        self._settings = settings
        self._bring = bring
        self._clock = clock

    async def take(self, headers: Mapping[str, str], body: bytes) -> web.Response:
        """Answer a request."""
        given, timestamp = headers.get("Bridge-Signature", ""), headers.get("Bridge-Timestamp", "")
        secret, window = self._settings.secret.reveal(), self._settings.window
        if why := trouble(given, timestamp, body, secret=secret, now=self._clock.now(), window=window):
            log.warning("request_unproven", inbox=self._inbox, why=why)
            return told(HTTPStatus.UNAUTHORIZED, error=why)
        try:
            heard = event(body)
        except Mistaken as mistake:
            return told(HTTPStatus(mistake.status), error=str(mistake))
        return await self._heard(heard)

    async def _heard(self, heard: Event) -> web.Response:
        match heard:
            case Answer(text=text):
                return await self._said(heard, text)
            case Close():
                return await self._said(heard, "#close")
            case Away() if self._settings.away_to:
                return await self._said(heard, f"#escalate {self._settings.away_to}")
            case Away():
                return told(HTTPStatus.UNPROCESSABLE_ENTITY, error="away_to names no desk to move to")
            case Joined():
                log.info("agent_joined", inbox=self._inbox)
            case Left():
                log.info("agent_left", inbox=self._inbox)
        return told(HTTPStatus.ACCEPTED, outcome="noted")

    async def _said(self, heard: Event, text: str) -> web.Response:
        """A turn of its agent, or of the connector itself where it speaks for all."""
        sender = self._settings.sender or (heard.agent.id if heard.agent else "")
        if not sender:
            return told(HTTPStatus.UNPROCESSABLE_ENTITY, error="agent is missing, and no sender is configured")
        about = heard if isinstance(heard, Answer) else None
        turn = Turn(
            id=heard.id,
            address=heard.conversation,
            sender=sender,
            proof="signature",
            text=text,
            answers=about.answers if about else "",
            corrects=about.corrects if about else "",
            links=about.files if about else (),
        )
        return await self._bring(turn)


def build(name: str, settings: Settings, fittings: Fittings) -> ChatInbox:
    """The inbox that a stanza asks for."""

    def ear(bring: Bring) -> Mapping[str, Take]:
        return {"/v1/events": Ear(name, settings, clock=fittings.clock, bring=bring).take}

    pages = {"/v1/openapi.json": json.dumps(openapi(), indent=1).encode()}
    return ChatInbox(name, settings, fittings=fittings, ear=ear, pages=pages)
