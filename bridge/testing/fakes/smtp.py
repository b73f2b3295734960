"""An SMTP server that takes mail into its journal, and answers each step as its script says."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

CUT = "cut"
"""In a script: drop the connection instead of answering."""

_LONGEST = 2**26

HANG = "hang"
"""In a script: never answer."""


class _Gone(Exception):
    """The conversation is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail whose dot arrived."""

    sender: str
    recipient: str
    options: str
    """Parameters of MAIL and RCPT, as they came."""
    content: bytes


@dataclass(slots=True, kw_only=True)
class SmtpServer:
    """Listens on a free port of the loopback; `journal` and `seen` only grow."""

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    users: dict[str, str] = field(default_factory=dict)
    """Names with their passwords or access tokens; empty where nobody needs to log in."""
    extensions: tuple[str, ...] = ("SIZE 33554432", "8BITMIME", "DSN")
    methods: str = "PLAIN LOGIN XOAUTH2"
    script: dict[str, list[str]] = field(default_factory=dict)
    """Answers by step (GREETING, EHLO, AUTH, MAIL, RCPT, DATA, DOT, NOOP, RSET), each used once, in order."""
    journal: list[Taken] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unread: bytes = b""
    """What came until the end of a connection that was left to hang."""
    connections: int = 0
    port: int = 0
    """Where it listens, once it was entered."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, ssl=self.tls if self.implicit else None, limit=_LONGEST
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Go away, with all connections."""
        assert self._server
        self._server.close()
        self.drop_all()
        await asyncio.sleep(0)

    async def until(self, step: str) -> None:
        """Wait for a step."""
        while step not in self.seen:
            await self._news.wait()

    def note(self, step: str) -> None:
        """A step came."""
        self.seen.append(step)
        self._news.set()
        self._news = asyncio.Event()

    def interject(self, line: str) -> None:
        """Say something on every connection that nobody asked for."""
        for writer in self._writers:
            writer.write(line.encode() + b"\r\n")

    def drop_all(self) -> None:
        """Drop the connections and stay."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await _Talk(self, reader, writer).talk()
        except (_Gone, OSError, asyncio.IncompleteReadError):  # a broken TLS handshake is an OSError too
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()


class _Talk:
    """One conversation."""

    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._secure = server.implicit
        self._trusted = not server.users
        self._sender = self._recipient = self._options = ""
        self._has_sender = False
        self._verbs: dict[str, Callable[[str], Awaitable[object]]] = {
            "EHLO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "NOOP": lambda _: self._say("NOOP", "250 2.0.0 here"),
            "RSET": lambda _: self._say("RSET", "250 2.0.0 forgotten"),
            "QUIT": self._quit,
        }

    async def talk(self) -> None:
        """Until somebody leaves."""
        await self._say("GREETING", "220 mail.test ESMTP")
        while line := await self._line():
            verb, _, rest = line.partition(" ")
            await self._verbs.get(verb.upper(), self._unknown)(rest)

    async def _line(self) -> str:
        return (await self._reader.readline()).decode().rstrip("\r\n")

    async def _say(self, step: str, usual: str) -> str:
        """Say what the script has for this step, else the usual; returns what was said."""
        self._server.note(step)
        answers = self._server.script.get(step)
        answer = answers.pop(0) if answers else usual
        if answer == CUT:
            raise _Gone
        if answer == HANG:
            self._server.unread = await self._reader.read()
            self._server.note("GONE")
            raise _Gone
        await self._put(answer)
        return answer

    async def _put(self, answer: str) -> None:
        self._writer.write(answer.encode() + b"\r\n")
        await self._writer.drain()

    async def _ehlo(self, _: str) -> None:
        starttls = ("STARTTLS",) if self._server.tls and not self._secure else ()
        auth = (
            (f"AUTH {self._server.methods}",) if self._server.users and (self._secure or not self._server.tls) else ()
        )
        lines = ("mail.test", *self._server.extensions, *starttls, *auth, "HELP")
        answer = "\r\n".join(f"250{'-' if line != lines[-1] else ' '}{line}" for line in lines)
        await self._say("EHLO", answer)

    async def _starttls(self, _: str) -> None:
        assert self._server.tls
        await self._say("STARTTLS", "220 2.0.0 go ahead")
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_LONGEST)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport = await loop.start_tls(self._writer.transport, protocol, self._server.tls, server_side=True)
        if transport is None:
            raise _Gone
        protocol.connection_made(transport)
        self._reader, self._writer = reader, asyncio.StreamWriter(transport, protocol, reader, loop)
        self._secure = True

    async def _auth(self, rest: str) -> None:
        method, _, first = rest.partition(" ")
        user, secret = await {"PLAIN": self._plain, "LOGIN": self._login, "XOAUTH2": self._bearer}[method](
            b64decode(first)
        )
        right = self._server.users.get(user) == secret
        if not right and method == "XOAUTH2":
            await self._put("334 eyJzdGF0dXMiOiI0MDEifQ==")
            await self._line()
        answer = await self._say("AUTH", "235 2.7.0 welcome" if right else "535 5.7.8 not you")
        self._trusted = answer.startswith("2")

    async def _plain(self, first: bytes) -> tuple[str, str]:
        _, user, secret = first.decode().split("\0")
        return user, secret

    async def _login(self, first: bytes) -> tuple[str, str]:
        await self._put("334 UGFzc3dvcmQ6")
        return first.decode(), b64decode(await self._line()).decode()

    async def _bearer(self, first: bytes) -> tuple[str, str]:
        user, bearer, *_ = first.decode().split("\1")
        return user.removeprefix("user="), bearer.removeprefix("auth=Bearer ")

    async def _mail(self, rest: str) -> None:
        if not self._trusted:
            await self._say("MAIL", "530 5.7.0 log in first")
            return
        self._sender, self._options = _address(rest)
        self._recipient = ""
        answer = await self._say("MAIL", "250 2.1.0 fine")
        self._has_sender = answer.startswith("2")

    async def _rcpt(self, rest: str) -> None:
        recipient, options = _address(rest)
        self._options += f" {options}"
        answer = await self._say("RCPT", "250 2.1.5 fine" if self._has_sender else "503 5.5.1 MAIL first")
        self._recipient = recipient if answer.startswith("2") else ""

    async def _data(self, _: str) -> None:
        answer = await self._say("DATA", "354 go ahead" if self._recipient else "503 5.5.1 no valid recipients")
        if not answer.startswith("354"):
            return
        wire = await self._reader.readuntil(b"\r\n.\r\n")
        lines = wire.removesuffix(b".\r\n").split(b"\r\n")
        content = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
        await self._end(content)

    async def _end(self, content: bytes) -> None:
        """The dot came: the mail is in the journal before anything is said about it."""
        self._server.journal.append(
            Taken(sender=self._sender, recipient=self._recipient, options=self._options, content=content)
        )
        await self._say("DOT", "250 2.0.0 taken")

    async def _quit(self, _: str) -> None:
        await self._say("QUIT", "221 2.0.0 bye")
        raise _Gone

    async def _unknown(self, _: str) -> None:
        await self._say("UNKNOWN", "502 5.5.1 what")


def _address(rest: str) -> tuple[str, str]:
    """The address and the parameters of MAIL or RCPT."""
    path, _, options = rest.partition(":")[2].strip().partition(">")
    return path.removeprefix("<"), options.strip()
