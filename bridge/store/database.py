"""What the store asks of a database, whichever of the two it is."""

from typing import Protocol

from sqlalchemy import Connection, Engine


class Database(Protocol):
    """One SQLite file or one PostgreSQL database, as the one writer and the readers see it.

    The writer's methods are called from the writer's own thread only.
    """

    @property
    def chain(self) -> str:
        """The chain of facts that this writer continues (G13)."""
        ...

    @property
    def reading(self) -> Engine | None:
        """Connections that only read; None where everything goes through the writer's one connection."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether something new may be taken in; False while the disk is so full that only settling is possible."""
        ...

    def full(self) -> None:
        """Give up the room that was kept for a full disk."""
        ...

    def begin(self) -> tuple[Connection, int]:
        """A transaction that may write, and the database's time; raises TemporaryProblem where it must wait."""
        ...

    def commit(self) -> None:
        """End the transaction durably; raises TemporaryProblem only where certainly nothing was written."""
        ...

    def rollback(self) -> None:
        """Take everything back; never raises."""
        ...

    def rest(self) -> None:
        """Housekeeping between two transactions, after their callers were answered."""
        ...

    def tidy(self) -> None:
        """After a chore: leave nothing of what was erased in the logs of the database."""
        ...

    def leave(self) -> None:
        """Note that the end came in order."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
