"""A raw letter to its reading, in two steps, so that the conversation can be loaded between them.

letter ─► envelope: whose conversation? ─► [ the record ] ─► reading: who speaks, and which words?
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from bridge.core.conversation import Record
from bridge.core.model import Visibility
from bridge.core.policy import DeskPolicy
from bridge.core.replies import Form, Letter, LetterKind, Reading, Turn
from bridge.letters import address, authentication, header, mime, proving
from bridge.letters.address import BadToken, KeyRing, Purpose, Token
from bridge.letters.authentication import Refused
from bridge.letters.dkim import KeyOf
from bridge.letters.mailbox import Mailbox
from bridge.letters.mime import Mail, Unparsable

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_ANY_ID = re.compile(r"<[^<>@\s]{1,500}@[^<>\s]{1,500}>")
_TROUBLES = {
    "no_sender": "names nobody",
    "many_senders": "names more than one mailbox, or stands there more than once",
    "malformed_sender": "is not well formed",
}
_MAX_IDS = 200
_MAX_IDS_FIELD = 65_536
"""Characters of In-Reply-To or References that are read, of the first field of the name."""
_MAX_ADDRESSES = 50
"""Reply addresses of ours that are verified in one letter; more are too many anyhow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmark:
    """By what our letters are known at one inbox."""

    ring: KeyRing
    domain: str
    """Of our reply addresses."""
    desks: tuple[str, ...]
    delivered: str
    """The field in which the inbox's own store writes the recipient, for example Delivered-To; empty for none (A11)."""
    form: Form
    """In what form its letters are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a letter's header says: enough to find its conversation."""

    letter: Letter
    mail: Mail | None
    """None where not even the header can be read; without parts where the body cannot."""
    unparsable: str
    tokens: tuple[Token, ...]
    forged: int
    named: bool
    """Whether To or Cc names an address of our form, and not only the field that our own store writes."""
    fingerprint: str
    turn: Turn | None = None
    """What was said, where the letter is a turn of a chat; there is no mail then."""

    @property
    def conversations(self) -> tuple[str, ...]:
        """The ids that distinct genuine addresses name; of a person where the address names one."""
        return tuple(token.subject for token in self.tokens)

    @property
    def person(self) -> tuple[str, Visibility] | None:
        """The customer whom the only address names, and what was said to whom; None for an address of a conversation."""
        seen = _PERSONAL.get(self.tokens[0].purpose) if len(self.tokens) == 1 else None
        return (self.tokens[0].subject, seen) if seen else None

    @property
    def sample(self) -> bool:
        """Whether its only address is that of a sample of posts that were left alone."""
        return len(self.tokens) == 1 and self.tokens[0].purpose is Purpose.SAMPLE

    @property
    def headers(self) -> tuple[tuple[str, ...], str]:
        """What may choose among a person's conversations: Message-IDs that it answers, newest first, and the subject."""
        return (_threaded(self.mail), self.mail.header("Subject")) if self.mail else ((), "")

    def about(self, conversation: str) -> "Envelope":
        """The same, once it is known which of the person's conversations is meant."""
        return replace(self, tokens=(replace(self.tokens[0], subject=conversation, purpose=Purpose.REPLY),))


_PERSONAL = {Purpose.PUBLIC: Visibility.PUBLIC, Purpose.PRIVATE: Visibility.PRIVATE}


def envelope(letter: Letter, postmark: Postmark) -> Envelope:
    """Read the header and verify our addresses; never raises."""
    mail, unparsable = _opened(letter)
    named = _named(mail, postmark) if mail else ()
    found = _recipients(mail, postmark, named) if mail else ()
    verdicts = [address.verify(postmark.ring, each, postmark.desks) for each in found[:_MAX_ADDRESSES]]
    return Envelope(
        letter=letter,
        mail=mail,
        unparsable=unparsable,
        tokens=tuple(dict.fromkeys(replace(v, kid="") for v in verdicts if isinstance(v, Token))),
        forged=sum(isinstance(verdict, BadToken) for verdict in verdicts),
        named=bool(named),
        fingerprint=_fingerprint(letter, mail, found),
    )


def wanted_keys(envelope: Envelope, desks: Mapping[str, DeskPolicy]) -> tuple[tuple[str, str], ...]:
    """Selector and domain of the keys whose records `reading` would ask for; none for nearly every letter."""
    token, mail = _token(envelope), envelope.mail
    desk = desks.get(token.desk) if token else None
    sender = authentication.sender(mail) if mail else None
    if mail is None or desk is None or not isinstance(sender, Mailbox) or not envelope.named:
        return ()
    return proving.wanted_keys(envelope.letter, mail, sender=sender, desk=desk)


