"""What comes back from a queue: letters, what they say, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.core.publications import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as an inbox holds it, byte for byte."""

    inbox: str
    uid: str
    """Where the inbox keeps it; opaque, and no identity: the fingerprint of a reading is."""
    raw: bytes
    received: datetime
    """When the inbox's own server took it."""
    whole: bool = True
    """False where it was too large and `raw` holds its header only."""
    doubtful: bool = False
    """True where the inbox lost its place and the letter may be an old one (C10)."""


class Form(StrEnum):
    """In what form an inbox hands out its letters: it decides how they are read, and nothing of what follows from them."""

    MAIL = "mail"
    TURN = "turn"
    """One turn of a chat, written down by the inbox that proved who said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What was said once in a chat, with what its inbox has proved; there is nothing quoted in it and nothing to cut."""

    id: str
    """The far end's own name for it: the same whenever the same turn comes again."""
    address: str
    """The signed reply address of the conversation in which it was said."""
    sender: str
    """Who said it, in the form of a mailbox: the one that was proved, and never one that the turn itself claims."""
    proof: str
    """How that was proved: `signature` of the connector, or `session` with our own server."""
    text: str
    """The words, with commands on their first lines as in a mail."""
    answers: str = ""
    """Message-ID of the proxy that it answers; empty for the newest."""
    corrects: str = ""
    """Id of the earlier turn whose place it takes; empty for a new one."""
    automatic: str = ""
    """Which machine speaks; empty for a person."""
    links: tuple[str, ...] = ()
    """Addresses of files that came with the words and are not in hand."""
    files: tuple[str, ...] = ()
    """Files that came with the words, in base64."""


class LetterKind(StrEnum):
    """Who speaks in a letter."""

    REPLY = "reply"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line at the top of a reply that tells the bridge what to do."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a mail server says about a proxy that it could not deliver."""

    recipient: str = ""
    action: str = "failed"
    """`failed`, or `delayed` where the server keeps trying."""
    status: str = ""
    """RFC 3463, for example 5.1.1; empty where the server gave none."""
    permanent: bool = True
    """False where the server keeps trying, or gave up for a cause that may pass."""
    message_id: str = ""
    """Of the mail that came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a letter says, found by pure functions before anything is decided."""

    fingerprint: str
    """SHA-256 over Message-ID, From, Date, reply address and body (delivery.md 5)."""
    message_id: str = ""
    conversations: tuple[str, ...] = ()
    """Ids in distinct reply addresses of ours whose signature is right."""
    ambiguous: int = 0
    """Among how many conversations of a customer the letter does not choose, where the address names a person."""
    forged: int = 0
    """How many addresses looked like ours and were not."""
    desk: str = ""
    """The desk that the signed address names."""
    in_reply_to: tuple[str, ...] = ()
    """Message-IDs of In-Reply-To and References, newest first; a hint, never a proof."""
    kind: LetterKind = LetterKind.OTHER
    label: str = ""
    signs: tuple[str, ...] = ()
    sender: str = ""
    """The one mailbox in From, lower case; empty where From is not exactly one mailbox."""
    sender_trouble: str = ""
    submitter: str = ""
    """The one mailbox in Sender, lower case; empty where there is no such field (G4)."""
    proof: str = ""
    """How the sender was authenticated: dmarc, dkim, internal, signature, session; empty where it was not."""
    subject: str = ""
    tag: str = ""
    """A ticket system's tag found in the subject."""
    text: str = ""
    confident: bool = False
    doubts: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    unknown_commands: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    lost: int = 0
    """How many files were meant to go out with the words and cannot."""
    further: bool = False
    """Whether it is one of several turns: the same words again are meant, and it stands beside what waits, not in its place."""
    corrects: str = ""
    """Fingerprint of the sender's own turn whose place it takes nevertheless."""
    bounce: Bounce | None = None
    unparsable: str = ""
    """Why the letter could not be read at all."""

    def asks(self, name: str) -> bool:
        """Whether that command stands at the top of the letter."""
        return any(command.name == name for command in self.commands)


class LetterOutcome(StrEnum):
    """The one final outcome of every letter (P3)."""

    ANSWER = "answer"
    """Its words wait for their undo window or are published."""
    COMMAND = "command"
    """Only commands, all carried out."""
    HELD = "held"
    REFUSED = "refused"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    REPLAY = "replay"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A letter and its outcome: HELD may be followed by another one, every other outcome is final (P3)."""

    fingerprint: str
    inbox: str
    outcome: LetterOutcome
    reason: str
    received: datetime
    raw: bytes
    conversation: str = ""
    sender: str = ""
    message_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A gate's no: its stable reason code, what happens with the letter, and a line for people."""

    gate: str
    reason: str
    outcome: LetterOutcome
    detail: str = ""
    """Never holds secrets or the private text of others."""
