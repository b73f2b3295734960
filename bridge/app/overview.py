"""How things stand, in one value for a person and for a script."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bridge.app.asking import ask
from bridge.app.sampling import missed
from bridge.app.showing import ChannelRow, channels, status
from bridge.config import Loaded
from bridge.core import storms
from bridge.core.effects import State
from bridge.core.sampling import Missed, finished
from bridge.store.reports import Waiting
from bridge.store.turns import Queued

_RESUME = "; see why in the log, and end it with: bridge resume publishing"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    """Effects of one kind in one state."""

    effect: str
    state: str
    rows: int
    oldest: timedelta
    """Age of the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """What waits for its turn at a desk, of one priority."""

    desk: str
    priority: str
    waiting: int
    oldest: timedelta
    """For how long the first of them has waited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How things stand; the counts are of the last day."""

    publishing: str
    auto_answers: str
    """Whether standard responses may be published without an agent: on, or off."""
    posts: int
    forwarded: int
    left: int
    folded: int
    """Posts that joined the ticket of another one."""
    letters: dict[str, int]
    published: int
    held: int
    unsure: int
    channels: tuple[ChannelRow, ...]
    outbox: tuple[OutboxLine, ...]
    storms: dict[str, str]
    """Channels that have far more posts than usual, and since when."""
    desks: tuple[DeskLine, ...]
    """Only desks where something waits for its turn."""
    missed: Missed
    """Of what was left alone, by the samples that admins looked at."""

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody should do something."""
        return bool(self.held) or self.publishing == "paused" or any(c.needs_a_person for c in self.channels)

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"publishing is {self.publishing}{_RESUME if self.publishing == 'paused' else ''}"
        if self.auto_answers == "on":
            yield "standard responses may be published without an agent ([bridge.auto_answers])"
        yield (
            f"posts in the last day: {self.posts}, {self.forwarded} forwarded, {self.folded} folded, {self.left} left alone"
        )
        letters = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.letters.items())) or "none"
        yield f"letters: {letters}"
        yield f"answers: {self.published} published, {self.unsure} in doubt; {self.held} held"
        if self.missed.share is not None:
            yield (
                f"left alone and missed: {self.missed.share:.1%}"
                f" ({self.missed.should} of the {self.missed.judged} that an admin looked at in 13 weeks)"
            )
        for channel in self.channels:
            if channel.name in self.storms:
                yield f"channel {channel.name}: a storm since {self.storms[channel.name]}"
            yield f"channel {channel.name}: {channel.state}{f', {channel.reason}' if channel.reason else ''}"


async def overview(loaded: Loaded) -> Overview:
    """Read it all beside the daemon."""
    found, rows = await status(loaded), await channels(loaded)
    now, zone = datetime.now(UTC), loaded.bridge.timezone
    looked_at = await ask(loaded, lambda connection: missed(connection, finished(now, zone), zone))
    forwarded = sum(count for route, count in found.posts.items() if route)
    left = found.posts.get("", 0)
    return Overview(
        publishing="paused" if found.switches.get("publishing") else "on",
        auto_answers="on" if loaded.bridge.auto_answers.on else "off",
        posts=forwarded + left + found.unjudged,
        forwarded=forwarded - found.folded,
        left=left,
        folded=found.folded,
        letters={str(outcome): count for outcome, count in found.letters.items()},
        published=found.settled.get(("publish", State.DONE), 0),
        held=found.held_letters + sum(w.count for w in found.waiting if w.state is State.HELD),
        unsure=sum(w.count for w in found.waiting if w.state is State.UNSURE),
        channels=tuple(rows),
        outbox=tuple(_line(waiting, now) for waiting in found.waiting),
        storms={
            row.name: found.switches[storms.name(row.name)] for row in rows if found.switches.get(storms.name(row.name))
        },
        desks=tuple(_desk(waiting, now) for waiting in found.turns),
        missed=looked_at,
    )


def _desk(waiting: Queued, now: datetime) -> DeskLine:
    return DeskLine(
        desk=waiting.desk,
        priority=str(waiting.priority),
        waiting=waiting.count,
        oldest=max(now - waiting.oldest, timedelta(0)),
    )


def _line(waiting: Waiting, now: datetime) -> OutboxLine:
    return OutboxLine(
        effect=waiting.kind,
        state=str(waiting.state),
        rows=waiting.count,
        oldest=max(now - waiting.oldest, timedelta(0)),
    )
