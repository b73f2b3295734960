"""Orders of agents and operators to act on the platform: to hide or like the customer's post, or to take our answer away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.core import leads, phases, sharing, withdrawing, wording
from bridge.core.case import Case
from bridge.core.conversation import Given, Phase, Record
from bridge.core.decision import Decision, Fact
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Claimed, Intent, Row, Settlement, State
from bridge.core.events import DeedOrdered
from bridge.core.model import Post, Visibility
from bridge.core.moment import Moment
from bridge.core.phases import Step
from bridge.core.policy import ChannelPolicy, Policy

DEEDS: Mapping[str, Deed] = {str(deed): deed for deed in Deed}
"""By the name of the command."""


def trouble(case: Case) -> str:
    """Why something that the letter orders cannot be done; empty where all of it can."""
    deeds = [DEEDS[command.name] for command in case.reading.commands if command.name in DEEDS]
    return next((f"#{deed}: {why}" for deed in deeds if (why := _forbidden(case, deed))), "")


def _forbidden(case: Case, deed: Deed) -> str:
    """Why an agent's order cannot be followed: it is impossible, or not theirs to give."""
    record, channel, desk = case.record, case.channel, case.desk
    if record is None or channel is None or desk is None:
        return "the conversation or its channel is not configured any more"
    if leads.is_needed(desk, case.approve_by, case.reading.sender) and not case.may_approve:
        return "at this desk a lead must do it"
    return _impossible(record, channel, _aim(case, deed), unsent=waiting(case) if deed is Deed.DELETE else ())


def waiting(case: Case) -> tuple[Row, ...]:
    """The publications of the answer that an agent wants deleted which still wait, and are taken back instead."""
    if case.channel is None:
        return ()
    return withdrawing.waiting(_aim(case, Deed.DELETE).answer, case.rows, case.channel)


