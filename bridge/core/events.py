"""What happened, in the past tense: everything that the core decides upon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.core.consent import Consent, Said
from bridge.core.deeds import Deed
from bridge.core.effects import Claimed, Row
from bridge.core.likeness import Lead
from bridge.core.model import Account, Post, PostKey, Verdict
from bridge.core.proxies import Contact
from bridge.core.publications import Posted
from bridge.core.replies import Filed, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A post as a channel showed it, with the platform's own words for the record."""

    post: Post
    raw: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch that the platform no longer shows: posts in it are lost to us (C16)."""

    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Something that a channel showed and that could not be read, kept raw (C20)."""

    id: str
    reason: str
    raw: bytes
    channel: str = ""
    """Whose it is, where it comes without a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A part of a channel that could not be read this time; the rest of the page is whole."""

    part: str
    """What people know it by: a feed's host and path."""
    reason: str
    lasting: bool = False
    """True where only a person can end it, for example a feed that is gone for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """An answer of ours that the platform had taken did not reach its reader."""

    id: str
    """The platform's id of the answer."""
    why: str
    """For people to read: half a sentence, with nobody's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one poll brought, oldest first."""

    sightings: tuple[Sighting, ...]
    cursor: str
    """Opaque; stored in the same transaction as the posts."""
    more: bool = False
    """True where the next poll should follow at once."""
    deleted: tuple[str, ...] = ()
    """Ids of posts that the platform says are gone."""
    undelivered: tuple[Undelivered, ...] = ()
    gap: Gap | None = None
    quarantined: tuple[Quarantined, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    """Parts that were asked and could not be read."""
    recovered: tuple[str, ...] = ()
    """Parts that can be read again."""
    wait: float | None = None
    """Seconds that the platform asks us to wait before the next poll."""
    allowance: str = ""
    """What is left of the platform's allowance, for people to read; empty where it tells nothing."""
    left: Mapping[str, float] = field(default_factory=dict)
    """The same for monitoring: the share, from 0 to 1, that is left of `money`, `requests` and the `platform`'s limits."""
    first: bool = False
    """True where this was the first contact and nothing was to be emitted (C18)."""
    account: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSaid:
    """A customer sent one of the words that end text messages, begin them again or ask for help."""

    post: Post
    said: Said
    newest: Consent | None = None
    """What the customer said about it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostJudged:
    """The judges gave their verdict on a post."""

    claimed: Claimed
    post: Post
    verdict: Verdict
    current: str
    """Fingerprint of the newest words that the store knows of the post."""
    contacts: tuple[Contact, ...] = ()
    delimiter: str
    """A fresh random word for the line above which the agent answers."""
    gap: str = ""
    """How late the post was caught up, in words; empty where it was on time."""
    marks: tuple[bytes, ...] = ()
    """By what others that say nearly the same will find its ticket; empty where none shall."""
    lead: Lead | None = None
    """The open ticket that stands for all who say nearly the same."""
    storm: bool = False
    """Whether the post's channel is in a storm, where its verdict asks for that."""
    grant: str = ""
    """Whether its standard response may be published without an agent: `granted`, or the code of why not; empty where none is named."""
    consent: Consent | None = None
    """What the author last said about text messages from us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGrew:
    """More posts joined a ticket that stands for all who say nearly the same."""

    step: int
    """The count that is told: each one once."""
    count: int
    people: int
    newest: tuple[Post, ...]
    """Some of them, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited:
    """The customer changed the words of a post that we know."""

    post: Post
    before: str
    """Fingerprint of the words that we knew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted:
    """A post that we know is gone from its platform."""

    key: PostKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredNatively:
    """Someone answered as the brand on the platform itself, past the bridge."""

    answer: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredByOthers:
    """Another customer replied to a post, with something that triage leaves alone: the community's answer."""

    answer: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """An effect certainly happened."""

    claimed: Claimed
    posted: Posted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Nothing happened; it may be tried again."""

    claimed: Claimed
    after: float | None = None
    """Seconds that the far end asked for."""
    reason: str = ""
    detail: str = ""
    """Why it shall wait, where its writer should know: half a sentence, without anybody's text (law 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing happened, and asking again would not help."""

    claimed: Claimed
    reason: str = ""
    detail: str = ""
    """The adapter's own words for it, which say what can be done; without anybody's text or secrets (law 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """It may have happened: the answer was lost, unreadable, or our lease ran out."""

    claimed: Claimed
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """A doubtful publication was looked for and was not there."""

    claimed: Claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Nothing happened, and nothing is wanted any more: the community or somebody else answered first."""

    claimed: Claimed
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRead:
    """A letter was read, for the first time or again after a person spoke about it."""

    reading: Reading
    received: datetime
    inbox: str
    raw: bytes
    doubtful: bool = False
    switches: Mapping[str, str] = field(default_factory=dict)
    desk_hour: int = 0
    """Publications of the desk in the last hour."""
    agent_hour: int = 0
    """Publications of the sender in the last hour."""
    private_texts: tuple[str, ...] = ()
    """What the same customer wrote in private, on any channel (B03)."""
    rows: tuple[Row, ...] = ()
    """The conversation's publications that are not settled yet."""
    others: int = 0
    """How many had joined the ticket when the letter came, where its answer shall go to all of them."""
    consent: Consent | None = None
    """What the customer last said about text messages from us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReleased:
    """A person released a held letter from the reason that held it."""

    letter: str
    by: str
    operator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWaited:
    """Those who were asked to approve a letter may have kept silent for too long."""

    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDropped:
    """A person said that a held letter shall never be published."""

    filed: Filed
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReleased:
    """A person said that a held effect shall be done."""

    row: Row
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectDropped:
    """An operator said that an effect shall never be done."""

    row: Row
    by: str
    why: str
    """In the operator's words; empty where none were given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRetried:
    """An operator wants an effect to be tried once more, or looked up where it is in doubt."""

    row: Row
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldConfirmed:
    """A person looked and says that a doubtful publication stands on the platform."""

    row: Row
    posted: Posted
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed:
    """A person closed the conversation."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReopened:
    """A person opened it again."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedOrdered:
    """An operator wants something done on the platform about the newest post, or about our newest answer."""

    deed: Deed
    by: str


Outcome = Performed | Postponed | Refused | Doubted | NotFound | Withdrawn
