"""What follows from an event: an answer on its way, an order carried out, somebody who left."""

from dataclasses import replace
from datetime import datetime

from bridge.access.chat.commands import command, looks_ordered
from bridge.access.matrix import names, words
from bridge.access.matrix.chats import Answered, Chat, Stage, Waiting
from bridge.access.matrix.events import Encrypted, Event, Moved, Said, TakenBack
from bridge.access.matrix.floor import Floor
from bridge.access.matrix.queues import Queue
from bridge.access.matrix.steps import Say
from bridge.access.matrix.talking import obey
from bridge.core.replies import Turn
from bridge.letters.turns import MAX_FILES, MAX_TEXT, written

_SESSION = "session"
"""The homeserver says who sent it: somebody logged in there, or somebody whose own server it has checked."""


def heard(floor: Floor, event: Event, now: datetime) -> None:
    """Something happened in a room; what we did ourselves is no news."""
    chat, sender = floor.in_room(event.room), names.mailbox(event.sender)
    queue = floor.queues.get(chat.desk) if chat else floor.queue_of(event.room)
    if floor.space.is_ours(event.sender) or queue is None:
        return
    match event:
        case Moved():
            _moved(floor, chat, event, now)
        case Said(by_machine=True):
            return
        case Encrypted(whole_room=True):
            _sealed_off(floor, queue, chat, event)
        case _ if sender in queue.agents:
            _from_agent(floor, queue, chat, event, now=now)
        case _ if chat:
            _refused(floor, chat, event)


def _from_agent(floor: Floor, queue: Queue, chat: Chat | None, event: Event, *, now: datetime) -> None:
    """Something that an agent of the room's queue did."""
    match event:
        case Encrypted():
            _say_back(floor, event, words.ENCRYPTED)
        case TakenBack() if chat:
            _taken_back(floor, chat, event, names.mailbox(event.sender))
        case Said() if chat:
            _in_room(floor, queue, chat, event, now=now)
        case Said():
            _in_queue_room(floor, queue, event, now)


def _refused(floor: Floor, chat: Chat, event: Event) -> None:
    """Somebody else speaks in a customer's room."""
    floor.note("chat_refused", chat, why="not_an_agent")
    if isinstance(event, Said):
        _say_back(floor, event, "Not sent: only the queue's agents are heard here.")


def _sealed_off(floor: Floor, queue: Queue, chat: Chat | None, event: Encrypted) -> None:
    """A room from which nothing readable comes any more is ours no longer."""
    floor.note("room_encrypted", chat, desk=queue.name)
    _say_back(floor, event, words.ROOM_ENCRYPTED)
    if chat:
        floor.put(replace(chat, room=""))
    else:
        floor.queue_rooms.pop(queue.name, None)


def _moved(floor: Floor, chat: Chat | None, event: Moved, now: datetime) -> None:
    """Who leaves a room of their own gives the conversation back."""
    agent = names.mailbox(event.user)
    if chat is None or floor.space.is_ours(event.user):
        return
    floor.note("agent_joined" if event.there else "agent_left", chat)
    if not event.there and chat.stage is Stage.TAKEN and chat.agent == agent:
        floor.release(chat, now, why=f"{names.short(agent)} left its room")


def _in_queue_room(floor: Floor, queue: Queue, said: Said, now: datetime) -> None:
    """Agents talk among themselves there; only orders are for us."""
    order = command(said.text) if said.is_words and not said.corrects else None
    if order:
        answer = obey(floor, queue, order, agent=names.mailbox(said.sender), chat=None, now=now)
        if answer:
            _say_back(floor, said, answer)


def _in_room(floor: Floor, queue: Queue, chat: Chat, said: Said, *, now: datetime) -> None:
    """Words of an agent in a customer's room."""
    if chat.answer(said.id) or any(waiting.event == said.id for waiting in chat.files):
        return
    if not said.corrects and looks_ordered(said.text):
        _ordered(floor, queue, chat, said, now=now)
    elif trouble := _trouble(queue, chat, said):
        _say_back(floor, said, f"Not sent: {trouble}")
    elif said.file and not said.text.strip():
        _await_words(floor, chat, said)
    else:
        _answered(floor, chat, said, now)


