"""The public keys by which a sender's signature is checked, looked up beside the loop where our mail server is silent (G5)."""

import asyncio

import structlog

from bridge.letters import reading as letters
from bridge.letters.dkim import KeyOf
from bridge.ports import KeyRecords, TemporaryProblem
from bridge.shell.house import House

log = structlog.get_logger("bridge.inbound")

ASKING = 5.0
"""Seconds that the look-up of one key may take; those of one letter are looked up side by side."""


async def sender_keys(house: House, envelope: letters.Envelope) -> KeyOf:
    """What a letter's proof may ask for; nothing where no resolver is configured."""
    found: dict[tuple[str, str], bytes | None] = {}
    if house.key_records:
        wanted = await asyncio.to_thread(letters.wanted_keys, envelope, house.policy().desks)
        records = await asyncio.gather(*(_record(house.key_records, *name) for name in wanted))
        found = dict(zip(wanted, records, strict=True))
    return lambda selector, domain: found.get((selector, domain))


async def _record(records: KeyRecords, selector: str, domain: str) -> bytes | None:
    """A key's record, within its time; without it the sender stays unproven, and the letter is held."""
    try:
        async with asyncio.timeout(ASKING):
            return await records.record(selector, domain)
    except (TemporaryProblem, TimeoutError):
        log.warning("dkim_key_missed", domain=domain)
        return None
