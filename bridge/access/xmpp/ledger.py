"""What the chat floor keeps on the disk: its conversations, and answers that the inbox has not filed; written before anything is said.

One writer; several steps that come at once share one commit.
"""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from bridge.access.xmpp.chats import Chat

_CHAT: TypeAdapter[Chat] = TypeAdapter(Chat)
_TABLES = """
CREATE TABLE IF NOT EXISTS chat (local TEXT PRIMARY KEY, doc BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS letter (uid INTEGER PRIMARY KEY AUTOINCREMENT, raw BLOB NOT NULL, received REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that waits for the inbox."""

    uid: int
    raw: bytes
    received: datetime


class Ledger:
    """A small SQLite file that only we open."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it; raises OSError or sqlite3.Error where the disk refuses."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=FULL")
        self._base.executescript(_TABLES)
        self._turn = asyncio.Lock()

    def chats(self) -> list[Chat]:
        """Every conversation."""
        return [_CHAT.validate_json(doc) for (doc,) in self._base.execute("SELECT doc FROM chat")]

    def letters(self) -> list[Kept]:
        """Every answer that is not filed, oldest first."""
        found = self._base.execute("SELECT uid, raw, received FROM letter ORDER BY uid")
        return [Kept(uid=uid, raw=raw, received=datetime.fromtimestamp(at, UTC)) for uid, raw, at in found]

    async def write(
        self, chats: Sequence[Chat], gone: Sequence[str], letters: Sequence[tuple[bytes, datetime]]
    ) -> list[Kept]:
        """Keep these, all or nothing, on the disk before it returns; the letters with their uids."""
        async with self._turn:
            return await asyncio.to_thread(self._written, chats, gone, letters)

    async def drop(self, uids: Iterable[int]) -> None:
        """Forget letters that were filed; those that are gone already are fine."""
        async with self._turn:
            await asyncio.to_thread(
                self._base.executemany, "DELETE FROM letter WHERE uid = ?", [(uid,) for uid in uids]
            )

    def _written(
        self, chats: Sequence[Chat], gone: Sequence[str], letters: Sequence[tuple[bytes, datetime]]
    ) -> list[Kept]:
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            base.executemany(
                "INSERT OR REPLACE INTO chat VALUES (?, ?)", [(c.local, _CHAT.dump_json(c)) for c in chats]
            )
            base.executemany("DELETE FROM chat WHERE local = ?", [(local,) for local in gone])
            kept = [
                Kept(
                    uid=_uid(base.execute("INSERT INTO letter (raw, received) VALUES (?, ?)", (raw, at.timestamp()))),
                    raw=raw,
                    received=at,
                )
                for raw, at in letters
            ]
            base.execute("COMMIT")
        except BaseException:
            base.execute("ROLLBACK")
            raise
        return kept

    def close(self) -> None:
        """Give the file back."""
        self._base.close()


def _uid(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
