"""An inbox that is an IMAP mailbox: IDLE is only its bell, a plain look every few minutes its clock."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Self

import structlog
from pydantic import Field, model_validator

from bridge.access.entrance import Entrance
from bridge.core.replies import Form, Letter, LetterOutcome
from bridge.inboxes._answers import Item, Selected
from bridge.inboxes._door import Door
from bridge.inboxes._folders import FolderName, Folders
from bridge.inboxes._rounds import CHUNK, CHUNK_BYTES, LARGEST, Rounds
from bridge.inboxes._session import Patience, Refused, Session
from bridge.inboxes._tray import DONE, Tray
from bridge.ports import Clock, Fittings, PermanentProblem, TemporaryProblem
from bridge.stanza import Duration

log = structlog.get_logger(__name__)

_SLACK = timedelta(hours=1)
"""How much older than the newest letter that was put away a letter may be and still count as new (C10)."""

_SAMPLE = 50
"""How many of a folder's last letters are looked at to find the newest."""


class Settings(Entrance):
    """An inbox behind an IMAP server, by implicit TLS only."""

    form: ClassVar[Form] = Form.MAIL

    port: int = Field(default=993, ge=1, le=65535, description="Port of IMAP over TLS.")
    mailbox: FolderName = Field(default="INBOX", description="The mailbox in which answers arrive.")
    after: Literal["move", "flag"] = Field(
        default="move", description=f"What becomes of a letter that is done: moved into a folder, or marked {DONE}."
    )
    folders: Folders = Field(default=Folders(), description="Where letters are moved to; made where missing.")
    poll: Duration = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=1),
        le=timedelta(minutes=9),
        description="How often to look, bell or not.",
    )

    @model_validator(mode="after")
    def _has_an_account(self) -> Self:
        if not self.user:
            raise ValueError("user is missing")
        return self


