"""The second pair of eyes: who must look at an answer before it is published, and whose yes counts (G11, A06)."""

from bridge.core.policy import DeskPolicy

LEADS = "leads"
"""Stands for all leads of the desk, wherever approvers are named."""


def is_needed(desk: DeskPolicy, marked: tuple[str, ...], writer: str) -> bool:
    """Whether somebody must approve: by the desk's own mark, by what triage said (`marked`), or by the agent's."""
    return bool(_marks(desk, marked, writer))


def asked_first(desk: DeskPolicy, marked: tuple[str, ...], writer: str) -> tuple[str, ...]:
    """The mailboxes, lower case, of which one must approve what the writer wrote; never the writer's own."""
    named = (box for mark in _marks(desk, marked, writer) for box in (desk.leads if mark == LEADS else (mark,)))
    return tuple(dict.fromkeys(box.lower() for box in named if box.lower() != writer))


def asked_next(desk: DeskPolicy, writer: str, *, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The desk's other leads, who are asked where those before them keep silent; empty where all were."""
    leads = dict.fromkeys(lead.lower() for lead in desk.leads)
    return tuple(lead for lead in leads if lead not in {*asked, writer})


def allowed(desk: DeskPolicy, marked: tuple[str, ...], writer: str, *, asked: tuple[str, ...]) -> frozenset[str]:
    """Whose yes counts for what the writer wrote: who must approve, and leads who were asked in their place."""
    instead = {lead.lower() for lead in desk.leads} & set(asked)
    return frozenset({*asked_first(desk, marked, writer), *instead} - {writer})


def all_of(desk: DeskPolicy, marked: tuple[str, ...]) -> frozenset[str]:
    """Everybody who may be asked about some answer there; they may write to the desk as its agents may."""
    marks = {mark for agent in desk.agents for mark in agent.approve_by} | {*desk.approve_by, *marked}
    return frozenset(box.lower() for box in (*desk.leads, *(marks - {LEADS})))


def _marks(desk: DeskPolicy, marked: tuple[str, ...], writer: str) -> tuple[str, ...]:
    own = (mark for agent in desk.agents if agent.mailbox.lower() == writer for mark in agent.approve_by)
    return (*desk.approve_by, *marked, *own)
