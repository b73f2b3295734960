"""An IMAP server with mailboxes in memory, which answers each command as its script says."""

import asyncio
import re
import ssl
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

CUT = "cut"
"""In a script: drop the connection instead of answering."""

HANG = "hang"
"""In a script: never answer."""

_SEARCH_ALL = re.compile(r"ALL|(\d+):\*")


class _Gone(Exception):
    """The conversation is over."""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of a mailbox."""

    uid: int
    raw: bytes
    at: datetime
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class ImapServer:
    """Listens by TLS on a free port of the loopback; `seen` only grows."""

    tls: ssl.SSLContext
    users: dict[str, str]
    """Names with their passwords or access tokens."""
    capabilities: str = "IMAP4rev1 IDLE MOVE UIDPLUS AUTH=XOAUTH2"
    lasting: str = r"\Seen \*"
    """PERMANENTFLAGS."""
    script: dict[str, list[str]] = field(default_factory=dict)
    """Answers by command (GREETING, LOGIN, SELECT, FETCH, MOVE, …), each used once, in order, instead of the true one.

    What begins with OK, NO or BAD gets the command's tag; all else is sent as it is, with {tag} filled in.
    """
    boxes: dict[str, list[Message]] = field(default_factory=lambda: {"INBOX": []})
    validity: int | None = 1
    seen: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Every command as it came, without its tag."""
    connections: int = 0
    port: int = 0
    """Where it listens, once it was entered."""
    _next: int = 1
    _server: asyncio.Server | None = None
    _talks: "set[_Talk]" = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
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

    def drop_all(self) -> None:
        """Drop the connections and stay."""
        for talk in tuple(self._talks):
            talk.drop()

    def add(self, raw: bytes, *, at: datetime | None = None, box: str = "INBOX") -> Message:
        """Let a message lie in a mailbox, without a word to anybody."""
        message = Message(uid=self._next, raw=raw, at=at or datetime.now(UTC))
        self._next += 1
        self.boxes.setdefault(box, []).append(message)
        return message

    def ring(self) -> None:
        """Tell everybody who listens how many messages there are."""
        for talk in self._talks:
            talk.ring()

    def say(self, line: str) -> None:
        """Say something to everybody who listens."""
        for talk in self._talks:
            talk.put(line)

    async def until(self, command: str, count: int = 1) -> None:
        """Wait until a command came so many times."""
        while self.seen.count(command) < count:
            await self._news.wait()

    def note(self, command: str, line: str) -> None:
        """A command came."""
        self.seen.append(command)
        self.lines.append(line)
        self._news.set()
        self._news = asyncio.Event()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = _Talk(self, reader, writer)
        self._talks.add(talk)
        try:
            await talk.talk()
        except (_Gone, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._talks.discard(talk)
            talk.drop()


class _Talk:
    """One conversation."""

    def __init__(self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._box = ""
        self._idles = False
        self._commands: dict[str, Callable[[str], Awaitable[str]]] = {
            "CAPABILITY": self._capability,
            "LOGIN": self._login,
            "AUTHENTICATE": self._authenticate,
            "SELECT": self._select,
            "EXAMINE": self._select,
            "CREATE": self._create,
            "SEARCH": self._search,
            "FETCH": self._fetch,
            "STORE": self._store,
            "MOVE": self._move,
            "NOOP": self._noop,
            "IDLE": self._idle,
        }

    def put(self, line: str | bytes) -> None:
        """Say a line."""
        self._writer.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def ring(self) -> None:
        """Say how many messages there are, where the client listens."""
        if self._idles:
            self.put(f"* {len(self._messages)} EXISTS")

    def drop(self) -> None:
        """Drop the connection."""
        self._writer.transport.abort()

    @property
    def _messages(self) -> list[Message]:
        return self._server.boxes.get(self._box, [])

    async def talk(self) -> None:
        """Until somebody leaves."""
        await self._answer("", "GREETING", "* OK ready")
        while line := (await self._reader.readline()).decode().rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            command, _, arguments = rest.removeprefix("UID ").partition(" ")
            self._server.note(command.upper(), rest)
            await self._obey(tag, command.upper(), arguments)
            await self._writer.drain()

    async def _obey(self, tag: str, command: str, arguments: str) -> None:
        if command == "LOGOUT":
            self.put("* BYE")
            self.put(f"{tag} OK bye")
            raise _Gone
        if self._server.script.get(command):
            await self._answer(tag, command, "")
            return
        self.put(f"{tag} {await self._commands[command](arguments)}")

    async def _answer(self, tag: str, command: str, usual: str) -> None:
        """Say what the script has, else the usual."""
        answers = self._server.script.get(command)
        answer = answers.pop(0) if answers else usual
        if answer == CUT:
            raise _Gone
        if answer == HANG:
            await self._reader.read()
            raise _Gone
        answer = answer.replace("{tag}", tag)
        self.put(f"{tag} {answer}" if answer.split(" ")[0] in {"OK", "NO", "BAD"} else answer)

    async def _capability(self, _: str) -> str:
        self.put(f"* CAPABILITY {self._server.capabilities}")
        return "OK done"

    async def _login(self, arguments: str) -> str:
        user, password = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
        right = self._server.users.get(user) == re.sub(r"\\(.)", r"\1", password)
        return "OK [CAPABILITY IMAP4rev1] in" if right else "NO [AUTHENTICATIONFAILED] no"

    async def _authenticate(self, arguments: str) -> str:
        user, bearer, *_ = b64decode(arguments.split(" ")[1]).decode().split("\1")
        if self._server.users.get(user.removeprefix("user=")) == bearer.removeprefix("auth=Bearer "):
            return "OK in"
        self.put("+ eyJzdGF0dXMiOiI0MDEifQ==")
        await self._reader.readline()
        return "NO [AUTHENTICATIONFAILED] no"

    async def _select(self, arguments: str) -> str:
        box = arguments.strip('"')
        if box not in self._server.boxes:
            return "NO [NONEXISTENT] no such mailbox"
        self._box = box
        self.put(r"* FLAGS (\Seen)")
        self.put(f"* {len(self._messages)} EXISTS")
        self.put(f"* OK [PERMANENTFLAGS ({self._server.lasting})] lasting")
        if self._server.validity is not None:
            self.put(f"* OK [UIDVALIDITY {self._server.validity}] valid")
        return "OK [READ-WRITE] open"

    async def _create(self, arguments: str) -> str:
        self._server.boxes.setdefault(arguments.strip('"'), [])
        return "OK made"

    async def _search(self, arguments: str) -> str:
        messages = self._messages
        key, _, flag = arguments.partition(" ")
        if every := _SEARCH_ALL.fullmatch(arguments):
            messages = messages[int(every[1] or 1) - 1 :]
        elif key in {"KEYWORD", "UNKEYWORD"}:
            messages = [message for message in messages if (flag in message.flags) == (key == "KEYWORD")]
        self.put("* SEARCH " + " ".join(str(message.uid) for message in messages))
        return "OK done"

    async def _fetch(self, arguments: str) -> str:
        numbers, _, what = arguments.partition(" ")
        for count, message in enumerate(self._messages, 1):
            if message.uid in _numbers(numbers):
                self._tell(count, message, what)
        return "OK done"

    def _tell(self, count: int, message: Message, what: str) -> None:
        parts = [f"UID {message.uid}".encode()]
        if "RFC822.SIZE" in what:
            parts.append(f"RFC822.SIZE {len(message.raw)}".encode())
        if "INTERNALDATE" in what:
            parts.append(f'INTERNALDATE "{message.at:%d-%b-%Y %H:%M:%S %z}"'.encode())
        if "BODY.PEEK[" in what:
            head = message.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            body, name = (head, b"HEADER") if "HEADER" in what else (message.raw, b"")
            parts.append(b"BODY[%s] {%d}\r\n%s" % (name, len(body), body))
        self.put(b"* %d FETCH (%s)" % (count, b" ".join(parts)))

    async def _store(self, arguments: str) -> str:
        numbers, _, flags = arguments.split(" ", 2)
        for message in self._messages:
            if message.uid in _numbers(numbers):
                message.flags |= set(flags.strip("()").split())
        return "OK done"

    async def _move(self, arguments: str) -> str:
        numbers, _, name = arguments.partition(" ")
        target = self._server.boxes.get(name.strip('"'))
        if target is None:
            return "NO [TRYCREATE] no such mailbox"
        moved = [message for message in self._messages if message.uid in _numbers(numbers)]
        for message in moved:
            self.put(f"* {self._messages.index(message) + 1} EXPUNGE")
            self._messages.remove(message)
        target.extend(moved)
        return "OK done"

    async def _noop(self, _: str) -> str:
        return "OK here"

    async def _idle(self, _: str) -> str:
        self.put("+ idling")
        self._idles = True
        await self._writer.drain()
        await self._reader.readline()
        self._idles = False
        return "OK idled"


def _numbers(listed: str) -> set[int]:
    return {int(number) for number in listed.split(",")}