def reading(envelope: Envelope, record: Record | None, *, desks: Mapping[str, DeskPolicy], key_of: KeyOf) -> Reading:
    """Everything that the letter says, by the rules of its desk and the words of its conversation; never raises.

    `key_of` gives the records of `wanted_keys`, and None for those that nobody has.
    """
    from bridge.letters import speaking  # with the first letter: a resting daemon does without

    mail = envelope.mail
    if mail is None:
        return Reading(fingerprint=envelope.fingerprint, unparsable=envelope.unparsable)
    token = _token(envelope)
    desk = desks.get(token.desk) if token else None
    sender = authentication.sender(mail)
    said = _sent_by(_addressed(envelope, mail, token), mail, sender=sender)
    if isinstance(sender, Mailbox):
        said = replace(said, proof=_proof(envelope, mail, sender=sender, desk=desk, key_of=key_of))
    said = speaking.spoken_by(said, mail, desk, token)
    if envelope.unparsable or said.kind is LetterKind.BOUNCE:
        return said
    return speaking.marked(said, mail) if envelope.sample else speaking.worded(said, mail, desk, record)


def _token(envelope: Envelope) -> Token | None:
    return envelope.tokens[0] if len(envelope.tokens) == 1 else None


def _opened(letter: Letter) -> tuple[Mail | None, str]:
    """The mail, or its header alone and why there is no more; None where even that cannot be read."""
    unparsable = "" if letter.whole else "it is larger than letters may be"
    if not unparsable:
        try:
            mail = mime.read(letter.raw)
            return mail, header.trouble(letter.raw, mail)
        except Unparsable as problem:
            unparsable = f"its MIME structure is refused: {problem}"
    try:
        return replace(mime.read(_header(letter.raw)), parts=()), unparsable
    except Unparsable:
        return None, unparsable


def _header(raw: bytes) -> bytes:
    """The octets of the header, without what would make its body a structure."""
    end = _HEADER_END.search(raw, 0, mime.MAX_SIZE)
    return raw[: end.start() if end else mime.MAX_SIZE // 2] + b"\r\n\r\n"


def _recipients(mail: Mail, postmark: Postmark, named: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses of our form in To, Cc (these are `named`) and the topmost of the fields that our own store writes; Bcc is nobody's word."""
    written = mail.fields.get(postmark.delivered.lower(), ())[:1] if postmark.delivered else ()
    return tuple(dict.fromkeys((*address.find(written, postmark.domain), *named)))


def _named(mail: Mail, postmark: Postmark) -> tuple[str, ...]:
    return address.find((*mail.fields.get("to", ()), *mail.fields.get("cc", ())), postmark.domain)


def _fingerprint(letter: Letter, mail: Mail | None, found: tuple[str, ...]) -> str:
    """What stays the same whenever the same letter is delivered again (delivery.md 5)."""
    if mail is None:
        return sha256(letter.raw).hexdigest()
    end = _HEADER_END.search(letter.raw, 0, mime.MAX_SIZE)
    body = letter.raw[end.end() :] if end else letter.raw  # without a body nothing else tells one from another
    named = [" ".join(header.distinct(mail, name)) for name in ("message-id", "from", "date")]
    content = sha256(b"\n".join(body.split(b"\r\n")).rstrip(b"\n")).hexdigest()
    return sha256("\x1f".join((*named, *sorted(found), content)).encode("utf-8", "surrogateescape")).hexdigest()


def _addressed(envelope: Envelope, mail: Mail, token: Token | None) -> Reading:
    """To which conversation, and as an answer to what."""
    return Reading(
        fingerprint=envelope.fingerprint,
        message_id=next(iter(_ids(mail.fields.get("message-id", ()))), ""),
        conversations=envelope.conversations,
        forged=envelope.forged,
        desk=token.desk if token else "",
        in_reply_to=_threaded(mail),
        subject=mail.header("Subject"),
        unparsable=envelope.unparsable,
    )


def _threaded(mail: Mail) -> tuple[str, ...]:
    """The Message-IDs of In-Reply-To and then of References, newest first."""
    references = list(_ids(mail.fields.get("references", ())))
    answered = list(_ids(mail.fields.get("in-reply-to", ())))
    return tuple(dict.fromkeys((*answered, *reversed(references))))[:_MAX_IDS]


def _ids(values: Iterable[str]) -> Iterable[str]:
    """What stands in angle brackets; some clients write comments around it."""
    return _ANY_ID.findall(next(iter(values), "")[:_MAX_IDS_FIELD])


def _sent_by(said: Reading, mail: Mail, *, sender: Mailbox | Refused) -> Reading:
    """Who sent it (G4)."""
    submitter = authentication.submitter(mail)
    troubles = [
        f"its {name} field {_TROUBLES[who.reason]}"
        for name, who in (("From", sender), ("Sender", submitter))
        if isinstance(who, Refused)
    ]
    return replace(
        said,
        sender=sender.address if isinstance(sender, Mailbox) else "",
        sender_trouble="; ".join(troubles),
        submitter=submitter.address if isinstance(submitter, Mailbox) else "",
    )


def _proof(envelope: Envelope, mail: Mail, *, sender: Mailbox, desk: DeskPolicy | None, key_of: KeyOf) -> str:
    """How the sender was proved (G5).

    A signature says nothing of a recipient whom only the envelope named: of such a mail no key is looked at.
    """
    if desk is None:
        return ""
    known = key_of if envelope.named else _no_key
    return proving.proof(envelope.letter, mail, sender=sender, desk=desk, key_of=known)


def _no_key(_selector: str, _domain: str) -> bytes | None:
    return None
