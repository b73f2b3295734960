"""Claim effects, perform them, apply their outcome: the only hands that others can see (law 2).

    claim ─► judge │ inject │ tell │ publish │ look ─► outcome ─► decide ─► apply

A claim is the committed intent.
What an adapter raises becomes an outcome by law 6: three problems, and anything else is doubt.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

import structlog

from bridge.core.conversation import Record
from bridge.core.effects import Claimed, Inject, Judge, Publish, Reread, State, Tell
from bridge.core.events import Doubted, NotFound, Outcome, Performed, PostJudged, Postponed, Refused, Withdrawn
from bridge.core.model import PrivateAnswer, Proxy, PublicAnswer, Publication, Sealed, Visibility
from bridge.core.replies import Filed, Letter, LetterOutcome
from bridge.ports import (
    Batch,
    Circumstances,
    LoginProblem,
    PermanentProblem,
    Stale,
    StoreLost,
    TemporaryProblem,
    UncertainProblem,
)
from bridge.shell import crash, inbound
from bridge.shell.bell import listen
from bridge.shell.house import House

log = structlog.get_logger("bridge.courier")

LEASE = timedelta(seconds=120)
MARGIN = timedelta(seconds=10)
"""What must be left of the lease beyond the request's own time-out when a publication starts (delivery.md 6.1)."""

LOGIN_PAUSE = 300.0
"""Seconds until a publication is tried again while its channel's login is dead (F01)."""

CLOCK = 2.0
"""Seconds after which due rows are looked for without a bell."""

POISON = 3
"""Attempts after which a row that breaks the program itself is kept for a person."""

CONTACTS = 5
"""Earlier contacts that a proxy lists."""


async def perform(house: House, claimed: Claimed) -> None:
    """See one claimed row through; whatever happens, its outcome is written or its lease runs out into doubt."""
    if isinstance(claimed.effect, Judge):
        await _judge(house, claimed, claimed.effect)
        return
    outcome = await _outcome(house, claimed)
    await house.happened(claimed.effect.conversation, outcome)
    crash.point(f"{_name(claimed)}.settled" if claimed.was is not State.UNSURE else "look.done")
    log.info(_EVENTS[type(outcome)], effect=_name(claimed), key=claimed.key, attempt=claimed.attempt)


_EVENTS = {
    Performed: "effect_performed",
    Postponed: "effect_postponed",
    Refused: "effect_refused",
    Doubted: "effect_doubted",
    NotFound: "effect_not_found",
    Withdrawn: "effect_withdrawn",
}


def _name(claimed: Claimed) -> str:
    return type(claimed.effect).__name__.lower()


async def _judge(house: House, claimed: Claimed, effect: Judge) -> None:
    """Ask the judge and apply the verdict."""
    post = effect.post
    record = await house.store.conversation(effect.conversation)
    known = await house.store.known(post.channel, [post.id])
    now = house.clock.now()
    open_thread = record is not None and record.phase in {"waiting", "answered"}
    verdict = house.judge.judge(post, Circumstances(now=now, thread_open=open_thread))
    contacts = await house.store.history(post.channel, post.author.id, limit=CONTACTS) if verdict.route else ()
    crash.point("judge.before")
    event = PostJudged(
        claimed=claimed,
        post=post,
        verdict=verdict,
        current=known[post.id].fingerprint if post.id in known else post.fingerprint,
        contacts=tuple(contacts),
        delimiter=secrets.token_hex(4),
        gap=effect.gap,
    )
    await house.happened(effect.conversation, event)
    crash.point("judge.after")
    log.info("post_judged", post=str(post.key), route=verdict.route, rules=verdict.rules)


