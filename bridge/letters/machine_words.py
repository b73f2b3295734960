"""What subjects and bodies say about who wrote a mail: the words of machines."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from bridge.letters.evidence import Evidence
from bridge.letters.machine_marks import Sign, origins
from bridge.letters.matching import Phrasebook, fold, phrasebook
from bridge.letters.vocabulary import (
    absence,
    absence_subjects,
    automated,
    bounce,
    calendars,
    challenges,
    mass,
    receipts,
)

_SEVERAL = 3
_MANY_PICTURES, _MANY_LINKS, _MANY_TABLES = 3, 8, 2
_LONG = 2_500
_UNSPACED = "\u3000"
_LONG_UNSPACED = 4
_TOGETHER = ({"hint", "unanswerable"}, {"hint", "away"}, {"unanswerable", "receipt", "promise"})
_SAID = {"calendar": "invited", "mdn": "seen"}
"""What the text of such a mail speaks of."""
_SHORT = 700
_SURVEY_TOP = 300
_CONFIRMING = {
    "auto-ack?": frozenset({"receipt", "promise", "unanswerable", "automated", "survey"}),
    "bounce-other?": frozenset({"notice", "cause", "automated"}),
}
_NUMBER = re.compile(r"[#\w-]*\d{2,}")
_SEPARATORS = re.compile(r"\s?[:：\-–—(\[\]】|,!.;/]")


def subject_words(seen: Evidence) -> Iterator[Sign]:
    """What a subject says, unless it is that of an answer: then it is the customer's or an older one."""
    if seen.subject_answers or not seen.whole_subject:
        return
    book = _subjects()
    found = book.topics_in(seen.whole_subject)
    for subject in {seen.subject, seen.whole_subject.lstrip("[*<( ")}:
        heads = _heads(subject)
        for key, beginnings in _beginnings().items():
            if heads & beginnings or subject.startswith(_openers(key)):
                yield Sign(key.removesuffix("?"), "subject", suffices=key not in _CONFIRMING or _confirms(seen, key))
        yield from _headed(seen, subject)
    for key in found:
        yield Sign(key.removesuffix("?"), "subject", suffices=key not in _CONFIRMING or _confirms(seen, key))


def _headed(seen: Evidence, subject: str) -> Iterator[Sign]:
    """What calendars and receipts write before the customer's subject; a customer's may begin so, too."""
    head = _before_colon(subject)
    for topic, words in _colon_heads().items():
        if head in words and not seen.answers:
            yield Sign(topic, "subject")
        elif words & _heads(subject) and _bears_out(seen, topic):
            yield Sign(topic, "subject and text")


def body_words(seen: Evidence) -> Iterator[Sign]:
    """What the words above all quotes say."""
    found = _bodies().topics_in(seen.top)
    if not found:
        return
    if "away" in found:
        yield Sign("ooo", "says that its author is away", suffices="consequence" in found)
    elif {"gone", "forwarding"} <= found.keys() and len(seen.top) <= _SHORT:
        yield Sign("ooo", "tells of an absence and whom to ask instead")
    yield from _automated(found)
    if not seen.quotes and len(seen.top) <= _SHORT and _sounds_like_a_desk(found, seen.top):
        yield Sign("auto-ack", "says what ticket systems say")
    if "challenge" in found:
        yield Sign("challenge", "asks for a proof", suffices=found["challenge"] > 1 or not seen.answers)
    if "complaint" in found:
        yield Sign("arf", "says that it is a complaint", suffices=not seen.answers)
    if "survey" in found:
        early = "survey" in _bodies().topics_in(seen.top[:_SURVEY_TOP])
        yield Sign("auto-ack", "asks to be rated", suffices=not seen.answers or (early and found["survey"] > 1))
    if _is_notice(seen, found):
        yield Sign("bounce-other", "says that a mail was not delivered")


def tells_of_failure(seen: Evidence) -> bool:
    """Whether sender, subject or text are those of a failure notice."""
    signs = (*origins(seen), *subject_words(seen), *body_words(seen))
    return any(sign.label == "bounce-other" and sign.suffices for sign in signs)


def _is_notice(seen: Evidence, found: Mapping[str, int]) -> bool:
    """Whether a mail server speaks; people speak of parcels and mailboxes in some of its words."""
    notices, causes = found.get("notice", 0), found.get("cause", 0)
    if seen.answers:
        return notices > 0 and notices + causes > 1
    return notices > 0 or causes > 1


def _sounds_like_a_desk(found: Mapping[str, int], top: str) -> bool:
    """Whether something was received and given a number, or a ticket is closed and may be opened again; clerks quote what they answer."""
    numbered = {"receipt", "promise"} <= found.keys() and _NUMBER.search(top) is not None
    return numbered or {"state", "reopening"} <= found.keys()


def _automated(found: Mapping[str, int]) -> Iterator[Sign]:
    """Machines that say what they are, outright or in several ways."""
    topics = found.keys()
    if "automated" in topics or any(several <= topics for several in _TOGETHER):
        receipt = not topics.isdisjoint({"receipt", "promise"}) and "away" not in topics
        yield Sign("auto-ack" if receipt else "autoreply", "says that it is automatic")


