"""Proxies and notices to mails: the exact bytes that are stored, and sent however often they must be sent."""

from dataclasses import dataclass
from email.utils import format_datetime

from bridge.core import showing
from bridge.core.model import Visibility
from bridge.core.phrases import NOTICE_FOOT
from bridge.core.proxies import Audience, Notice, Proxy, Sealed
from bridge.letters import address, fields, loop, parts
from bridge.letters.address import KeyRing, Purpose
from bridge.letters.delimiter import delimiter
from bridge.letters.fields import Unsendable
from bridge.letters.page import notice_page, page
from bridge.letters.plain import plain
from bridge.letters.profiles import QUIET, Fields, Profile
from bridge.letters.ready import ready
from bridge.letters.sheet import sheet
from bridge.letters.signing import Signer, signature

__all__ = ["Stationery", "Unsendable", "compose"]

MAX_REFERENCES = 20
"""Message-IDs in `References`: the first, by which threads are known, and the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """What is the same on every mail of one desk.

    Raises ValueError where `from_name` has other fields than {customer} and {platform}, and Unsendable where `to` is not
    one plain mailbox.
    """

    desk: str
    to: str
    """The queue's address."""
    brand: str
    """Whose mails these are, for people."""
    reply_domain: str
    ring: KeyRing
    instance: str
    """Random and lasting name of the installation (D01)."""
    profile: Profile
    from_name: str = "{customer} via {platform}"
    """The name that a proxy's sender bears."""
    bounces: bool = True
    """Whether a proxy's envelope sender is an address that only mail servers' complaints come to; else the reply address."""
    signer: Signer | None = None
    """None where the mail server signs."""
    per_person: bool = False
    """Whether reply addresses name the customer, and public or private, instead of the conversation (docs/proxy.md)."""

    def __post_init__(self) -> None:
        fields.one_mailbox(self.to)
        try:
            self.from_name.format(customer="", platform="")
        except (LookupError, AttributeError):
            raise ValueError("the pattern of names has other fields than {customer} and {platform}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """A mail's parts before they are written down."""

    key: str
    name: str
    sender: str
    answerable: bool
    """Whether the sender's address is one of a conversation."""
    to: str
    envelope: str
    lines: tuple[str, ...]
    plain: str
    html: str


def compose(message: Proxy | Notice, stationery: Stationery) -> Sealed:
    """The mail of a message, the same for the same message and stationery.

    Raises Unsendable where, read back, the mail does not say what it should (E07).
    """
    message_id = address.message_id(stationery.ring, message.key, domain=stationery.reply_domain)
    letter = _proxy(message, stationery, message_id) if isinstance(message, Proxy) else _notice(message, stationery)
    kind, body = parts.alternative(letter.plain, letter.html, seed=message_id)
    lines = [*_header(message, letter, message_id), *_closing(stationery, kind)]
    if stationery.signer:
        lines.insert(0, signature(stationery.signer, lines, body, at=message.made))
    content = "\r\n".join([*lines, "", ""]).encode("ascii") + body
    names = [line.partition(":")[0] for line in lines]
    fields.check(content, names, frozenset({letter.sender, letter.to}))
    return Sealed(
        key=message.key,
        message_id=message_id,
        sender=letter.envelope,
        recipients=(letter.to,),
        content=content,
        text=letter.plain,
    )


def _header(message: Proxy | Notice, letter: _Letter, message_id: str) -> list[str]:
    """The fields that differ from mail to mail."""
    sender = fields.mailbox(letter.name, letter.sender)
    return [
        f"From: {sender}",
        *([f"Reply-To: {sender}"] if letter.answerable else []),
        f"To: {letter.to}",
        fields.text("Subject", message.subject),
        f"Date: {format_datetime(message.made)}",
        f"Message-ID: {message_id}",
        *_thread(message.references),
        *letter.lines,
    ]


def _closing(stationery: Stationery, kind: str) -> list[str]:
    """The fields that end every header."""
    return [
        fields.text(loop.INSTANCE, stationery.instance),
        f"{loop.HOPS}: 1",
        "MIME-Version: 1.0",
        f"Content-Type: {kind}",
    ]


def _proxy(proxy: Proxy, stationery: Stationery, message_id: str) -> _Letter:
    """A customer's post on its way into the queue."""
    reply = _reply(proxy.conversation, proxy.person, stationery, visibility=proxy.post.visibility)
    words = sheet(proxy, brand=stationery.brand, ready=ready(proxy, reply=reply, message_id=message_id))
    extra = stationery.profile.fields(proxy.priority, follow_up=bool(proxy.references))
    return _Letter(
        key=proxy.key,
        name=_customer(words.name, proxy.platform or proxy.post.channel, stationery),
        sender=reply,
        answerable=True,
        to=stationery.to.lower(),
        envelope=_signed(Purpose.BOUNCE, proxy.conversation, stationery) if stationery.bounces else reply,
        lines=(*_automatic("auto-generated", stationery, to_queue=True), *_written(extra), *_about(proxy)),
        plain=plain(words),
        html=page(words),
    )


def _notice(notice: Notice, stationery: Stationery) -> _Letter:
    """A notice: from the customer's own address, so that it joins the ticket and an answer finds its conversation."""
    ticket = notice.audience is Audience.TICKET
    to = stationery.to.lower() if ticket else fields.one_mailbox(notice.to)
    to_queue = to == stationery.to.lower()
    person = notice.person if ticket else ""
    reply = _back(notice, person, stationery) if notice.conversation else ""
    kind = "auto-replied" if notice.audience is Audience.AGENT else "auto-generated"
    extra = (*stationery.profile.always, *stationery.profile.on_notice) if to_queue else QUIET
    foot = NOTICE_FOOT.format(brand=stationery.brand)
    text = showing.block(notice.text, showing.MAX_TEXT)
    above = delimiter(notice.delimiter) if notice.delimiter else ""
    return _Letter(
        key=notice.key,
        name=notice.customer if ticket and notice.customer else f"{stationery.brand} bridge",
        sender=reply or f"bridge@{stationery.reply_domain}",
        answerable=bool(reply),
        to=to,
        envelope="",
        lines=(*_automatic(kind, stationery, to_queue=to_queue), *_written(extra)),
        plain="\n\n".join(part for part in (above, text, foot) if part) + "\n",
        html=notice_page(above, text, foot=foot),
    )


def _back(notice: Notice, person: str, stationery: Stationery) -> str:
    """Where answers to a notice come back to: a sample's admin speaks of the sample alone."""
    if notice.audience is Audience.ADMIN:
        return _signed(Purpose.SAMPLE, notice.conversation, stationery)
    return _reply(notice.conversation, person, stationery, visibility=notice.visibility)


def _customer(who: str, platform: str, stationery: Stationery) -> str:
    """The sender's name as the desk wants it."""
    return stationery.from_name.format(customer=who, platform=platform)


def _reply(conversation: str, person: str, stationery: Stationery, *, visibility: Visibility) -> str:
    """Where answers come back to: the conversation, or the customer where the desk wants one address for each."""
    if not stationery.per_person or not person:
        return _signed(Purpose.REPLY, conversation, stationery)
    purpose = Purpose.PUBLIC if visibility is Visibility.PUBLIC else Purpose.PRIVATE
    return _signed(purpose, person, stationery)


def _signed(purpose: Purpose, subject: str, stationery: Stationery) -> str:
    """An address that nobody else can make."""
    return address.signed_address(
        stationery.ring, purpose, subject=subject, desk=stationery.desk, domain=stationery.reply_domain
    )


def _automatic(kind: str, stationery: Stationery, *, to_queue: bool) -> tuple[str, ...]:
    """The sign that no person sent it (RFC 3834 5), save for targets that throw such mail away."""
    return () if to_queue and not stationery.profile.admits_automatic else (f"Auto-Submitted: {kind}",)


def _thread(references: tuple[str, ...]) -> list[str]:
    """The fields that tie a mail to its thread (RFC 5322 3.6.4)."""
    if not references:
        return []
    kept = references if len(references) <= MAX_REFERENCES else (references[0], *references[1 - MAX_REFERENCES :])
    return [fields.identifiers("In-Reply-To", kept[-1:]), fields.identifiers("References", kept)]


def _written(pairs: Fields) -> list[str]:
    return [f"{name}: {value}" for name, value in pairs]


def _about(proxy: Proxy) -> list[str]:
    """What a queue's own filters may want to sort by."""
    values = {
        "X-Bridge-Channel": proxy.post.channel,
        "X-Bridge-Route": proxy.verdict.route or "",
        "X-Bridge-Priority": proxy.priority,
        "X-Bridge-Tags": ", ".join(proxy.verdict.tags),
        "X-Bridge-Language": proxy.verdict.lang,
    }
    return [fields.text(name, value) for name, value in values.items() if value]