async def _outcome(house: House, claimed: Claimed) -> Outcome:
    """Perform a row's effect, or look for it, or recognise that its former owner is gone."""
    match claimed.effect, claimed.was:
        case Publish() as publish, State.UNSURE:
            crash.point("look.claimed")
            return await _looked(house, claimed, publish)
        case Publish(), State.RUNNING:
            return Doubted(claimed=claimed, reason="lease_ended")
        case Publish() as publish, _:
            return await _published(house, claimed, publish)
        case Inject(proxy=proxy, sealed=sealed), _:
            if await _answered_meanwhile(house, proxy):
                return Withdrawn(claimed=claimed, reason="answered_meanwhile")
            return await _sent(claimed, house.desks[proxy.desk].inject, sealed)
        case Reread(letter=fingerprint), _:
            return await _reread(house, claimed, fingerprint)
        case Tell(notice=notice, sealed=sealed), _:
            return await _sent(claimed, house.desks[notice.desk].tell, sealed)
        case _:
            raise TypeError("a row of the outbox holds no effect that the courier knows")


async def _reread(house: House, claimed: Claimed, fingerprint: str) -> Outcome:
    """Read a held letter anew, with what people said about it since."""
    filed = await house.store.kept(fingerprint)
    if isinstance(filed, Filed) and filed.outcome is LetterOutcome.HELD:
        letter = Letter(inbox=filed.inbox, uid="", raw=filed.raw, received=filed.received)
        await inbound.consider(house, letter)
    return Performed(claimed=claimed)


async def _answered_meanwhile(house: House, proxy: Proxy) -> bool:
    """Whether somebody answered a post that the community was given time for."""
    if proxy.verdict.hold_for is None:
        return False
    record = await house.store.conversation(proxy.conversation)
    return record is not None and any(given.at >= proxy.made and not given.dropped for given in record.given)


async def _sent(claimed: Claimed, send: Callable[[Sealed], Awaitable[None]], sealed: Sealed) -> Outcome:
    """Hand a sealed message to its desk."""
    crash.point(f"{_name(claimed)}.claimed")

    async def attempt() -> Outcome:
        await send(sealed)
        crash.point(f"{_name(claimed)}.sent")
        return Performed(claimed=claimed)

    return await _classified(claimed, attempt)


async def _published(house: House, claimed: Claimed, publish: Publish) -> Outcome:
    """Speak, if everything that held when the reply was accepted still holds."""
    crash.point("publish.claimed")
    now = house.clock.now()
    if reason := await _no_longer(house, publish):
        return Refused(claimed=claimed, reason=reason)
    if now > publish.publish_by:
        return Refused(claimed=claimed, reason="late")
    channel = house.channels.get(publish.publication.channel)
    if channel is None or await _paused(house, publish):
        return Postponed(claimed=claimed, after=60.0, reason="paused")
    if claimed.lease_until - now < channel.limits.request_timeout + MARGIN:
        return Postponed(claimed=claimed, after=0.0, reason="lease_short")

    try:
        await house.account(publish.publication.channel)
    except LoginProblem:
        return Postponed(claimed=claimed, after=LOGIN_PAUSE, reason="login")
    except Exception:  # noqa: BLE001 - whatever kept us from logging in, nothing was sent yet
        return Postponed(claimed=claimed, reason="temporary")

    async def attempt() -> Outcome:
        async with asyncio.timeout(channel.limits.request_timeout.total_seconds()):
            posted = await channel.publish(publish.publication)
        crash.point("publish.sent")
        return Performed(claimed=claimed, posted=posted)

    return await _classified(claimed, attempt)


async def _looked(house: House, claimed: Claimed, publish: Publish) -> Outcome:
    """Look whether an earlier attempt stands on the platform."""
    channel = house.channels.get(publish.publication.channel)
    if channel is None:
        return Postponed(claimed=claimed, after=60.0, reason="paused")

    async def attempt() -> Outcome:
        async with asyncio.timeout(channel.limits.request_timeout.total_seconds()):
            posted = await channel.find(publish.publication)
        return NotFound(claimed=claimed) if posted is None else Performed(claimed=claimed, posted=posted)

    return await _classified(claimed, attempt)


