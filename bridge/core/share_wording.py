"""What agents and tickets are told about answers to all: that one is on its way, what became of it, who wrote again."""

from datetime import datetime

from bridge.core import wording
from bridge.core.conversation import Record
from bridge.core.grouping import FOLLOWED
from bridge.core.model import Post
from bridge.core.phrases import LEFT_OUT, OUTCOMES, OVER, TICKET
from bridge.core.proxies import Notice
from bridge.core.share import Share, Tally


def accepted(record: Record, share: Share, others: int, *, now: datetime) -> Notice:
    """The writer learns at once to how many it goes, while it can be taken back whole."""
    return _to_writer(record, share, "to_all", count=f"{others:,}", said=share.text, now=now)


def _to_writer(record: Record, share: Share, reason: str, *, count: str, said: str, now: datetime) -> Notice:
    return wording.to_agent(
        record,
        OUTCOMES[reason],
        {"count": count},
        reason=reason,
        once=share.key,
        desk=share.desk,
        to=share.agent,
        said=said,
        now=now,
    )


def stopped(record: Record, letter: str, *, desk: str, to: str, now: datetime) -> Notice:
    """Whoever stopped it learns that it is stopped; once for each letter that orders it."""
    return wording.to_agent(
        record, OUTCOMES["all_stopped"], {}, reason="all_stopped", once=letter, desk=desk, to=to, said="", now=now
    )


def over(record: Record, share: Share, reason: str, *, tally: Tally, now: datetime) -> Notice:
    """The ticket learns what became of it, with numbers that add up; once."""
    left = [f"{count:,} {LEFT_OUT.get(why, 'were left out')}" for why, count in sorted(tally.left_out.items())]
    words = {
        "agent": share.agent,
        "published": f"{tally.published:,}",
        "waiting": f", {tally.waiting:,} not certain yet" if tally.waiting else "",
        "left_out": f"; of the others {', '.join(left)}" if left else "",
        "why": f" {OVER.get(reason, 'It ended early.')}" if reason else "",
    }
    text = wording.filled(TICKET["to_all_over"], words)
    return wording.to_ticket(record, text, reason="to_all_over", once=share.key, now=now)


def taken(record: Record, share: Share, *, tally: Tally, now: datetime) -> Notice:
    """The ticket learns that an answer to all is taken away again, and from how many."""
    text = wording.filled(TICKET["to_all_taken"], {"agent": share.agent, "count": f"{tally.published:,}"})
    return wording.to_ticket(record, text, reason="to_all_taken", once=share.key, now=now)


def followed(record: Record, newest: Post, *, now: datetime) -> Notice:
    """The ticket learns how many wrote again, and where the newest did; once for each number."""
    words = {"count": f"{record.follow_ups:,}", "url": wording.page(newest.url)}
    text = wording.filled(TICKET["followed"], words)
    return wording.to_ticket(record, text, reason=FOLLOWED, once=f"{record.id}|{record.follow_ups}", now=now)
