"""An inbox that is an XMPP component: what agents write in customers' windows, kept on the disk before it is confirmed."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

import structlog
from pydantic import Field, model_validator

from bridge.access.entrance import is_this_machine
from bridge.access.files import Files, Origin
from bridge.access.xmpp.exchange import Exchange
from bridge.access.xmpp.line import Address, Patience
from bridge.access.xmpp.shared import board
from bridge.core.replies import Form, Letter, LetterOutcome, Turn
from bridge.inboxes._shelf import Shelf
from bridge.ports import Clock, Fittings, TemporaryProblem
from bridge.stanza import Secret, Stanza

log = structlog.get_logger("bridge.xmpp")

_TRIES = 2
_FETCHING = 5.0
_PAUSE = 1.0
"""Tries for an agent's files, and seconds for and between them."""

_DOMAIN = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"


class Settings(Stanza):
    """An inbox behind an XMPP server of ours, as an external component (XEP-0114)."""

    domain: str = Field(pattern=_DOMAIN, description="The component's domain: customers' addresses are below it.")
    server: str = Field(
        default="",
        pattern=r"^[a-z0-9.-]{0,253}$",
        description="The domain that agents log in to; the component's parent domain where empty.",
    )
    host: str = Field(default="localhost", min_length=1, description="Where the server takes components.")
    port: int = Field(default=5347, ge=1, le=65_535, description="The port for components.")
    secret: Secret = Field(description="The component's secret, as the server's configuration has it.")
    path: Path = Field(description="Directory for what the chat floor keeps; made where it is missing.")
    files_from: tuple[Origin, ...] = Field(
        default=(),
        description="Where the server keeps what agents upload, for example https://upload.example.org; links elsewhere are words.",
    )
    i_accept_plain_text: bool = Field(
        default=False, description="Connect to another machine: the component protocol has no TLS of its own."
    )

    @model_validator(mode="after")
    def _hides_its_secret(self) -> Self:
        if not (self.i_accept_plain_text or is_this_machine(self.host)):
            raise ValueError("the component protocol has no TLS: connect on this machine, or set i_accept_plain_text")
        return self


class XmppInbox:
    """Hands out answers in the order in which they were said; each stays on the disk until it is filed."""

    form = Form.TURN

    def __init__(self, name: str, exchange: Exchange, clock: Clock, *, files: Files) -> None:
        self.name = name
        self._exchange = exchange
        self._files = files
        self._clock = clock
        self._shelf = Shelf(name, exchange, clock=clock, whole=self._whole)

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """At most a hundred answers, oldest first; raises TemporaryProblem where the disk refuses."""
        self._exchange.open(self)
        return await self._shelf.fetch(wait)

    async def _whole(self, turn: Turn) -> Turn:
        """The turn with its files; a server that fails is asked twice, since later answers wait behind this one."""
        for _ in range(_TRIES):
            try:
                return await self._files.fetched(turn, within=_FETCHING)
            except TemporaryProblem:
                await self._clock.sleep(_PAUSE)
        log.warning("file_not_fetched", inbox=self.name, why="its place does not answer")
        return turn

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:  # noqa: ARG002 - the store keeps the outcome
        """Forget a letter: the store has it, with its outcome."""
        self._exchange.open(self)
        self._exchange.drop(int(letter.uid))

    async def close(self) -> None:
        """Close the line, unless a desk still uses it."""
        await self._exchange.leave(self)
        self._shelf.forget()


def build(name: str, settings: Settings, fittings: Fittings) -> XmppInbox:
    """The inbox that a stanza asks for, over the line that it shares with its desks."""
    address = Address(
        domain=settings.domain,
        server=settings.server or settings.domain.partition(".")[2] or settings.domain,
        host=settings.host,
        port=settings.port,
        secret=settings.secret.reveal(),
        files_from=frozenset(settings.files_from),
    )
    files = Files(name, settings.files_from, user_agent=fittings.user_agent)
    exchange = Exchange(address, settings.path, fittings.clock, patience=Patience())
    return XmppInbox(name, board(settings.domain, fittings).connect(exchange), fittings.clock, files=files)
