"""What monitoring sees: names, types and help of every metric, filled from the store and the lookout at each scrape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.core import storms
from bridge.core.effects import State
from bridge.core.health import PERSON_NEEDED, Health, Watch
from bridge.core.sampling import Missed
from bridge.store.reports import SAVED, Status

FAMILIES: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "bridge_info": ("gauge", ("version", "rules"), "Which program and which rules run; always 1."),
    "bridge_publishing_paused": ("gauge", (), "1 while publishing is paused by command."),
    "bridge_posts_day": ("gauge", ("route",), "Posts of the last 24 hours by route; left for those left alone."),
    "bridge_posts_unjudged": ("gauge", (), "Posts of the last 24 hours that wait for their verdict."),
    "bridge_posts_folded_day": ("gauge", (), "Posts of the last 24 hours that joined the ticket of another one."),
    "bridge_contacts_saved_day": (
        "gauge",
        ("by",),
        "Posts of the last 24 hours that were answered before they came to a desk: by others, natively as the brand, or meanwhile.",
    ),
    "bridge_outbox_rows": ("gauge", ("effect", "state"), "Effects that are not settled, by kind and state."),
    "bridge_outbox_oldest_seconds": (
        "gauge",
        ("effect", "state"),
        "Age of the oldest of them; what waits as planned has none.",
    ),
    "bridge_desk_waiting": ("gauge", ("desk", "priority"), "Proxies that wait for their turn at a desk."),
    "bridge_desk_waiting_oldest_seconds": ("gauge", ("desk", "priority"), "For how long the first of them has waited."),
    "bridge_effects_day": ("gauge", ("effect", "state"), "Effects settled in the last 24 hours, by kind and end."),
    "bridge_letters_day": ("gauge", ("outcome",), "Letters of the last 24 hours by outcome."),
    "bridge_letters_held": ("gauge", (), "Letters that wait for a person."),
    "bridge_connection_up": ("gauge", ("name",), "1 while a channel or inbox works."),
    "bridge_connection_failures": ("gauge", ("name",), "Failures in a row."),
    "bridge_connection_needs_person": ("gauge", ("name",), "1 while only a person can mend it."),
    "bridge_channel_allowance_left_ratio": (
        "gauge",
        ("channel", "allowance"),
        "Share left of the day's money and requests, and of the platform's own limits, as the last poll told it.",
    ),
    "bridge_channel_newest_post_timestamp_seconds": ("gauge", ("channel",), "Time of the newest post."),
    "bridge_channel_storm": ("gauge", ("channel",), "1 while far more posts come than usual."),
    "bridge_channel_gaps": ("gauge", ("channel",), "Stretches of posts that were lost."),
    "bridge_channel_quarantined": ("gauge", ("channel",), "Items that could not be read and are kept raw."),
    "bridge_left_judged": ("gauge", (), "Posts left alone that admins looked at in the samples of the last 13 weeks."),
    "bridge_left_missed": ("gauge", (), "Those of them that should have been answered."),
    "bridge_left_missed_ratio": (
        "gauge",
        (),
        "Share of all posts left alone that should have been answered, by these samples; absent while nobody looked at any.",
    ),
    "bridge_facts_total": ("counter", (), "Facts on record."),
    "bridge_config_last_reload_successful": ("gauge", (), "0 after a reload that was rejected."),
}
"""Every metric: its type, its labels from fixed sets (law 7), and its help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of one metric."""

    name: str
    value: float
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a scrape looks at."""

    status: Status
    watches: Mapping[str, Watch]
    version: str
    rules: str
    missed: Missed
    reload_fine: bool
    now: datetime


