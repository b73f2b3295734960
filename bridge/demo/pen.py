"""The agent's pen on the page: an ordinary answer to a mail, sent by SMTP as any mail client sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from bridge.demo.premises import AGENT, STRANGER
from bridge.testing.correspondence import answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody who answers: the name in From, and the envelope's sender."""

    shown: str
    envelope: str


WRITERS: Mapping[str, Writer] = {
    "agent": Writer(shown=f"Ann <{AGENT}>", envelope=AGENT),
    "stranger": Writer(shown=f"Mallory <{STRANGER}>", envelope=STRANGER),
    "impostor": Writer(shown=f"Ann <{AGENT}>", envelope=STRANGER),
}
"""Who can be chosen on the page: two of them must not get anywhere."""


async def send(to: EmailMessage, text: str, writer: Writer, *, port: int) -> str:
    """Answer a mail; gives back the answer's Message-ID. Raises aiosmtplib.SMTPException where it is not taken."""
    reply = answer(to, text, sender=writer.shown)
    recipient = reply["To"].addresses[0].addr_spec
    await aiosmtplib.send(
        reply, hostname="127.0.0.1", port=port, sender=writer.envelope, recipients=[recipient], start_tls=False
    )
    return str(reply["Message-ID"])
