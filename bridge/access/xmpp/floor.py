"""The chat floor: which conversation waits, who has it, and what follows from everything that is seen and heard.

It decides and does nothing: each step's outcome is taken away, kept durably, and only then said.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from bridge.access.chat.brought import Order
from bridge.access.chat.names import code as code_of
from bridge.access.chat.portrait import fingerprint, portrait
from bridge.access.xmpp import names, words
from bridge.access.xmpp.chats import Chat, Stage, Turn, Voice
from bridge.access.xmpp.people import People
from bridge.access.xmpp.queues import Queue, chosen
from bridge.access.xmpp.stanzas import Outgoing, Say, Show
from bridge.access.xmpp.steps import Answer, Step
from bridge.ports import TemporaryProblem

FORGOTTEN = timedelta(days=30)
"""How long a conversation that ended is remembered; its next message begins a new one after that."""

MOST_OPEN = 500
"""Messages of one customer that may wait for an answer on the floor."""

_RANKS = {"urgent": 0, "high": 1, "normal": 2, "low": 3}


class Floor:
    """All conversations of all queues, with everyone who is there."""

    def __init__(self, domain: str, queues: Iterable[Queue], chats: Iterable[Chat]) -> None:
        self.domain = domain
        self.queues = {queue.name: queue for queue in queues}
        self.chats = {chat.local: chat for chat in chats}
        self.people = People()
        self.nicks = {queue.name: queue.nick for queue in self.queues.values()}
        self.confirming: set[str] = set()
        """Agents whose clients send receipts: only these count for them then."""
        self._changed: dict[str, Chat | None] = {}
        self._answers: list[Answer] = []
        self._stanzas: list[Outgoing] = []
        self._prompt: list[Outgoing] = []
        self.files_from: frozenset[str] = frozenset()
        """Places where agents' files are kept by their server; a link elsewhere is words."""
        self.doubtful_until: datetime | None = None
        """Until when words that are brought may have been said before, by a process that was killed."""
        self._events: list[tuple[str, Mapping[str, str]]] = []

    def step(self) -> Step:
        """Everything that followed since the last one."""
        kept = tuple(chat for chat in self._changed.values() if chat)
        gone = tuple(local for local, chat in self._changed.items() if chat is None)
        made = Step(
            chats=kept,
            gone=gone,
            answers=tuple(self._answers),
            prompt=tuple(self._prompt),
            stanzas=tuple(self._stanzas),
            events=tuple(self._events),
        )
        self._changed, self._answers, self._stanzas, self._prompt, self._events = {}, [], [], [], []
        return made

    def put(self, chat: Chat) -> Chat:
        """Take up a conversation's new state."""
        self.chats[chat.local] = self._changed[chat.local] = chat
        return chat

    def say(self, *stanzas: Outgoing) -> None:
        """Send, once the state is kept."""
        self._stanzas += stanzas

    def answer(self, answer: Answer) -> None:
        """Hand an agent's words to the inbox."""
        self._answers.append(answer)

    def note(self, event: str, chat: Chat | None, **more: str) -> None:
        """Log a state change; no words of anybody."""
        about = {"conversation": chat.conversation, "desk": chat.desk} if chat else {}
        self._events.append((event, {**about, **more}))

    def address(self, chat: Chat) -> str:
        """A conversation's own JID."""
        return f"{chat.local}@{self.domain}"

    def of_queue(self, queue: Queue, *stages: Stage) -> list[Chat]:
        """A queue's conversations, most urgent and then oldest first."""
        found = [chat for chat in self.chats.values() if chat.desk == queue.name and chat.stage in stages]
        return sorted(found, key=lambda chat: (_RANKS.get(chat.priority, 2), chat.since, chat.local))

    def brought(self, order: Order, now: datetime) -> None:
        """A desk brings what a customer said; the same again changes nothing (C05).

        Raises TemporaryProblem where too much lies there that no agent has answered.
        """
        chat = self._chat(order, now)
        if any(turn.message_id == order.message_id for turn in chat.turns):
            return
        if len(chat.open_turns) >= MOST_OPEN:
            raise TemporaryProblem("the conversation has too many messages that nobody answered")
        turn = Turn(
            id=names.local(order.message_id.strip("<>")) or order.key,
            voice=Voice.CUSTOMER,
            text=order.text,
            at=order.at,
            message_id=order.message_id,
            links=order.links,
        )
        chat = self.put(replace(chat, card=order.card, reply=order.reply, priority=order.priority).with_turn(turn))
        if chat.stage is Stage.TAKEN:
            self._pass_on_at_once(chat, turn, now)
        else:
            self.wait(chat, now, why="")

    def _pass_on_at_once(self, chat: Chat, turn: Turn, now: datetime) -> None:
        """Words to the agent who waits for them; where they may have been said before, as a correction of themselves."""
        before = len(self._stanzas)
        if self.doubtful_until and now < self.doubtful_until:
            chat = self.put(chat.with_turn(replace(turn, sent_to=chat.agent, tries=1)))
            self.again(chat)
        else:
            self.pass_on(chat)
        self._prompt += self._stanzas[before:]
        del self._stanzas[before:]

    def _chat(self, order: Order, now: datetime) -> Chat:
        """The conversation as it is known, or a new one with an address of its own."""
        known = next(
            (c for c in self.chats.values() if (c.conversation, c.desk) == (order.conversation, order.desk)), None
        )
        if known:
            return replace(known, since=now) if known.stage is Stage.DONE else known
        code = code_of(order.conversation, {chat.code for chat in self.chats.values()})
        return Chat(
            local=f"{order.slug}-{code}",
            code=code,
            conversation=order.conversation,
            desk=order.desk,
            reply=order.reply,
            name=order.name,
            platform=order.platform,
            avatar=fingerprint(portrait(order.conversation)),
            history=order.history,
            route=order.route,
            since=now,
        )

    def wait(self, chat: Chat, now: datetime, *, why: str) -> None:
        """Let a conversation wait: it is given to an agent, or announced to all; `why` where it was with somebody before."""
        chat = self.put(replace(chat, stage=Stage.WAITING, agent=""))
        queue = self.queues.get(chat.desk)
        if queue is None:
            return
        self.note("chat_waiting", chat)
        if queue.assigns and self.assign(chat, queue, now):
            return
        if queue.room:
            text = words.back(chat, why) if why else words.announced(chat)
            self.say_in_room(queue, text, short_id(f"{chat.code} {len(chat.turns)} {chat.since.timestamp()}"))

    def assign(self, chat: Chat, queue: Queue, now: datetime) -> bool:
        """Give a waiting conversation to the agent who should have it; False where nobody can."""
        there = [agent for agent in queue.agents if self.people.is_there(agent, queue.room)]
        agent = chosen(chat, queue, there, list(self.chats.values()))
        if agent:
            self.take(chat, queue, agent, now=now)
        return bool(agent)

    def take(self, chat: Chat, queue: Queue, agent: str, *, now: datetime) -> None:
        """Make a conversation an agent's: its window opens with what was said, and everyone else sees whose it is."""
        chat = self.put(replace(chat, stage=Stage.TAKEN, agent=agent, since=now))
        self.note("chat_taken", chat, agent=agent)
        if queue.room:
            text = words.taken(chat, names.local(agent))
            self.say_in_room(queue, text, short_id(f"{chat.code} {agent} {now.timestamp()}"))
        self.say(Show(sender=self.address(chat), to=agent, name=chat.name, avatar=chat.avatar))
        self.pass_on(self._handed_over(chat, now))

    def _handed_over(self, chat: Chat, now: datetime) -> Chat:
        """The conversation with one message before all others: what the agent must know, and what was said before."""
        before = words.transcript(chat)
        text = "\n\n".join(part for part in (chat.card, f"Said before:\n{before}" if before else "") if part)
        still_open = {turn.id for turn in chat.open_turns}
        told = [t if t.id in still_open else replace(t, sent_to=chat.agent, tries=1, there=True) for t in chat.turns]
        card = Turn(
            id=short_id(f"{chat.local} {chat.agent} {now.timestamp()}"),
            voice=Voice.BRIDGE,
            text=text,
            at=now,
            name=words.CARD,
        )
        earlier = [turn for turn in told if turn.id not in still_open and turn.name != words.CARD]
        return self.put(replace(chat, turns=(*earlier, card, *(t for t in told if t.id in still_open))).trimmed())

    def pass_on(self, chat: Chat) -> None:
        """Send what the agent who has a conversation was not sent yet."""
        queue = self.queues.get(chat.desk)
        if queue is None or not self.people.is_there(chat.agent, queue.room):
            return
        for turn in chat.turns:
            if turn.voice is not Voice.AGENT and (turn.sent_to != chat.agent or not turn.tries):
                chat = self._pass_on(chat, turn)

    def again(self, chat: Chat) -> None:
        """Send once more what may never have arrived; a client that has it puts the new in the old one's place (XEP-0308)."""
        queue = self.queues.get(chat.desk)
        if queue is None or not self.people.is_there(chat.agent, queue.room):
            return
        for turn in chat.turns:
            if turn.voice is not Voice.AGENT and turn.sent_to == chat.agent and turn.tries and not turn.there:
                chat = self._pass_on(chat, turn)
        self.pass_on(chat)

    def _pass_on(self, chat: Chat, turn: Turn) -> Chat:
        tries = turn.tries if turn.sent_to == chat.agent else 0
        said = words.ours(turn.text) if turn.voice is Voice.BRIDGE else words.of_customer(turn.text)
        self.say(
            Say(
                sender=self.address(chat),
                to=chat.agent,
                id=f"{turn.id}-{tries}" if tries else turn.id,
                corrects=turn.id if tries else "",
                text="\n".join([said, *turn.links]),
                name=chat.name,
            )
        )
        return self.put(chat.with_turn(replace(turn, sent_to=chat.agent, tries=tries + 1, there=False)))

    def arrived(self, chat: Chat, agent: str, stanza: str) -> None:
        """A receipt: the agent's client has the message."""
        self.confirming.add(agent)
        turn = next((t for t in chat.turns if stanza == t.id or stanza.startswith(f"{t.id}-")), None)
        if turn and turn.sent_to == agent and not turn.there:
            self.put(chat.with_turn(replace(turn, there=True)))

    def settled(self, stanzas: Iterable[Outgoing]) -> None:
        """The server has taken these: enough for agents whose clients send no receipts."""
        for say in stanzas:
            if not isinstance(say, Say) or say.group or say.to in self.confirming:
                continue
            chat = self.chats.get(names.local(say.sender))
            turn = chat.turn(say.corrects or say.id) if chat else None
            if chat and turn and turn.sent_to == say.to and not turn.there:
                self.put(chat.with_turn(replace(turn, there=True)))

    def release(self, chat: Chat, now: datetime, *, why: str) -> None:
        """Take a conversation from its agent and let it wait again: nothing of it is lost."""
        self.note("chat_returned", chat, agent=chat.agent)
        self.wait(self.leave(chat, now, why=why), now, why=why)

    def forget_files(self, chat: Chat) -> Chat:
        """Let go of files that waited for their agent's words, and say so."""
        if not chat.files:
            return chat
        text = words.ours(f"Not sent, and forgotten: {len(chat.files)} file(s) that waited for your words.")
        name = short_id(f"{chat.local} forgot {' '.join(chat.files)}")
        self.say(Say(sender=self.address(chat), to=chat.agent, id=name, text=text, name=chat.name))
        return self.put(replace(chat, files=()))

    def leave(self, chat: Chat, now: datetime, *, why: str) -> Chat:
        """Close an agent's window; the conversation as it is nobody's, with nothing sent to anybody."""
        chat = self.forget_files(chat)
        name = short_id(f"{chat.local} left {now.timestamp()}")
        text = words.ours(f"This conversation is no longer yours: {why}.")
        self.say(Say(sender=self.address(chat), to=chat.agent, id=name, text=text, name=chat.name, gone=True))
        self.say(Show(sender=self.address(chat), to=chat.agent, kind="unavailable"))
        turns = tuple(replace(t, sent_to="", tries=0, there=False) for t in chat.turns)
        return self.put(replace(chat, stage=Stage.WAITING, agent="", since=now, turns=turns))

    def done(self, chat: Chat, now: datetime) -> None:
        """End a conversation; the customer's next words open it again."""
        chat = self.forget_files(chat)
        self.say(Show(sender=self.address(chat), to=chat.agent, kind="unavailable"))
        self.note("chat_ended", chat, agent=chat.agent)
        self.put(replace(chat, stage=Stage.DONE, agent="", since=now))

    def say_in_room(self, queue: Queue, text: str, name: str) -> None:
        """Say something to everyone in a queue's room."""
        self.say(Say(sender=queue.address, to=queue.room, id=name, text=text, group=True))

    def forget_old(self, now: datetime) -> None:
        """Drop conversations that ended long ago."""
        old = [c.local for c in self.chats.values() if c.stage is Stage.DONE and now - c.since > FORGOTTEN]
        for local in old:
            del self.chats[local]
            self._changed[local] = None

    def held_by(self, agent: str) -> Iterator[Chat]:
        """The conversations that an agent has."""
        return iter([chat for chat in self.chats.values() if chat.stage is Stage.TAKEN and chat.agent == agent])


def short_id(text: str) -> str:
    """The same short id for the same text."""
    return sha256(text.encode()).hexdigest()[:26]
