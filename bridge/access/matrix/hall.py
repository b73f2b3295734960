"""The hall: what desks bring and what the homeserver tells goes onto the floor, is kept on the disk, and only then done.

transaction, order, notice ─► floor ─► ledger ─► acts at the homeserver
                                  └──► letters for the inbox
"""

import asyncio
import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog

from bridge.access.chat.brought import Order, Word
from bridge.access.chat.kept import Kept
from bridge.access.matrix import ledger as pages
from bridge.access.matrix import names, words
from bridge.access.matrix.chats import Chat
from bridge.access.matrix.doing import Doing
from bridge.access.matrix.events import event as read
from bridge.access.matrix.floor import Floor, key
from bridge.access.matrix.hearing import heard
from bridge.access.matrix.homeserver import Homeserver, Reach, Refused
from bridge.access.matrix.housing import Housing
from bridge.access.matrix.ledger import Change, Ledger
from bridge.access.matrix.listening import Listening
from bridge.access.matrix.names import Namespace
from bridge.access.matrix.pictures import Pictures
from bridge.access.matrix.queues import Queue
from bridge.ports import Clock, TemporaryProblem

log = structlog.get_logger("bridge.matrix")

_BATCH = 100
_PAUSE = 1.0
"""Seconds between two tries to keep what the homeserver told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where one application service is: at a homeserver, on a port of ours, and on the disk."""

    space: Namespace
    reach: Reach
    listen: str
    token: str
    """The homeserver's own (`hs_token`)."""
    path: Path


