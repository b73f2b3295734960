"""Perform one claimed effect and see its outcome through: the only hands that others can see (law 2).

    judge │ inject │ tell │ reread │ remind │ act │ share │ publish │ look ─► outcome ─► decide ─► apply

A claim is the committed intent.
What an adapter raises becomes an outcome by law 6: three problems, and anything else is doubt.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bridge.core import automatic
from bridge.core.effects import Act, Claimed, Inject, Judge, Publish, Remind, Reread, State, Tell
from bridge.core.events import (
    Doubted,
    NotFound,
    Outcome,
    Performed,
    Postponed,
    Refused,
    Withdrawn,
)
from bridge.core.policy import Limits
from bridge.core.proxies import Proxy, Sealed
from bridge.core.replies import Filed, Letter, LetterOutcome
from bridge.core.share import Share
from bridge.ports import (
    Acting,
    ClosedProblem,
    LoginProblem,
    PermanentProblem,
    StoppedProblem,
    TemporaryProblem,
    UncertainProblem,
    WaitProblem,
)
from bridge.shell import crash
from bridge.shell.considering import consider
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.shell.judging import judge_post
from bridge.shell.lastlook import chained, must_wait, no_longer, overtaken, paused, stopped, unread
from bridge.shell.sharing import share_on
from bridge.shell.shortage import LIMITS, short_of

log = structlog.get_logger("bridge.courier")

MARGIN = timedelta(seconds=10)
"""What must be left of the lease beyond the request's own time-out when a publication starts (delivery.md 6.1)."""

PAUSE = 60.0
"""Seconds until a publication is tried again while its channel is paused, or not built at all."""

READING_PAUSE = 5.0
"""Seconds until an automatic answer is tried again while what came in before it has not been read."""

LOGIN_PAUSE = 300.0
"""Seconds until a publication is tried again while its channel's login is dead (F01)."""


async def perform(house: House, claimed: Claimed) -> None:
    """See one claimed row through; whatever happens, its outcome is written or its lease runs out into doubt."""
    if isinstance(claimed.effect, Judge):
        await judge_post(house, claimed, claimed.effect)
        return
    if isinstance(claimed.effect, Share):
        await share_on(house, claimed, claimed.effect)
        crash.point("share.settled")
        return
    outcome = await _outcome(house, claimed)
    await house.happened(claimed.effect.conversation, outcome)
    crash.point(f"{name(claimed)}.settled" if claimed.was is not State.UNSURE else "look.done")
    why = {"why": outcome.detail} if isinstance(outcome, Refused) and outcome.detail else {}
    log.info(_EVENTS[type(outcome)], effect=name(claimed), key=claimed.key, attempt=claimed.attempt, **why)


_EVENTS = {
    Performed: "effect_performed",
    Postponed: "effect_postponed",
    Refused: "effect_refused",
    Doubted: "effect_doubted",
    NotFound: "effect_not_found",
    Withdrawn: "effect_withdrawn",
}


def name(claimed: Claimed) -> str:
    """The effect's kind in lower case."""
    return type(claimed.effect).__name__.lower()


async def _outcome(house: House, claimed: Claimed) -> Outcome:
    """Perform a row's effect, or look for it, or recognise that its former owner is gone."""
    match claimed.effect:
        case Publish() as publish:
            return await _spoken(house, claimed, publish)
        case Inject(proxy=proxy, sealed=sealed):
            if await _answered_meanwhile(house, proxy):
                return Withdrawn(claimed=claimed, reason="answered_meanwhile")
            return await _sent(house, claimed, proxy.desk, sealed)
        case Reread(letter=fingerprint):
            return await _reread(house, claimed, fingerprint)
        case Act() as act:
            return await _acted(house, claimed, act)
        case Remind():
            return Performed(claimed=claimed)  # whether anybody must be warned is decided with the record at hand
        case Tell(notice=notice, sealed=sealed):
            return await _sent(house, claimed, notice.desk, sealed)
        case _:
            raise TypeError("a row of the outbox holds no effect that the courier knows")


