"""Public keys of DKIM from the DNS: one question to one trusted resolver over TCP, where nobody can slip in an answer unseen.

The resolver follows aliases; what it says is believed, so it stands on this machine or in a network of ours.
"""

import asyncio
import struct

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
from dns.rdtypes.ANY.TXT import TXT

from bridge.ports import TemporaryProblem

SECONDS = 2.0
"""How long one question may take, with the connection."""

_ANSWERS = frozenset({dns.rcode.NOERROR, dns.rcode.NXDOMAIN})


class Nameserver:
    """A resolver at an address and port."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)

    async def record(self, selector: str, domain: str) -> bytes | None:
        """The one TXT record of a key, its strings joined; None where there is none or more than one (RFC 6376 3.6.2.2).

        Raises TemporaryProblem where the resolver gives no answer within SECONDS, or none that can be read.
        """
        try:
            question = dns.message.make_query(f"{selector}._domainkey.{domain}", dns.rdatatype.TXT)
        except (dns.exception.DNSException, UnicodeError):  # a name that is too long, or that no nameserver can hold
            return None
        try:
            async with asyncio.timeout(SECONDS):
                answer = dns.message.from_wire(await self._asked(question.to_wire(prepend_length=True)))
            found = texts(answer, question)
        except (OSError, EOFError, ValueError, dns.exception.DNSException) as problem:
            raise TemporaryProblem(f"the resolver gave no answer ({type(problem).__name__})") from None
        return found[0] if len(found) == 1 else None

    async def _asked(self, message: bytes) -> bytes:
        """What is answered to a message, each with its length before it (RFC 7766 8)."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(message)
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            return await reader.readexactly(length)
        finally:
            writer.close()


def texts(answer: dns.message.Message, question: dns.message.Message) -> tuple[bytes, ...]:
    """The TXT records of an answer, whatever name aliases led to; raises ValueError where it is none, or not whole."""
    if not question.is_response(answer) or answer.rcode() not in _ANSWERS or answer.flags & dns.flags.TC:
        raise ValueError("it is no whole answer to the question")
    records = (record for group in answer.answer for record in group)
    return tuple(b"".join(record.strings) for record in records if isinstance(record, TXT))
