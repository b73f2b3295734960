"""Acts at the homeserver, one after the other: each is on the disk until it is done, or until it never will be."""

import asyncio
import sqlite3
from collections import defaultdict

import structlog

from bridge.access.matrix import ledger as pages
from bridge.access.matrix import names
from bridge.access.matrix.floor import Floor
from bridge.access.matrix.homeserver import Refused
from bridge.access.matrix.housing import Housing
from bridge.access.matrix.ledger import Ledger
from bridge.access.matrix.steps import Act, Invite, PutOut, Say, Tell
from bridge.ports import Clock, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

log = structlog.get_logger("bridge.matrix")

_SOON, _LATE = 0.5, 15.0
"""Seconds between two tries: the first pause, and what it doubles up to."""


class Doing:
    """Does what the floor asks for."""

    def __init__(self, housing: Housing, ledger: Ledger, floor: Floor, *, clock: Clock) -> None:
        self._housing, self._ledger, self._floor, self._clock = housing, ledger, floor, clock
        self._asked = {desk: asked for desk, (_, asked) in ledger.queues().items()}
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wanted = asyncio.Event()
        self._wanted.set()

    def wake(self) -> None:
        """There are new ones."""
        self._wanted.set()

    async def work(self) -> None:
        """Do them until cancelled."""
        last = 0
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            for number, act in self._ledger.acts(last):
                last = number
                await self._until_done(number, act)

    async def _until_done(self, number: int, act: Act) -> None:
        """However long the homeserver is away: what it refuses is given up, and nothing else is."""
        pause = _SOON
        while True:
            try:
                await self._did(act)
                await self._ledger.write([pages.done(number)])
            except (TemporaryProblem, UncertainProblem, LoginProblem, sqlite3.Error) as problem:
                if pause == _SOON:
                    log.info("matrix_act_waits", act=type(act).__name__, why=str(problem))
                await self._clock.sleep(max(pause, getattr(problem, "after", None) or 0.0))
                pause = min(2 * pause, _LATE)
            else:
                return

    async def _did(self, act: Act) -> None:
        try:
            match act:
                case Say():
                    await self._housing.say(act.room, act.text, key=act.key, mentions=())
                case Tell():
                    room = await self.queue_room(act.desk)
                    await self._housing.say(room, act.text, key=act.key, mentions=())
                case Invite():
                    await self._housing.invite(act.room, names.user(act.agent))
                case PutOut():
                    await self._housing.put_out(act.room, names.user(act.agent), act.why)
        except (Refused, PermanentProblem) as no:
            if isinstance(no, LoginProblem):
                raise
            log.warning("matrix_act_refused", act=type(act).__name__, why=str(no))
            if isinstance(act, Tell):
                self.lose(act.desk)

    async def queue_room(self, desk: str) -> str:
        """The room of a queue, with all of its agents asked in; raises as `Housing.room` does."""
        async with self._making[desk]:
            room = self._floor.queue_rooms.get(desk, "")
            if not room:
                room = await self._housing.room(self._floor.space.alias(desk, ""), desk, guests=())
                self._floor.queue_rooms[desk] = room
                self._asked[desk] = frozenset()
            await self._ask_in(desk, room)
            return room

    async def _ask_in(self, desk: str, room: str) -> None:
        """Whoever is an agent and was not asked yet."""
        queue, asked = self._floor.queues.get(desk), self._asked.get(desk, frozenset())
        missing = [agent for agent in (queue.agents if queue else ()) if agent not in asked]
        for agent in missing:
            await self._housing.invite(room, names.user(agent))
        if missing or not asked:
            self._asked[desk] = asked | frozenset(missing)
            await self._ledger.write([pages.queue(desk, room, self._asked[desk])])

    def lose(self, desk: str) -> None:
        """A queue's room is no place to speak any more: another one is made."""
        self._floor.queue_rooms.pop(desk, None)