async def _spoken(house: House, claimed: Claimed, publish: Publish) -> Outcome:
    """A publication by what is known of it: to be sent, in doubt, or abandoned by its former owner."""
    match claimed.was:
        case State.UNSURE:
            crash.point("look.claimed")
            return await _looked(house, claimed, publish)
        case State.RUNNING:
            return Doubted(claimed=claimed, reason="lease_ended")
        case _:
            return await _published(house, claimed, publish)


async def _reread(house: House, claimed: Claimed, fingerprint: str) -> Outcome:
    """Read a held letter anew, with what people said about it since."""
    filed = await house.store.kept(fingerprint)
    if isinstance(filed, Filed) and filed.outcome is LetterOutcome.HELD:
        letter = Letter(inbox=filed.inbox, uid="", raw=filed.raw, received=filed.received)
        await consider(house, letter)
    return Performed(claimed=claimed)


async def _answered_meanwhile(house: House, proxy: Proxy) -> bool:
    """Whether somebody answered a post that the community was given time for."""
    if proxy.verdict.hold_for is None:
        return False
    record = await house.store.conversation(proxy.conversation)
    given = [each for each in record.given if not each.dropped and not automatic.is_ours_alone(each)] if record else []
    return any(each.at >= proxy.made for each in given)


async def _sent(house: House, claimed: Claimed, desk: str, sealed: Sealed) -> Outcome:
    """Hand a sealed message to its desk, and see how the desk is by it."""
    crash.point(f"{name(claimed)}.claimed")
    way = house.desks.get(desk)
    if way is None:
        return Refused(claimed=claimed, reason="desk_missing", detail="its desk is not configured any more")
    send = way.inject if isinstance(claimed.effect, Inject) else way.tell
    lookout = Lookout(house)

    async def attempt() -> Outcome:
        try:
            await send(sealed)
        except (TemporaryProblem, LoginProblem) as problem:
            await lookout.failed(f"desk {desk}", problem)
            raise
        await lookout.well(f"desk {desk}")
        crash.point(f"{name(claimed)}.sent")
        return Performed(claimed=claimed)

    return await _classified(claimed, attempt)


async def _published(house: House, claimed: Claimed, publish: Publish) -> Outcome:
    """Speak, if everything that held when the reply was accepted still holds."""
    crash.point("publish.claimed")
    channel = house.channels.get(publish.publication.channel)
    if channel is None:
        return Postponed(claimed=claimed, after=PAUSE, reason="paused")
    hindrance = await _logged_out(house, claimed, channel.name)
    publication = await chained(house, publish, channel.limits)
    hindrance = hindrance or await _last_look(house, claimed, publish, limits=channel.limits)
    if hindrance is not None:
        return hindrance
    if publication is None:
        return Refused(claimed=claimed, reason="part_missing")

    async def attempt() -> Outcome:
        async with asyncio.timeout(channel.limits.request_timeout.total_seconds()):
            posted = await channel.publish(publication)
        crash.point("publish.sent")
        return Performed(claimed=claimed, posted=posted)

    return await _classified(claimed, attempt)


async def _acted(house: House, claimed: Claimed, act: Act) -> Outcome:
    """Do on the platform what was ordered, unless an operator paused it."""
    channel = house.channels.get(act.channel)
    if channel is None or await must_wait(house, act):
        return Postponed(claimed=claimed, after=PAUSE, reason="paused")
    if not isinstance(channel, Acting):
        return Refused(claimed=claimed, reason="refused", detail="the channel does not act on its platform")
    if hindrance := await _logged_out(house, claimed, channel.name):
        return hindrance

    async def attempt() -> Outcome:
        async with asyncio.timeout(channel.limits.request_timeout.total_seconds()):
            await channel.act(act.deed, act.target)
        return Performed(claimed=claimed)

    return await _classified(claimed, attempt)


