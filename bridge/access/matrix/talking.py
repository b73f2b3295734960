"""Agents' orders to the floor: take, give, release, end, list; each answers in one sentence, or by what everyone sees."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bridge.access.chat.commands import Command
from bridge.access.matrix import names, words
from bridge.access.matrix.chats import Chat, Stage
from bridge.access.matrix.floor import Floor
from bridge.access.matrix.queues import Queue

_LISTED = 50
_UNKNOWN = "There is no conversation of that code here: !list shows them."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An order about one conversation."""

    floor: Floor
    queue: Queue
    chat: Chat
    agent: str
    rest: str
    """What the order says besides the conversation."""
    now: datetime


def obey(floor: Floor, queue: Queue, order: Command, *, agent: str, chat: Chat | None, now: datetime) -> str:
    """Carry an order out; what to answer, empty where the queue's room learns it anyhow."""
    if order.name == "help":
        return words.HELP
    if order.name == "list":
        return _listed(floor, queue)
    obeyed = _ORDERS.get(order.name)
    if obeyed is None:
        return f"There is no !{order.name}. {words.HELP}"
    meant, rest = _meant(floor, queue, order, chat)
    if meant is None:
        return _UNKNOWN
    return obeyed(_Asked(floor=floor, queue=queue, chat=meant, agent=agent, rest=rest, now=now))


def _meant(floor: Floor, queue: Queue, order: Command, chat: Chat | None) -> tuple[Chat | None, str]:
    """The conversation that an order is about, by its code or by the room it was written in, and what else it says."""
    given = order.arguments
    if given:
        code = given[0].lower()
        found = next((c for c in floor.chats.values() if c.desk == queue.name and c.code == code), None)
        if found:
            return found, given[1] if len(given) > 1 else ""
    return chat, given[0] if given else ""


def _take(asked: _Asked) -> str:
    """The first who takes it has it, until they keep the customer waiting too long."""
    chat = asked.chat
    if not asked.queue.claims:
        return "Nobody claims here: all agents are in every room."
    if asked.rest:
        return _UNKNOWN
    mine = chat.stage is Stage.TAKEN and chat.agent == asked.agent
    if mine or asked.queue.holds(chat, asked.now):
        return f"{chat.code} is {'yours already' if mine else f'with {names.short(chat.agent)}'}."
    if chat.agent:
        chat = asked.floor.leave(chat, f"it is with {names.short(asked.agent)} now")
    asked.floor.take(chat, asked.agent, asked.now)
    return ""


def _give(asked: _Asked) -> str:
    """Hand it to a colleague."""
    floor, queue, chat = asked.floor, asked.queue, asked.chat
    to = _colleague(queue, asked.rest)
    if not queue.claims or not to:
        return "Say to whom: !give CODE NAME, of an agent of this queue."
    if trouble := _not_yours(chat, asked.agent):
        return trouble
    if chat.agent == to:
        return f"{chat.code} is with {names.short(to)} already."
    if chat.agent:
        chat = floor.leave(chat, f"it is with {names.short(to)} now")
    floor.take(chat, to, asked.now)
    return ""


def _colleague(queue: Queue, said: str) -> str:
    """The one agent who is meant, by name or by user id; empty where it is none, or could be two."""
    listed = names.mailbox(said.lower()) or said.lower()
    found = [agent for agent in queue.agents if listed in {agent, names.short(agent)}]
    return found[0] if len(found) == 1 else ""


def _release(asked: _Asked) -> str:
    """Put it back."""
    chat = asked.chat
    if chat.stage is not Stage.TAKEN:
        return f"{chat.code} is nobody's."
    if trouble := _not_yours(chat, asked.agent):
        return trouble
    asked.floor.release(chat, asked.now, why=f"{names.short(asked.agent)} put it back")
    return ""


def _done(asked: _Asked) -> str:
    """End it."""
    chat = asked.chat
    if chat.stage is Stage.DONE:
        return f"{chat.code} has ended."
    if trouble := _not_yours(chat, asked.agent):
        return trouble
    asked.floor.done(chat, asked.now)
    return f"{chat.code} has ended; the customer's next words open it again."


def _drop(asked: _Asked) -> str:
    """Forget files that wait for words."""
    if trouble := _not_yours(asked.chat, asked.agent):
        return trouble
    if not asked.chat.files:
        return "No file waits."
    asked.floor.forget_files(asked.chat, why="dropped")
    return ""


def _not_yours(chat: Chat, agent: str) -> str:
    theirs = chat.stage is Stage.TAKEN and chat.agent != agent
    return f"{chat.code} is with {names.short(chat.agent)}." if theirs else ""


def _listed(floor: Floor, queue: Queue) -> str:
    """Everyone who waits, and who is served by whom."""
    waiting, served = floor.of_queue(queue, Stage.WAITING), floor.of_queue(queue, Stage.TAKEN)
    lines = [f"{len(waiting)} waiting, {len(served)} served."]
    lines += [f"{chat.code}: {chat.name} waits" for chat in waiting[:_LISTED]]
    lines += [f"{chat.code}: {chat.name} is with {names.short(chat.agent)}" for chat in served[:_LISTED]]
    return "\n".join(lines)


_ORDERS: dict[str, Callable[[_Asked], str]] = {
    "take": _take,
    "give": _give,
    "release": _release,
    "done": _done,
    "drop": _drop,
}
