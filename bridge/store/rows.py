"""Rows of the tables made from the core's values; large bytes are compressed when they are written."""

from dataclasses import replace

from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.decision import CursorMove, Judged, Switch
from bridge.core.effects import Intent, Settlement, State, Turn
from bridge.core.events import Gap, Quarantined, Sighting
from bridge.core.likeness import Joined, Led
from bridge.core.model import Post, PostKey, Priority
from bridge.core.replies import Filed
from bridge.store.codec import (
    channel_of,
    consent_key,
    desk_of,
    identity_key,
    kind_of,
    micros,
    pack_effect,
    short,
    to_json,
    visibility_of,
)
from bridge.store.schema import plain
from bridge.store.statement import Values

_RANKS = {priority: priority.rank for priority in Priority}


def identity(post: Post, platform: str) -> Values:
    """The author, who is a person of their own until someone links them to another."""
    author = plain(post.author.id)
    key = identity_key(plain(platform), author)
    return {"key": key, "platform": plain(platform), "author": author, "person": key}


def post(sighting: Sighting, conversation: bytes, author: bytes) -> Values:
    """A post as it was seen."""
    post = sighting.post
    return {
        "channel": plain(post.channel),
        "native": plain(post.id),
        "fingerprint": post.fingerprint,
        "conversation": conversation,
        "identity": author,
        "visibility": post.visibility.value,
        "at": micros(post.at),
        "body": to_json(post),
        "raw": sighting.raw,
    }


def edit(post: Values) -> Values:
    """The same row as newer words of a post that is known."""
    return {
        "of_channel": post["channel"],
        "of_native": post["native"],
        "new_fingerprint": post["fingerprint"],
        "new_body": post["body"],
        "new_raw": post["raw"],
    }


def deletion(key: PostKey) -> Values:
    """A post that is gone from its platform."""
    return {"of_channel": plain(key.channel), "of_native": plain(key.id)}


def verdict(judged: Judged) -> Values:
    """A verdict, which stands with its post."""
    return {
        "of_channel": plain(judged.post.channel),
        "of_native": plain(judged.post.id),
        "new_verdict": to_json(judged.verdict),
        "new_route": plain(judged.verdict.route or ""),
    }


def intent(intent: Intent, conversation: bytes | None) -> Values:
    """A row of the outbox."""
    effect = intent.effect
    payload, sealed = pack_effect(effect)
    return {
        "key": plain(intent.key),
        "kind": kind_of(effect),
        "lane": plain(intent.lane),
        "conversation": conversation,
        "state": intent.state.value,
        "rank": _RANKS[intent.priority],
        "due": micros(intent.at) if intent.state is State.READY else None,
        "waits": micros(intent.at) if intent.state is State.PACED else None,
        "opens": int(intent.turn is Turn.OPENS),
        "entered": micros(intent.at) if intent.turn is Turn.AT_ONCE else None,
        "reason": plain(intent.held),
        "channel": plain(channel_of(effect)),
        "visibility": visibility_of(effect),
        "desk": plain(desk_of(effect)),
        "payload": payload,
        "sealed": sealed,
    }


def settlement(settlement: Settlement) -> Values:
    """The next state of a row; what is None keeps what stands there."""
    waits = settlement.state in {State.READY, State.UNSURE}
    payload, sealed = (None, None) if settlement.effect is None else pack_effect(settlement.effect)
    posted = settlement.posted
    return {
        "of_key": plain(settlement.key),
        "new_state": settlement.state.value,
        "new_due": micros(settlement.at) if waits and settlement.at else None,
        "new_reason": plain(settlement.reason),
        "new_looks": settlement.looks,
        "new_posted_id": None if posted is None else plain(posted.id),
        "new_posted_url": None if posted is None else plain(posted.url),
        "new_payload": payload,
        "new_sealed": sealed,
    }


def record(record: Record, key: bytes, platform: str) -> Values:
    """A conversation in the version after the one that was decided on."""
    return {
        "of_id": key,
        "new_version": record.version + 1,
        "new_phase": record.phase.value,
        "new_channel": plain(record.key.channel),
        "new_desk": plain(record.desk),
        "new_route": plain(record.route),
        "new_rank": _RANKS[record.priority],
        "new_visibility": record.key.visibility.value,
        "new_identity": identity_key(plain(platform), plain(record.key.person)),
        "new_record": to_json(replace(record, version=record.version + 1)),
    }


def cursor(move: CursorMove) -> Values:
    """How far a channel was read."""
    return {
        "of_channel": plain(move.channel),
        "new_position": plain(move.after),
        "new_newest": None if move.newest is None else micros(move.newest),
    }


def letter(filed: Filed) -> Values:
    """A letter with its outcome."""
    return {
        "of_fingerprint": plain(filed.fingerprint),
        "new_inbox": plain(filed.inbox),
        "new_outcome": filed.outcome.value,
        "new_reason": plain(filed.reason),
        "new_detail": plain(filed.detail),
        "new_received": micros(filed.received),
        "new_conversation": short(filed.conversation),
        "new_sender": plain(filed.sender),
        "new_message_id": plain(filed.message_id),
        "new_raw": filed.raw,
    }


def switch(switch: Switch) -> Values:
    """Something that an operator switched."""
    return {"name": plain(switch.name), "value": plain(switch.value), "by": plain(switch.by)}


def consent(newest: Consent) -> Values:
    """What a customer said about text messages."""
    return {
        "key": consent_key(newest.key),
        "stopped": int(newest.stopped),
        "at": micros(newest.at),
        "post": plain(newest.post),
    }


def gap(gap: Gap, channel: str) -> Values:
    """A stretch that was lost."""
    return {"channel": plain(channel), "since": plain(gap.since), "until": plain(gap.until)}


def marks(led: Led) -> list[Values]:
    """By what others that say nearly the same find a ticket."""
    place = {"channel": plain(led.post.channel), "native": plain(led.post.id)}
    conversation = led.post.conversation.key
    return [{"mark": mark, "conversation": conversation, "at": micros(led.at)} | place for mark in led.marks]


def member(joined: Joined, platform: str) -> Values:
    """That a post joined a group."""
    post = joined.post
    return {
        "lead": short(joined.group),
        "channel": plain(post.channel),
        "native": plain(post.id),
        "conversation": post.conversation.key,
        "identity": identity_key(plain(platform), plain(post.author.id)),
        "at": micros(joined.at),
    }


def quarantined(item: Quarantined, channel: str) -> Values:
    """Something unreadable, kept."""
    return {
        "channel": plain(item.channel or channel),
        "native": plain(item.id),
        "reason": plain(item.reason),
        "raw": item.raw,
    }
