"""Checks between files: names that must exist elsewhere."""

from collections.abc import Collection, Iterator, Mapping

from bridge.config.bridge_stanza import BridgeStanza
from bridge.config.parts import Part
from bridge.config.stanzas import DeskStanza, InboxStanza
from bridge.config.validating import meant
from bridge.core import templates
from bridge.core.complaint import Complaint
from bridge.core.leads import LEADS
from bridge.core.replies import Form
from bridge.core.responses import unknown_fields
from bridge.core.rules.vocabulary import Route, Rule


def missing_inboxes(desks: Mapping[str, Part[DeskStanza]], inboxes: Collection[str]) -> Iterator[Complaint]:
    """Desks whose answers would come back nowhere."""
    for desk in desks.values():
        if desk.common.inbox not in inboxes:
            what = f"there is no inbox {desk.common.inbox}{meant(desk.common.inbox, inboxes)}; write [inbox.{desk.common.inbox}] for a new one"
            yield Complaint(file=desk.file, key=f"desk.{desk.name}.inbox", what=what)


def strange_inboxes(
    desks: Mapping[str, Part[DeskStanza]], inboxes: Mapping[str, Part[InboxStanza]]
) -> Iterator[Complaint]:
    """Desks of mails whose answers would come back as turns of a chat, and the other way round."""
    for desk in desks.values():
        inbox = inboxes.get(desk.common.inbox)
        fitting = Form.TURN if desk.habits.proves_senders else Form.MAIL
        if inbox is not None and inbox.form not in {fitting, None}:
            sort = "chats" if fitting is Form.TURN else "mails"
            what = f"inbox {inbox.name} is none for {sort}: its kind is {inbox.common.kind}"
            yield Complaint(file=desk.file, key=f"desk.{desk.name}.inbox", what=what)


def missing_relief(inboxes: Mapping[str, Part[InboxStanza]], desks: Collection[str]) -> Iterator[Complaint]:
    """Inboxes whose conversations would move to a desk that does not exist when nobody is there."""
    for inbox in inboxes.values():
        name = getattr(inbox.settings, "away_to", "")
        if name and name not in desks:
            what = f"there is no desk {name}{meant(name, desks)}"
            yield Complaint(file=inbox.file, key=f"inbox.{inbox.name}.away_to", what=what)


def missing_weights(desks: Mapping[str, Part[DeskStanza]], channels: Collection[str]) -> Iterator[Complaint]:
    """Channels that have a share of a desk and do not exist."""
    for desk in desks.values():
        weights = desk.common.pace.weights if desk.common.pace else {}
        for name in sorted(weights.keys() - set(channels)):
            what = f"there is no channel {name}{meant(name, channels)}"
            yield Complaint(file=desk.file, key=f"desk.{desk.name}.pace.weights.{name}", what=what)


def missing_leads(desks: Mapping[str, Part[DeskStanza]]) -> Iterator[Complaint]:
    """Desks whose leads must approve, and that have none."""
    for desk in desks.values():
        marks = {mark for agent in desk.common.agents for mark in agent.approve_by} | {*desk.common.approve_by}
        if LEADS in marks and not desk.common.leads:
            yield Complaint(file=desk.file, key=f"desk.{desk.name}.leads", what="must name those who shall approve")


def leaderless_routes(routes: Collection[Route], desks: Mapping[str, Part[DeskStanza]]) -> Iterator[Complaint]:
    """Routes that ask the leads of a desk that has none."""
    for route in routes:
        desk = desks.get(route.desk or "")
        if LEADS in route.approve_by and desk is not None and not desk.common.leads:
            what = f"desk {desk.name} has no leads; name them there"
            yield Complaint(file=route.file, key=f"route.{route.name}.approve_by", what=what)


def wrong_templates(texts: Mapping[str, str], desks: Collection[str]) -> Iterator[Complaint]:
    """Templates for desks that do not exist, and lines that no proxy could show."""
    for file, text in texts.items():
        name = file.removeprefix("templates/").removesuffix(".txt").partition(".")[0]
        known = (*desks, templates.EVERY_DESK)
        if name not in known:
            what = f"there is no desk {name}{meant(name, known)}; name the file after a desk, or all"
            yield Complaint(file=file, key="", what=what)
        if trouble := templates.trouble(text):
            yield Complaint(file=file, key="", what=trouble)


def missing_alerts(bridge: BridgeStanza | None, desks: Collection[str]) -> Iterator[Complaint]:
    """Alerts and samples that would go out by a desk that does not exist."""
    named = {"alerts": bridge.alerts.desk, "sample": bridge.sample.desk} if bridge else {}
    for table, desk in named.items():
        if desk and desk not in desks:
            what = f"there is no desk {desk}{meant(desk, desks)}"
            yield Complaint(file="bridge.toml", key=f"bridge.{table}.desk", what=what)


def missing_names(
    rules: Collection[Rule], routes: Collection[Route], *, desks: Collection[str], channels: Collection[str]
) -> Iterator[Complaint]:
    """Desks and channels that rules and routes name and that do not exist."""
    for route in routes:
        if route.desk is not None and route.desk not in desks:
            yield _unknown(route, "desk", route.desk, desks)
    entries: list[Rule | Route] = [*rules, *routes]
    for entry in entries:
        for channel in entry.when.channel:
            if channel not in channels:
                yield _unknown(entry, "when.channel", channel, channels)


def _unknown(entry: Rule | Route, key: str, name: str, known: Collection[str]) -> Complaint:
    word = "rule" if isinstance(entry, Rule) else "route"
    what = f"there is no {key.rpartition('.')[2]} {name}{meant(name, known)}"
    return Complaint(file=entry.file, key=f"{word}.{entry.name}.{key}", what=what)


def wrong_responses(routes: Collection[Route], responses: Mapping[str, str]) -> Iterator[Complaint]:
    """Standard responses that routes want to be published without an agent and that are not there, or not whole."""
    names = {name.partition(".")[0] for name in responses}
    for route in (route for route in routes if route.auto_answer):
        key = f"route.{route.name}.auto_answer"
        if route.auto_answer not in names:
            what = f"there is no response {route.auto_answer}{meant(route.auto_answer, names)}; write responses/{route.auto_answer}.md"
            yield Complaint(file=route.file, key=key, what=what)
        for name in (name for name in responses if name.partition(".")[0] == route.auto_answer):
            for field in unknown_fields(responses[name]):
                what = f"responses/{name}.md would be published with {{{field}}} as it stands: there is no such field"
                yield Complaint(file=route.file, key=key, what=what)
