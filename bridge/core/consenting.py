"""What follows from a word that ends text messages, begins them again or asks for help: stored at once, told to the ticket, confirmed once."""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.core import consent, phases, render, wording
from bridge.core.consent import Consent, Said, Texting
from bridge.core.conversation import Record, opened
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Publish
from bridge.core.events import WordSaid
from bridge.core.model import Post, Visibility
from bridge.core.moment import Moment
from bridge.core.phases import Step
from bridge.core.publications import PrivateAnswer

PATIENCE = timedelta(hours=1)
"""How long a confirmation is tried; then nobody expects it any more."""

DAY = timedelta(days=1)
"""Within which the same person gets one answer to HELP: two machines must not ask each other for ever."""


def said(record: Record | None, event: WordSaid, *, at: Moment) -> Decision:
    """Decide upon such a word; the same message again is no decision at all."""
    post, channel = event.post, at.policy.channels.get(event.post.channel)
    texting = channel.limits.texting if channel else None
    if texting is None:
        return Decision()
    record = (record or Record(key=post.conversation)).with_post(post)
    record = replace(record, person=at.policy.customer(post.channel, post.author.id).id)
    changed = consent.after(event.newest, post, event.said)
    once = f"keyword|{post.key}"
    if changed is None:
        helped = _helped(record, event, at.now)
        return _confirmed(Decision(once=once, record=record), event, texting, at=at) if helped else Decision(once=once)
    return _confirmed(_changed(record, changed, post, once=once, at=at), event, texting, at=at)


def _helped(record: Record, event: WordSaid, now: datetime) -> bool:
    """Whether HELP is answered: not after STOP, and once a day."""
    stopped = event.newest is not None and event.newest.stopped
    lately = any(given.agent == consent.AGENT and given.at > now - DAY for given in record.given)
    return event.said is Said.HELP and not stopped and not lately


def _changed(record: Record, changed: Consent, post: Post, *, once: str, at: Moment) -> Decision:
    """The consent as it is from now on; a conversation that nobody may answer waits no longer."""
    reason = "stopped" if changed.stopped else "started"
    told = at.tell(wording.consent_changed(record, post, reason, now=at.now)) if record.there else ()
    phase = phases.after(record.phase, Step.SET_ASIDE) if changed.stopped else record.phase
    fact = Fact(
        key=f"{reason}|{post.key}",
        kind=f"texting_{reason}",
        at=at.now,
        conversation=record.id,
        channel=post.channel,
        detail={"post": str(post.key)},
    )
    return Decision(once=once, record=replace(record, phase=phase), intents=told, facts=(fact,), consent=changed)


def _confirmed(decision: Decision, event: WordSaid, texting: Texting, *, at: Moment) -> Decision:
    """The decision with the one confirmation, where the channel has one and any desk is live."""
    publish = _confirmation(decision.record, event, texting, at=at)
    if publish is None or decision.record is None:
        return decision
    record = decision.record.with_given(render.given(publish, at.now))
    return replace(decision, record=record, intents=(Intent(effect=publish, at=at.now), *decision.intents))


def _confirmation(record: Record | None, event: WordSaid, texting: Texting, *, at: Moment) -> Publish | None:
    text, live = texting.confirmations.get(event.said, ""), any(desk.live for desk in at.policy.desks.values())
    if record is None or not text or not live or Visibility.PRIVATE not in event.post.answers:
        return None
    draft = render.Draft(letter=consent.letter(event.post.key), part=1, text=text)
    channel = at.policy.channels[event.post.channel]
    answer = render.private_answer(opened(record), event.post, draft, channel=channel)
    if not isinstance(answer, PrivateAnswer):
        return None
    return Publish(
        publication=answer,
        conversation=record.id,
        agent=consent.AGENT,
        gates=("consent",),
        letter=draft.letter,
        publish_by=at.now + PATIENCE,
        desk=record.desk,
    )
