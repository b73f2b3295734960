"""Give an answer to all who joined a ticket, one member a turn; whatever a crash repeats is a decision made already.

the first answer stands? ─► the last one settled? ─► next member: decided in their own conversation ─► on to the next
An answer is taken away in the same order, each once it is settled.
"""

import structlog

from bridge.core import sharing
from bridge.core.conversation import Record
from bridge.core.effects import OPEN, Claimed, Row
from bridge.core.events import Postponed
from bridge.core.model import Visibility
from bridge.core.share import Member, Share
from bridge.core.share_events import LeftBehind, Reached, ShareEnded, ShareStepped
from bridge.core.sharing import Standing
from bridge.shell import crash
from bridge.shell.house import House
from bridge.shell.lastlook import paused

log = structlog.get_logger("bridge.courier")

SOON = 2.0
"""Seconds until it is asked again whether the answer before is settled: a slow platform holds the others back."""

PAUSED = 60.0
"""Seconds until it is asked again whether an operator's pause is over."""

HISTORY = 20
"""Earlier contacts of a customer among which private words are looked for (B03)."""


async def share_on(house: House, claimed: Claimed, share: Share) -> None:
    """One turn: the next member gets the answer, or it is over."""
    if share.taking:
        await _go_on(house, claimed, share)
        return
    record = await house.store.conversation(share.conversation)
    row = await _last(house, share)
    share = sharing.counted(share, row)
    switches = await house.store.switches()
    standing, reason = sharing.standing(record, share, switches=switches, at=house.moment())
    if standing is Standing.OVER:
        await _end(house, claimed, share, reason=reason)
        return
    if await paused(house, share.post.channel):
        await house.happened(share.conversation, Postponed(claimed=claimed, after=PAUSED, reason="paused"))
        return
    if standing is Standing.WAIT or (row is not None and row.state in OPEN):
        await house.happened(share.conversation, Postponed(claimed=claimed, after=SOON, reason="waits"))
        return
    await _go_on(house, claimed, share)


async def _go_on(house: House, claimed: Claimed, share: Share) -> None:
    """The next member's turn, or the end."""
    member = await house.groups.next_member(share.conversation, until=share.until, after=share.after)
    if member is None:
        await _end(house, claimed, share, reason="")
        return
    if share.taking and await _on_its_way(house, share, member):
        await house.happened(share.conversation, Postponed(claimed=claimed, after=SOON, reason="waits"))
        return
    await _reach(house, claimed, share, member=member)


async def _on_its_way(house: House, share: Share, member: Member) -> bool:
    """Whether a member's answer may stand there any moment, so that it could not be taken away yet."""
    row = await house.store.kept(share.answer(member.conversation))
    return isinstance(row, Row) and row.state in OPEN


async def _last(house: House, share: Share) -> Row | None:
    """What became of the answer before."""
    kept = await house.store.kept(share.current) if share.current else None
    return kept if isinstance(kept, Row) else None


async def _reach(house: House, claimed: Claimed, share: Share, *, member: Member) -> None:
    """Decide in the member's conversation, then go on in the ticket's."""

    async def reached(record: Record | None) -> Reached:
        private = await _private_texts(house, record)
        return Reached(share=share, post=member.post, private_texts=private, switches=await house.store.switches())

    await house.found(member.conversation, reached)
    crash.point("share.reached")
    key = share.answer(member.conversation)
    current = key if await house.store.kept(key) is not None else ""
    step = ShareStepped(claimed=claimed, after=member.post, current=current, misses=share.misses)
    await house.happened(share.conversation, step)


async def _private_texts(house: House, record: Record | None) -> tuple[str, ...]:
    """What the same customer wrote in private, which must not turn up in public."""
    if record is None:
        return ()
    customer = house.policy().customer(record.key.channel, record.key.person)
    contacts = await house.store.history(customer.id, limit=HISTORY)
    return tuple(contact.text for contact in contacts if contact.visibility is Visibility.PRIVATE)


async def _end(house: House, claimed: Claimed, share: Share, *, reason: str) -> None:
    """Judge anew who joined too late, then tell the ticket what became of it."""
    whole = not reason and not share.taking
    for member in await house.groups.late_members(share.conversation, since=share.until) if whole else ():
        await house.happened(
            member.conversation, LeftBehind(group=share.conversation, order=share.letter, post=member.post)
        )
    tally = await house.groups.tally(share)
    await house.happened(share.conversation, ShareEnded(claimed=claimed, reason=reason, tally=tally))
    log.info("answer_to_all_ended", conversation=share.conversation, reason=reason, published=tally.published)