def _ordered(floor: Floor, queue: Queue, chat: Chat, said: Said, *, now: datetime) -> None:
    """A line that begins like an order is one, or refused: it is never said to a customer."""
    order = command(said.text)
    answer = (
        obey(floor, queue, order, agent=names.mailbox(said.sender), chat=chat, now=now)
        if order
        else "An order stands alone in its message."
    )
    if answer:
        _say_back(floor, said, answer)


def _trouble(queue: Queue, chat: Chat, said: Said) -> str:
    """Why words do not go to the customer; empty where they do."""
    agent = names.mailbox(said.sender)
    if queue.claims and chat.agent != agent:
        whose = f"is with {names.short(chat.agent)}" if chat.agent else f"is nobody's: !take {chat.code}"
        return f"this conversation {whose}."
    if not (said.is_words or said.file) or not (said.text.strip() or said.file):
        return "only words, pictures and films go out."
    if len(said.text) > MAX_TEXT:
        return f"more than {MAX_TEXT} characters."
    if said.file and len(chat.files) >= MAX_FILES:
        return f"more than {MAX_FILES} files."
    if said.corrects and looks_ordered(said.text):
        return "what begins like an order is no correction."
    corrected = chat.answer(said.corrects)
    if said.corrects and (corrected is None or corrected.agent != agent):
        return "what it corrects was no answer of yours, or is too long ago."
    return ""


def _await_words(floor: Floor, chat: Chat, said: Said) -> None:
    """A client sends a file as a message of its own, but platforms want words with it."""
    waiting = Waiting(event=said.id, agent=names.mailbox(said.sender), file=said.file)
    chat = floor.put(replace(chat, files=(*chat.files, waiting)))
    _say_back(floor, said, f"{len(chat.files)} file(s) go out with your next words, or !drop.")


def _answered(floor: Floor, chat: Chat, said: Said, now: datetime) -> None:
    """The agent's words, with the files of theirs that waited for them; a correction keeps those of what it corrects."""
    agent = names.mailbox(said.sender)
    corrected = chat.answer(said.corrects) if said.corrects else None
    own = tuple(waiting.file for waiting in chat.files if waiting.agent == agent)
    files = corrected.files if corrected else (*own, *((said.file,) if said.file else ()))
    turn = Turn(
        id=said.id,
        address=chat.reply,
        sender=agent,
        proof=_SESSION,
        text=said.text,
        answers=chat.message_id(said.answers),
        corrects=(corrected.newest or corrected.event) if corrected else "",
        links=files,
    )
    floor.hand_in(written(turn))
    chat = chat.having_corrected(corrected, said.id) if corrected else chat
    chat = floor.put(chat.having_answered(Answered(event=said.id, agent=agent, files=files)))
    if said.text.partition("\n")[0].strip().lower() == "#close":
        floor.done(chat, now)


def _taken_back(floor: Floor, chat: Chat, event: TakenBack, agent: str) -> None:
    """An agent removes their own words: what waits for the end of its undo window is taken back, or they are told."""
    waiting = tuple(each for each in chat.files if each.event != event.event)
    if waiting != chat.files:
        floor.put(replace(chat, files=waiting))
        return
    answer = chat.answer(event.event)
    if answer is None or answer.agent != agent:
        return
    turn = Turn(id=event.id, address=chat.reply, sender=agent, proof=_SESSION, text="#cancel")
    floor.hand_in(written(turn))


def _say_back(floor: Floor, event: Event, text: str) -> None:
    """Answer in the same room."""
    floor.act(Say(room=event.room, key=f"{event.id[1:41]}-a", text=text))
