"""What follows from a stanza: an answer on its way, an order carried out, somebody who came or left."""

from dataclasses import replace
from datetime import datetime

from bridge.access.chat.commands import command, looks_ordered
from bridge.access.files import is_below
from bridge.access.xmpp import names, words
from bridge.access.xmpp.chats import Chat, Stage, Turn, Voice
from bridge.access.xmpp.floor import Floor
from bridge.access.xmpp.queues import Queue
from bridge.access.xmpp.stanzas import Confirm, Furnish, Heard, Reject, Say, Seen, Show
from bridge.access.xmpp.steps import Answer
from bridge.access.xmpp.talking import obey
from bridge.letters.turns import MAX_FILES, MAX_TEXT

_MAX_ID = 120
"""Characters of a stanza's id that are kept; what goes beyond is not told apart."""

_SELF = "110"
_CREATED = "201"
_RENAMED = "303"
"""Status codes of rooms (XEP-0045 15.6)."""

_UNREACHABLE = frozenset({"service-unavailable", "recipient-unavailable", "item-not-found", "remote-server-not-found"})


def heard(floor: Floor, message: Heard, now: datetime) -> None:
    """A message came."""
    chat = floor.chats.get(names.local(message.to))
    if message.error:
        _bounced(floor, chat, message, now)
    elif message.receipt:
        if chat:
            floor.arrived(chat, names.bare(message.sender), message.receipt)
    elif message.group:
        _in_room(floor, message, now)
    elif message.text or message.links:
        _in_window(floor, chat, message, now)


def _in_room(floor: Floor, message: Heard, now: datetime) -> None:
    """Words in a queue's room: ours come back and old ones are repeated, neither is an order (XEP-0045, XEP-0203)."""
    queue = next((q for q in floor.queues.values() if q.room == names.bare(message.sender)), None)
    nick = names.resource(message.sender)
    if queue is None or message.late or not nick or nick == floor.nicks[queue.name]:
        return
    order = command(message.text)
    if order is None:
        return
    agent = floor.people.account(message.sender)
    answer = _refusal(queue, agent, nick) or obey(floor, queue, order, agent=agent, chat=None, now=now)
    if answer:
        floor.say_in_room(queue, answer, f"{message.id[:40]}-a")


def _refusal(queue: Queue, agent: str, nick: str) -> str:
    """Why somebody in a room may give no orders; a nick proves nothing."""
    if not agent:
        return "This room hides its members' accounts, so nobody can be recognised: make it non-anonymous."
    return "" if agent in queue.agents else f"{nick}: your account is not one of this queue's agents."


def _in_window(floor: Floor, chat: Chat | None, message: Heard, now: datetime) -> None:
    """Words in a customer's window, or to a queue itself."""
    sender = names.bare(message.sender)
    queue = floor.queues.get(chat.desk) if chat else _addressed(floor, message)
    if queue is None or sender not in queue.agents:
        floor.note("chat_refused", chat, why="not_an_agent" if queue else "no_such_address")
        condition = "forbidden" if queue else "item-not-found"
        _reject(floor, message, condition, "Only the queue's agents are heard here." if queue else "Nobody is here.")
        return
    if chat and _is_repeated(chat, message):
        _confirm(floor, message)
        return
    if looks_ordered(message.text):
        _ordered(floor, queue, chat, message, now=now)
    elif chat is None:
        _say_back(floor, queue.address, message, words.HELP)
    else:
        _said(floor, chat, message, now=now)


def _addressed(floor: Floor, message: Heard) -> Queue | None:
    return next((q for q in floor.queues.values() if q.address == names.bare(message.to)), None)


def _is_repeated(chat: Chat, message: Heard) -> bool:
    return bool(message.id) and _key(message) in chat.heard


def _key(message: Heard) -> str:
    return f"{names.bare(message.sender)} {message.id[:_MAX_ID]}"


def _ordered(floor: Floor, queue: Queue, chat: Chat | None, message: Heard, *, now: datetime) -> None:
    """A line that begins like an order is one, or refused: it is never said to a customer."""
    order = command(message.text)
    agent = names.bare(message.sender)
    answer = (
        obey(floor, queue, order, agent=agent, chat=chat, now=now) if order else "An order stands alone in its message."
    )
    _confirm(floor, message)
    if answer:
        _say_back(floor, floor.address(chat) if chat else queue.address, message, answer)


