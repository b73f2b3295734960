"""What a page of a channel means: new posts to judge, edits, deletions, answers given past the bridge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from bridge.core.decision import CursorMove, Decision, Fact
from bridge.core.effects import Intent, Judge
from bridge.core.events import (
    AnsweredNatively,
    Page,
    PostDeleted,
    PostEdited,
    Quarantined,
    Sighting,
    Undelivered,
    WordSaid,
)
from bridge.core.model import PRIVATE_KINDS, Post, PostKey, Priority
from bridge.core.policy import ChannelPolicy

LATE = timedelta(minutes=30)
"""A post that was caught up later than this carries its age (C16)."""


class Known(Protocol):
    """What is known of a post or of an answer of ours."""

    @property
    def fingerprint(self) -> str:
        """Of the newest words; empty for our own publications."""
        ...

    @property
    def conversation(self) -> str:
        """The conversation that it belongs to."""
        ...

    @property
    def deleted(self) -> bool:
        """Whether the platform already said that it is gone."""
        ...


ConversationEvent = WordSaid | PostEdited | PostDeleted | AnsweredNatively | Undelivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """A page sorted out.

    The `events` concern one conversation each and are decided and applied first; `page` comes last, because it
    moves the cursor: a crash in between makes the same page come again, and nothing is lost (C02).
    """

    events: tuple[tuple[str, ConversationEvent], ...]
    page: Decision
    counts: Mapping[str, int]
    vouched: tuple[Post, ...] = ()
    """Answers that we know, in the words that we know, and that somebody accepted or liked since."""


def wanted(page: Page) -> frozenset[str]:
    """The platform's ids of which it must be known whether we know them."""
    ids = (
        {sighting.post.id for sighting in page.sightings}
        | set(page.deleted)
        | {answer.id for answer in page.undelivered}
    )
    return frozenset(ids | {sighting.post.parent for sighting in page.sightings if sighting.post.parent})


def sort_out(
    page: Page, known: Mapping[str, Known], *, channel: ChannelPolicy, before: str | None, now: datetime
) -> Arrivals:
    """Decide upon a page; `before` is the cursor that it was polled with."""
    own = channel.own | (page.account.own if page.account else frozenset())
    ours = [s for s in page.sightings if s.post.author.id in own]
    theirs = [s for s in page.sightings if s.post.author.id not in own]
    new = [s for s in theirs if s.post.id not in known]
    edited = [s for s in theirs if s.post.id in known and _says_more(known[s.post.id].fingerprint, s)]
    events: list[tuple[str, ConversationEvent]] = [
        *(word for s in new if (word := _word(s.post, channel))),
        *(_native(s, known) for s in ours if s.post.id not in known and s.post.parent in known),
        *(
            (known[s.post.id].conversation, PostEdited(post=s.post, before=known[s.post.id].fingerprint))
            for s in edited
        ),
        *(_deleted(channel, post_id, known) for post_id in page.deleted if _stands(post_id, known)),
        *((known[answer.id].conversation, answer) for answer in page.undelivered if answer.id in known),
    ]
    counts = {
        "new": len(new),
        "edited": len(edited),
        "duplicate": len(theirs) - len(new) - len(edited),
        "own": len(ours),
        "deleted": sum(isinstance(event, PostDeleted) for _, event in events),
        "quarantined": len(page.quarantined),
    }
    return Arrivals(
        events=tuple(events),
        page=_page(page, new, counts=counts, channel=channel, before=before, now=now),
        counts=counts,
        vouched=tuple(
            s.post for s in theirs if s.post.id in known and s not in edited and _is_vouched_for(s.post, known)
        ),
    )


def unreadable(items: Sequence[Quarantined], *, channel: str, now: datetime) -> Decision:
    """Whole answers that could not be read: kept raw, with the cursor where it is."""
    facts = [
        Fact(
            key=f"unreadable|{channel}|{item.id}",
            kind="unreadable",
            at=now,
            channel=channel,
            detail={"why": item.reason},
        )
        for item in items
    ]
    return Decision(quarantined=tuple(replace(item, channel=channel) for item in items), facts=tuple(facts))


def _is_vouched_for(answer: Post, known: Mapping[str, Known]) -> bool:
    """Whether somebody says of an answer to a post that we know that it helps."""
    return answer.parent in known and (answer.accepted or answer.likes > 0)


def _says_more(fingerprint: str, sighting: Sighting) -> bool:
    """Whether the words are newer ones; of what was erased no words are known, and it must not come back (I02)."""
    return fingerprint not in {"", sighting.post.fingerprint}


def _page(  # noqa: PLR0917 - the parts of one decision, used once
    page: Page,
    new: list[Sighting],
    counts: Mapping[str, int],
    channel: ChannelPolicy,
    before: str | None,
    now: datetime,
) -> Decision:
    """The page's own decision: its new posts, what could not be read, the gap, and how far we are."""
    return Decision(
        sightings=tuple(new),
        intents=tuple(_judge(sighting, now) for sighting in new),
        quarantined=page.quarantined,
        gap=page.gap,
        facts=_facts(page, counts, channel=channel, before=before, now=now),
        cursor=CursorMove(
            channel=channel.name,
            before=before,
            after=page.cursor,
            newest=max((sighting.post.at for sighting in page.sightings), default=None),
        ),
    )


def _judge(sighting: Sighting, now: datetime) -> Intent:
    """Ask for a verdict; private messages first, since someone waits on the other side (FT18)."""
    post = sighting.post
    age = now - post.at
    late = f"{age.days * 24 + age.seconds // 3600} h {age.seconds % 3600 // 60} min" if age > LATE else ""
    urgent = post.kind in PRIVATE_KINDS
    return Intent(effect=Judge(post=post, gap=late), at=now, priority=Priority.URGENT if urgent else Priority.NORMAL)


def _facts(
    page: Page, counts: Mapping[str, int], *, channel: ChannelPolicy, before: str | None, now: datetime
) -> tuple[Fact, ...]:
    """One fact for a page that brought anything, one for a gap."""
    place = sha256(f"{before}\x1f{page.cursor}".encode()).hexdigest()[:16]
    facts = []
    if any(counts[what] for what in ("new", "edited", "deleted", "quarantined")):
        detail = {what: str(count) for what, count in counts.items() if count}
        facts.append(Fact(key=f"page|{channel.name}|{place}", kind="page", at=now, channel=channel.name, detail=detail))
    if page.gap:
        detail = {"since": page.gap.since, "until": page.gap.until}
        facts.append(Fact(key=f"gap|{channel.name}|{place}", kind="gap", at=now, channel=channel.name, detail=detail))
    return tuple(facts)


def _word(post: Post, channel: ChannelPolicy) -> tuple[str, WordSaid] | None:
    """What a message says about messages: it counts before the page is stored, and so before anything is judged."""
    said = channel.limits.texting.said(post.text, post.author.id) if channel.limits.texting else None
    return (post.conversation.id, WordSaid(post=post, said=said)) if said else None


def _native(sighting: Sighting, known: Mapping[str, Known]) -> tuple[str, AnsweredNatively]:
    return known[sighting.post.parent].conversation, AnsweredNatively(answer=sighting.post)


def _deleted(channel: ChannelPolicy, post_id: str, known: Mapping[str, Known]) -> tuple[str, PostDeleted]:
    return known[post_id].conversation, PostDeleted(key=PostKey(channel=channel.name, id=post_id))


def _stands(post_id: str, known: Mapping[str, Known]) -> bool:
    """Whether we know the post and have not yet heard that it is gone."""
    return post_id in known and not known[post_id].deleted
