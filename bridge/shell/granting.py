"""Whether a standard response may be published without an agent: asked of the post, of the customer's day and of the budget.

What is granted is reserved in the store by the publication's own key, so that neither a restart nor another node grants
it to a second one: once a day for each customer, once for each thread, and so many an hour and a day for each channel.
"""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import structlog

from bridge.core import automatic
from bridge.core.automatic import AGENT, DAY, GRANTED
from bridge.core.conversation import Record
from bridge.core.doubts import FRESH, Asked, refusal
from bridge.core.events import PostJudged
from bridge.core.model import Post
from bridge.core.policy import Automatic
from bridge.ports import RESERVED
from bridge.shell.house import House

log = structlog.get_logger("bridge.courier")

HOUR = timedelta(hours=1)
THREAD = timedelta(days=30)
LOOK_AGAIN = timedelta(minutes=1)
"""How long a budget that was found used up is not asked for again."""

MOST = 50
"""Contacts of a customer among which an earlier automatic answer is looked for."""


async def granted(house: House, event: PostJudged, record: Record | None) -> str:
    """`granted`, or the code of why the post is not answered without an agent."""
    policy, now = house.policy(), house.clock.now()
    asked = Asked(record=record, post=event.post, verdict=event.verdict, gap=event.gap, storm=event.storm, now=now)
    reason = refusal(asked, policy)
    if not reason:
        async with house.granting:
            reason = await _reserved(house, event.post, policy.automatic)
    log.info("automatic_answer_judged", post=str(event.post.key), outcome=reason or GRANTED)
    return reason or GRANTED


async def _reserved(house: House, post: Post, budget: Automatic) -> str:
    """Take everything that is needed, or nothing: what was taken is given back where something is lacking."""
    if await _had_one(house, post):
        return "person"
    owner = automatic.letter(post.key)
    taken: list[str] = []
    for reason, names, length in _wanted(house, post, budget):
        name = await _first_free(house, names, owner=owner, length=length)
        if name is None:
            for each in taken:
                await house.store.lease(each, owner=owner, length=timedelta(0))
            if reason == "budget":
                house.spent[post.channel] = house.clock.now() + LOOK_AGAIN
            return reason
        taken.append(name)
    return ""


def _wanted(house: House, post: Post, budget: Automatic) -> Iterator[tuple[str, list[str], timedelta]]:
    """Why it may be lacking, under which names it can be had, and for how long."""
    customer = house.policy().customer(post.channel, post.author.id)
    thread = sha256(f"{post.channel}\x1f{post.thread}".encode("utf-8", "replace")).hexdigest()[:32]
    spent = house.spent.get(post.channel)
    if spent is not None and spent > house.clock.now():
        yield "budget", [], HOUR
    yield "person", [f"{RESERVED}person|{customer.id}"], DAY
    yield "thread", [f"{RESERVED}thread|{thread}"], THREAD
    for length, most in ((HOUR, budget.per_hour), (DAY, budget.per_day)):
        span = int(length.total_seconds())
        yield "budget", [f"{RESERVED}budget|{post.channel}|{span}|{n}" for n in range(most)], length


async def _first_free(house: House, names: list[str], *, owner: str, length: timedelta) -> str | None:
    for name in names:
        if await house.store.lease(name, owner=owner, length=length) is not None:
            return name
    return None


async def _had_one(house: House, post: Post) -> bool:
    """Whether the person behind any of the linked accounts had one within a day, or wrote so much that nobody can say."""
    customer = house.policy().customer(post.channel, post.author.id)
    since = house.clock.now() - DAY
    contacts = [c for c in await house.store.history(customer.id, limit=MOST) if c.at > since - FRESH]
    for conversation in dict.fromkeys(contact.conversation for contact in contacts):
        record = await house.store.conversation(conversation)
        given = record.given if record else ()
        if any(each.agent == AGENT and each.at > since and not each.dropped for each in given):
            return True
    return len(contacts) >= MOST
