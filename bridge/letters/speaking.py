"""Whether a person speaks in a letter, and which words are theirs: what needs phrases of many languages, loaded with the first letter."""

from dataclasses import replace

from bridge.core.conversation import Record
from bridge.core.policy import DeskPolicy, Way
from bridge.core.replies import Command, LetterKind, Reading
from bridge.letters import machine_talk
from bridge.letters.address import Purpose, Token
from bridge.letters.automatic import Facts, classify
from bridge.letters.bounces import read_bounce
from bridge.letters.commands import split_commands, split_marks
from bridge.letters.enclosures import enclosures
from bridge.letters.extract import extract
from bridge.letters.mime import Mail
from bridge.letters.tags import tag
from bridge.letters.wrappings import unwrapped


def spoken_by(said: Reading, mail: Mail, desk: DeskPolicy | None, token: Token | None) -> Reading:
    """Whether a person speaks (G3); what comes to a bounce address is never an answer (threat-model 5.1)."""
    told = classify(mail, _facts(desk))
    kind, label = told.kind, told.label
    if token and token.purpose is Purpose.BOUNCE and kind is not LetterKind.BOUNCE:
        kind, label = LetterKind.AUTOMATIC, "bounce-address"
    bounce = read_bounce(mail) if kind is LetterKind.BOUNCE else None
    return replace(said, kind=kind, label=label, signs=told.signs, bounce=bounce)


def _facts(desk: DeskPolicy | None) -> Facts:
    """What a desk's settings say about machines; a sender is excused only where the acknowledgements are known (threat-model 5.2)."""
    if desk is None:
        return Facts()
    excused = (
        frozenset(mailbox.lower() for mailbox in desk.human_despite_header) if desk.acknowledgements else frozenset()
    )
    return Facts(human_despite_header=excused, acknowledgements=desk.acknowledgements)


def marked(said: Reading, mail: Mail) -> Reading:
    """What an admin says of a sample; words below are for nobody."""
    found = extract(mail, [])
    split = split_marks(found.text)
    return replace(
        said,
        text=split.rest,
        confident=found.confident,
        doubts=found.doubts,
        commands=split.commands,
        unknown_commands=split.unknown,
    )


def worded(said: Reading, mail: Mail, desk: DeskPolicy | None, record: Record | None) -> Reading:
    """The agent's words and commands."""
    by_system = desk is not None and desk.way is Way.SYSTEM
    inner = unwrapped(mail) if by_system else mail
    found = extract(inner, [sent.text for sent in record.sent if sent.text] if record else [])
    split = split_commands(found.text)
    doubts = (*found.doubts, *machine_talk.doubts(split.rest, from_system=by_system))
    return replace(
        said,
        tag=tag(said.subject, own=record.subject if record else ""),
        text=split.rest,
        confident=not doubts,
        doubts=doubts,
        commands=split.commands,
        unknown_commands=(*split.unknown, *split.misplaced),
        attachments=enclosures(inner) if Command(name="media") in split.commands else (),
    )
