"""What follows when a group grows: its ticket is told how many say the same, with some of their words and links."""

from collections.abc import Iterator

from bridge.core import showing, wording
from bridge.core.conversation import Record
from bridge.core.decision import Decision, Fact
from bridge.core.events import GroupGrew
from bridge.core.model import Post
from bridge.core.moment import Moment
from bridge.core.phrases import TICKET
from bridge.core.proxies import Notice

SAMPLES = 3
"""Posts of which the ticket is told the words."""

_REASON = "grown"

FOLLOWED = "followed"

NOTICES = (f"tell|{_REASON}|", f"tell|{FOLLOWED}|")
"""Begin the keys of notices in which a ticket is told what others wrote, and where."""

_ALL = "; with a line #all above your words it goes to all of them"

_LONGEST = 500
"""Characters of each."""


def once(lead: str, step: int) -> str:
    """The natural key of telling a ticket a count."""
    return f"grew|{lead}|{step}"


def grew(record: Record | None, event: GroupGrew, *, at: Moment) -> Decision:
    """Tell the ticket, once for each count; a ticket that is gone cannot be told, and one that is not there yet is told later."""
    if record is None or not record.there:
        return Decision()
    key = once(record.id, event.step)
    detail = {"count": str(event.count), "people": str(event.people)}
    fact = Fact(key=key, kind="grew", at=at.now, conversation=record.id, channel=record.key.channel, detail=detail)
    return Decision(once=key, intents=at.tell(grown(record, event, at=at)), facts=(fact,))


def grown(record: Record, event: GroupGrew, *, at: Moment) -> Notice:
    """How many others say nearly the same, with some of their words, where they stand, and how all are answered at once."""
    channel = at.policy.channels.get(record.key.channel)
    offered = channel is not None and channel.limits.to_each is not None
    text = "\n\n".join(_parts(event, _ALL if offered else ""))
    return wording.to_ticket(record, text, reason=_REASON, once=f"{record.id}|{event.step}", now=at.now)


def _parts(event: GroupGrew, offer: str) -> Iterator[str]:
    people = "1 person" if event.people == 1 else f"{event.people:,} people"
    yield TICKET["grown"].format(count=f"{event.count:,}", people=people, all=offer)
    yield from (_sample(post) for post in event.newest[:SAMPLES])
    places = [place for post in event.newest if (place := wording.page(post.url))]
    if places:
        yield "\n".join(["The newest of them:", *places])


def _sample(post: Post) -> str:
    who = showing.line(post.author.handle or post.author.name, 80) or "somebody"
    return f"{who}:\n{showing.marked(showing.block(post.words, _LONGEST).strip())}"
