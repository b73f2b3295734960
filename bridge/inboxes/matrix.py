"""An inbox that is a Matrix application service: what agents write in customers' rooms, kept on the disk before it is confirmed."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import structlog
from pydantic import AfterValidator, Field

from bridge.access.files import MAX_TOTAL, Origin
from bridge.access.matrix.hall import Hall, Site
from bridge.access.matrix.homeserver import Reach, Refused
from bridge.access.matrix.names import PREFIX, SERVER, Namespace
from bridge.access.matrix.registration import registration
from bridge.access.matrix.shared import board
from bridge.access.tls import tls_context
from bridge.core.replies import Form, Letter, LetterOutcome, Turn
from bridge.inboxes._chat import long_enough, loopback
from bridge.inboxes._shelf import Shelf
from bridge.ports import Clock, Fittings, LoginProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Duration, Secret, Stanza

log = structlog.get_logger("bridge.matrix")

_TRIES = 2
_PAUSE = 1.0
"""Tries for an agent's file, and seconds between them: later answers wait behind it."""


class Settings(Stanza):
    """An inbox that is an application service of a Matrix homeserver."""

    homeserver: Origin = Field(description="Where the homeserver answers clients; https, or http on this machine.")
    server: str = Field(pattern=SERVER, description="Its own name, which stands behind the colon of user ids.")
    prefix: str = Field(
        default="bridge_", pattern=PREFIX, description="How our users and rooms begin there, as the registration says."
    )
    listen: Annotated[str, AfterValidator(loopback)] = Field(
        default="127.0.0.1:8650", description="Address and port of this machine where the homeserver tells us."
    )
    as_token: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="What we show the homeserver, 16 characters or more."
    )
    hs_token: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="What the homeserver shows us, 16 characters or more."
    )
    path: Path = Field(description="Directory for what the chat floor keeps; made where it is missing.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the system's.")
    timeout: Duration = Field(
        default=timedelta(seconds=20), gt=timedelta(0), description="How long one request may take."
    )

    @property
    def space(self) -> Namespace:
        """What is ours at the homeserver."""
        return Namespace(server=self.server, prefix=self.prefix)

    def registration(self) -> str:
        """The file by which the homeserver learns of us, with both tokens."""
        return registration(
            self.space, listen=self.listen, as_token=self.as_token.reveal(), hs_token=self.hs_token.reveal()
        )

    def site(self, user_agent: str) -> Site:
        """The same as the hall takes it."""
        reach = Reach(
            url=self.homeserver,
            token=self.as_token.reveal(),
            user_agent=user_agent,
            timeout=self.timeout.total_seconds(),
            tls=tls_context(self.ca_file),
        )
        return Site(space=self.space, reach=reach, listen=self.listen, token=self.hs_token.reveal(), path=self.path)


class MatrixInbox:
    """Hands out answers in the order in which they were said; each stays on the disk until it is filed."""

    form = Form.TURN

    def __init__(self, name: str, hall: Hall, clock: Clock) -> None:
        self.name = name
        self._hall = hall
        self._clock = clock
        self._shelf = Shelf(name, hall, clock=clock, whole=self._whole)

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """At most a hundred answers, oldest first; raises TemporaryProblem where the disk or the port refuses."""
        await self._hall.open(self)
        return await self._shelf.fetch(wait)

    async def _whole(self, turn: Turn) -> Turn:
        files, lost, room = [], [], MAX_TOTAL
        for link in turn.links:
            content = await self._file(link)
            if content is None or len(content) > room:
                lost.append(link)
            else:
                room -= len(content)
                files.append(b64encode(content).decode())
        return replace(turn, links=tuple(lost), files=tuple(files))

    async def _file(self, link: str) -> bytes | None:
        """What the homeserver keeps there; None where it does not give it."""
        why = ""
        for _ in range(_TRIES):
            try:
                return await self._hall.homeserver.download(link)
            except (Refused, LoginProblem, UncertainProblem) as problem:
                why = str(problem)
                break
            except TemporaryProblem as problem:
                why = str(problem)
                await self._clock.sleep(_PAUSE)
        log.warning("file_not_fetched", inbox=self.name, why=why)
        return None

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:  # noqa: ARG002 - the store keeps the outcome
        """Forget a letter: the store has it, with its outcome."""
        await self._hall.open(self)
        await self._hall.drop(int(letter.uid))

    async def close(self) -> None:
        """Leave the hall, unless a desk still uses it."""
        await self._hall.leave(self)
        self._shelf.forget()


def build(name: str, settings: Settings, fittings: Fittings) -> MatrixInbox:
    """The inbox that a stanza asks for, in the hall that it shares with its desks."""
    hall = Hall(settings.site(fittings.user_agent), fittings.clock)
    return MatrixInbox(name, board(settings.server, settings.prefix, fittings).connect(hall), fittings.clock)
