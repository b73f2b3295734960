"""Letters whose outcome is stored and that wait to be put away, many with one command."""

from collections.abc import Iterator

import structlog

from bridge.inboxes._rounds import CHUNK
from bridge.inboxes._session import Refused, Session

DONE = "$BridgeDone"
"""The keyword of letters that are done with, where they are not moved."""

log = structlog.get_logger(__name__)


class Tray:
    """Collects by folder; a letter that cannot be put away stays where it is, and will be known when it comes again."""

    def __init__(self, inbox: str) -> None:
        self._inbox = inbox
        self._waiting: dict[str, list[int]] = {}

    def lay(self, uid: int, folder: str) -> None:
        """This letter goes into that folder."""
        self._waiting.setdefault(folder, []).append(uid)

    def clear(self) -> None:
        """The numbers mean nothing any more."""
        self._waiting.clear()

    async def empty(self, session: Session, *, by_flag: bool) -> None:
        """Put everything away; what is left by a lost connection is done over the next one."""
        for folder, uids in list(self._waiting.items()):
            for some in _chunks(uids):
                await self._put(session, some, folder=folder, by_flag=by_flag)
            del self._waiting[folder]

    async def _put(self, session: Session, uids: list[int], *, folder: str, by_flag: bool) -> None:
        try:
            if by_flag:
                await session.flag(uids, DONE)
            else:
                await session.move(uids, folder)
        except Refused as refused:
            log.warning("letters_not_filed", inbox=self._inbox, folder=folder, count=len(uids), why=str(refused))


def _chunks(uids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), CHUNK):
        yield uids[start : start + CHUNK]
