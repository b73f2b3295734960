"""What only a webhook tells of, looked up one by one: posts and comments of others that name us, and what was taken away."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bridge.channels._graph.harvest import Harvest
from bridge.channels._graph.listing import Exists
from bridge.channels._graph.told import Hint, Kind
from bridge.core.events import Trouble
from bridge.ports import PermanentProblem, TemporaryProblem

_MOST_FAILED = 3
"""Failures after which one poll asks for no more: then it is the platform, not the post."""

Look = Callable[[Hint, Harvest], Awaitable[None]]
"""Looks one up and adds it; raises TemporaryProblem or PermanentProblem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What was told, read after the listings: so a refusal is one of this post alone, and the login is well."""

    look: Look
    exists: Exists

    async def read(self, hints: Sequence[Hint], harvest: Harvest) -> list[Hint]:
        """What is done with: posts whose comments had their turn, and all that were looked up.

        One that cannot be shown now is a trouble of its own and waits, since anybody can name us in a post that the platform
        fails to show. Raises TemporaryProblem where it asks us to wait.
        """
        done = [hint for hint in hints if hint.kind is Kind.BELOW and hint.post in harvest.looked]
        failed = 0
        for hint in hints:
            if hint.kind is Kind.BELOW or failed >= _MOST_FAILED:
                continue
            try:
                await (self._one if hint.kind is Kind.NAMED else self._missed)(hint, harvest)
            except TemporaryProblem as problem:
                if problem.after is not None:
                    raise
                failed += 1
                harvest.troubles.append(Trouble(part=_part(hint), reason=str(problem)))
            else:
                done.append(hint)
        return done

    async def _missed(self, hint: Hint, harvest: Harvest) -> None:
        """What was taken away, once the platform itself says so; a question that is refused proves nothing."""
        with suppress(PermanentProblem):
            if hint.post not in harvest.deleted and await self.exists(hint.post) is False:
                harvest.deleted.append(hint.post)
        harvest.read.append(_part(hint))

    async def _one(self, hint: Hint, harvest: Harvest) -> None:
        try:
            await self.look(hint, harvest)
        except PermanentProblem as problem:
            harvest.refuse(_part(hint), problem)
        else:
            harvest.read.append(_part(hint))


def _part(hint: Hint) -> str:
    """What people know it by among the channel's parts."""
    sort = "mention" if hint.kind is Kind.NAMED else "removal"
    return f"{sort} {hint.comment or hint.post}"