async def _logged_out(house: House, claimed: Claimed, channel: str) -> Outcome | None:
    """Why we cannot speak there; None once we are logged in, which may take long, so it comes before the last look."""
    try:
        await house.account(channel)
    except LoginProblem:
        return Postponed(claimed=claimed, after=LOGIN_PAUSE, reason="login")
    except Exception:  # noqa: BLE001 - whatever kept us from logging in, nothing was sent yet
        return Postponed(claimed=claimed, reason="temporary")
    return None


async def _last_look(house: House, claimed: Claimed, publish: Publish, *, limits: Limits) -> Outcome | None:
    """Why the request must not be written now; the lease is the very last question (delivery.md 6.1, C14)."""
    if unread(house, publish):  # first of all, so that the record has what was read
        return Postponed(claimed=claimed, after=READING_PAUSE, reason="unread")
    if reason := await overtaken(house, publish):
        return Withdrawn(claimed=claimed, reason=reason)
    if reason := await no_longer(house, publish):
        return Refused(claimed=claimed, reason=reason)
    is_paused = await paused(house, publish.publication.channel)
    if reason := await stopped(house, publish):
        return Refused(claimed=claimed, reason=reason)
    now = house.clock.now()
    if now > publish.publish_by:
        return Refused(claimed=claimed, reason="late")
    if is_paused:
        return Postponed(claimed=claimed, after=PAUSE, reason="paused")
    if claimed.lease_until - now < limits.request_timeout + MARGIN:
        return Postponed(claimed=claimed, after=0.0, reason="lease_short")
    return None


async def _looked(house: House, claimed: Claimed, publish: Publish) -> Outcome:
    """Look whether an earlier attempt stands on the platform."""
    channel = house.channels.get(publish.publication.channel)
    if channel is None:
        return Postponed(claimed=claimed, after=PAUSE, reason="paused")
    publication = await chained(house, publish, channel.limits)
    if publication is None:
        return Doubted(claimed=claimed, reason="part_missing")

    async def attempt() -> Outcome:
        async with asyncio.timeout(channel.limits.request_timeout.total_seconds()):
            posted = await channel.find(publication)
        if posted is None:
            return NotFound(claimed=claimed)
        if await house.store.known(channel.name, [posted.id]):
            # The same words of ours stand there, but they are another publication's (delivery.md 6.3).
            return Doubted(claimed=claimed, reason="bound_to_another")
        return Performed(claimed=claimed, posted=posted)

    return await _classified(claimed, attempt)


async def _classified(claimed: Claimed, attempt: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """The outcome by law 6."""
    try:
        return await attempt()
    except WaitProblem as problem:
        return Postponed(claimed=claimed, after=problem.after, reason="waits", detail=str(problem))
    except TemporaryProblem as problem:
        return Postponed(claimed=claimed, after=problem.after, reason="temporary")
    except LoginProblem:
        return Postponed(claimed=claimed, after=LOGIN_PAUSE, reason="login")
    except ClosedProblem as problem:
        reason = "stopped" if isinstance(problem, StoppedProblem) else "window_closed"
        return Refused(claimed=claimed, reason=reason, detail=str(problem))
    except PermanentProblem as problem:
        return Refused(claimed=claimed, reason="refused", detail=str(problem))
    except UncertainProblem:
        return Doubted(claimed=claimed, reason="uncertain")
    except Exception as problem:  # noqa: BLE001 - law 6: anything else that an adapter raises is doubt
        short = short_of(problem)
        log.warning(
            "adapter_raised_something_else",
            effect=name(claimed),
            key=claimed.key,
            problem=f"too few {short}: see {LIMITS[short]}= of the unit" if short else type(problem).__name__,
        )
        return Doubted(claimed=claimed, reason="uncertain")
