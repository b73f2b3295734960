"""One IMAP session: one command at a time, each under a time-out, and thrown away after the first trouble."""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import aioimaplib

from bridge.access.tls import tls_trouble
from bridge.inboxes import _answers as answers
from bridge.inboxes._folders import wire_name
from bridge.inboxes._wire import Client, retrieve
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

_T = TypeVar("_T")
_NEVER = 86_400.0
"""Seconds until the library would ring by itself; we end an IDLE long before."""

_FOR_NOW = re.compile(rb"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)", re.IGNORECASE)
"""Codes of RFC 5530 with which a server says no to a login that is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that each step may take."""

    connect: float = 30.0
    command: float = 30.0
    """Also the time within which a NOOP after IDLE shows whether anybody is still there (H07)."""
    letters: float = 180.0
    """For a hundred letters on a slow line."""
    leave: float = 5.0


class Refused(Exception):
    """The server answered no; the session is still good."""

    def __init__(self, command: str, said: bytes) -> None:
        super().__init__(f"the mail server refuses {command}")
        self.said = said


class Session:
    """A mailbox that is open for us."""

    def __init__(self, client: Client, patience: Patience) -> None:
        self._client = client
        self._patience = patience
        self._over = False

    @classmethod
    async def open(cls, where: tuple[str, int], context: ssl.SSLContext, *, patience: Patience) -> "Session":
        """Connect by TLS; raises TemporaryProblem."""
        host, port = where
        client = Client(host=host, port=port, ssl_context=context, timeout=patience.letters)
        session = cls(client, patience)
        try:
            async with asyncio.timeout(patience.connect):
                await session._greeting()
        except ssl.SSLError as error:
            session.drop()
            raise TemporaryProblem(f"{host}:{port} cannot be used: {tls_trouble(error)}") from error
        except (OSError, aioimaplib.AioImapException) as error:
            session.drop()
            raise TemporaryProblem(f"{host}:{port} cannot be reached: {type(error).__name__}") from error
        except BaseException:
            session.drop()
            raise
        return session

    async def _greeting(self) -> None:
        """Wait for the server's first word, or for the end of the connection, whichever is first."""
        hello = asyncio.ensure_future(self._client.wait_hello_from_server())
        over = asyncio.ensure_future(self._client.protocol.news.wait())
        try:
            await asyncio.wait({hello, over}, return_when=asyncio.FIRST_COMPLETED)
            if not hello.done():
                raise ConnectionResetError
            await hello
        finally:
            for task in (hello, over):  # not awaited: the library's wait does not end before the connection is dropped
                task.add_done_callback(retrieve)
                task.cancel()

    async def log_in(self, user: str, password: str) -> None:
        """With a password; raises LoginProblem where the server refuses it."""
        await self._show("LOGIN", self._client.login(answers.quoted(user), password))

    async def log_in_by_token(self, user: str, token: str) -> None:
        """With an access token (XOAUTH2); raises LoginProblem where the server refuses it."""
        self._client.protocol.shows_token = True
        await self._show("AUTHENTICATE", self._client.xoauth2(user, token))
        self._client.protocol.shows_token = False

    async def _show(self, name: str, saying: Awaitable[Any]) -> None:
        try:
            await self._ask(name, saying)
        except Refused as refused:
            self.drop()
            if _FOR_NOW.search(refused.said):
                raise TemporaryProblem("the mail server takes no login for now") from None
            raise LoginProblem("the mail server refuses the login; check user and password") from None
        await self._within(self._patience.command, "CAPABILITY", self._client.protocol.capability())

    def can(self, capability: str) -> bool:
        """Whether the server offers an extension."""
        return capability in {name.upper() for name in self._client.protocol.capabilities}

    async def select(self, mailbox: str) -> answers.Selected:
        """Open a mailbox for reading and putting away; raises Refused, or PermanentProblem without UIDVALIDITY."""
        return self._opened(await self._ask("SELECT", self._client.select(_name(mailbox))))

    async def examine(self, mailbox: str) -> answers.Selected:
        """Look into a mailbox, once another was selected; raises Refused where there is none."""
        return self._opened(await self._ask("EXAMINE", self._client.examine(_name(mailbox))))

    def _opened(self, lines: answers.Lines) -> answers.Selected:
        selected = answers.selected(lines)
        if selected is None:
            self.drop()
            raise PermanentProblem("the mail server gives no UIDVALIDITY, so letters cannot be told apart")
        return selected

    async def search(self, *criteria: str) -> list[int]:
        """UIDs that match, rising."""
        return answers.uids(await self._ask("SEARCH", self._client.uid_search(*criteria, charset=None)))

    async def fetch(self, uids: Iterable[int], what: str) -> list[answers.Item]:
        """What is asked for, of each message that is still there."""
        asking = self._client.uid("fetch", answers.listed(uids), f"(UID {what})")
        return answers.items(await self._ask("FETCH", asking, seconds=self._patience.letters))

    async def move(self, uids: Iterable[int], folder: str) -> None:
        """Put messages into a folder, which is made where it is missing (RFC 6851)."""
        numbers, name = answers.listed(uids), _name(folder)
        try:
            await self._ask("MOVE", self._client.uid("move", numbers, name))
        except Refused:
            await self._ask("CREATE", self._client.create(name))
            await self._ask("MOVE", self._client.uid("move", numbers, name))

    async def flag(self, uids: Iterable[int], flag: str) -> None:
        """Mark messages for all time."""
        await self._ask("STORE", self._client.uid("store", answers.listed(uids), "+FLAGS.SILENT", f"({flag})"))

    async def listen(self, seconds: float) -> None:
        """Wait until something may have come, the connection ends, or the time is over; then make sure that it lives (H07)."""
        news = self._client.protocol.news
        if not news.is_set():
            idle = await self._within(self._patience.command, "IDLE", self._client.idle_start(timeout=_NEVER))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await news.wait()
            await self._end_idle(idle)
        await self.nudge()

    async def nudge(self) -> None:
        """Ask whether anybody is still there."""
        await self._ask("NOOP", self._client.noop())

    async def _end_idle(self, idle: "asyncio.Future[Any]") -> None:
        if self._client.protocol.is_lost:
            await asyncio.gather(idle, return_exceptions=True)
            raise TemporaryProblem("the connection to the mail server ended")
        self._client.idle_done()
        await self._ask("DONE", idle)
        while not self._client.protocol.idle_queue.empty():
            self._client.protocol.idle_queue.get_nowait()

    def hush(self) -> None:
        """Forget earlier news, before looking; the end of the connection stays news."""
        if not self.is_over:
            self._client.protocol.news.clear()

    async def leave(self) -> None:
        """Log out, within a short time, and close."""
        if not self.is_over:
            with suppress(TemporaryProblem, Refused):
                await self._within(self._patience.leave, "LOGOUT", self._client.logout())
        self.drop()

    def drop(self) -> None:
        """Close at once; nothing more can be asked."""
        self._over = True
        self._client.abort()

    @property
    def is_over(self) -> bool:
        """Whether the session is of no more use."""
        return self._over or self._client.protocol.is_lost

    async def _ask(self, name: str, asking: Awaitable[Any], *, seconds: float | None = None) -> answers.Lines:
        """The lines of an answer that says OK; raises Refused for a no, and TemporaryProblem, with the session dropped, for all else."""
        answer = await self._within(seconds or self._patience.command, name, asking)
        if answer.result == "NO":
            raise Refused(name, b" ".join(answer.lines[-1:]))
        if answer.result != "OK":
            self.drop()
            raise TemporaryProblem(f"the mail server did not understand {name}, or the connection ended")
        lines: answers.Lines = answer.lines
        return lines

    async def _within(self, seconds: float, name: str, asking: Awaitable[_T]) -> _T:
        """The answer in time; after a time-out the library's state is of no use, so the connection goes."""
        try:
            async with asyncio.timeout(seconds):
                return await asking
        except Exception as error:  # the library raises whatever a strange answer makes it raise
            self.drop()
            raise TemporaryProblem(
                f"the mail server did not answer {name} as it should: {type(error).__name__}"
            ) from error
        except asyncio.CancelledError:
            self.drop()
            raise


def _name(mailbox: str) -> str:
    """A mailbox as the wire wants it: in modified UTF-7 and quoted, which the library leaves to us."""
    return answers.quoted(wire_name(mailbox))
