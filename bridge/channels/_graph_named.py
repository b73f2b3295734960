"""What only a webhook tells of, looked up one by one: posts and comments of others that name us, and what was taken away."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bridge.channels._graph_harvest import Harvest
from bridge.channels._graph_listing import Exists
from bridge.channels._graph_told import Hint, Kind
from bridge.ports import PermanentProblem

Look = Callable[[Hint, Harvest], Awaitable[None]]
"""Looks one up and adds it; raises TemporaryProblem or PermanentProblem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What was told, read after the listings: so a refusal is one of this post alone, and the login is well."""

    look: Look
    exists: Exists

    async def read(self, hints: Sequence[Hint], harvest: Harvest) -> list[Hint]:
        """What is done with: posts whose comments had their turn, and all that were looked up; raises TemporaryProblem."""
        done = [hint for hint in hints if hint.kind is Kind.BELOW and hint.post in harvest.looked]
        for hint in hints:
            match hint.kind:
                case Kind.NAMED:
                    await self._one(hint, harvest)
                case Kind.GONE:
                    await self._missed(hint.post, harvest)
                case Kind.BELOW:
                    continue
            done.append(hint)
        return done

    async def _missed(self, name: str, harvest: Harvest) -> None:
        """What was taken away, once the platform itself says so; a question that is refused proves nothing."""
        with suppress(PermanentProblem):
            if name not in harvest.deleted and await self.exists(name) is False:
                harvest.deleted.append(name)

    async def _one(self, hint: Hint, harvest: Harvest) -> None:
        part = f"mention {hint.comment or hint.post}"
        try:
            await self.look(hint, harvest)
        except PermanentProblem as problem:
            harvest.refuse(part, problem)
        else:
            harvest.read.append(part)
