"""What a channel's owner does besides speaking: keeps comments back, shows them again, and takes answers of ours away."""

import re
from dataclasses import dataclass

from bridge.channels._youtube.asking import Asking
from bridge.channels._youtube.posts import View
from bridge.channels._youtube.refusals import Forbidden, Gone
from bridge.channels._youtube.shapes import KEY, Comment
from bridge.core.deeds import Deed
from bridge.ports import PermanentProblem, TemporaryProblem

DEEDS = frozenset({Deed.HIDE, Deed.UNHIDE, Deed.DELETE})

_SHOWN = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One owner's hand."""

    asking: Asking
    hide_as: str
    """What hiding makes of a comment: heldForReview or rejected."""

    async def act(self, deed: Deed, target: str, view: View) -> None:
        """Do it, or find it done; raises PermanentProblem before it touches what it must not."""
        if deed not in DEEDS or not re.fullmatch(KEY, target):
            raise PermanentProblem("YouTube lets a channel hide and show comments, and delete its own")
        comment = await self._looked(target)
        match deed:
            case Deed.DELETE:
                await self._delete(comment, view)
            case Deed.HIDE if comment is not None:
                if view.is_ours(comment):
                    raise PermanentProblem("this is a comment of ours: it can be deleted, not hidden")
                await self._moderate(target, self.hide_as)
            case Deed.UNHIDE:
                await self._moderate(target, _SHOWN)
            case _:
                return

    async def _looked(self, target: str) -> Comment | None:
        """The comment, where others see it; what is not shown is hidden, or gone."""
        found = await self.asking.comments_of([target])
        if found is None:
            raise TemporaryProblem("YouTube shows the comment in no shape that can be read")
        return found[target].entry if target in found else None

    async def _delete(self, comment: Comment | None, view: View) -> None:
        if comment is None:
            return
        if not view.is_ours(comment):
            raise PermanentProblem("this is no answer of ours, so it is not deleted")
        try:
            await self.asking.delete(comment.id)
        except Gone:
            return
        except Forbidden as refused:
            text = str(refused)
        else:
            return
        await self._refused(text)

    async def _moderate(self, target: str, status: str) -> None:
        try:
            await self.asking.moderate(target, status)
        except Forbidden as refused:
            text = str(refused)
        else:
            return
        await self._refused(text)

    async def _refused(self, text: str) -> None:
        """A refusal may hide a dead login (F01)."""
        await self.asking.mine()
        raise PermanentProblem(text)