def impossible(record: Record, policy: Policy, deed: Deed) -> str:
    """Why what an operator orders about the newest post or answer of a conversation cannot be done; empty where it can."""
    channel, desk = policy.channels.get(record.key.channel), policy.desks.get(record.desk)
    if channel is None:
        return "the channel of this conversation is not configured any more"
    if desk is not None and not desk.live:
        return "this desk is in rehearsal"
    return _impossible(record, channel, _newest(record, deed), unsent=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """What an order is about: the customer's post, or all parts of an answer of ours."""

    deed: Deed
    post: str
    """Empty where it is gone, or not meant."""
    answer: Sequence[Given]

    @property
    def targets(self) -> Sequence[str]:
        """The platform's ids."""
        standing = [given.published for given in self.answer if given.published]
        return [*([self.post] if self.post else []), *standing]


def _aim(case: Case, deed: Deed) -> _Aim:
    """What an agent means: the post that their letter answers, or our newest answer under it."""
    record, proxy = case.record, case.answered
    if record is None or proxy is None:
        return _Aim(deed=deed, post="", answer=())
    return _aimed(record, deed, case.post, [given for given in record.given if given.post == proxy.post])


def _newest(record: Record, deed: Deed) -> _Aim:
    """What an operator means: the newest post of all, or our newest answer of all."""
    return _aimed(record, deed, record.posts[-1] if record.posts else None, record.given)


def _aimed(record: Record, deed: Deed, post: Post | None, answers: Sequence[Given]) -> _Aim:
    if deed is Deed.DELETE:
        return _Aim(deed=deed, post="", answer=withdrawing.meant(answers))
    return _Aim(deed=deed, post=post.id if post is not None and post.id not in record.deleted else "", answer=())


def _impossible(record: Record, channel: ChannelPolicy, aim: _Aim, *, unsent: Sequence[Row]) -> str:
    """Why it cannot be done; what nobody has seen yet can be taken back on every platform, and in private too."""
    if aim.answer and len(unsent) == len(aim.answer):
        return ""
    if aim.deed not in channel.limits.deeds:
        return f"the bridge cannot do this on {channel.platform}"
    if record.key.visibility is not Visibility.PUBLIC:
        return "it is for what everybody can read, and this conversation is private"
    if aim.deed is Deed.DELETE:
        return withdrawing.hindrance(aim.answer, unsent)
    return "" if aim.targets else "the customer's post is gone"


def intended(decision: Decision, case: Case, deed: Deed, *, at: Moment) -> Decision:
    """The decision with the intent to do it at once; in rehearsal with the notice of what would have been done."""
    record, desk, sender = decision.record, case.desk, case.reading.sender
    if record is None or desk is None:
        return decision
    order = _Order(name=case.reading.fingerprint, by=sender, notify=sender, desk=desk.name)
    aim = _aim(case, deed)
    acts = _acts(record, order, aim)
    if not desk.live:
        notices = [wording.acted(record, act, "act_rehearsed", detail="", now=at.now) for act in acts[:1]]
        return replace(decision, intents=(*decision.intents, *at.tell(*notices)))
    intended = replace(decision, intents=(*decision.intents, *(Intent(effect=act, at=at.now) for act in acts)))
    return _from_all(intended, order, aim, at=at)


def ordered(record: Record | None, event: DeedOrdered, *, at: Moment) -> Decision:
    """Do what an operator ordered; nothing where it is impossible."""
    if record is None or impossible(record, at.policy, event.deed):
        return Decision()
    name = f"{event.by}|{at.now.isoformat()}"
    order = _Order(name=name, by=event.by, notify="", desk=record.desk)
    aim = _newest(record, event.deed)
    intents = tuple(Intent(effect=act, at=at.now) for act in _acts(record, order, aim))
    after = _from_all(Decision(record=record, intents=intents), order, aim, at=at)
    return after if after.record is not record else replace(after, record=None)


def _from_all(decision: Decision, order: "_Order", aim: _Aim, *, at: Moment) -> Decision:
    """An answer to all is one answer: what is taken away of it is taken away everywhere."""
    if decision.record is None or not aim.answer:
        return decision
    taking = sharing.Taking(order=order.name, by=order.by, notify=order.notify, desk=order.desk)
    return sharing.taken_away(decision, aim.answer[-1], taking, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Who wants it, and who is told."""

    name: str
    by: str
    notify: str
    desk: str


def _acts(record: Record, order: _Order, aim: _Aim) -> list[Act]:
    return [
        Act(
            deed=aim.deed,
            channel=record.key.channel,
            target=target,
            conversation=record.id,
            letter=order.name,
            agent=order.by,
            notify=order.notify,
            desk=order.desk,
        )
        for target in aim.targets
    ]


def done(record: Record | None, claimed: Claimed, act: Act, *, at: Moment) -> Decision:
    """It was done: the agent is told, and an answer that was taken away leaves the customer waiting again."""
    notices = (wording.acted(record, act, str(act.deed), detail="", now=at.now),) if record and not act.quiet else ()
    after = _without(record, act.target) if record and act.deed is Deed.DELETE else None
    return Decision(
        record=after,
        settlements=(Settlement(key=claimed.key, epoch=claimed.epoch, state=State.DONE),),
        intents=at.tell(*notices),
        facts=(_fact("acted", claimed, act, at=at),),
    )


def _without(record: Record, target: str) -> Record | None:
    """The record once an answer is gone from the platform; None where it is not in hand."""
    given = next((g for g in record.given if g.published == target), None)
    if given is None:
        return None
    after = record.with_given(replace(given, dropped=True))
    standing = any(g.published and not g.dropped and g.post == given.post for g in after.given)
    reopens = after.phase is Phase.ANSWERED and not standing
    step = Step.FOLDED if given.group and not after.sent else Step.REOPENED
    return replace(after, phase=phases.after(after.phase, step)) if reopens else after


def undone(record: Record | None, claimed: Claimed, act: Act, why: str, *, at: Moment) -> Decision:
    """It could not be done and is not tried again: the agent is told, who can do it by hand."""
    notices = (wording.acted(record, act, "not_done", detail=why, now=at.now),) if record else ()
    return Decision(
        settlements=(Settlement(key=claimed.key, epoch=claimed.epoch, state=State.DROPPED, reason="refused"),),
        intents=at.tell(*notices),
        facts=(_fact("not_acted", claimed, act, at=at),),
    )


def _fact(kind: str, claimed: Claimed, act: Act, *, at: Moment) -> Fact:
    return Fact(
        key=f"{kind}|{claimed.key}",
        kind=kind,
        at=at.now,
        conversation=act.conversation,
        channel=act.channel,
        actor=act.agent,
        detail={"deed": str(act.deed), "target": act.target},
    )
