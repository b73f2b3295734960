"""Tell tickets that stand for all who say nearly the same how many there are by now, and show who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bridge.app.asking import ask
from bridge.config import Loaded
from bridge.core import grouping, likeness
from bridge.core.events import GroupGrew
from bridge.core.members import left_behind_once
from bridge.core.model import Post
from bridge.core.share import Member
from bridge.core.share_events import LeftBehind
from bridge.ports import StoreLost, TemporaryProblem
from bridge.shell.house import House
from bridge.store import groups, queries, sharing
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.groups")

RECENT = timedelta(hours=6)
"""How far back a group that grew is looked for: nobody's count is missed where the daemon stood still for less."""

QUIET = timedelta(minutes=10)
"""After so long without another post the exact count is told."""

LISTED = 20
"""Posts of which a ticket is told the words or the links."""


async def gather(house: House, store: SqlStore) -> None:
    """See to every group: nobody stays in one that nobody can answer, and each ticket learns its count."""
    await free_groups(house, store)
    await tell_groups(house, store)


async def tell_groups(house: House, store: SqlStore) -> None:
    """Tell every group's ticket the count that it has reached, each count once.

    One that cannot be told keeps no other from it; what the store raises goes on up.
    """
    now = house.clock.now()
    for lead, event in await store.read(lambda connection: tuple(_grown(connection, now))):
        try:
            await house.happened(lead, event)
        except (StoreLost, TemporaryProblem):
            raise
        except Exception:
            log.exception("group_not_told", conversation=lead, count=event.count)


async def free_groups(house: House, store: SqlStore) -> None:
    """Have those judged anew who joined a ticket whose own post is gone: one of them makes the next ticket."""
    since = house.clock.now() - RECENT
    for lead, member in await store.read(lambda connection: _orphaned(connection, since)):
        await house.happened(member.conversation, LeftBehind(group=lead, order=lead, post=member.post))


def _orphaned(connection: Connection, since: datetime) -> list[tuple[str, Member]]:
    """Those who were not judged anew yet."""
    found = groups.orphaned(connection, since)
    keys = {member: left_behind_once(lead, member.conversation) for lead, member in found}
    done = groups.told(connection, keys.values())
    return [(lead, member) for lead, member in found if keys[member] not in done]


def _grown(connection: Connection, now: datetime) -> list[tuple[str, GroupGrew]]:
    """Groups that reached a count which their tickets have not been told."""
    steps = {group: _step(group, now) for group in groups.groups(connection, now - RECENT)}
    told = groups.told(connection, [grouping.once(group.lead, step) for group, step in steps.items()])
    return [
        (group.lead, _event(connection, group, step))
        for group, step in steps.items()
        if grouping.once(group.lead, step) not in told
    ]


def _step(group: groups.Group, now: datetime) -> int:
    return group.count if now - group.newest >= QUIET else likeness.step(group.count)


def _event(connection: Connection, group: groups.Group, step: int) -> GroupGrew:
    newest = groups.members(connection, group.lead, LISTED)
    return GroupGrew(step=step, count=group.count, people=group.people, newest=newest)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """Somebody who said nearly the same, as `bridge conversation group` shows it."""

    conversation: str
    who: str
    at: datetime
    words: str
    url: str
    answer: str
    """What became of the newest answer to all there; empty where it had no turn, or none was given."""


async def members(loaded: Loaded, lead: str, limit: int) -> list[MemberRow]:
    """Who joined the ticket of a conversation, the last first."""
    found, answers = await ask(loaded, lambda connection: _answered(connection, lead, limit))
    return [
        MemberRow(
            conversation=post.conversation.id,
            who=post.author.handle or post.author.name,
            at=post.at,
            words=post.text,
            url=post.url,
            answer=answers.get(post.conversation.id, ""),
        )
        for post in found
    ]


def _answered(connection: Connection, lead: str, limit: int) -> tuple[tuple[Post, ...], Mapping[str, str]]:
    """Who joined, and what became of the newest answer to all in their conversations."""
    found = groups.members(connection, lead, limit)
    record = queries.conversation(connection, lead)
    if record is None or not record.to_all:
        return found, {}
    conversations = {post.conversation.id for post in found}
    return found, sharing.outcomes(connection, record.to_all[-1].letter, conversations)