class ImapInbox:
    """Hands out all that was not put away yet. What it remembers it can find again: the mailbox itself is the state.

    Use by one task at a time; the store's lease sees to it that there is one.
    """

    form = Form.MAIL

    def __init__(self, name: str, door: Door, *, settings: Settings, clock: Clock) -> None:
        self.name = name
        self._door = door
        self._settings = settings
        self._clock = clock
        self._session: Session | None = None
        self._proved = False
        """Whether the session has worked: when such a one ends, that is no trouble yet."""
        self._validity = 0
        self._horizon: datetime | None = None
        self._by_flag = settings.after == "flag"
        self._due: list[int] = []
        self._rounds: Rounds[int] = Rounds()
        self._tray = Tray(name)

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        """At most a hundred letters, oldest first; a connection that worked and ends is mended once a call without a word.

        Raises LoginProblem where the account is refused, PermanentProblem where the server lacks what is needed,
        TemporaryProblem for all else.
        """
        clock = asyncio.get_running_loop().time
        until, forgiven = clock() + wait.total_seconds(), False
        async with self._dropping():
            while True:
                try:
                    session = await self._ready()
                    letters = await self._look(session)
                    left = until - clock()
                    if letters or left <= 0:
                        return letters
                    await self._listen(session, min(left, self._settings.poll.total_seconds()))
                except TemporaryProblem:
                    if forgiven or not self._proved:
                        raise
                    forgiven, self._proved = True, False

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        """Lay it on the tray; the next fetch, or closing, puts it away."""
        validity, _, uid = letter.uid.partition("/")
        if validity == str(self._validity):
            self._tray.lay(int(uid), self._settings.folders.of(outcome))

    async def close(self) -> None:
        """Put away what waits, as far as the server lets us, and log out."""
        session, self._session = self._session, None
        if session and not session.is_over:
            with suppress(TemporaryProblem):
                await self._tray.empty(session, by_flag=self._by_flag)
            await session.leave()

    @asynccontextmanager
    async def _dropping(self) -> AsyncIterator[None]:
        """After any trouble the session is thrown away, and a no of the server's is said in the words of the ports."""
        try:
            yield
        except BaseException as error:
            if self._session:
                self._session.drop()
            if isinstance(error, Refused):
                raise TemporaryProblem(str(error)) from error
            raise

    async def _ready(self) -> Session:
        """The session that we have, or a new one with the mailbox open."""
        if self._session and not self._session.is_over:
            return self._session
        self._proved = False
        session = self._session = await self._door.open()
        selected = await session.select(self._settings.mailbox)
        self._by_flag = self._settings.after == "flag" or not session.can("MOVE")
        self._require_a_way_to_put_away(selected)
        self._due = []
        if selected.validity != self._validity:
            await self._find_place(session, selected)
        return session

    def _require_a_way_to_put_away(self, selected: Selected) -> None:
        if self._by_flag and not selected.lasting_flags & {r"\*", DONE}:
            raise PermanentProblem(
                "the mail server has neither MOVE nor keywords of our own, so no letter could be put away"
            )

    async def _find_place(self, session: Session, selected: Selected) -> None:
        """The first time, and when the server has numbered its letters anew: forget numbers, and look how far we were."""
        if self._validity:
            log.warning("imap_uidvalidity_changed", inbox=self.name)
        self._rounds.forget()
        self._tray.clear()
        newest = await self._newest_done(session)
        self._horizon = newest - _SLACK if newest else None
        self._validity = selected.validity

    async def _newest_done(self, session: Session) -> datetime | None:
        """When the newest letter that was put away had arrived; leaves the mailbox open."""
        if self._by_flag:
            return await _newest(session, (await session.search("KEYWORD", DONE))[-_SAMPLE:])
        dates = []
        for folder in self._settings.folders.all:
            with suppress(Refused):
                exists = (await session.examine(folder)).exists
                last = f"{max(1, exists - _SAMPLE + 1)}:*"
                dates.append(await _newest(session, await session.search(last) if exists else []))
        await session.select(self._settings.mailbox)
        return max((date for date in dates if date), default=None)

    async def _listen(self, session: Session, seconds: float) -> None:
        """Wait for the bell, or as long as the clock says where the server has none."""
        if session.can("IDLE"):
            await session.listen(seconds)
        else:
            await self._clock.sleep(seconds)
            await session.nudge()

    async def _look(self, session: Session) -> list[Letter]:
        """Put away what waits, then read the next letters."""
        await self._tray.empty(session, by_flag=self._by_flag)
        if not self._due:
            session.hush()
            present = await session.search(*(("UNKEYWORD", DONE) if self._by_flag else ("ALL",)))
            self._due = self._rounds.due(present, self._clock.now())
        letters: list[Letter] = []
        while self._due and not letters:
            letters = await self._read(session)
        self._proved = True
        return letters

    async def _read(self, session: Session) -> list[Letter]:
        """The next of the due letters that fit into one handing out."""
        head = await session.fetch(self._due[:CHUNK], "RFC822.SIZE")
        sizes = {item.uid: item.size for item in head}
        chunk = _fitting(self._due[:CHUNK], sizes)
        self._due = self._due[len(chunk) :]
        whole = [uid for uid in chunk if sizes.get(uid, 0) <= LARGEST]
        items = await self._bodies(session, whole, "BODY.PEEK[]")
        stubs = await self._bodies(session, [uid for uid in chunk if uid not in whole], "BODY.PEEK[HEADER]")
        self._rounds.hand_out(chunk, self._clock.now())
        letters = [self._letter(item, whole=True) for item in items] + [
            self._letter(item, whole=False) for item in stubs
        ]
        return sorted(letters, key=lambda letter: int(letter.uid.partition("/")[2]))

    async def _bodies(self, session: Session, uids: list[int], what: str) -> list[Item]:
        """The letters that can be read; where the server refuses a set, the culprit is found and the others are read."""
        if not uids:
            return []
        try:
            items = await session.fetch(uids, f"INTERNALDATE {what}")
        except Refused:
            if len(uids) == 1:
                log.warning("letter_not_given_out", inbox=self.name, uid=uids[0])
                return []
            half = len(uids) // 2
            return await self._bodies(session, uids[:half], what) + await self._bodies(session, uids[half:], what)
        return [item for item in items if item.body is not None and item.uid in uids]

    def _letter(self, item: Item, *, whole: bool) -> Letter:
        received = item.at or self._clock.now()
        return Letter(
            inbox=self.name,
            uid=f"{self._validity}/{item.uid}",
            raw=item.body or b"",
            received=received,
            whole=whole,
            doubtful=self._horizon is not None and received < self._horizon,
        )


def build(name: str, settings: Settings, fittings: Fittings) -> ImapInbox:
    """The inbox that a stanza asks for."""
    door = Door(settings, settings.port, tokens=settings.tokens(fittings), patience=Patience())
    return ImapInbox(name, door, settings=settings, clock=fittings.clock)


def _fitting(uids: list[int], sizes: dict[int, int]) -> list[int]:
    """The first of these that may be in memory together, at least one."""
    room = CHUNK_BYTES
    for count, uid in enumerate(uids):
        room -= min(sizes.get(uid, 0), LARGEST)
        if room < 0 and count:
            return uids[:count]
    return uids


async def _newest(session: Session, uids: list[int]) -> datetime | None:
    """The youngest of these letters."""
    items = await session.fetch(uids, "INTERNALDATE") if uids else []
    return max((item.at for item in items if item.at), default=None)
