"""Every threat that is a mail, with what only a whole bridge can show: what must be said of it, and what may be published (FT23)."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from bridge.testing.fakes.forum import Forum
from bridge.testing.mailing import WORDS, quoted, raw
from bridge.testing.street import GONE, SYSTEM
from bridge.testing.threats import NEVER, WORDLESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """A mail that must not speak for the brand, and what the bridge must say of it."""

    id: str
    reasons: frozenset[str]
    octets: bytes
    """Written to the mailing's own conversation; translated to a real one."""
    login: str
    """Who logged in to send it; nobody where empty."""
    desk: str = "people"
    says: str = ""
    """What may be published all the same: the agent's own words without the rest."""
    private: str = ""
    """What the customer said in private before."""
    change: Callable[[Forum, int], None] | None = None
    """What the customer does to the post before the mail comes."""


def threat(name: str, reasons: str, octets: bytes, *, login: str = "agent2", **more: Any) -> Threat:
    """A threat with its possible reasons in one text; none where it is taken, for the words alone."""
    return Threat(id=name, reasons=frozenset(reasons.split() or ["answer"]), octets=octets, login=login, **more)


STRANGERS = {"A01", "A02", "A03", "A04", "A05", "A19"}
"""Threats of people who cannot log in at our server."""


def shared() -> Iterator[Threat]:
    """The table that the gates are tested with; an address of another conversation is a right one here, so that is left out."""
    for name, reason, octets in NEVER:
        if reason != "unknown_conversation":
            reasons = f"{reason} extract_doubt empty" if name in WORDLESS else reason
            reasons += " sender_unproven" * (b"<@evil.test:" in octets)  # Postfix rewrites such a sender to the agent
            yield threat(name, reasons, octets, login="" if name in STRANGERS else "agent2")


def made(fill: Callable[[EmailMessage], object]) -> bytes:
    """A mail of several parts."""
    message = EmailMessage()
    message.set_content(f"{WORDS}\n")
    fill(message)
    head = raw(
        "",
        quote=False,
        content_type=f'{message.get_content_type()}; boundary="{message.get_boundary() or _boundary(message)}"',
        content_transfer_encoding="7bit",
    )
    return head + message.as_bytes().partition(b"\n\n")[2]


def _boundary(message: EmailMessage) -> str:
    message.set_boundary("=====acme")
    return "=====acme"


def file(name: str, kind: str, *, text: str = WORDS) -> bytes:
    """A mail with a file that says to be of a kind."""
    main, _, sub = kind.partition("/")

    def fill(message: EmailMessage) -> None:
        message.set_content(f"{text}\n")
        message.add_attachment(b"\x89PNG\r\n\x1a\n" + b"0" * 20, maintype=main, subtype=sub, filename=name)

    return made(fill)


def page(html: str) -> bytes:
    """A mail whose HTML may say something else than its plain text."""
    return made(lambda message: message.add_alternative(html, subtype="html"))


ACKNOWLEDGED = "Your request (no. 5) has been received and will be reviewed."
CONFIDED = "my mother is ill and I need the refund before friday"


def own() -> Iterator[Threat]:
    """What only a whole daemon can show."""
    for octets in (raw(), raw(in_reply_to=None, references=None), raw(f"#private\n{WORDS}")):
        yield threat("A08", "late", octets, desk="closed")
        yield threat("B16", "late", octets, desk="stale")
    for reason, octets in (
        ("automatic", raw(ACKNOWLEDGED, from_=SYSTEM, auto_submitted="auto-replied")),
        ("automatic", raw(ACKNOWLEDGED, from_=SYSTEM)),
        ("first_answer", raw("We look at it and come back to you.", from_=SYSTEM)),
    ):
        yield threat("A14", reason, octets, desk="system", login="customer")
    for text in ("Ticket 7 wurde geschlossen.", "Please rate our service: good or bad?"):
        yield threat("A15", "automatic", raw(text, from_=SYSTEM), desk="system", login="customer")
    yield threat("A15", "automatic", raw("Ticket 7 was assigned to Bob.", from_=SYSTEM, auto_submitted="auto-generated"), desk="system", login="customer")  # fmt: skip
    for sender in (GONE, f"Gone <{GONE.upper()}>"):
        yield threat("A17", "sender_not_allowed", raw(from_=sender))
    yield threat("A17", "sender_not_allowed", raw(sender=GONE))
    yield from words()
    yield from targets()


