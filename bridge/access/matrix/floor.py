"""The chat floor: which conversation waits, who has it, and what follows from everything that is brought and heard.

It decides and does nothing: each step's outcome is taken away, kept durably, and only then done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from bridge.access.chat.brought import Order
from bridge.access.chat.names import code
from bridge.access.matrix import names, words
from bridge.access.matrix.chats import Chat, Stage
from bridge.access.matrix.names import Namespace
from bridge.access.matrix.queues import Queue
from bridge.access.matrix.steps import Act, Invite, PutOut, Say, Step, Tell
from bridge.core import showing

FORGOTTEN = timedelta(days=30)
"""How long a conversation that ended is remembered; its room is found again by its alias after that."""

_RANKS = {"urgent": 0, "high": 1, "normal": 2, "low": 3}


class Floor:
    """All conversations of all queues."""

    def __init__(self, space: Namespace, queues: Mapping[str, Queue], chats: Iterable[Chat]) -> None:
        """`queues` is looked at again and again: desks may come later."""
        self.space = space
        self.queues = queues
        self.chats = {chat.key: chat for chat in chats}
        self.queue_rooms: dict[str, str] = {}
        """Rooms in which queues' conversations are announced, by the desk's name."""
        self._by_room = {chat.room: chat.key for chat in self.chats.values() if chat.room}
        self._changed: dict[str, Chat | None] = {}
        self._letters: list[bytes] = []
        self._acts: list[Act] = []
        self._events: list[tuple[str, Mapping[str, str]]] = []

    def step(self) -> Step:
        """Everything that followed since the last one."""
        made = Step(
            chats=tuple(chat for chat in self._changed.values() if chat),
            gone=tuple(key for key, chat in self._changed.items() if chat is None),
            letters=tuple(self._letters),
            acts=tuple(self._acts),
            events=tuple(self._events),
        )
        self._changed, self._letters, self._acts, self._events = {}, [], [], []
        return made

    def undo(self, step: Step) -> None:
        """What could not be kept follows again, before everything else."""
        again: dict[str, Chat | None] = {chat.key: chat for chat in step.chats} | dict.fromkeys(step.gone)
        self._changed = again | self._changed
        self._letters = [*step.letters, *self._letters]
        self._acts = [*step.acts, *self._acts]

    def put(self, chat: Chat) -> Chat:
        """Take up a conversation's new state."""
        before = self.chats.get(chat.key)
        if before and before.room != chat.room:
            self._by_room.pop(before.room, None)
        if chat.room:
            self._by_room[chat.room] = chat.key
        self.chats[chat.key] = self._changed[chat.key] = chat
        return chat

    def act(self, *acts: Act) -> None:
        """Do something at the homeserver, once the state is kept."""
        self._acts += acts

    def hand_in(self, letter: bytes) -> None:
        """Hand an agent's words to the inbox."""
        self._letters.append(letter)

    def note(self, name: str, chat: Chat | None, **more: str) -> None:
        """Log a state change; no words of anybody."""
        about = {"conversation": chat.conversation, "desk": chat.desk} if chat else {}
        self._events.append((name, {**about, **more}))

    def in_room(self, room: str) -> Chat | None:
        """The conversation of a room."""
        return self.chats.get(self._by_room.get(room, ""))

    def queue_of(self, room: str) -> Queue | None:
        """The queue whose conversations are announced in a room."""
        desk = next((desk for desk, its_room in self.queue_rooms.items() if its_room == room), "")
        return self.queues.get(desk)

    def of_queue(self, queue: Queue, stage: Stage) -> list[Chat]:
        """A queue's conversations, most urgent and then oldest first."""
        found = [chat for chat in self.chats.values() if chat.desk == queue.name and chat.stage is stage]
        return sorted(found, key=lambda chat: (_RANKS.get(chat.priority, 2), chat.since, chat.code))

    def known(self, order: Order, now: datetime) -> Chat:
        """The conversation of what is brought, as it is known or as a new one."""
        found = self.chats.get(f"{order.desk} {order.conversation}")
        if found:
            return replace(found, reply=order.reply, priority=order.priority)
        return Chat(
            conversation=order.conversation,
            desk=order.desk,
            code=code(order.conversation, {chat.code for chat in self.chats.values()}),
            reply=order.reply,
            ghost=self.space.ghost(order.customer or order.conversation),
            name=order.name,
            platform=order.platform,
            priority=order.priority,
            since=now,
        )

    def housed(self, chat: Chat) -> Chat:
        """It has a room from now on: where nobody must claim it, all agents are asked in."""
        chat, queue = self.put(chat), self.queues.get(chat.desk)
        asked = () if queue is None else (chat.agent,) if queue.claims else queue.agents
        self.act(*(Invite(room=chat.room, agent=agent) for agent in asked if agent))
        return chat

    def brought(self, order: Order, event: str, now: datetime) -> None:
        """The customer's words stand in their room, as that event: who waits is announced where agents claim."""
        chat = self.known(order, now).having_said(event, order.message_id, now)
        chat = replace(chat, excerpt=showing.line(order.text, words.EXCERPT))
        queue = self.queues.get(chat.desk)
        if chat.stage is Stage.DONE and queue and not queue.claims:
            self.act(*(Invite(room=chat.room, agent=agent) for agent in queue.agents))
        if queue and queue.has(chat):
            self.put(chat)
        else:
            self.wait(chat, now, why="")

    def wait(self, chat: Chat, now: datetime, *, why: str) -> None:
        """Let a conversation wait; `why` where it was with somebody before."""
        since = now if chat.stage is not Stage.WAITING else chat.since
        chat = self.put(replace(chat, stage=Stage.WAITING, agent="", since=since))
        self.note("chat_waiting", chat)
        queue = self.queues.get(chat.desk)
        if queue and queue.claims:
            text = f"Back in the queue, {why}.\n{words.announced(chat)}" if why else words.announced(chat)
            self.tell(chat, text, f"waits {len(chat.said)} {chat.said[-1:]} {now.timestamp()}")

    def take(self, chat: Chat, agent: str, now: datetime) -> None:
        """Make a conversation an agent's: they are asked into its room, and everyone else sees whose it is."""
        chat = self.put(replace(chat, stage=Stage.TAKEN, agent=agent, since=now))
        self.note("chat_taken", chat, agent=agent)
        if chat.room:
            self.act(Invite(room=chat.room, agent=agent))
        text = f"{chat.code}: {chat.name} is with {names.short(agent)}."
        self.tell(
            chat, text if chat.room else f"{text} A room opens with their next words.", f"taken {now.timestamp()}"
        )

    def release(self, chat: Chat, now: datetime, *, why: str) -> None:
        """Take a conversation from its agent and let it wait again."""
        self.note("chat_returned", chat, agent=chat.agent)
        self.wait(self.leave(chat, why), now, why=why)

    def leave(self, chat: Chat, why: str) -> Chat:
        """Put whoever has it out of its room; their files are forgotten."""
        self.forget_files(chat, why=why)
        if chat.agent and chat.room:
            self.act(PutOut(room=chat.room, agent=chat.agent, why=why))
        return replace(chat, files=())

    def forget_files(self, chat: Chat, *, why: str) -> Chat:
        """Let go of files that wait for words, and say so."""
        if not chat.files:
            return chat
        text = f"Not sent, and forgotten: {len(chat.files)} file(s) that waited for words."
        self.say(chat, text, f"forgot {chat.files[-1].event} {why}")
        return self.put(replace(chat, files=()))

    def done(self, chat: Chat, now: datetime) -> None:
        """End a conversation; the customer's next words open it again."""
        self.note("chat_ended", chat, agent=chat.agent)
        chat = self.leave(chat, "it has ended")
        self.put(replace(chat, stage=Stage.DONE, agent="", since=now, unanswered=0, waits=None))

    def say(self, chat: Chat, text: str, about: str) -> None:
        """Say something of ours in a conversation's room; the same `about` is said once."""
        if chat.room:
            self.act(Say(room=chat.room, key=key(f"{chat.key} {about}"), text=text))

    def tell(self, chat: Chat, text: str, about: str) -> None:
        """Say something to everyone in its queue's room."""
        self.act(Tell(desk=chat.desk, key=key(f"{chat.key} {about}"), text=text))

    def forget_old(self, now: datetime) -> None:
        """Drop conversations that ended long ago."""
        old = [chat for chat in self.chats.values() if chat.stage is Stage.DONE and now - chat.since > FORGOTTEN]
        for chat in old:
            del self.chats[chat.key]
            self._by_room.pop(chat.room, None)
            self._changed[chat.key] = None


def key(text: str) -> str:
    """The same short key for the same text: what a homeserver merges repeats by."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
