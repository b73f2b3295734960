"""Posts and comments of others that name us, of which only a webhook tells: looked up one by one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bridge.channels._graph_harvest import Harvest
from bridge.channels._graph_told import Hint, Kind
from bridge.ports import PermanentProblem

Look = Callable[[Hint, Harvest], Awaitable[None]]
"""Looks one up and adds it; raises TemporaryProblem or PermanentProblem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What was told, read after the listings: so a refusal is one of this post alone, and the login is well."""

    look: Look

    async def read(self, hints: Sequence[Hint], harvest: Harvest) -> list[Hint]:
        """What is done with: posts whose comments had their turn, and all that were looked up; raises TemporaryProblem."""
        done = [hint for hint in hints if hint.kind is Kind.BELOW and hint.post in harvest.looked]
        for hint in hints:
            if hint.kind is Kind.NAMED:
                await self._one(hint, harvest)
                done.append(hint)
        return done

    async def _one(self, hint: Hint, harvest: Harvest) -> None:
        part = f"mention {hint.comment or hint.post}"
        try:
            await self.look(hint, harvest)
        except PermanentProblem as problem:
            harvest.refuse(part, problem)
        else:
            harvest.read.append(part)
