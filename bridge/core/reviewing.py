"""What follows from an admin's answer to a sample: labels for its posts, and a desk for those that should have been answered."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.core import gates, operators
from bridge.core.case import Case
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Judge
from bridge.core.model import Post, PostKey
from bridge.core.moment import Moment
from bridge.core.policy import Agent, DeskPolicy, Policy, Way
from bridge.core.proxies import Audience, Notice
from bridge.core.replies import Command, Filed, Finding, LetterOutcome, Reading
from bridge.core.sampling import REVIEWED, RIGHT, SHOULD

_NUMBERS = re.compile(r"(\d{1,4})(?:\s*[-\u2013]\s*(\d{1,4}))?")
_BETWEEN = re.compile(r"[\s,;.&+]+|\band\b")
_REST = frozenset({"rest", "the rest", "others", "the others", "all others"})
_ALL = frozenset({"all", "all of them", "everything"})
_NONE = frozenset({"none", "nothing", "no one"})

_HOW = (
    "Write #should with the numbers of those that should have been answered, and #right with the others' or with rest."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One numbered post of a sample, as it stands when its answer comes."""

    key: PostKey
    post: Post | None
    """None where it is gone, or its words are not kept any more."""
    seen_to: bool = False
    """Whether a desk has it, or it was answered, meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAnswered:
    """An admin's letter about a sample was read."""

    reading: Reading
    received: datetime
    inbox: str
    raw: bytes
    switches: Mapping[str, str]
    sample: str
    """Its id, as the signed address names it."""
    reviews: tuple[Review, ...]
    """In the order of their numbers; empty where the sample is not kept any more."""
    delimiter: str
    """That of the sample's mail."""


def desks(policy: Policy) -> dict[str, DeskPolicy]:
    """The sample's desk with the sample's admin as the only one who may speak there; empty where nobody gets samples."""
    desk = policy.desks.get(policy.sampler.desk) if policy.sampler else None
    if desk is None or policy.sampler is None:
        return {}
    admin = (Agent(mailbox=policy.sampler.to),)
    return {desk.name: replace(desk, way=Way.AGENTS, agents=admin, leads=(), human_despite_header=())}


def reviewed(event: SampleAnswered, *, at: Moment) -> Decision:
    """Decide upon the letter: all that it says counts, or nothing of it; the same letter again is no decision at all."""
    case = _case(event, at=at)
    passed = gates.admit_review(case)
    if isinstance(passed, Finding):
        alarms = operators.alert(at.policy, passed.reason, subject="the weekly sample", now=at.now)
        loud = passed.reason == "sender_unproven"
        return _filed(Decision(intents=at.tell(*alarms) if loud else ()), event, passed.outcome, passed.reason, at=at)
    words = _understood(event)
    if isinstance(words, str):
        told = at.tell(_notice(event, "Not understood: your answer to the sample", f"{words} {_HOW}", at=at))
        return _filed(Decision(intents=told), event, LetterOutcome.REFUSED, "not_understood", at=at)
    return _filed(_labelled(event, words, at=at), event, LetterOutcome.COMMAND, "", at=at)


def _case(event: SampleAnswered, *, at: Moment) -> Case:
    return Case(
        reading=event.reading,
        record=None,
        desk=desks(at.policy).get(event.reading.desk),
        channel=None,
        reply_domain=at.policy.reply_domain,
        now=at.now,
        received=event.received,
        words=(),
        switches=event.switches,
    )


def _understood(event: SampleAnswered) -> dict[int, str] | str:
    """The word about each number, or why the letter cannot be understood."""
    reading = event.reading
    if not event.reviews:
        return "This sample is not kept any more, so nothing was noted."
    if reading.unknown_commands:
        return "Nothing was noted: its first lines hold something else than #should and #right."
    if not reading.commands:
        return "Nothing was noted: no line of yours at the top begins with #should or #right."
    try:
        return _read(reading.commands, len(event.reviews))
    except ValueError as problem:
        return f"Nothing was noted: {problem}."


def _read(commands: tuple[Command, ...], count: int) -> dict[int, str]:
    """Which word each number has; raises ValueError where they do not fit together."""
    said: dict[int, str] = {}
    for command in (c for c in commands if not _is_rest(c)):
        for number in _named(command.argument, count):
            if said.setdefault(number, command.name) != command.name:
                raise ValueError(f"number {number} is named in both lists")
    rest = {command.name for command in commands if _is_rest(command)}
    if len(rest) > 1:
        raise ValueError("the rest is named in both lists")
    return said | {number: name for name in rest for number in range(1, count + 1) if number not in said}


