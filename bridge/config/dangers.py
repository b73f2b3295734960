"""Settings that are valid and dangerous (G03): some are only told, some need an explicit `i_accept_…`."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bridge.config.bridge_stanza import BridgeStanza
from bridge.config.parts import Part
from bridge.config.stanzas import DeskStanza
from bridge.core.complaint import Complaint
from bridge.core.policy import Way
from bridge.core.rules.vocabulary import Route


def refused(desks: Mapping[str, Part[DeskStanza]]) -> Iterator[Complaint]:
    """Dangers that nobody has accepted yet."""
    for desk in desks.values():
        for key, accept, what in _dangers(desk):
            if desk.common.live and not getattr(desk.common, accept):
                told = f"{what}: change it, or set {accept} = true if that is meant"
                yield Complaint(file=desk.file, key=f"desk.{desk.name}.{key}", what=told)


def warnings(
    bridge: BridgeStanza, desks: Mapping[str, Part[DeskStanza]], routes: tuple[Route, ...]
) -> Iterator[Complaint]:
    """What an operator should know of a configuration that works."""
    if bridge.operator is None:
        what = "is not set: nobody is told when something needs a person"
        yield Complaint(file="bridge.toml", key="bridge.operator", what=what)
    if not any(route.desk for route in routes):
        yield Complaint(file="", key="route", what="there is no route to a desk: every post is left alone")
    yield from _automatic(bridge, routes)
    yield from _alert_warnings(bridge, desks)
    used = {route.desk for route in routes}
    for desk in desks.values():
        yield from _desk_warnings(desk, used=desk.name in used)


def _automatic(bridge: BridgeStanza, routes: tuple[Route, ...]) -> Iterator[Complaint]:
    """What is, or is not, published without anybody who wrote it."""
    for route in (route for route in routes if route.auto_answer):
        key = f"route.{route.name}"
        if not bridge.auto_answers.on:
            what = "does nothing: [bridge.auto_answers] is not on"
            yield Complaint(file=route.file, key=f"{key}.auto_answer", what=what)
            continue
        what = f"is set: {route.auto_answer} is published without an agent"
        yield Complaint(file=route.file, key=f"{key}.auto_answer", what=what)
        if route.hold_for is not None and route.hold_for <= bridge.auto_answers.undo:
            what = "is not longer than the undo of [bridge.auto_answers]: the ticket always comes before the answer"
            yield Complaint(file=route.file, key=f"{key}.hold_for", what=what)


def _alert_warnings(bridge: BridgeStanza, desks: Mapping[str, Part[DeskStanza]]) -> Iterator[Complaint]:
    name = bridge.alerts.desk or next(iter(desks), "")
    if bridge.operator and name in desks and not desks[name].takes_alerts:
        what = f"desk {name} has no place for alerts, which belong to no conversation: name a desk of mails"
        yield Complaint(file="bridge.toml", key="bridge.alerts.desk", what=what)


def _desk_warnings(desk: Part[DeskStanza], *, used: bool) -> Iterator[Complaint]:
    key = f"desk.{desk.name}"
    if not used:
        yield Complaint(file=desk.file, key=key, what="no route leads to it")
    if desk.common.way is Way.AGENTS and not desk.common.agents:
        yield Complaint(file=desk.file, key=f"{key}.agents", what="is empty: nobody may answer from this desk")
    if desk.common.live:
        yield Complaint(file=desk.file, key=f"{key}.live", what="is true: answers are published")
        for name, _, what in _dangers(desk):
            yield Complaint(file=desk.file, key=f"{key}.{name}", what=what)


def _dangers(desk: Part[DeskStanza]) -> Iterator[tuple[str, str, str]]:
    """Key, the key that accepts it, and what it means."""
    common, habits = desk.common, desk.habits
    if not (habits.proves_senders or common.authserv_id or common.internal_senders):
        what = "without authserv_id or internal_senders anybody can pose as an agent"
        yield "authserv_id", "i_accept_unverified_senders", what
    windows = zip(("undo", "undo_private"), common.undo_for(habits), (habits.undo, habits.undo_private), strict=True)
    for key, undo, usual in windows:
        if undo <= timedelta(0) < usual:
            yield key, "i_accept_no_undo", "an undo window of 0s lets nobody take an answer back"
            break
    if "*" in common.allow_links:
        yield "allow_links", "i_accept_all_links", "* lets answers link anywhere"
