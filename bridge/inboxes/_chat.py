"""What inboxes of chats share: a port of this machine, turns that wait for their outcome, and who speaks."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, ClassVar

from aiohttp import web
from pydantic import AfterValidator, Field

from bridge.access.files import Files, Origin
from bridge.core.replies import Form, Letter, LetterOutcome, Turn
from bridge.inboxes._hatch import Hatch
from bridge.inboxes._porch import Porch, Take, Unopened, told
from bridge.letters import turns
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Duration, Secret, Stanza

MIN_SECRET = 16
_MAILBOX = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}")
_PORT = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[0-9.]+):(?P<port>\d{1,5})")
_PORTS = 65536


def mailbox(given: str) -> str:
    """A name in the form in which desks list who may answer; raises ValueError for anything else."""
    if given and not _MAILBOX.fullmatch(given):
        raise ValueError("must have the form of a bare mail address, for example connector@acd.example.com")
    return given.lower()


def loopback(given: str) -> str:
    """An address of this machine with its port; raises ValueError for anything else."""
    found = _PORT.fullmatch(given)
    if not found or int(found["port"]) >= _PORTS:
        raise ValueError("must be an address of this machine and a port, for example 127.0.0.1:8630")
    try:
        inside = ipaddress.ip_address(found["host"].strip("[]")).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise ValueError("must be an address of this machine: strangers reach it through your own reverse proxy only")
    return given


def long_enough(secret: Secret) -> Secret:
    """A secret that cannot be guessed; raises ValueError for a shorter one."""
    if len(secret.reveal()) < MIN_SECRET:
        raise ValueError(f"a signing secret has {MIN_SECRET} characters or more")
    return secret


class Porched(Stanza):
    """Where answers come in, and how long whoever brings one waits."""

    form: ClassVar[Form] = Form.TURN

    listen: Annotated[str, AfterValidator(loopback)] = Field(
        default="127.0.0.1:8630", description="Address and port of this machine, behind your reverse proxy."
    )
    secret: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="What requests to us are signed with, 16 characters or more."
    )
    sender: Annotated[str, AfterValidator(mailbox)] = Field(
        default="",
        description="As whom all of them speak, listed at the desk like a mailbox; each agent for themselves where empty.",
    )
    patience: Duration = Field(
        default=timedelta(seconds=8), gt=timedelta(0), description="How long a request waits until its turn is stored."
    )
    files_from: tuple[Origin, ...] = Field(
        default=(),
        description="Where agents' pictures are fetched from, for example https://chat.acme.example; words with others are held.",
    )


Bring = Callable[[Turn], Awaitable[web.Response]]
"""Has a turn decided upon and gives the answer to whoever brought it."""


class ChatInbox:
    """Turns that come as requests: each is answered when its outcome is stored, so what was acknowledged is never lost."""

    form = Form.TURN

    def __init__(
        self,
        name: str,
        settings: Porched,
        *,
        fittings: Fittings,
        ear: Callable[["Bring"], Mapping[str, Take]],
        pages: Mapping[str, bytes],
    ) -> None:
        self.name = name
        self._patience = settings.patience.total_seconds()
        self._files = Files(name, settings.files_from, user_agent=fittings.user_agent)
        self._hatch = Hatch(name, fittings.clock)
        self._porch = Porch(settings.listen, ear(self.bring), pages=pages)

    @property
    def waiting(self) -> int:
        """How many turns were brought and have no outcome yet."""
        return len(self._hatch)

    async def open(self) -> None:
        """Listen; raises TemporaryProblem where the port cannot be had."""
        try:
            await self._porch.open()
        except Unopened as problem:
            raise TemporaryProblem(str(problem)) from None

    async def bring(self, turn: Turn) -> web.Response:
        """Have a turn decided upon, and say what became of it; 503 where that is not certain yet."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._patience
        try:
            whole = await self._files.fetched(turn, within=self._patience)
            raw = turns.written(whole)
            outcome = await self._hatch.bring(raw, patience=ends - loop.time())
        except ValueError as problem:
            return told(HTTPStatus.UNPROCESSABLE_ENTITY, error=str(problem))
        except TemporaryProblem as problem:
            return told(HTTPStatus.SERVICE_UNAVAILABLE, error=f"{problem}: send it again under the same id")
        return told(HTTPStatus.OK, outcome=str(outcome))

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """What was brought since; the port opens with the first fetch, when the inbox is known to be ours."""
        await self.open()
        return await self._hatch.fetch(wait)

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        """Tell whoever brought it."""
        self._hatch.file(letter, outcome)

    async def close(self) -> None:
        """Listen no more; what waits is sent again by those who brought it."""
        self._hatch.close()
        await self._porch.close()