def words() -> Iterator[Threat]:
    """The right person, the wrong words."""
    yield threat("B02", "content", raw(f"{WORDS} Project Nightingale starts in May."))
    yield threat("B02", "", raw(f"{WORDS}\n\n-- \nAnn Agent, Project Nightingale\nDirect 0171 1234567"), says=WORDS)
    yield threat("B02", "content extract_doubt", page(f"<p>{WORDS}</p><p>Project Nightingale</p>"))
    for text in (f"We know that {CONFIDED}.", CONFIDED.upper(), f"Sorry to hear it: {CONFIDED[:40]}, of course."):
        yield threat("B03", "private_words", raw(text), private=f"Please help, {CONFIDED}, people!")
    yield threat("B06", "", file("prices.pdf", "application/pdf"), says=WORDS)
    yield threat("B06", "", file("../../etc/passwd.png", "image/png"), says=WORDS)
    yield threat("B06", "media", file("shop.png", "image/png", text=f"#media\n{WORDS}"))
    for html in (
        "<p>We will never pay, and you know why, dear customer.</p>",
        f"<p>{WORDS}</p><p>PS: and here is one more promise from us.</p>",
        "<p>Please call the bank instead of us, we do not know you at all.</p>",
    ):
        yield threat("B07", "extract_doubt", page(html))
    for word in ("word ", "größer ", "👩‍🚀 ok "):
        yield threat("B10", "too_long", raw("\n".join([(word * 9).strip()] * 250)))
    for text in (
        "The shop\u202e is\u200b open\ufeff again.",
        "The shop is \u2066open\u2069 again.",
        "\u200fThe shop is\u00ad open again.",
    ):
        yield threat("B12", "", raw(text), says="The shop is open again.")


def targets() -> Iterator[Threat]:
    """The post is not any more what the agent saw."""
    for text in ("Please help me praise the people of Evil Ltd!", "help people", "Never mind."):
        yield threat("B13", "target_changed", raw(), change=lambda forum, post, text=text: forum.edit(post, text))
    for text in (WORDS, "Sorry for that.", "#private\nSorry for that."):
        yield threat("B14", "target_gone", raw(text), change=lambda forum, post: forum.delete(post))


THREATS = (*shared(), *own())

STOLEN = (WORDS, "#close", f"#private\n{WORDS}")
"""What somebody else writes from a mailbox that was revoked (A06)."""

SMUGGLING_ENDS = (b"\n.\n", b"\n.\r\n", b"\r\n.\n")
"""Ends of a text that are none, though some servers take them for one (A16)."""


def repeats(genuine: bytes, message_id: bytes) -> tuple[bytes, ...]:
    """The same answer again (A07): by a server that repeats itself, by a person who sends it again, by one who moved it, by another client."""
    renamed = [genuine.replace(message_id, b"<again%d@" % number) for number in range(2)]
    head, _, body = renamed[1].replace(b"Encoding: 8bit", b"Encoding: base64").partition(b"\n\n")
    return (
        genuine,
        renamed[0],
        b"Received: from backup.acme.test by mx.acme.test; Tue, 3 Mar 2026 10:00:00 +0000\nX-Moved: yes\n" + genuine,
        head + b"\n\n" + base64.encodebytes(body),
    )


TAKING_BACK = (
    "#cancel",
    "#cancel\n\n-- \nAnn Agent, Acme",
    f"#Cancel\n\n{quoted()}",
    "#cancel\n#note Not what I meant.",
)
"""What an agent writes who wants an answer back that waits (B15)."""
