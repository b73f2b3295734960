"""The time in which a platform takes a private answer: the ticket is warned before it is over."""

from datetime import datetime

from bridge.core import wording
from bridge.core.conversation import Phase, Record
from bridge.core.effects import Intent, Remind
from bridge.core.model import Post, Visibility
from bridge.core.moment import Moment

_SHARE = 6
"""The warning comes when a sixth of the time is left that there was at first: four hours of a day, a day of a week."""


def reminders(post: Post, *, conversation: str, now: datetime) -> tuple[Intent, ...]:
    """The warning for a post that goes to a desk; none where the platform sets no time, or it is over already."""
    until = post.private_until
    if until is None or until <= now or Visibility.PRIVATE not in post.answers:
        return ()
    remind = Remind(post=post.id, conversation=conversation, until=until)
    return (Intent(effect=remind, at=until - (until - now) / _SHARE),)


def warned(record: Record | None, remind: Remind, *, at: Moment) -> tuple[Intent, ...]:
    """The notice, where the customer still waits and has written nothing that is answered in its place.

    A proxy that waits until then says the time itself.
    """
    post = record.post(remind.post) if record is not None else None
    waits = record is not None and record.phase is Phase.WAITING and not _unsent(record, remind.post)
    if (
        record is None
        or post is None
        or not waits
        or post.id in record.deleted
        or at.now >= remind.until
        or _later(record, remind.until)
    ):
        return ()
    platform = at.policy.channels[post.channel].platform if post.channel in at.policy.channels else post.channel
    return at.tell(wording.closing(record, post, remind.until, platform=platform, now=at.now))


def _unsent(record: Record, post_id: str) -> bool:
    """Whether the post's own proxy still waits."""
    return any(sent.waits and sent.post == post_id for sent in record.sent)


def _later(record: Record, until: datetime) -> bool:
    """Whether a younger post has time left after this one: it has a warning of its own."""
    return any(post.private_until is not None and post.private_until > until for post in record.posts)