async def _classified(claimed: Claimed, attempt: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """The outcome by law 6."""
    try:
        return await attempt()
    except TemporaryProblem as problem:
        return Postponed(claimed=claimed, after=problem.after, reason="temporary")
    except LoginProblem:
        return Postponed(claimed=claimed, after=LOGIN_PAUSE, reason="login")
    except PermanentProblem:
        return Refused(claimed=claimed, reason="refused")
    except UncertainProblem:
        return Doubted(claimed=claimed, reason="uncertain")
    except Exception as problem:  # noqa: BLE001 - law 6: anything else that an adapter raises is doubt
        log.warning(
            "adapter_raised_something_else", effect=_name(claimed), key=claimed.key, problem=type(problem).__name__
        )
        return Doubted(claimed=claimed, reason="uncertain")


async def _no_longer(house: House, publish: Publish) -> str:
    """Why the publication must not go out any more; empty where nothing changed (G7, G10, law 9)."""
    record = await house.store.conversation(publish.conversation)
    if record is None:
        return "target_gone"
    if not _may_be_seen(publish.publication, record.key.visibility):
        return "visibility"
    target = publish.publication.parent
    if target in record.deleted:
        return "target_gone"
    if not _earlier_part_stands(publish, record):
        return "part_missing"
    post = record.post(target)
    sent = next((s for s in reversed(record.sent) if s.post == target), None)
    changed = post is not None and sent is not None and post.fingerprint != sent.fingerprint
    return "target_changed" if changed and "target_changed" not in publish.waived else ""


def _earlier_part_stands(publish: Publish, record: Record) -> bool:
    """Part k+1 needs part k on the platform (delivery.md 6.3)."""
    stem, _, number = publish.key.rpartition("|")
    if not number.isdigit() or int(number) <= 1:
        return True
    earlier = next((given for given in record.given if given.key == f"{stem}|{int(number) - 1}"), None)
    return earlier is not None and bool(earlier.published)


def _may_be_seen(publication: Publication, visibility: Visibility) -> bool:
    """Whether this answer may go out in a conversation of that visibility."""
    match publication:
        case PublicAnswer():
            return visibility is Visibility.PUBLIC
        case PrivateAnswer():
            return True


async def _paused(house: House, publish: Publish) -> bool:
    """Whether an operator stopped this voice by command."""
    switches = await house.store.switches()
    return bool(switches.get("publishing") or switches.get(f"channel:{publish.publication.channel}"))


async def drain(house: House, kinds: Collection[str]) -> int:
    """Perform everything that is due now, and what becomes due by it; returns how many rows were seen through."""
    count = 0
    while batch := (await house.store.claim(kinds, 100, owner=house.owner, lease=LEASE)).rows:
        await asyncio.gather(*(perform(house, claimed) for claimed in batch))
        count += len(batch)
    return count


async def serve(house: House, kinds: Collection[str], *, slots: int, stop: asyncio.Event) -> None:
    """Perform effects of these kinds as they become due, `slots` at once, until told to stop; then finish what runs."""
    ear = house.bell.ear()
    running: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            batch = await house.store.claim(kinds, slots - len(running), owner=house.owner, lease=LEASE)
            for claimed in batch.rows:
                task = group.create_task(guarded(house, claimed))
                running.add(task)
                task.add_done_callback(running.discard)
            if len(running) >= slots:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            elif not batch.rows:
                await listen(ear, _pause(house, batch))


def _pause(house: House, batch: Batch) -> float:
    """Seconds until the next row is due, or until another node may have intended something."""
    if batch.next_due is None:
        return CLOCK
    return min(CLOCK, (batch.next_due - house.clock.now()).total_seconds())


async def guarded(house: House, claimed: Claimed) -> None:
    """Perform a row so that its failure harms no other; one that fails again and again is kept for a person (C20)."""
    try:
        await perform(house, claimed)
    except StoreLost:
        raise
    except Stale:
        log.warning("effect_left_to_its_lease", effect=_name(claimed), key=claimed.key)
    except Exception:
        log.exception("effect_failed", effect=_name(claimed), key=claimed.key, attempt=claimed.attempt)
        if not isinstance(claimed.effect, Publish):
            poisoned = claimed.attempt >= POISON
            outcome = Refused(claimed=claimed, reason="poison") if poisoned else Postponed(claimed=claimed)
            await house.happened(claimed.effect.conversation, outcome)