def _said(floor: Floor, chat: Chat, message: Heard, *, now: datetime) -> None:
    """Words for the customer, from the agent who has the conversation and from nobody else."""
    sender = names.bare(message.sender)
    if chat.stage is not Stage.TAKEN or chat.agent != sender:
        whose = f"is with {names.local(chat.agent)}" if chat.stage is Stage.TAKEN else f"is nobody's: !take {chat.code}"
        _reject(floor, message, "not-allowed", f"Not sent: this conversation {whose}.")
        return
    if len(message.text) + sum(map(len, message.links)) > MAX_TEXT:
        _reject(floor, message, "policy-violation", f"Not sent: more than {MAX_TEXT} characters.")
        return
    files = tuple(link for link in message.links if is_below(link, floor.files_from))
    if len(chat.files) + len(files) > MAX_FILES:
        _reject(floor, message, "policy-violation", f"Not sent: more than {MAX_FILES} files.")
    elif files and message.text.strip() in {"", *files}:
        _await_words(floor, chat, message, files)
    else:
        _answered(floor, chat, message, files=files, now=now)


def _await_words(floor: Floor, chat: Chat, message: Heard, files: tuple[str, ...]) -> None:
    """A client sends a file as a message of its own (XEP-0363 and XEP-0066), but platforms want words with it."""
    chat = floor.put(replace(chat, files=(*chat.files, *files)).having_heard(_key(message)))
    _confirm(floor, message)
    waits = f"{len(chat.files)} file(s) go out with your next words, or !drop."
    _say_back(floor, floor.address(chat), message, waits)


def _answered(floor: Floor, chat: Chat, message: Heard, *, files: tuple[str, ...], now: datetime) -> None:
    """The agent's words, with the files that waited for them; a correction keeps those of what it corrects."""
    sender, corrects = names.bare(message.sender), message.corrects[:_MAX_ID]
    said_id = message.id[:_MAX_ID] or f"{now.timestamp()}"
    corrected = chat.turn(_turn_id(sender, corrects)) if corrects else None
    turn = Turn(
        id=_turn_id(sender, corrects or said_id),
        voice=Voice.AGENT,
        text=message.text or "\n".join(message.links),
        at=now,
        name=names.local(sender),
        links=corrected.links if corrected else (*chat.files, *files),
    )
    floor.answer(_answer(chat, message, turn, stanza=said_id))
    kept = chat.files if corrected else ()
    chat = floor.put(replace(chat, files=kept).with_turn(turn).having_heard(_key(message)))
    _confirm(floor, message)
    if message.text.partition("\n")[0].strip().lower() == "#close":
        floor.done(chat, now)


def _answer(chat: Chat, message: Heard, turn: Turn, *, stanza: str) -> Answer:
    """The same on its way to the inbox."""
    answered = chat.turn(message.answers.rpartition("-")[0]) or chat.turn(message.answers)
    return Answer(
        chat=chat,
        agent=names.bare(message.sender),
        id=stanza,
        text=turn.text,
        at=turn.at,
        answers=answered.message_id if answered and answered.message_id else chat.answered,
        corrects=message.corrects[:_MAX_ID],
        links=turn.links,
    )


def _turn_id(agent: str, stanza: str) -> str:
    return f"{agent} {stanza}"


def _bounced(floor: Floor, chat: Chat | None, message: Heard, now: datetime) -> None:
    """A message of ours did not arrive: where the agent cannot be reached, the conversation goes back."""
    agent = names.bare(message.sender)
    if chat is None or chat.agent != agent or message.error not in _UNREACHABLE:
        return
    floor.note("chat_unreachable", chat, agent=agent, why=message.error)
    floor.release(chat, now, why=f"{names.local(agent)} cannot be reached")


def _confirm(floor: Floor, message: Heard) -> None:
    if message.wants_receipt and message.id:
        floor.say(Confirm(sender=names.bare(message.to), to=message.sender, id=message.id))


def _reject(floor: Floor, message: Heard, condition: str, text: str) -> None:
    floor.say(Reject(sender=names.bare(message.to), to=message.sender, id=message.id, condition=condition, text=text))


def _say_back(floor: Floor, sender: str, message: Heard, text: str) -> None:
    floor.say(Say(sender=sender, to=names.bare(message.sender), id=f"{message.id[:40]}-a", text=words.ours(text)))


def seen(floor: Floor, presence: Seen, now: datetime) -> None:
    """Somebody came, left, or turned away for a while."""
    room = next((q for q in floor.queues.values() if q.room and q.room == names.bare(presence.sender)), None)
    if room:
        _in_the_room(floor, room, presence, now)
    elif presence.kind in {"", "unavailable"}:
        _at_home(floor, presence, now)
    elif presence.kind in {"subscribe", "probe"}:
        _asked_after(floor, presence)


