"""A queue in Matrix: each conversation a room with the customer in it, for agents with any client."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from bridge.access.files import Origin
from bridge.access.matrix import names
from bridge.access.matrix.queues import Queue
from bridge.access.matrix.shared import Board, board
from bridge.core.policy import CHAT_HABITS, Habits
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks import _window
from bridge.letters.chat import Letterhead, chatted
from bridge.ports import Fittings
from bridge.stanza import Duration, Stanza


class Settings(Stanza):
    """A queue at a Matrix homeserver, over the application service that its inbox is."""

    habits: ClassVar[Habits] = CHAT_HABITS

    server: str = Field(
        pattern=names.SERVER, description="The homeserver's own name, as the inbox of kind matrix has it."
    )
    prefix: str = Field(
        default="bridge_", pattern=names.PREFIX, description="How names of ours begin there, as the inbox has it."
    )
    assign: Literal["claim", "all"] = Field(
        default="claim",
        description="claim: who takes a conversation in the queue's room has it. all: all agents are asked into every room.",
    )
    agents: tuple[Any, ...] = Field(
        default=(), description="Users who may answer, as every desk lists them: @ann:example.org is ann@example.org."
    )
    patience: Duration = Field(
        default=timedelta(minutes=15),
        gt=timedelta(0),
        description="How long a customer may be kept waiting before a colleague may take the conversation over.",
    )
    media_from: tuple[Origin, ...] = Field(
        default=(),
        description="Where platforms keep customers' pictures and films, to be shown in the room; others stay addresses.",
    )

    @field_validator("agents")
    @classmethod
    def _are_users(cls, given: tuple[Any, ...]) -> tuple[Any, ...]:
        for agent in given:
            if not names.user(_listed(agent)):
                raise ValueError("an agent is listed as ann@example.org, which is the user @ann:example.org")
        return given

    def queue(self, name: str) -> Queue:
        """The same as the floor sees it."""
        agents = tuple(map(_listed, self.agents))
        return Queue(
            name=name,
            agents=agents,
            claims=self.assign == "claim",
            patience=self.patience,
            media_from=self.media_from,
        )


def _listed(given: object) -> str:
    """A user as desks list them: the mailbox of the list of agents."""
    mailbox = given.get("mailbox") if isinstance(given, dict) else given
    return mailbox.lower() if isinstance(mailbox, str) else ""


class MatrixDesk:
    """Brings proxies and notices into their rooms; the keys under which they are sent are made once, from the message."""

    def __init__(self, name: str, letterhead: Letterhead, board: Board) -> None:
        self.name = name
        self._letterhead = letterhead
        self._board = board

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The document of the message."""
        return chatted(message, self._letterhead)

    async def inject(self, sealed: Sealed) -> None:
        """Say a customer's words in their room; see `Hall.bring` for the problems."""
        order, hall = _window.order(sealed), self._board.hall()
        await hall.open(self)
        await hall.bring(order)

    async def tell(self, sealed: Sealed) -> None:
        """Say a notice in its conversation's room, or in the queue's; see `Hall.tell` for the problems."""
        word, hall = _window.word(sealed), self._board.hall()
        await hall.open(self)
        await hall.tell(word)

    async def close(self) -> None:
        """Leave the hall, unless somebody else still uses it."""
        await self._board.leave(self)


def build(name: str, settings: Settings, fittings: Fittings) -> MatrixDesk:
    """The desk that a stanza asks for; its inbox brings the hall."""
    found = board(settings.server, settings.prefix, fittings)
    found.serve(settings.queue(name))
    letterhead = Letterhead(desk=name, reply_domain=fittings.reply_domain, ring=fittings.ring)
    return MatrixDesk(name, letterhead, found)
