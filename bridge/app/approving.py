"""Answers that wait for approval: who kept silent for too long, and who hears of it next."""

from datetime import timedelta

import structlog

from bridge.core import approvals
from bridge.core.events import ApprovalWaited
from bridge.shell.house import House
from bridge.store import reports
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.janitor")

FORGOTTEN = timedelta(hours=1)
"""How long a letter may wait whose conversation says nothing of who was asked: such are of earlier versions."""


async def escalated(house: House, store: SqlStore) -> None:
    """Ask the other leads of each desk about answers whose first ones kept silent."""
    for item in await _waiting(store):
        record = await house.store.conversation(item.conversation) if item.conversation else None
        held = record.letter(item.key) if record else None
        if held is None or not approvals.may_escalate(held, house.moment()):
            continue
        receipt = await house.happened(item.conversation, ApprovalWaited(letter=item.key))
        if receipt.applied:
            log.info("approval_escalated", conversation=item.conversation)


async def left_alone(house: House, store: SqlStore) -> tuple[reports.HeldItem, ...]:
    """Answers that wait for approval, with nobody left to ask; oldest first."""
    return tuple([item for item in await _waiting(store) if await _is_left_alone(house, item)])


async def _waiting(store: SqlStore) -> tuple[reports.HeldItem, ...]:
    return await store.read(lambda connection: reports.held_letters(connection, approvals.REASON))


async def _is_left_alone(house: House, item: reports.HeldItem) -> bool:
    record = await house.store.conversation(item.conversation) if item.conversation else None
    held = record.letter(item.key) if record else None
    if held is None or held.proposal is None:
        return house.clock.now() - item.since >= FORGOTTEN
    return approvals.is_left_alone(held, house.moment())