def _in_the_room(floor: Floor, queue: Queue, presence: Seen, now: datetime) -> None:
    nick = names.resource(presence.sender)
    if presence.kind == "error" and nick == floor.nicks[queue.name]:
        floor.nicks[queue.name] = f"{nick}_"[:60]
        floor.note("room_refused_us", None, desk=queue.name)
        return
    ours = _SELF in presence.codes
    agent = names.bare(presence.real) or floor.people.account(presence.sender)
    before = floor.people.is_there(agent, queue.room)
    floor.people.in_room(presence)
    if ours and presence.kind == "unavailable" and _RENAMED not in presence.codes:
        floor.note("room_left", None, desk=queue.name)
        floor.say(Show(sender=queue.address, to=f"{queue.room}/{floor.nicks[queue.name]}", joins=True))
    if ours and presence.owner and not presence.kind:
        anew = _CREATED in presence.codes
        floor.say(Furnish(sender=queue.address, room=queue.room, members=queue.agents, anew=anew))
    if ours and not presence.kind:
        _announce(floor, queue, now)
    elif not before and floor.people.is_there(agent, queue.room):
        _came(floor, queue, agent, now)


def _announce(floor: Floor, queue: Queue, now: datetime) -> None:
    """We are in the room: tell who waits, in one message."""
    waiting = floor.of_queue(queue, Stage.WAITING)
    if waiting and not queue.assigns:
        text = "\n".join(words.announced(chat) for chat in waiting[:50])
        floor.say_in_room(queue, text, f"waiting-{now.timestamp()}")


def _at_home(floor: Floor, presence: Seen, now: datetime) -> None:
    agent = names.bare(presence.sender)
    for queue in floor.queues.values():
        if queue.room or agent not in queue.agents:
            continue
        before = floor.people.is_there(agent, "")
        floor.people.at_home(presence)
        if not before and floor.people.is_there(agent, ""):
            _came(floor, queue, agent, now)


def _came(floor: Floor, queue: Queue, agent: str, now: datetime) -> None:
    """An agent is there: what is theirs goes on where it stopped, and what waits may be theirs."""
    for chat in floor.held_by(agent):
        if chat.desk == queue.name:
            floor.say(Show(sender=floor.address(chat), to=agent, name=chat.name, avatar=chat.avatar))
            floor.again(chat)
    if queue.assigns:
        for chat in floor.of_queue(queue, Stage.WAITING):
            floor.assign(chat, queue, now)


def _asked_after(floor: Floor, presence: Seen) -> None:
    """An agent's client wants to know whether a customer, or a queue, is there: it is, and says its name."""
    agent, to = names.bare(presence.sender), names.bare(presence.to)
    chat = floor.chats.get(names.local(to))
    queue = floor.queues.get(chat.desk) if chat else next((q for q in floor.queues.values() if q.address == to), None)
    if queue is None or agent not in queue.agents:
        return
    if presence.kind == "subscribe":
        floor.say(Show(sender=to, to=agent, kind="subscribed"))
    if chat is None or chat.stage is not Stage.DONE:
        floor.say(Show(sender=to, to=agent, name=chat.name if chat else queue.name, avatar=chat.avatar if chat else ""))


def lined(floor: Floor) -> None:
    """The line stands anew: enter the rooms, and ask who is there.

    A subscription that stands already is answered with who is there; a probe beside one that waits for the agent's
    consent would make Prosody forget that it waits.
    """
    floor.people.forget()
    for queue in floor.queues.values():
        if queue.room:
            floor.say(Show(sender=queue.address, to=f"{queue.room}/{floor.nicks[queue.name]}", joins=True))
        else:
            for agent in queue.agents:
                floor.say(Show(sender=queue.address, to=agent, kind="subscribe", name=queue.name))
                floor.say(Show(sender=queue.address, to=agent, name=queue.name))


def broke(floor: Floor) -> None:
    """The line broke: nobody is known to be there."""
    floor.people.forget()


def ticked(floor: Floor, now: datetime) -> None:
    """A moment passed: what agents who are away too long had goes back, and what ended long ago is forgotten."""
    for chat in list(floor.chats.values()):
        queue = floor.queues.get(chat.desk)
        if queue is None or chat.stage is not Stage.TAKEN:
            continue
        away = floor.people.away_since(chat.agent, queue.room, now)
        if away and now - away >= queue.patience:
            floor.release(chat, now, why=f"{names.local(chat.agent)} is away")
    for queue in floor.queues.values():
        if queue.assigns:
            for chat in floor.of_queue(queue, Stage.WAITING):
                floor.assign(chat, queue, now)
    floor.forget_old(now)