def samples(seen: Seen) -> Iterator[Sample]:
    """Every value of the moment."""
    status = seen.status
    yield Sample(name="bridge_info", value=1, labels=(seen.version, seen.rules))
    yield Sample(name="bridge_publishing_paused", value=bool(status.switches.get("publishing")))
    yield Sample(name="bridge_posts_unjudged", value=status.unjudged)
    yield Sample(name="bridge_posts_folded_day", value=status.folded)
    yield Sample(name="bridge_letters_held", value=status.held_letters)
    yield Sample(name="bridge_facts_total", value=status.facts)
    yield Sample(name="bridge_config_last_reload_successful", value=seen.reload_fine)
    for route, count in status.posts.items():
        yield Sample(name="bridge_posts_day", value=count, labels=(route or "left",))
    for outcome, count in status.letters.items():
        yield Sample(name="bridge_letters_day", value=count, labels=(str(outcome),))
    for (kind, state), count in status.settled.items():
        yield Sample(name="bridge_effects_day", value=count, labels=(kind, str(state)))
    for by in SAVED.values():
        yield Sample(name="bridge_contacts_saved_day", value=status.saved.get(by, 0), labels=(by,))
    yield from _left(seen.missed)
    yield from _outbox(seen)
    yield from _turns(seen)
    yield from _connections(seen)
    yield from _channels(status)


def _left(missed: Missed) -> Iterator[Sample]:
    """How many posts were wrongly left alone; without its size a share says nothing."""
    yield Sample(name="bridge_left_judged", value=missed.judged)
    yield Sample(name="bridge_left_missed", value=missed.should)
    if missed.share is not None:
        yield Sample(name="bridge_left_missed_ratio", value=missed.share)


def _outbox(seen: Seen) -> Iterator[Sample]:
    """Rows that wait; publications in doubt are always there, so that an alarm on them can be written."""
    found = {(waiting.kind, waiting.state): waiting for waiting in seen.status.waiting}
    for kind, state in {("publish", State.UNSURE), ("publish", State.HELD), *found}:
        waiting = found.get((kind, state))
        age = (seen.now - waiting.oldest).total_seconds() if waiting else 0.0
        yield Sample(name="bridge_outbox_rows", value=waiting.count if waiting else 0, labels=(kind, str(state)))
        yield Sample(name="bridge_outbox_oldest_seconds", value=max(0.0, age), labels=(kind, str(state)))


def _turns(seen: Seen) -> Iterator[Sample]:
    """What waits at the desks; a proxy that the community may answer first has an age only once that time is over."""
    for waiting in seen.status.turns:
        labels = (waiting.desk, str(waiting.priority))
        age = max(0.0, (seen.now - waiting.oldest).total_seconds())
        yield Sample(name="bridge_desk_waiting", value=waiting.count, labels=labels)
        yield Sample(name="bridge_desk_waiting_oldest_seconds", value=age, labels=labels)


def _connections(seen: Seen) -> Iterator[Sample]:
    for name, watch in seen.watches.items():
        yield Sample(name="bridge_connection_up", value=watch.state is Health.WELL, labels=(name,))
        yield Sample(name="bridge_connection_failures", value=watch.failures, labels=(name,))
        needs = watch.state in PERSON_NEEDED
        yield Sample(name="bridge_connection_needs_person", value=needs, labels=(name,))
        for what, share in watch.left.items():
            labels = (name.removeprefix("channel "), what)
            yield Sample(name="bridge_channel_allowance_left_ratio", value=share, labels=labels)


def _channels(status: Status) -> Iterator[Sample]:
    for channel in status.channels:
        newest = channel.newest.timestamp() if channel.newest else 0.0
        yield Sample(name="bridge_channel_newest_post_timestamp_seconds", value=newest, labels=(channel.name,))
        storm = bool(status.switches.get(storms.name(channel.name)))
        yield Sample(name="bridge_channel_storm", value=storm, labels=(channel.name,))
        yield Sample(name="bridge_channel_gaps", value=channel.gaps, labels=(channel.name,))
        yield Sample(name="bridge_channel_quarantined", value=channel.quarantined, labels=(channel.name,))
