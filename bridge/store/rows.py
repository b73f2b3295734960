"""Rows of the tables made from the core's values."""

from bridge.core.conversation import Record
from bridge.core.decision import CursorMove, Judged, Switch
from bridge.core.effects import Settlement, State
from bridge.core.events import Gap, Quarantined
from bridge.core.model import PostKey
from bridge.core.replies import Filed
from bridge.store.codec import (
    channel_of,
    desk_of,
    identity_key,
    kind_of,
    micros,
    pack_effect,
    packed,
    short,
    to_json,
    visibility_of,
)
from bridge.store.prepared import Intended, Sighted
from bridge.store.schema import plain
from bridge.store.statement import Values


def identity(sighted: Sighted, platform: str, now: int) -> Values:
    """The author, who is a person of their own until someone links them to another."""
    author = plain(sighted.sighting.post.author.id)
    key = identity_key(platform, author)
    return {"key": key, "platform": plain(platform), "author": author, "person": key, "seen": now}


def new_post(sighted: Sighted, author: Values, now: int) -> Values:
    """A post as it was first seen."""
    channel, native = sighted.id
    post = sighted.sighting.post
    return {
        "channel": channel,
        "native": native,
        "fingerprint": sighted.fingerprint,
        "conversation": sighted.conversation,
        "identity": author["key"],
        "visibility": post.visibility.value,
        "at": micros(post.at),
        "seen": now,
        "body": to_json(post),
        "raw": packed(sighted.sighting.raw),
    }


def edit(sighted: Sighted, now: int) -> Values:
    """The newer words of a post; parameters of the statements in write.py."""
    channel, native = sighted.id
    return {
        "of_channel": channel,
        "of_native": native,
        "new_fingerprint": sighted.fingerprint,
        "new_body": to_json(sighted.sighting.post),
        "new_raw": packed(sighted.sighting.raw),
        "now": now,
    }


def deletion(key: PostKey, now: int) -> Values:
    """A post that is gone from its platform."""
    return {"of_channel": plain(key.channel), "of_native": plain(key.id), "now": now}


def verdict(judged: Judged, now: int) -> Values:
    """A verdict, which stands with its post."""
    return {
        "of_channel": plain(judged.post.channel),
        "of_native": plain(judged.post.id),
        "new_verdict": to_json(judged.verdict),
        "new_route": plain(judged.verdict.route or ""),
        "now": now,
    }


def intent(intended: Intended, seq: int, now: int) -> Values:
    """A row of the outbox."""
    intent = intended.intent
    effect = intent.effect
    payload, sealed = pack_effect(effect)
    return {
        "key": intended.key,
        "kind": kind_of(effect),
        "lane": intent.lane.value,
        "conversation": intended.conversation,
        "seq": seq,
        "state": (State.HELD if intent.held else State.READY).value,
        "rank": intent.priority.rank,
        "due": None if intent.held else micros(intent.at),
        "reason": plain(intent.held),
        "channel": plain(channel_of(effect)),
        "visibility": visibility_of(effect),
        "desk": plain(desk_of(effect)),
        "payload": payload,
        "sealed": sealed,
        "created": now,
        "changed": now,
    }


def settlement(key: str, settlement: Settlement, seq: int | None, now: int) -> Values:
    """The next state of a row; what is None keeps what stands there."""
    waits = settlement.state in {State.READY, State.UNSURE}
    payload, sealed = (None, None) if settlement.effect is None else pack_effect(settlement.effect)
    posted = settlement.posted
    return {
        "of_key": key,
        "new_state": settlement.state.value,
        "new_due": (now if settlement.at is None else micros(settlement.at)) if waits else None,
        "new_reason": plain(settlement.reason),
        "new_looks": settlement.looks,
        "new_seq": seq,
        "new_posted_id": None if posted is None else plain(posted.id),
        "new_posted_url": None if posted is None else plain(posted.url),
        "new_payload": payload,
        "new_sealed": sealed,
        "new_settled": now if settlement.state in {State.DONE, State.DROPPED} else None,
        "now": now,
    }


def record(record: Record, key: bytes, now: int) -> Values:
    """A conversation in its version, which was counted up already."""
    return {
        "of_id": key,
        "new_version": record.version,
        "new_phase": record.phase.value,
        "new_channel": plain(record.key.channel),
        "new_desk": plain(record.desk),
        "new_route": plain(record.route),
        "new_rank": record.priority.rank,
        "new_visibility": record.key.visibility.value,
        "now": now,
        "new_record": to_json(record),
    }


def cursor(move: CursorMove, now: int) -> Values:
    """How far a channel was read."""
    return {
        "of_channel": plain(move.channel),
        "new_position": plain(move.after),
        "new_newest": None if move.newest is None else micros(move.newest),
        "now": now,
    }


def letter(filed: Filed, now: int) -> Values:
    """A letter with its outcome."""
    return {
        "of_fingerprint": plain(filed.fingerprint),
        "new_inbox": plain(filed.inbox),
        "new_outcome": filed.outcome.value,
        "new_reason": plain(filed.reason),
        "new_detail": plain(filed.detail),
        "new_received": micros(filed.received),
        "now": now,
        "new_conversation": short(filed.conversation),
        "new_sender": plain(filed.sender),
        "new_message_id": plain(filed.message_id),
        "new_raw": packed(filed.raw),
    }


def switch(switch: Switch, now: int) -> Values:
    """Something that an operator switched."""
    return {"name": plain(switch.name), "value": plain(switch.value), "by": plain(switch.by), "at": now}


def gap(gap: Gap, channel: str, now: int) -> Values:
    """A stretch that was lost."""
    return {"channel": plain(channel), "since": plain(gap.since), "until": plain(gap.until), "found": now}


def quarantined(item: Quarantined, channel: str, now: int) -> Values:
    """Something unreadable, kept."""
    return {
        "channel": plain(channel),
        "native": plain(item.id),
        "reason": plain(item.reason),
        "raw": packed(item.raw),
        "found": now,
    }