class Hall:
    """One application service; desks bring, the inbox fetches, and the homeserver tells."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site, self._clock = site, clock
        self._queues: dict[str, Queue] = {}
        self._users: set[object] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._opening = asyncio.Lock()
        self._letters: dict[int, Kept] = {}
        self._last = 0
        self.arrived = asyncio.Event()
        """Set when a letter came."""

    def serve(self, queue: Queue) -> None:
        """Take up a desk's queue, or its newer settings."""
        self._queues[queue.name] = queue

    async def open(self, user: object) -> None:
        """Be there for a desk or an inbox; raises TemporaryProblem where the disk or the port refuses."""
        self._users.add(user)
        async with self._opening:
            if not self._tasks:
                await self._opened()

    async def _opened(self) -> None:
        space = self._site.space
        try:
            self._ledger = Ledger(self._site.path / "floor.db", self._clock.now())
            chats, queues = self._ledger.chats(), self._ledger.queues()
        except (OSError, sqlite3.Error) as error:
            raise TemporaryProblem(f"the chat floor's file cannot be used: {type(error).__name__}") from error
        self._floor = Floor(space, self._queues, chats)
        self._floor.queue_rooms = {desk: room for desk, (room, _) in queues.items()}
        self.homeserver = Homeserver(self._site.reach)
        self._housing = Housing(space, self.homeserver, self._ledger, self._clock)
        self._pictures = Pictures(self._housing, self.homeserver, self._site.reach.user_agent)
        self._doing = Doing(self._housing, self._ledger, self._floor, clock=self._clock)
        self._letters, self._last = {}, 0
        self._hand_out()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._news = asyncio.Event()
        self._news.set()
        self._listening = Listening(self._site.listen, self._site.token, take=self._take, knows=self._housing.knows)
        try:
            await self._listening.open()
        except TemporaryProblem:
            await self._ledger.close()
            raise
        self._tasks = [asyncio.create_task(loop) for loop in (self._work(), self._doing.work())]

    async def leave(self, user: object) -> None:
        """Be no longer there for one of them; the last one closes the port and the file."""
        self._users.discard(user)
        async with self._opening:
            if self._users or not self._tasks:
                return
            tasks, self._tasks = self._tasks, []
            await self._listening.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.homeserver.close()
            await self._ledger.close()

    async def bring(self, order: Order) -> None:
        """A customer's words into their room; raises as `Housing.send` does, with nothing twice where it is brought again."""
        async with self._locks[order.conversation]:
            name = key(order.message_id)
            chat = self._floor.known(order, self._clock.now())
            if any(message_id == order.message_id for _, message_id in chat.said):
                await self._keep([])
                return
            try:
                chat = await self._housed(chat, order)
                event = await self._housing.speak(chat.room, words.said(order), key=name, ghost=chat.ghost)
                await self._show(chat, order, name)
            except Refused as no:
                self._floor.put(replace(self._floor.known(order, self._clock.now()), room=""))
                raise TemporaryProblem(f"{no}, so the conversation gets a room anew") from None
            self._floor.brought(order, event, self._clock.now())
            await self._keep([])

    async def _show(self, chat: Chat, order: Order, name: str) -> None:
        """What the customer sent along, where the desk names its place."""
        queue, user = self._queues.get(chat.desk), self._site.space.full_user(chat.ghost)
        if queue and queue.media_from:
            await self._pictures.show(chat.room, order.links, places=queue.media_from, key=name, user=user)

    async def _housed(self, chat: Chat, order: Order) -> Chat:
        """The conversation with a room, and the customer in it."""
        await self._housing.ghost(chat.ghost, order.name, platform=order.platform)
        if chat.room:
            return chat
        space = self._site.space
        alias = space.alias(chat.desk, chat.conversation)
        room = await self._housing.room(alias, f"{order.name} · {chat.code}", guests=[space.full_user(chat.ghost)])
        await self._housing.say(room, words.card(order), key=key(f"{room} card"), mentions=())
        chat = self._floor.housed(replace(self._floor.known(order, self._clock.now()), room=room))
        await self._keep([])
        return chat

    async def tell(self, word: Word) -> None:
        """A notice into its conversation's room, or the queue's; raises as `Housing.send` does."""
        chat = self._floor.chats.get(f"{word.desk} {word.conversation}")
        mentions = [user] if (user := names.user(word.to)) else []
        try:
            inside = chat.room if chat and word.audience != "operator" else ""
            room = inside or await self._doing.queue_room(word.desk)
            await self._housing.say(room, word.text, key=key(word.key), mentions=mentions)
        except Refused as no:
            self._doing.lose(word.desk)
            raise TemporaryProblem(f"{no}, so a room is made anew") from None

    @property
    def letters(self) -> Sequence[Kept]:
        """Answers that were not filed, oldest first."""
        return list(self._letters.values())

    def _hand_out(self) -> None:
        """Answers that are on the disk, and were not handed out by this process."""
        for kept in self._ledger.letters(self._last):
            self._letters[kept.uid] = kept
            self._last = kept.uid
            self.arrived.set()

    async def drop(self, uid: int) -> None:
        """Forget a letter that was filed; where the disk refuses, it comes again and is known."""
        if self._letters.pop(uid, None):
            with suppress(sqlite3.Error):
                await self._ledger.write([pages.filed(uid)])

    async def _take(self, txn: str, events: Sequence[object]) -> None:
        """Keep a transaction; one that was kept already says nothing new."""
        try:
            named = [given for given in events if _has_id(given)]
            name = _named(txn, named)
            if self._ledger.was_told(name):
                return
            now = self._clock.now()
            await self._ledger.write([pages.told(name, now), *(_page(given, now) for given in named)])
        except sqlite3.Error as error:
            raise TemporaryProblem(f"the chat floor's file cannot be used: {type(error).__name__}") from error
        self._news.set()

    async def _work(self) -> None:
        """Take up what came, in its order; what follows is kept together with the fact that it was taken up."""
        last = 0
        while True:
            await self._news.wait()
            self._news.clear()
            while found := self._ledger.events(last)[:_BATCH]:
                last = found[-1][0]
                for _, doc in found:
                    self._hear(doc, self._clock.now())
                self._floor.forget_old(self._clock.now())
                await self._kept([pages.taken_up(number) for number, _ in found])

    def _hear(self, doc: bytes, now: datetime) -> None:
        """One event; one that breaks the floor's rules spoils no other (C20)."""
        try:
            if event := read(json.loads(doc)):
                heard(self._floor, event, now)
        except Exception:
            log.exception("chat_event_failed")

    async def _kept(self, more: Sequence[Change]) -> None:
        """On the disk, however long it refuses: nothing of it is done before."""
        while True:
            with suppress(TemporaryProblem):
                await self._keep(more)
                return
            await self._clock.sleep(_PAUSE)

    async def _keep(self, more: Sequence[Change]) -> None:
        """Keep what followed and let it be done; raises TemporaryProblem where the disk refuses."""
        step, now = self._floor.step(), self._clock.now()
        for name, about in step.events:
            log.info(name, **about)
        changes: list[Change] = [
            *map(pages.chat, step.chats),
            *map(pages.no_chat, step.gone),
            *(pages.letter(raw, now) for raw in step.letters),
            *map(pages.act, step.acts),
            *more,
        ]
        try:
            await self._ledger.write(changes)
        except sqlite3.Error as error:
            self._floor.undo(step)
            log.error("chat_floor_not_kept", why=type(error).__name__)  # noqa: TRY400 - no trace of paths
            raise TemporaryProblem("the chat floor's file cannot be written") from error
        if step.letters:
            self._hand_out()
        if step.acts:
            self._doing.wake()


def _has_id(given: object) -> bool:
    return isinstance(given, dict) and isinstance(given.get("event_id"), str)


def _named(txn: str, events: Sequence[object]) -> str:
    """A transaction by its id and by what is in it: a homeserver that was restored counts anew."""
    return key(" ".join([txn, *(str(given["event_id"]) for given in events if isinstance(given, dict))]))


def _page(given: object, now: datetime) -> Change:
    """An event as it is kept: as it came."""
    assert isinstance(given, dict)
    return pages.event(given["event_id"], json.dumps(given).encode(), now)
