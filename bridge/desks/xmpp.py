"""A queue that speaks chat: each conversation an address of its own at our XMPP server, for agents with any client."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bridge.access.chat.names import slug
from bridge.access.xmpp import names
from bridge.access.xmpp.queues import Queue
from bridge.access.xmpp.shared import Board, board
from bridge.core.policy import CHAT_HABITS, Habits
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks import _window
from bridge.letters.chat import Letterhead, chatted
from bridge.ports import Fittings
from bridge.stanza import Duration, Stanza


def _jid(given: str) -> str:
    if not names.is_bare(given.lower()):
        raise ValueError("it is not one bare JID, as in ann@example.org")
    return given.lower()


def _account(given: object) -> str:
    """An agent's account: the mailbox of the list of agents is their JID here."""
    mailbox = given.get("mailbox") if isinstance(given, dict) else given
    if not isinstance(mailbox, str):
        raise ValueError("an agent is a JID, or a table with a mailbox that is one")  # noqa: TRY004 - pydantic's word
    return _jid(mailbox)


Jid = Annotated[str, AfterValidator(_jid)]


class Settings(Stanza):
    """A queue at an XMPP server of ours, over the component that its inbox connects."""

    habits: ClassVar[Habits] = CHAT_HABITS

    domain: str = Field(
        pattern=r"^[a-z0-9.-]{1,253}$", description="The component's domain, as the inbox of kind xmpp names it."
    )
    assign: Literal["claim", "direct"] = Field(
        default="claim", description="claim: whoever takes a conversation has it. direct: it is given to an agent."
    )
    room: Jid | Literal[""] = Field(
        default="", description="The room where who waits is announced and claimed; needed for claim."
    )
    nick: str = Field(default="queue", pattern=r"^[\w .-]{1,60}$", description="Our own name in the room.")
    agents: tuple[Any, ...] = Field(default=(), description="The accounts of agents, as every desk lists them.")
    most: int = Field(default=5, ge=1, le=100, description="Conversations that are given to one agent at once.")
    patience: Duration = Field(
        default=timedelta(minutes=1),
        ge=timedelta(seconds=1),
        description="How long an agent may be away before their conversations go back to the queue.",
    )
    skills: Mapping[Jid, tuple[str, ...]] = Field(default={}, description="What agents can, by their account.")
    needs: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="What routes ask of an agent, by the route's name."
    )

    @model_validator(mode="after")
    def _has_people(self) -> Self:
        accounts = {_account(agent) for agent in self.agents}
        if self.assign == "claim" and not self.room:
            raise ValueError('assign = "claim" needs a room, where conversations are announced')
        if strangers := sorted(set(self.skills) - accounts):
            raise ValueError(f"{strangers[0]} has skills and is not among the agents")
        return self

    def queue(self, name: str) -> Queue:
        """The same as the floor sees it."""
        return Queue(
            name=name,
            address=f"{slug(name)}@{self.domain}",
            agents=tuple(_account(agent) for agent in self.agents),
            room=self.room,
            nick=self.nick,
            assigns=self.assign == "direct",
            most=self.most,
            patience=self.patience,
            skills={agent: frozenset(skills) for agent, skills in self.skills.items()},
            needs={route: frozenset(skills) for route, skills in self.needs.items()},
        )


class XmppDesk:
    """Brings proxies and notices to the chat floor, which keeps them before it says that it has them."""

    def __init__(self, name: str, letterhead: Letterhead, board: Board) -> None:
        self.name = name
        self._letterhead = letterhead
        self._board = board

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The document of the message, with the route by which agents are chosen."""
        sealed = chatted(message, self._letterhead)
        if not isinstance(message, Proxy):
            return sealed
        route = json.dumps(message.verdict.route or "").encode()
        return replace(sealed, content=sealed.content.removesuffix(b"}") + b',"route":' + route + b"}")

    async def inject(self, sealed: Sealed) -> None:
        """Bring a proxy; raises TemporaryProblem where the server or the disk refuses, and nothing happened."""
        order, exchange = _window.order(sealed), self._board.exchange()
        exchange.open(self)
        await exchange.bring(order)

    async def tell(self, sealed: Sealed) -> None:
        """Bring a notice; raises as the ports say, UncertainProblem where the line broke while it was said."""
        word, exchange = _window.word(sealed), self._board.exchange()
        exchange.open(self)
        await exchange.tell(word)

    async def close(self) -> None:
        """Close the line, unless somebody else still uses it."""
        await self._board.leave(self)


def build(name: str, settings: Settings, fittings: Fittings) -> XmppDesk:
    """The desk that a stanza asks for; its inbox brings the line."""
    found = board(settings.domain, fittings)
    found.serve(settings.queue(name))
    letterhead = Letterhead(desk=name, reply_domain=fittings.reply_domain, ring=fittings.ring)
    return XmppDesk(name, letterhead, found)
