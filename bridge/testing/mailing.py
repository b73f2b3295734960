"""Agents' mails for tests: each a genuine answer to a really composed proxy, and changed by name where a test cares."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bridge.core import gates, render
from bridge.core.case import Case
from bridge.core.conversation import Record, Sent
from bridge.core.policy import DeskPolicy, Way
from bridge.core.replies import Finding, Form, Letter, Reading
from bridge.letters.address import KeyRing
from bridge.letters.compose import Stationery, compose
from bridge.letters.dkim import KeyOf
from bridge.letters.profiles import PROFILES
from bridge.letters.reading import Postmark, envelope, reading
from bridge.testing import making
from bridge.testing.addresses import bounce_address, reply_address
from bridge.testing.making import AGENT, CHANNEL, NOW, VERDICT

DOMAIN = "reply.acme.test"
RING = KeyRing(keys={"k1": secrets.token_bytes(32)}, signing="k1")
STATIONERY = Stationery(
    desk="support",
    to="queue@acme.test",
    brand="Acme",
    reply_domain=DOMAIN,
    ring=RING,
    instance="one",
    profile=PROFILES["plain"],
)
DESK = replace(making.DESK, internal_senders=("inside@acme.test",))
SYSTEM = replace(
    DESK,
    way=Way.SYSTEM,
    system_senders=("support@acme.test",),
    first_answer_confirmed=True,
    acknowledgements=("has been received",),
)
POSTMARK = Postmark(ring=RING, domain=DOMAIN, desks=("support", "noc"), delivered="Delivered-To", form=Form.MAIL)
PROVED = "Authentication-Results: mx.acme.test; dmarc=pass header.from=acme.test"
WORDS = "Thanks for telling us, Jane. The shop is open again since ten."


def conversation() -> Record:
    """A conversation whose one proxy was really composed."""
    post = making.post()
    bare = Record(key=post.conversation)
    proxy = render.proxy(
        bare, post, VERDICT, desk=DESK, channel=CHANNEL, contacts=(), now=NOW, delimiter="k3yk3yk3", gap=""
    )
    sealed = compose(replace(proxy, responses=("hello",), by_mail=True), STATIONERY)
    sent = Sent(
        key=sealed.key,
        post=post.id,
        fingerprint=post.fingerprint,
        message_id=sealed.message_id,
        desk="support",
        text=sealed.text,
        delimiter="k3yk3yk3",
        at=NOW,
    )
    return replace(making.waiting(post), sent=(sent,), subject=proxy.subject)


RECORD = conversation()
SENT = RECORD.sent[0]
OURS = reply_address(RING, RECORD.id, desk="support", domain=DOMAIN)
OTHER = reply_address(RING, "b" * 16, desk="support", domain=DOMAIN)
FORGED = f"{OURS.partition(DOMAIN)[0][:-2]}{'a' if OURS.partition(DOMAIN)[0][-2] != 'a' else 'e'}@{DOMAIN}"
"""One letter of its signature is wrong."""
BOUNCES = bounce_address(RING, RECORD.id, desk="support", domain=DOMAIN)

HEADER: Mapping[str, str] = {
    "Authentication-Results": PROVED.partition(": ")[2],
    "From": f"Ann Agent <{AGENT}>",
    "To": f'"Jane Doe via Forum" <{OURS}>',
    "Subject": "Re: The shop is down",
    "Date": "Mon, 02 Mar 2026 10:20:00 +0000",
    "Message-ID": "<answer1@acme.test>",
    "In-Reply-To": SENT.message_id,
    "References": SENT.message_id,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}


def quoted() -> str:
    """The proxy as clients quote it."""
    lines = "\n".join(f"> {line}" if line else ">" for line in SENT.text.splitlines())
    return f"On Mon, 2 Mar 2026 at 10:00, Jane Doe via Forum <{OURS}> wrote:\n{lines}\n"


def raw(text: str = WORDS, *, top: str = "", quote: bool = True, **changes: str | None) -> bytes:
    """An agent's mail; changes name fields with _ for - and may end in one, None takes one away, `top` stands above them all."""
    named = {name.rstrip("_").replace("_", "-").lower(): value for name, value in changes.items()}
    fields = {name.lower(): (name, value) for name, value in HEADER.items()}
    fields |= {name: (name.title(), value) for name, value in named.items() if value is not None}
    lines = [f"{name}: {value}" for key, (name, value) in fields.items() if not (key in named and named[key] is None)]
    body = f"{text}\n\n{quoted()}" if quote else text
    return "\n".join([*([top] if top else []), *lines, "", body]).encode()


def no_key(_selector: str, _domain: str) -> bytes | None:
    """A world in which nobody signs."""
    return None


def read(
    octets: bytes,
    desk: DeskPolicy = DESK,
    *,
    record: Record | None = RECORD,
    whole: bool = True,
    key_of: KeyOf = no_key,
) -> Reading:
    """The reading of a mail that came twenty minutes after its proxy."""
    found = envelope(
        Letter(inbox="replies", uid="1", raw=octets, received=NOW + timedelta(minutes=20), whole=whole), POSTMARK
    )
    known = record if record is not None and (record.id,) == found.conversations else None
    desks = {"support": desk, "noc": replace(desk, name="noc")}
    return reading(found, known, desks=desks, key_of=key_of)


def judged(octets: bytes, desk: DeskPolicy = DESK, *, record: Record = RECORD, **changes: Any) -> str:
    """The reason why nothing is published, or what would be."""
    said = read(octets, desk, record=record)
    own = (record.id,) == said.conversations
    case = Case(
        reading=said,
        record=record if own else None,
        desk=desk if said.desk else None,
        channel=CHANNEL,
        reply_domain=DOMAIN,
        now=NOW + timedelta(minutes=20),
        received=NOW + timedelta(minutes=20),
        words=(said.text,) if said.text else (),
    )
    result = gates.walk(replace(case, **changes))
    return f"! {result.reason}" if isinstance(result, Finding) else said.text
