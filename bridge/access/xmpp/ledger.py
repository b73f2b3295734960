"""What the chat floor keeps on the disk: its conversations, and answers that the inbox has not filed; written before anything is said.

One writer; several steps that come at once share one commit.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from bridge.access.chat.kept import Kept
from bridge.access.xmpp.chats import Chat

_CHAT: TypeAdapter[Chat] = TypeAdapter(Chat)
_TABLES = """
CREATE TABLE IF NOT EXISTS chat (local TEXT PRIMARY KEY, doc BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS letter (uid INTEGER PRIMARY KEY AUTOINCREMENT, raw BLOB NOT NULL, received REAL NOT NULL);
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one commit keeps and forgets."""

    chats: Sequence[Chat] = ()
    gone: Sequence[str] = ()
    """Conversations that are forgotten."""
    letters: Sequence[Kept] = ()
    filed: Sequence[int] = ()
    """Letters that are forgotten."""


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
        self.ended_well = self._ended_well()
        """Whether whoever had it before could close it: else something may have been said that is not kept."""
        self._turn = asyncio.Lock()
        self._writing: asyncio.Future[None] | None = None
        """A commit goes on in its thread, also where nobody waits for it any more."""

    def _ended_well(self) -> bool:
        marks = self._base.execute("SELECT name FROM mark").fetchall()
        self._base.execute("DELETE FROM mark")
        return bool(marks) or not self._base.execute("SELECT local FROM chat LIMIT 1").fetchall()

    def last_uid(self) -> int:
        """The highest uid that a letter ever had."""
        found = self._base.execute("SELECT seq FROM sqlite_sequence WHERE name = 'letter'").fetchone()
        return found[0] if found else 0

    def chats(self) -> list[Chat]:
        """Every conversation."""
        return [_CHAT.validate_json(doc) for (doc,) in self._base.execute("SELECT doc FROM chat")]

    def letters(self) -> list[Kept]:
        """Every answer that is not filed, oldest first."""
        found = self._base.execute("SELECT uid, raw, received FROM letter ORDER BY uid")
        return [Kept(uid=uid, raw=raw, received=datetime.fromtimestamp(at, UTC)) for uid, raw, at in found]

    async def write(self, page: Page) -> None:
        """Keep a page, all or nothing, on the disk before it returns."""
        async with self._turn:
            docs = [(chat.local, _CHAT.dump_json(chat)) for chat in page.chats]
            self._writing = asyncio.ensure_future(asyncio.to_thread(self._written, page, docs))
            await asyncio.shield(self._writing)

    def _written(self, page: Page, docs: Sequence[tuple[str, bytes]]) -> None:
        """The same, on the spot; what is to be reckoned was reckoned before, so that the loop is not kept waiting.

        No cursor outlives it: one that another thread lets go of would reset a statement that is at work here.
        """
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            base.executemany("INSERT OR REPLACE INTO chat VALUES (?, ?)", docs)
            base.executemany("DELETE FROM chat WHERE local = ?", [(local,) for local in page.gone])
            base.executemany(
                "INSERT INTO letter VALUES (?, ?, ?)", [(k.uid, k.raw, k.received.timestamp()) for k in page.letters]
            )
            base.executemany("DELETE FROM letter WHERE uid = ?", [(uid,) for uid in page.filed])
            base.execute("COMMIT")
        except BaseException:
            base.execute("ROLLBACK")
            raise

    async def close(self, last: Page) -> None:
        """Give the file back, once what was under way is written, and the last page."""
        with suppress(sqlite3.Error):
            if self._writing:
                await asyncio.wait({self._writing})
            self._written(last, [])
            self._base.execute("INSERT OR IGNORE INTO mark VALUES ('closed')")
        self._base.close()
