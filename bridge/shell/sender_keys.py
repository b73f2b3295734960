"""The public keys by which a sender's signature is checked, looked up beside the loop where our mail server is silent (G5)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bridge.core.decision import Decision
from bridge.letters import reading as letters
from bridge.ports import KeyRecords, TemporaryProblem
from bridge.shell.house import House

log = structlog.get_logger("bridge.inbound")

ASKING = 5.0
"""Seconds that the look-up of one key may take; those of one letter are looked up side by side."""

PATIENCE = timedelta(hours=1)
"""How long a letter waits in its place for a resolver that does not answer, from when it was first missed."""

MOST = 1_000
"""Letters that wait for it at the same time; more go on without it."""


class KeyMissing(TemporaryProblem):
    """A letter could be proven once the resolver answers; until then it stays where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a letter's proof may ask for."""

    found: Mapping[tuple[str, str], bytes | None]
    missed: bool
    """Whether the resolver did not answer for one of them."""

    def of(self, selector: str, domain: str) -> bytes | None:
        """The record of a key; None where there is none, or where nobody said."""
        return self.found.get((selector, domain))


async def sender_keys(house: House, envelope: letters.Envelope) -> Keys:
    """The keys that could prove a letter's sender; none where no resolver is configured."""
    if not house.key_records:
        return Keys(found={}, missed=False)
    wanted = await asyncio.to_thread(letters.wanted_keys, envelope, house.policy().desks)
    records = await asyncio.gather(*(_record(house.key_records, *name) for name in wanted))
    return Keys(
        found={name: record for name, record in zip(wanted, records, strict=True) if not isinstance(record, Exception)},
        missed=any(isinstance(record, Exception) for record in records),
    )


async def _record(records: KeyRecords, selector: str, domain: str) -> bytes | TemporaryProblem | None:
    """A key's record, within its time, or that the resolver did not answer."""
    try:
        async with asyncio.timeout(ASKING):
            return await records.record(selector, domain)
    except (TemporaryProblem, TimeoutError):
        log.warning("dkim_key_missed", domain=domain)
        return TemporaryProblem("the resolver gave no answer")


def require_proof(house: House, keys: Keys, decision: Decision, *, now: datetime) -> None:
    """Raises KeyMissing where only the resolver's silence holds a letter back, for as long as it may wait for that."""
    filed = decision.filed
    if filed is None:
        return
    if not keys.missed or filed.reason != "sender_unproven":
        house.unproven.pop(filed.fingerprint, None)
        return
    if len(house.unproven) >= MOST and filed.fingerprint not in house.unproven:
        return
    since = house.unproven.setdefault(filed.fingerprint, now)
    if now - since < PATIENCE:
        raise KeyMissing("the resolver gave no answer", after=60.0)
    del house.unproven[filed.fingerprint]
