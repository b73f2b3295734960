"""A question to the store beside the daemon, which may only read."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bridge.app.place import database
from bridge.config import Loaded
from bridge.store.open import reading

T = TypeVar("T")


async def ask(loaded: Loaded, question: Callable[[Connection], T]) -> T:
    """Ask the store without being able to change it; raises CannotOpen where there is none."""

    def asked() -> T:
        with reading(database(loaded)) as connection:
            return question(connection)

    return await asyncio.to_thread(asked)
