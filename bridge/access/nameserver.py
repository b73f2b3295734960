"""Public keys of DKIM from the DNS: one question to one trusted resolver over TCP, where nobody can slip in an answer unseen.

Only what is needed of RFC 1035 and 7766: a TXT question, and the texts of its answer.
The resolver follows aliases; what it says is believed, so it stands on this machine or in a network of ours.
"""

import asyncio
import secrets
import struct

from bridge.ports import TemporaryProblem

SECONDS = 2.0
"""How long one question may take, with the connection."""

_HEAD = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_TXT, _IN = 16, 1
_RECURSION = 0x0100
_ANSWERED, _CUT_SHORT, _OUTCOME = 0x8000, 0x0200, 0x000F
_POINTER = 0xC0
_NO_SUCH_NAME = 3
_LONGEST_NAME = 253


class Nameserver:
    """A resolver at an address and port."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)

    async def record(self, selector: str, domain: str) -> bytes | None:
        """The one TXT record of a key, its strings joined; None where there is none or more than one (RFC 6376 3.6.2.2).

        Raises TemporaryProblem where the resolver gives no answer within SECONDS, or none that can be read.
        """
        name, number = f"{selector}._domainkey.{domain}", secrets.randbelow(0x10000)
        if len(name) > _LONGEST_NAME:
            return None
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._asked(question(name, number))
            found = texts(answer, number)
        except (OSError, EOFError, ValueError) as problem:
            raise TemporaryProblem(f"the resolver gave no answer ({type(problem).__name__})") from None
        return found[0] if len(found) == 1 else None

    async def _asked(self, message: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(struct.pack("!H", len(message)) + message)
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            return await reader.readexactly(length)
        finally:
            writer.close()


def question(name: str, number: int) -> bytes:
    """The message that asks for the texts at a name, whose labels are ASCII of 1 to 63 characters."""
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    return _HEAD.pack(number, _RECURSION, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", _TXT, _IN)


def texts(message: bytes, number: int) -> tuple[bytes, ...]:
    """The TXT records of the answer to a question of that number; raises ValueError where it is none, or not whole."""
    try:
        said, flags, questions, answers, _, _ = _HEAD.unpack_from(message)
        if said != number or not flags & _ANSWERED or flags & _CUT_SHORT or questions != 1:
            raise ValueError("it is no whole answer to the question")
        if flags & _OUTCOME not in {0, _NO_SUCH_NAME}:
            raise ValueError("the resolver failed")
        return _records(message, _past_name(message, _HEAD.size) + 4, answers)
    except (struct.error, IndexError):
        raise ValueError("the answer breaks off") from None


def _records(message: bytes, at: int, count: int) -> tuple[bytes, ...]:
    """The texts among so many records that begin there."""
    found = []
    for _ in range(count):
        at = _past_name(message, at)
        kind, group, _, length = _RECORD.unpack_from(message, at)
        at += _RECORD.size
        if (kind, group) == (_TXT, _IN):
            found.append(_joined(message[at : at + length], length))
        at += length
    return tuple(found)


def _past_name(message: bytes, at: int) -> int:
    """Where a name ends: behind its empty label, or behind a pointer to the rest of it."""
    while (size := message[at]) and size < _POINTER:
        at += 1 + size
    return at + (2 if size else 1)


def _joined(strings: bytes, length: int) -> bytes:
    """The strings of one record, each with its length before it."""
    if len(strings) != length:
        raise ValueError("a record breaks off")
    text, at = b"", 0
    while at < length:
        end = at + 1 + strings[at]
        if end > length:
            raise ValueError("a string breaks off")
        text, at = text + strings[at + 1 : end], end
    return text
