"""Agents' orders to the floor: take, give, release, end, list; each answers in one sentence, or by what everyone sees."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bridge.access.chat.commands import Command
from bridge.access.xmpp import names, words
from bridge.access.xmpp.chats import Chat, Stage
from bridge.access.xmpp.floor import Floor
from bridge.access.xmpp.queues import Queue

_LISTED = 50


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
    """Carry an order out; what to answer, empty where the room learns it anyhow."""
    if order.name == "help":
        return words.HELP
    if order.name == "list":
        return _listed(floor, queue)
    obeyed = _ORDERS.get(order.name)
    if obeyed is None:
        return f"There is no !{order.name}. {words.HELP}"
    meant, rest = _meant(floor, queue, order, chat)
    if meant is None:
        return "There is no conversation of that code here: !list shows them."
    return obeyed(_Asked(floor=floor, queue=queue, chat=meant, agent=agent, rest=rest, now=now))


def _meant(floor: Floor, queue: Queue, order: Command, chat: Chat | None) -> tuple[Chat | None, str]:
    """The conversation that an order is about, by its code or by the window it was written in, and what else it says."""
    given = order.arguments
    if given:
        code = given[0].lower().rpartition("-")[2]
        found = next((c for c in floor.chats.values() if c.desk == queue.name and c.code == code), None)
        if found:
            return found, given[1] if len(given) > 1 else ""
    return chat, given[0] if given else ""


def _take(asked: _Asked) -> str:
    """The first who takes it has it."""
    chat = asked.chat
    if asked.rest and chat.code not in asked.rest.lower():
        return "There is no conversation of that code here: !list shows them."
    if chat.stage is Stage.TAKEN:
        return f"{chat.code} is {'yours already' if chat.agent == asked.agent else f'with {names.local(chat.agent)}'}."
    asked.floor.take(chat, asked.queue, asked.agent, now=asked.now)
    return ""


def _give(asked: _Asked) -> str:
    """Hand it to a colleague, with all that was said."""
    floor, queue, chat = asked.floor, asked.queue, asked.chat
    said = names.bare(asked.rest)
    to = next((each for each in queue.agents if said and said in {each, names.local(each)}), "")
    if not to:
        return "Say to whom: !give CODE ACCOUNT, an account of this queue."
    if trouble := _not_yours(chat, asked.agent):
        return trouble
    if not floor.people.is_there(to, queue.room):
        return f"{names.local(to)} is not there."
    if chat.agent:
        chat = floor.leave(chat, asked.now, why=f"it is with {names.local(to)} now")
    floor.take(chat, queue, to, now=asked.now)
    return ""


def _release(asked: _Asked) -> str:
    """Put it back."""
    chat = asked.chat
    if chat.stage is not Stage.TAKEN:
        return f"{chat.code} is nobody's."
    if trouble := _not_yours(chat, asked.agent):
        return trouble
    asked.floor.release(chat, asked.now, why=f"{names.local(asked.agent)} put it back")
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
    """Forget the files that wait for words."""
    if trouble := _not_yours(asked.chat, asked.agent):
        return trouble
    if not asked.chat.files:
        return "No file waits for your words."
    asked.floor.forget_files(asked.chat)
    return ""


def _not_yours(chat: Chat, agent: str) -> str:
    theirs = chat.stage is Stage.TAKEN and chat.agent != agent
    return f"{chat.code} is with {names.local(chat.agent)}." if theirs else ""


def _listed(floor: Floor, queue: Queue) -> str:
    """Everyone who waits, and who is served by whom."""
    waiting = floor.of_queue(queue, Stage.WAITING)
    served = floor.of_queue(queue, Stage.TAKEN)
    lines = [f"{len(waiting)} waiting, {len(served)} served."]
    lines += [f"{chat.code}: {chat.name} waits" for chat in waiting[:_LISTED]]
    lines += [f"{chat.code}: {chat.name} is with {names.local(chat.agent)}" for chat in served[:_LISTED]]
    return "\n".join(lines)


_ORDERS: dict[str, Callable[[_Asked], str]] = {
    "take": _take,
    "give": _give,
    "release": _release,
    "done": _done,
    "drop": _drop,
}
