"""The store of bridge.ports on SQLAlchemy Core: one writer with group commit, readers beside it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.decision import Decision
from bridge.core.effects import Row
from bridge.core.likeness import Lead
from bridge.core.proxies import Contact
from bridge.core.replies import Filed
from bridge.core.share import Member, Share, Tally
from bridge.ports import Batch, Known, Lease, Receipt
from bridge.store import claims, groups, queries, sharing
from bridge.store.database import Database
from bridge.store.generation import Generation
from bridge.store.group import Surroundings
from bridge.store.reader import Reader
from bridge.store.writer import Writer

T = TypeVar("T")


class SqlStore:
    """Implements ports.Store; made by bridge.store.open.open_store.

    Every method raises TemporaryProblem where nothing happened and the database may be back later (locked for a
    minute, disk full, server away), and StoreLost where the process must end.
    """

    def __init__(self, database: Database, around: Surroundings, generation: Generation) -> None:
        self.generation = generation
        self._around = around
        self._writer = Writer(database, around)
        self._reader = None if database.reading is None else Reader(database.reading)

    @property
    def rolled_back(self) -> str:
        """Why the database looks older than its marker; empty where it does not."""
        return self.generation.rolled_back

    @property
    def has_room(self) -> bool:
        """False while the disk is so full that posts and letters are refused and only settling goes on (H01)."""
        return self._writer.database.has_room

    async def cursor(self, channel: str) -> str | None:
        """How far the channel was read; None before the first contact."""
        return await self._brief(partial(queries.cursor, channel=channel))

    async def known(self, channel: str, ids: Collection[str]) -> Mapping[str, Known]:
        """Which of these ids are known; what was erased is known with an empty fingerprint, as deleted."""
        return await self._brief(partial(queries.known, channel=channel, ids=ids, salt=self._around.salt))

    async def conversation(self, conversation_id: str) -> Record | None:
        """The record of a conversation by its short id."""
        return await self._brief(partial(queries.conversation, conversation_id=conversation_id))

    async def history(self, customer: str, *, limit: int) -> Sequence[Contact]:
        """Earlier contacts of a customer, newest first, over all of the person's linked identities."""
        return await self._brief(partial(queries.history, customer=customer, limit=limit))

    async def kept(self, key: str) -> Row | Filed | Consent | None:
        """A row of the outbox or a consent by its key, or a letter by its fingerprint."""
        return await self._brief(partial(queries.kept, key=key))

    async def leads(self, marks: Sequence[bytes], *, since: datetime) -> Sequence[Lead]:
        """Posts that share a mark, whose tickets are younger than that and still wait for an answer."""
        return await self._brief(partial(groups.leads, marks=marks, since=since))

    async def crowd(self, lead: str, *, until: datetime) -> int:
        """How many customers joined a ticket until then and have none of their own, answered in it or not."""
        return await self.read(partial(sharing.crowd, lead=lead, until=until))

    async def next_member(self, lead: str, *, until: datetime, after: str) -> Member | None:
        """The one who comes after that post among those who joined until then, one for each customer; None at the end."""
        return await self.read(partial(sharing.next_member, lead=lead, until=until, after=after))

    async def late_members(self, lead: str, *, since: datetime) -> Sequence[Member]:
        """Who joined later."""
        return await self.read(partial(sharing.late_members, lead=lead, since=since))

    async def tally(self, share: Share) -> Tally:
        """What became of an answer to all by now."""
        return await self.read(partial(sharing.tally, share=share))

    async def switches(self) -> Mapping[str, str]:
        """What operators switched by command."""
        return await self._brief(queries.switches)

    async def claim(self, kinds: Collection[str], limit: int, *, owner: str, lease: timedelta) -> Batch:
        """Due rows, each the first open one of its lane, now RUNNING under our lease."""

        def take(connection: Connection, now: int) -> Batch:
            return claims.claim(connection, now, kinds=kinds, limit=limit, owner=owner, lease=lease)

        return await self._writer.call(take)

    async def lease(self, name: str, *, owner: str, length: timedelta) -> Lease | None:
        """Take or renew a lease; None while another owner holds it; no length gives it back."""

        def take(connection: Connection, now: int) -> Lease | None:
            return claims.take_lease(connection, now, name=name, owner=owner, length=length)

        return await self._writer.call(take)

    async def apply(self, decision: Decision) -> Receipt:
        """Write a decision whole, durably; raises Stale and writes nothing where the state has moved on."""
        return await self._writer.apply(decision)

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Ask something else: the functions of bridge.store.reports and bridge.store.fsck."""
        if self._reader is not None:
            return await self._reader.read(ask)
        return await self._writer.call(lambda connection, _now: ask(connection))

    async def _brief(self, ask: Callable[[Connection], T]) -> T:
        """What the loops ask all the time: it never waits behind a report."""
        if self._reader is not None:
            return await self._reader.brief(ask)
        return await self.read(ask)

    async def chore(self, do: Callable[[Connection, int, Surroundings], T]) -> T:
        """Run one of the functions of bridge.store.retention or people, in a transaction of its own."""
        return await self._writer.chore(lambda connection, now: do(connection, now, self._around))

    def close(self) -> None:
        """Write what waits and give everything back; blocks until it is done."""
        if self._reader is not None:
            self._reader.close()
        self._writer.close()