def mass_words(seen: Evidence) -> Iterator[Sign]:
    """What mail to many says and shows, where nothing is answered."""
    if seen.answers or seen.quotes:
        return
    found = _masses().topics_in(f"{seen.subject} . {seen.own}")
    if "bulk" in found or found.get("bulk hint", 0) >= _SEVERAL:
        yield Sign("bulk", "speaks to many")
    if "notification" in found or found.get("notification hint", 0) >= _SEVERAL:
        yield Sign("notification", "reports an event")
    if _is_laid_out(seen):
        yield Sign("bulk", "laid out for many")


def _is_laid_out(seen: Evidence) -> bool:
    """Whether it has pictures, links and tables as no signature has, or is a long list of links."""
    pictures, links, tables = seen.markup.count("<img"), seen.markup.count("<a "), seen.markup.count("<table")
    if pictures >= _MANY_PICTURES and links >= _MANY_LINKS and tables >= _MANY_TABLES:
        return True
    return len(seen.text) >= _LONG and seen.text.count("://") >= _MANY_LINKS


def is_delay(seen: Evidence) -> bool:
    """Whether a failure notice says that the server keeps trying."""
    found = _delays().topics_in(f"{seen.subject} . {seen.top}")
    return "delay" in found and "final" not in found


def says(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a folded text holds one of the phrases of an operator."""
    return any(fold(phrase) in text for phrase in phrases if phrase.strip())


def _heads(subject: str) -> set[str]:
    """The subject, and what stands before each of its first separators."""
    cuts = [match.start() for _, match in zip(range(5), _SEPARATORS.finditer(subject), strict=False)]
    return {subject, *(subject[:cut].strip() for cut in cuts)}


def _confirms(seen: Evidence, key: str) -> bool:
    """Whether the text bears out what a subject says that people's subjects say, too."""
    return not seen.top or not _CONFIRMING[key].isdisjoint(_bodies().topics_in(seen.top))


def _bears_out(seen: Evidence, topic: str) -> bool:
    """Whether the text is a calendar's or a receipt's."""
    said = _SAID.get(topic)
    return said is not None and not seen.quotes and len(seen.top) <= _SHORT and said in _bodies().topics_in(seen.top)


def _before_colon(subject: str) -> str:
    head, colon, _ = subject.replace("：", ":")[:40].partition(":")
    return head.strip() if colon else ""


@lru_cache(maxsize=1)
def _beginnings() -> dict[str, frozenset[str]]:
    listed = {
        "ooo": absence_subjects.SUBJECT_BEGINNINGS, "bounce-other": bounce.SUBJECT_BEGINNINGS, "bounce-other?": bounce.SUBJECT_HINTS,
        "auto-ack?": receipts.RECEIPT_SUBJECTS,
    }  # fmt: skip
    return {topic: frozenset(map(fold, words)) for topic, words in listed.items()}


@lru_cache(maxsize=8)
def _openers(topic: str) -> tuple[str, ...]:
    """The beginnings that are long enough to stand before other words."""
    words = _beginnings()[topic]
    spaced = (f"{beginning} " for beginning in words if " " in beginning)
    unspaced = (beginning for beginning in words if beginning > _UNSPACED and len(beginning) >= _LONG_UNSPACED)
    return (*spaced, *unspaced)


@lru_cache(maxsize=1)
def _colon_heads() -> dict[str, frozenset[str]]:
    listed = {
        "bounce-other": bounce.COLON_HEADS,
        "calendar": calendars.CALENDAR_SUBJECTS,
        "mdn": calendars.READ_SUBJECTS,
    }
    return {topic: frozenset(map(fold, words)) for topic, words in listed.items()}


@lru_cache(maxsize=1)
def _subjects() -> Phrasebook:
    return phrasebook({"ooo": absence_subjects.SUBJECT_PHRASES, "bounce-other?": bounce.SUBJECT_PHRASES})


@lru_cache(maxsize=1)
def _bodies() -> Phrasebook:
    return phrasebook({
        "away": absence.STATEMENTS, "consequence": absence.CONSEQUENCES, "gone": absence.FRAGMENTS,
        "forwarding": absence.FORWARDINGS, "notice": bounce.NOTICES, "cause": bounce.CAUSES, "automated": automated.AUTOMATED,
        "hint": automated.AUTOMATED_HINTS, "unanswerable": automated.UNANSWERABLE, "receipt": receipts.RECEIPTS,
        "promise": receipts.PROMISES, "state": receipts.STATES, "reopening": receipts.REOPENING, "invited": calendars.INVITED,
        "seen": calendars.SEEN, "survey": receipts.SURVEYS, "challenge": challenges.CHALLENGES, "complaint": mass.COMPLAINTS,
    })  # fmt: skip


@lru_cache(maxsize=1)
def _masses() -> Phrasebook:
    return phrasebook({
        "bulk": mass.BULK, "bulk hint": mass.BULK_HINTS, "notification": mass.NOTIFICATIONS, "notification hint": mass.NOTIFICATION_HINTS,
    })  # fmt: skip


@lru_cache(maxsize=1)
def _delays() -> Phrasebook:
    return phrasebook({"delay": (*bounce.DELAY_SUBJECTS, *bounce.DELAYS), "final": bounce.FINALITIES})
