"""Have one post judged, and the verdict applied with all that deciding upon it needs."""

import secrets
from dataclasses import replace

import structlog

from bridge.core import sampling, storms
from bridge.core.conversation import Record
from bridge.core.effects import Claimed, Judge
from bridge.core.events import AnsweredByOthers, PostJudged
from bridge.core.model import Post, Verdict
from bridge.core.proxies import Contact
from bridge.core.share_events import FollowedUp
from bridge.ports import Circumstances
from bridge.shell import crash
from bridge.shell.folding import Turnstile
from bridge.shell.granting import granted
from bridge.shell.house import House
from bridge.shell.lastlook import newest_word

log = structlog.get_logger("bridge.courier")

CONTACTS = 5
"""Earlier contacts that a proxy lists."""


async def judge_post(house: House, claimed: Claimed, effect: Judge) -> None:
    """Ask the judge and apply the verdict."""
    async with Turnstile(house) as turnstile:

        async def judged(record: Record | None) -> PostJudged:
            event = await _verdict(house, claimed, effect, record=record)
            marks, lead = await turnstile.alike(effect.post, event.verdict, record=record)
            grant = await granted(house, event, record) if event.verdict.auto_answer else ""
            return replace(event, marks=marks, lead=lead, grant=grant)

        event, _ = await house.found(effect.conversation, judged)
    crash.point("judge.after")
    await _followed(house, event)
    if effect.post.parent and (event.verdict.route is None or effect.post.accepted):
        await _helped(house, effect.post)
    log.info("post_judged", post=str(effect.post.key), route=event.verdict.route, rules=event.verdict.rules)


async def _verdict(house: House, claimed: Claimed, effect: Judge, *, record: Record | None) -> PostJudged:
    """What the judge says, with all that deciding upon it needs."""
    post = effect.post
    known = await house.store.known(post.channel, [post.id])
    open_thread = record is not None and record.phase in {"waiting", "answered"}
    found = house.judge.judge(post, Circumstances(now=house.clock.now(), thread_open=open_thread))
    verdict = sampling.wanted(found, effect.desk)
    contacts = await _contacts(house, post) if verdict.route else ()
    crash.point("judge.before")
    return PostJudged(
        claimed=claimed,
        post=post,
        verdict=verdict,
        current=known[post.id].fingerprint if post.id in known else post.fingerprint,
        contacts=contacts,
        delimiter=secrets.token_hex(4),
        gap=effect.gap,
        storm=await _storm(house, post, verdict),
        consent=await newest_word(house, post.channel, thread=post.thread, theirs=post.author.id),
    )


async def _storm(house: House, post: Post, verdict: Verdict) -> bool:
    """Whether the post's channel is in a storm, where its verdict asks for that."""
    asks = verdict.defer_in_storm is not None or bool(verdict.auto_answer)
    return asks and storms.name(post.channel) in await house.store.switches()


async def _helped(house: House, answer: Post) -> None:
    """Tell the conversation of whoever asked that another customer replied with something that is no trouble itself."""
    asked = (await house.store.known(answer.channel, [answer.parent])).get(answer.parent)
    if asked is not None and asked.conversation not in {"", answer.conversation.id}:
        await house.happened(asked.conversation, AnsweredByOthers(answer=answer))


async def vouched(house: House, answer: Post) -> None:
    """Tell it anew of an answer that somebody accepted or liked since.

    A liked "me too" is no answer, but an accepted one is; what has no verdict yet is told with its verdict.
    """
    known = (await house.store.known(answer.channel, [answer.id])).get(answer.id)
    if answer.accepted or (known is not None and known.route == ""):
        await _helped(house, answer)


async def _followed(house: House, event: PostJudged) -> None:
    """Tell the ticket whose answer to all its customer got that they wrote again and have a ticket of their own."""
    if event.verdict.route is None or event.lead is not None:
        return
    record = await house.store.conversation(event.post.conversation.id)
    groups = {given.group: given.post for given in record.given if given.group and given.published} if record else {}
    for group, answered in groups.items():
        if answered != event.post.id:
            await house.happened(group, FollowedUp(post=event.post))


async def _contacts(house: House, post: Post) -> tuple[Contact, ...]:
    """The customer's earlier contacts in other conversations: this one's own thread is shown anyhow."""
    customer = house.policy().customer(post.channel, post.author.id)
    found = await house.store.history(customer.id, limit=2 * CONTACTS)
    others = [contact for contact in found if contact.conversation != post.conversation.id]
    return tuple(others[:CONTACTS])
