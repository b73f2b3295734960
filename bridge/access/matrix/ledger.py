"""What the chat floor keeps on the disk: conversations, what the homeserver told, answers, and acts that are not done yet.

One writer; a change is a statement with its values, and changes that belong together are one commit.
"""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from pydantic import TypeAdapter

from bridge.access.chat.kept import Kept
from bridge.access.matrix.chats import Chat
from bridge.access.matrix.steps import Act, Invite, PutOut, Say, Tell

_CHAT: TypeAdapter[Chat] = TypeAdapter(Chat)
_KINDS: dict[str, type[Act]] = {kind.__name__: kind for kind in (Say, Tell, Invite, PutOut)}
_REMEMBERED = timedelta(days=60)
"""How long it is known what came and what was said: longer than any homeserver or outbox tries again."""

_TABLES = """
CREATE TABLE IF NOT EXISTS chat (key TEXT PRIMARY KEY, doc BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS ghost (local TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS queue (desk TEXT PRIMARY KEY, room TEXT NOT NULL, asked BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS said (key TEXT PRIMARY KEY, event TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS told (txn TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, at REAL NOT NULL, doc BLOB);
CREATE TABLE IF NOT EXISTS letter (uid INTEGER PRIMARY KEY AUTOINCREMENT, raw BLOB NOT NULL, received REAL NOT NULL);
CREATE TABLE IF NOT EXISTS act (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, doc BLOB NOT NULL);
"""

Change = tuple[str, tuple[object, ...]]


class Ledger:
    """A small SQLite file that only we open."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Open it, or make it; raises OSError or sqlite3.Error where the disk refuses."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=FULL")
        self._base.executescript(_TABLES)
        self._seen = sqlite3.connect(path, isolation_level=None)
        """Reads what is committed, and nothing that is only being written."""
        self._turn = asyncio.Lock()
        self._writing: asyncio.Future[None] | None = None
        old = (now - _REMEMBERED).timestamp()
        self._written(
            [
                ("DELETE FROM said WHERE at < ?", (old,)),
                ("DELETE FROM told WHERE at < ?", (old,)),
                ("DELETE FROM event WHERE at < ? AND doc IS NULL", (old,)),
            ]
        )

    def chats(self) -> list[Chat]:
        """Every conversation."""
        return [_CHAT.validate_json(doc) for (doc,) in self._seen.execute("SELECT doc FROM chat").fetchall()]

    def ghosts(self) -> dict[str, str]:
        """The names that customers' users have, by their localparts."""
        return dict(self._seen.execute("SELECT local, name FROM ghost").fetchall())

    def queues(self) -> dict[str, tuple[str, frozenset[str]]]:
        """The rooms of queues, and who was asked in, by the desk's name."""
        found = self._seen.execute("SELECT desk, room, asked FROM queue").fetchall()
        return {desk: (room, frozenset(msgspec.json.decode(asked))) for desk, room, asked in found}

    def said(self, key: str) -> str | None:
        """The event that these words became; empty where they were perhaps sent, None where never."""
        found = self._seen.execute("SELECT event FROM said WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def was_told(self, txn: str) -> bool:
        """Whether this transaction was kept already."""
        return self._seen.execute("SELECT 1 FROM told WHERE txn = ?", (txn,)).fetchone() is not None

    def events(self, after: int) -> list[tuple[int, bytes]]:
        """What came and was not taken up, oldest first, a thousand at most."""
        return self._seen.execute(
            "SELECT number, doc FROM event WHERE number > ? AND doc IS NOT NULL ORDER BY number LIMIT 1000", (after,)
        ).fetchall()

    def letters(self, after: int) -> list[Kept]:
        """Every answer that is not filed, from a uid on, oldest first."""
        found = self._seen.execute(
            "SELECT uid, raw, received FROM letter WHERE uid > ? ORDER BY uid", (after,)
        ).fetchall()
        return [Kept(uid=uid, raw=raw, received=datetime.fromtimestamp(at, UTC)) for uid, raw, at in found]

    def acts(self, after: int) -> list[tuple[int, Act]]:
        """What is to be done, oldest first, from a number on."""
        found = self._seen.execute("SELECT number, kind, doc FROM act WHERE number > ? ORDER BY number", (after,))
        return [(number, msgspec.json.decode(doc, type=_KINDS[kind])) for number, kind, doc in found.fetchall()]

    async def write(self, changes: Iterable[Change]) -> None:
        """Keep changes, all or nothing, on the disk before it returns."""
        listed = list(changes)
        async with self._turn:
            self._writing = asyncio.ensure_future(asyncio.to_thread(self._written, listed))
            await asyncio.shield(self._writing)

    def _written(self, changes: Sequence[Change]) -> None:
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in changes:
                base.execute(statement, values)
            base.execute("COMMIT")
        except BaseException:
            base.execute("ROLLBACK")
            raise

    async def close(self) -> None:
        """Give the file back, once what was under way is written."""
        if self._writing:
            await asyncio.wait({self._writing})
        self._seen.close()
        self._base.close()


def chat(known: Chat) -> Change:
    """A conversation as it is now."""
    return "INSERT OR REPLACE INTO chat VALUES (?, ?)", (known.key, _CHAT.dump_json(known))


def no_chat(key: str) -> Change:
    """A conversation is forgotten."""
    return "DELETE FROM chat WHERE key = ?", (key,)


def ghost(local: str, name: str) -> Change:
    """A customer's user is there, under that name."""
    return "INSERT OR REPLACE INTO ghost VALUES (?, ?)", (local, name)


def queue(desk: str, room: str, asked: Iterable[str]) -> Change:
    """A queue's room, and who was asked in."""
    return "INSERT OR REPLACE INTO queue VALUES (?, ?, ?)", (desk, room, msgspec.json.encode(sorted(asked)))


def said(key: str, event: str, at: datetime) -> Change:
    """Words are about to be sent, or became that event."""
    return "INSERT OR REPLACE INTO said VALUES (?, ?, ?)", (key, event, at.timestamp())


def told(txn: str, at: datetime) -> Change:
    """A transaction was kept."""
    return "INSERT OR IGNORE INTO told VALUES (?, ?)", (txn, at.timestamp())


def event(name: str, doc: bytes, at: datetime) -> Change:
    """An event came; the same one again is none."""
    return "INSERT OR IGNORE INTO event (id, at, doc) VALUES (?, ?, ?)", (name, at.timestamp(), doc)


def taken_up(number: int) -> Change:
    """What followed from an event is in this commit too; that it came stays known."""
    return "UPDATE event SET doc = NULL WHERE number = ?", (number,)


def letter(raw: bytes, at: datetime) -> Change:
    """An answer waits for the inbox."""
    return "INSERT INTO letter (raw, received) VALUES (?, ?)", (raw, at.timestamp())


def filed(uid: int) -> Change:
    """The store has an answer."""
    return "DELETE FROM letter WHERE uid = ?", (uid,)


def act(wanted: Act) -> Change:
    """Something is to be done."""
    return "INSERT INTO act (kind, doc) VALUES (?, ?)", (type(wanted).__name__, msgspec.json.encode(wanted))


def done(number: int) -> Change:
    """It is done, or never will be."""
    return "DELETE FROM act WHERE number = ?", (number,)
