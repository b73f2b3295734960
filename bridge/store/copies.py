"""Copies that upgrades leave beside a database: they go with what must be forgotten, for they hold it too (I02)."""

import time
from datetime import timedelta
from pathlib import Path

KEPT = timedelta(days=7)
"""How long a copy stays for somebody who wants to go back, while nobody is erased."""


def named(database: Path, revision: str) -> Path:
    """Where the copy from before that step lies."""
    return database.with_name(f"{database.name}.before-{revision}")


def forget(database: Path, *, older: timedelta) -> None:
    """Delete the copies that are older than that."""
    latest = time.time() - older.total_seconds()
    for copy in database.parent.glob(f"{database.name}.before-*"):
        if copy.stat().st_mtime <= latest:
            copy.unlink(missing_ok=True)
