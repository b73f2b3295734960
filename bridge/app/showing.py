"""What people's commands show: typed rows out of the store, read beside the daemon."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from bridge.app.asking import ask
from bridge.config import Loaded
from bridge.core.conversation import Phase
from bridge.core.effects import Act, Inject, Judge, Publish, Remind, Reread, Row, Tell
from bridge.core.health import ADVICE, PERSON_NEEDED, Health, StoredHealth
from bridge.core.replies import Filed
from bridge.core.share import Share
from bridge.letters.inspection import inspect
from bridge.store import dossiers, quarantine, queries, reports
from bridge.store.quarantine import KeptItem
from bridge.store.reports import HeldItem, Status

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A channel as `bridge channel list` shows it."""

    name: str
    kind: str
    state: str
    since: datetime | None
    newest: datetime | None
    """Time of the newest post."""
    read: datetime | None
    """When something last came."""
    allowance: str
    """What is left of the platform's allowance, in its adapter's words."""
    advice: str
    needs_a_person: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """Something held, as `bridge held list` shows it."""

    key: str
    kind: str
    reason: str
    since: datetime
    who: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A conversation, as `bridge conversation list` shows it."""

    id: str
    channel: str
    phase: str
    route: str
    priority: str
    updated: datetime
    readers: str
    """public or private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A conversation from its first post to now."""

    id: str
    phase: str
    told: tuple[tuple[datetime, str, str], ...]
    """When, who or what, and the words."""


async def status(loaded: Loaded) -> Status:
    """How things stand, with the counts of the last day."""
    since = datetime.now(UTC) - DAY
    return await ask(loaded, lambda connection: reports.status(connection, since))


async def channels(loaded: Loaded) -> list[ChannelRow]:
    """Every configured channel, also those that were never read."""
    found = await status(loaded)
    known = {state.name: state for state in found.channels}
    return [_channel(loaded, name, known=known.get(name), switches=found.switches) for name in loaded.channels]


def _channel(
    loaded: Loaded, name: str, *, known: reports.ChannelState | None, switches: Mapping[str, str]
) -> ChannelRow:
    kept = switches.get(f"health:channel {name}")
    health = msgspec.json.decode(kept, type=StoredHealth) if kept else None
    paused = bool(switches.get(f"channel:{name}"))
    state = Health.PAUSED if paused else health.state if health else Health.UNTRIED
    return ChannelRow(
        name=name,
        kind=loaded.channels[name].common.kind,
        state=str(state),
        since=health.since if health else None,
        newest=known.newest if known else None,
        read=known.polled if known else None,
        allowance=health.allowance if health else "",
        advice=ADVICE[state],
        needs_a_person=state in PERSON_NEEDED,
        reason=health.reason if health else "",
    )


async def quarantined(loaded: Loaded, channel: str, limit: int = 200) -> tuple[KeptItem, ...]:
    """What a channel showed and could not be read, newest first."""
    return await ask(loaded, lambda connection: quarantine.quarantined(connection, channel, limit))


async def quarantined_one(loaded: Loaded, channel: str, item: str) -> KeptItem | None:
    """One of them; None where nothing is kept under that id."""
    return await ask(loaded, lambda connection: quarantine.quarantined_one(connection, channel, item))


async def held(loaded: Loaded, limit: int = 1000) -> list[HeldRow]:
    """What waits for a person, oldest first."""
    items = await ask(loaded, lambda connection: reports.held(connection, limit))
    return [_held(item) for item in items]


def _held(item: HeldItem) -> HeldRow:
    who = item.sender or item.desk or item.channel
    return HeldRow(
        key=item.key, kind=item.kind, reason=item.reason, since=item.since, who=who, detail=item.conversation
    )


async def held_one(loaded: Loaded, key: str) -> dict[str, object] | None:
    """One of them whole; None where nothing is kept under that key."""
    kept = await ask(loaded, lambda connection: queries.kept(connection, key))
    match kept:
        case Filed():
            return _letter(kept)
        case Row():
            return {"key": kept.key, "state": kept.state, "reason": kept.reason, **_effect(kept)}
        case _:
            return None


def _letter(filed: Filed) -> dict[str, object]:
    said = inspect(filed.raw)
    return {
        "key": filed.fingerprint,
        "outcome": filed.outcome,
        "reason": filed.reason,
        "why": filed.detail,
        "from": filed.sender,
        "received": filed.received,
        "conversation": filed.conversation,
        "words": said.text,
        "sure": said.confident,
        "doubts": ", ".join(said.reasons),
    }


def _effect(row: Row) -> dict[str, object]:
    match row.effect:
        case Publish(publication=publication, agent=agent, gates=gates):
            return {
                "to": f"{publication.channel}/{publication.parent}",
                "by": agent,
                "gates": " ".join(gates),
                "words": publication.text,
            }
        case Inject(proxy=proxy):
            return {"desk": proxy.desk, "post": str(proxy.post.key), "words": proxy.post.text}
        case Judge(post=post):
            return {"post": str(post.key), "words": post.text}
        case Tell(notice=notice):
            return {"to": notice.to, "words": notice.text}
        case Reread(letter=letter):
            return {"letter": letter}
        case Act(deed=deed, channel=channel, target=target, agent=agent):
            return {"to": f"{channel}/{target}", "by": agent, "deed": str(deed)}
        case Share(agent=agent, conversation=conversation, text=text):
            return {"to": f"all of {conversation}", "by": agent, "words": text}
        case Remind(post=post, until=until):
            return {"post": post, "until": str(until)}


async def conversations(loaded: Loaded, limit: int) -> list[ConversationRow]:
    """Conversations, the last changed first."""
    lines = await ask(loaded, lambda connection: dossiers.conversations(connection, frozenset(Phase), limit))
    return [
        ConversationRow(
            id=line.id,
            channel=line.channel,
            phase=str(line.phase),
            route=line.route,
            priority=str(line.priority),
            updated=line.updated,
            readers=str(line.visibility),
        )
        for line in lines
    ]


async def conversation(loaded: Loaded, conversation_id: str) -> Story | None:
    """One conversation whole; None for an unknown id."""
    found = await ask(loaded, lambda connection: dossiers.conversation(connection, conversation_id))
    if found is None:
        return None
    told = sorted(_told(found), key=lambda line: line[0])
    return Story(id=found.record.id, phase=str(found.record.phase), told=tuple(told))


def _told(dossier: dossiers.Dossier) -> Iterator[tuple[datetime, str, str]]:
    for stored in dossier.posts:
        yield (
            stored.post.at,
            f"{stored.post.author.handle or stored.post.author.name} wrote {stored.post.key}",
            stored.post.text,
        )
        if stored.verdict is not None and stored.judged is not None:
            route = stored.verdict.route or "left alone"
            why = "\n".join(stored.verdict.said) or "no rule matched"
            yield stored.judged, f"judged: {route}", why
    yield from _intended(dossier)
    for filed in dossier.letters:
        yield filed.received, f"letter from {filed.sender or 'nobody'}: {filed.outcome}", filed.reason or "accepted"
    for fact in dossier.facts:
        yield fact.at, f"fact {fact.kind}", " ".join(f"{name}={value}" for name, value in fact.detail.items() if value)


def _intended(dossier: dossiers.Dossier) -> Iterator[tuple[datetime, str, str]]:
    """Proxies, answers and orders, each with how far it is."""
    states = {row.key: _ended(row) for row in dossier.rows}
    for sent in dossier.record.sent:
        yield sent.at, f"proxy to desk {sent.desk}: {states.get(sent.key, 'no longer kept')}", sent.message_id
    for row in dossier.rows:
        match row.effect:
            case Publish(agent=agent, publication=publication):
                yield row.created, f"answer by {agent}: {_ended(row)}", publication.text
            case Share(agent=agent, text=text, taking=taking):
                what = "deleting the answer to all" if taking else "answer to all"
                yield row.created, f"{what} by {agent}: {_ended(row)}", text
            case Act(deed=deed, agent=agent, channel=channel, target=target):
                yield row.created, f"{deed} ordered by {agent}: {_ended(row)}", f"{channel}/{target}"
            case _:
                pass


def _ended(row: Row) -> str:
    """How far it is with a row of the outbox."""
    return f"published as {row.posted.id}" if row.posted else f"{row.state} {row.reason}".strip()
