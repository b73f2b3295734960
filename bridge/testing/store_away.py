"""A store that tests put out of reach and bring back."""

from bridge.core.decision import Decision
from bridge.ports import Receipt, Store, TemporaryProblem


class Distant:
    """A store that answers questions always, and takes no decision while it is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def apply(self, decision: Decision) -> Receipt:
        """As the store does; raises TemporaryProblem while it is away."""
        if self.away:
            raise TemporaryProblem("the database does not answer")
        return await self._store.apply(decision)
