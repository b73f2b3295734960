"""Is this mail from a human? The gate that keeps what machines write from being published (threat-model 5.2, G3)."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.core.replies import LetterKind
from bridge.letters.evidence import Evidence
from bridge.letters.machine_marks import Sign, marks, mass_marks, origins
from bridge.letters.machine_words import body_words, is_delay, mass_words, says, subject_words
from bridge.letters.matching import fold
from bridge.letters.mime import Mail
from bridge.letters.reports import reports

HUMAN = "human"

KINDS = {
    "challenge": LetterKind.AUTOMATIC, "dsn": LetterKind.BOUNCE, "dsn-delay": LetterKind.BOUNCE, "dmarc": LetterKind.OTHER,
    "arf": LetterKind.OTHER, "bounce-other": LetterKind.BOUNCE, "bounce-delay": LetterKind.BOUNCE, "mdn": LetterKind.AUTOMATIC,
    "calendar": LetterKind.AUTOMATIC, "auto-ack": LetterKind.AUTOMATIC, "ooo": LetterKind.AUTOMATIC, "list": LetterKind.OTHER,
    "notification": LetterKind.OTHER, "bulk": LetterKind.OTHER, "autoreply": LetterKind.AUTOMATIC, HUMAN: LetterKind.REPLY,
}  # fmt: skip
"""The kind of each label; where several labels fit a mail, the first of them names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the mail itself does not say."""

    human_despite_header: frozenset[str] = frozenset()
    """Mailboxes, lower case, whose genuine answers carry the header marks of machines."""
    acknowledgements: tuple[str, ...] = ()
    """Phrases of the target's automatic answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Who speaks in a mail, in one word and more exactly, and the signs that told it."""

    kind: LetterKind
    label: str
    signs: tuple[str, ...]


def classify(mail: Mail, facts: Facts) -> Classification:
    """Only `LetterKind.REPLY` may have been written by a person for the customer; everything else is never published."""
    seen = Evidence(mail)
    signs = tuple(_signs(seen, facts))
    sure = {sign.label for sign in signs if sign.suffices}
    if not sure:
        return Classification(kind=LetterKind.REPLY, label=HUMAN, signs=())
    label = _delayed(seen, next(label for label in KINDS if label in sure))
    named = dict.fromkeys(f"{sign.label}: {sign.name}" for sign in signs)
    return Classification(kind=KINDS[label], label=label, signs=tuple(named))


def _signs(seen: Evidence, facts: Facts) -> Iterator[Sign]:
    yield from reports(seen)
    yield from origins(seen)
    if seen.sender not in facts.human_despite_header:
        yield from marks(seen)
        yield from mass_marks(seen)
    yield from _circumstances(seen, facts)
    yield from subject_words(seen)
    yield from body_words(seen)
    yield from mass_words(seen)


def _circumstances(seen: Evidence, facts: Facts) -> Iterator[Sign]:
    """What the desk's settings say."""
    if facts.acknowledgements and says(f"{fold(seen.whole_subject)} {seen.top}", facts.acknowledgements):
        yield Sign("auto-ack", "the desk's acknowledgement")


def _delayed(seen: Evidence, label: str) -> str:
    """The label of a failure notice, or of a delay where the server keeps trying."""
    if label == "dsn" and _says_delayed(seen):
        return "dsn-delay"
    if label == "bounce-other" and is_delay(seen):
        return "bounce-delay"
    return label


def _says_delayed(seen: Evidence) -> bool:
    payloads = b"\n".join(
        part.payload for part in seen.mail.parts if part.content_type.endswith("delivery-status")
    ).lower()
    return b"action: delayed" in payloads and b"action: failed" not in payloads
