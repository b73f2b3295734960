"""The SMTP listener that takes the agents' answers, and delivers them as a mail server at the edge does.

Only addresses of the reply domain live here.
What a real server would find out about a sender by SPF, DKIM and DMARC is known here by another way: only the agent's own
client gives the agent's address as the envelope's sender, so a name in From alone proves nothing.
"""

import asyncio
import mailbox
import re
from email import message_from_bytes, policy
from email.headerregistry import UniqueAddressHeader
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from bridge.demo.premises import AGENT, MAIL_SERVER, REPLY_DOMAIN

LARGEST = 32 * 1024 * 1024
"""Octets of a mail."""

_CLAIMED = re.compile(rb"^authentication-results:.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE)


class Postman:
    """Listens on loopback, and delivers into one Maildir."""

    def __init__(self, replies: Path) -> None:
        self._box = mailbox.Maildir(replies, create=True)
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port; may be called twice."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _session(self) -> SMTP:
        return SMTP(self, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname=MAIL_SERVER, ident="bridge demo")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name for the hook
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take what goes to the reply domain."""
        if address.rpartition("@")[2].lower() != REPLY_DOMAIN:
            return f"550 5.7.1 only addresses of {REPLY_DOMAIN} live here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - see above
        """Deliver one copy for each recipient, and only then say so."""
        assert isinstance(envelope.content, bytes), "decode_data is off"
        content = envelope.content.replace(b"\r\n", b"\n")
        sender = envelope.mail_from or ""
        for recipient in envelope.rcpt_tos:
            stamped = stamp(content, sender=sender, recipient=recipient, helo=str(session.host_name))
            await asyncio.to_thread(self._box.add, stamped)
        return "250 2.0.0 delivered"


def stamp(content: bytes, *, sender: str, recipient: str, helo: str) -> bytes:
    """The mail with what the receiving server writes above it; claims to be us that came with it are taken out.

    RFC 8601 5: results that bear our own name and were not written by us are removed.
    """
    header, blank, body = content.partition(b"\n\n")
    cleaned = _CLAIMED.sub(b"", header + b"\n").removesuffix(b"\n")
    trace = (
        f"Return-Path: <{sender}>\n"
        f"Delivered-To: {recipient}\n"
        f"Received: from {_token(helo)} ([127.0.0.1]) by {MAIL_SERVER} with ESMTP for <{recipient}>;\n"
        f"\t{format_datetime(localtime())}\n"
        f"Authentication-Results: {MAIL_SERVER}; {_result(content, sender)}\n"
    )
    return trace.encode("utf-8", "replace") + cleaned + blank + body


def _result(content: bytes, sender: str) -> str:
    """Passed where the envelope's sender is the agent, and From names the same mailbox alone."""
    named = _author(message_from_bytes(content, policy=policy.default))
    passed = named == sender.lower() == AGENT
    return f"dmarc={'pass' if passed else 'fail'} header.from={named.rpartition('@')[2] or 'unknown'}"


def _author(mail: EmailMessage) -> str:
    """The one mailbox in From; empty for anything else."""
    fields = mail.get_all("From", [])
    if len(fields) != 1 or not isinstance(fields[0], UniqueAddressHeader) or len(fields[0].addresses) != 1:
        return ""
    return _token(fields[0].addresses[0].addr_spec.lower())


def _token(text: str) -> str:
    """A word that can stand in a header field."""
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c in "@.-_+[]:"))[:250]