def _is_rest(command: Command) -> bool:
    return " ".join(command.argument.casefold().split()) in _REST


def _named(words: str, count: int) -> Iterator[int]:
    """The numbers that a line names; raises ValueError for anything else."""
    folded = " ".join(words.casefold().split())
    if folded in _ALL:
        yield from range(1, count + 1)
        return
    if folded in _NONE:
        return
    rest = _BETWEEN.sub(" ", _NUMBERS.sub(" ", folded)).strip()
    found = _NUMBERS.findall(folded)
    if rest or not found:
        raise ValueError("a line has something else than numbers, all, none or rest")
    for first, last in found:
        if not 1 <= int(first) <= int(last or first) <= count:
            raise ValueError(f"the sample has the numbers 1 to {count}")
        yield from range(int(first), int(last or first) + 1)


def _labelled(event: SampleAnswered, words: Mapping[int, str], *, at: Moment) -> Decision:
    """Keep every word, and bring what should have been answered to its desk, marked with its age."""
    assert at.policy.sampler is not None
    asked = [event.reviews[number - 1] for number, word in words.items() if word == SHOULD]
    judges = [
        Judge(post=each.post, gap=_age(each.post, at.now), again=f"sample|{event.sample}", desk=at.policy.sampler.desk)
        for each in asked
        if each.post is not None and not each.seen_to
    ]
    thanks = _notice(event, "Noted: your answer to the sample", _thanks(event, words, at=at), at=at)
    return Decision(
        facts=tuple(_fact(event, number, word, now=at.now) for number, word in sorted(words.items())),
        intents=(*(Intent(effect=judge, at=at.now) for judge in judges), *at.tell(thanks)),
    )


def _age(post: Post, now: datetime) -> str:
    days = (now - post.at).days
    return f"{days} days" if days > 1 else "a day"


def _fact(event: SampleAnswered, number: int, word: str, *, now: datetime) -> Fact:
    reading = event.reading
    key = f"{REVIEWED}|{event.sample}|{number}|{reading.fingerprint}"
    detail = {"post": str(event.reviews[number - 1].key), "number": str(number), "label": word}
    return Fact(key=key, kind=REVIEWED, at=now, conversation=event.sample, actor=reading.sender, detail=detail)


def _thanks(event: SampleAnswered, words: Mapping[int, str], *, at: Moment) -> str:
    """What became of every number."""
    should = sorted(number for number, word in words.items() if word == SHOULD)
    right = sum(word == RIGHT for word in words.values())
    gone = [number for number in should if event.reviews[number - 1].post is None]
    known = [number for number in should if event.reviews[number - 1].seen_to]
    sent = [number for number in should if number not in {*gone, *known}]
    desk = at.policy.sampler.desk if at.policy.sampler else ""
    lines = (
        (sent, f"Sent to desk {desk}: {_list(sent)}."),
        (known, f"A desk has them already, or they are answered: {_list(known)}."),
        (gone, f"Gone since, so that nobody can answer them: {_list(gone)}."),
    )
    counted = f"{len(should)} should have been answered, {right} were rightly left alone."
    silent = len(event.reviews) - len(words)
    more = f" Of {silent} you said nothing; answer again to add them." if silent else ""
    return "\n".join([counted + more, *(line for numbers, line in lines if numbers)])


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _notice(event: SampleAnswered, subject: str, text: str, *, at: Moment) -> Notice:
    """To the admin, who is allowed and proven by now; an answer to it is about the sample, too."""
    return Notice(
        key=f"tell|{REVIEWED}|{event.reading.fingerprint}",
        desk=event.reading.desk,
        audience=Audience.ADMIN,
        to=event.reading.sender,
        reason=REVIEWED,
        subject=subject,
        text=text,
        conversation=event.sample,
        made=at.now,
        delimiter=event.delimiter,
    )


def _filed(decision: Decision, event: SampleAnswered, outcome: LetterOutcome, reason: str, *, at: Moment) -> Decision:
    """The decision with the letter's outcome, once."""
    reading = event.reading
    once = f"letter|{reading.fingerprint}"
    detail = {"outcome": str(outcome), "reason": reason, "label": reading.label, "inbox": event.inbox}
    fact = Fact(key=once, kind="letter", at=at.now, conversation=event.sample, actor=reading.sender, detail=detail)
    filed = Filed(
        fingerprint=reading.fingerprint,
        inbox=event.inbox,
        outcome=outcome,
        reason=reason,
        received=event.received,
        raw=event.raw,
        conversation=event.sample,
        sender=reading.sender,
        message_id=reading.message_id,
    )
    return replace(decision, once=once, facts=(*decision.facts, fact), filed=filed)
