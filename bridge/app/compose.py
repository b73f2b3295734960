"""From a configuration to a house: adapters built, judge and policy put in, nothing started."""

import asyncio
import os
import secrets
import socket
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from bridge import __version__
from bridge.app.labelling import labeller
from bridge.config import Loaded
from bridge.core.policy import Policy
from bridge.judges.rules import RulesJudge
from bridge.letters.reading import Postmark
from bridge.ports import Channel, Clock, Fittings, Inbox, KeyRecords
from bridge.shell.house import House
from bridge.store.store import SqlStore


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(seconds)


class Current:
    """The configuration of the moment; a reload puts another one in its place, whole or not at all (G01)."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.reload_fine = True
        self.judge = RulesJudge(loaded.rules, labeller(loaded))
        self._channels: Mapping[str, Channel] = {}
        self._desks: Collection[str] = ()
        self._policy = loaded.policy({})

    def adopt(self, loaded: Loaded) -> None:
        """Go on with another configuration: rules, routes, responses and desks' policies."""
        labels, policy = labeller(loaded), self._made(loaded)
        self.judge.adopt(loaded.rules, labels)
        self.loaded, self._policy = loaded, policy

    def serve(self, channels: Mapping[str, Channel], desks: Collection[str]) -> None:
        """Say what was built: channels, whose limits are part of the policy, and desks."""
        self._channels, self._desks = channels, desks
        self._policy = self._made(self.loaded)

    def zone(self) -> tzinfo:
        """The installation's time zone."""
        return self.loaded.bridge.timezone

    def policy(self) -> Policy:
        """What the core needs of it."""
        return self._policy

    def _made(self, loaded: Loaded) -> Policy:
        """What was built and is still read keeps its policy; what only the restart builds has none yet."""
        made = loaded.policy({name: c.limits for name, c in self._channels.items() if name in loaded.channels})
        desks = {name: desk for name, desk in made.desks.items() if name in self._desks}
        alerting = made.alert_desk or next(iter(desks), "")
        return replace(
            made,
            channels={**self._policy.channels, **made.channels},
            desks=desks,
            alert_desk=alerting if alerting in desks else self._policy.alert_desk,
        )


def platforms(loaded: Loaded) -> dict[str, str]:
    """The platform's word of each channel: accounts on the same platform see the same people."""
    return {name: part.common.kind for name, part in loaded.channels.items()}


def house(current: Current, store: SqlStore, clock: Clock) -> House:
    """Everything built from its stanza; must run inside the loop that will use it."""
    loaded = current.loaded
    given = fittings(loaded, clock, instance=store.generation.token)
    channels = {name: part.build(name, part.settings, given) for name, part in loaded.channels.items()}
    desks = {name: part.build(name, part.settings, given) for name, part in loaded.desks.items()}
    inboxes: dict[str, Inbox] = {name: part.build(name, part.settings, given) for name, part in loaded.inboxes.items()}
    current.serve(channels, desks)
    return House(
        store=store,
        groups=store,
        clock=clock,
        channels=channels,
        desks=desks,
        inboxes=inboxes,
        judge=current.judge,
        policy=current.policy,
        postmarks={name: _postmark(loaded, inbox) for name, inbox in inboxes.items()},
        key_records=_key_records(loaded),
        owner=f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}",
    )


def _key_records(loaded: Loaded) -> KeyRecords | None:
    """Where the keys of DKIM signatures are asked for; its library is loaded only where an operator wants that."""
    if not loaded.bridge.resolver:
        return None
    from bridge.access.nameserver import Nameserver

    return Nameserver(loaded.bridge.resolver)


async def close(house: House) -> None:
    """Give back every connection; one that fails to close keeps no other open."""
    closing = [part.close() for part in house.channels.values()]
    closing += [part.close() for part in house.desks.values()]
    closing += [part.close() for part in house.inboxes.values()]
    await asyncio.gather(*closing, return_exceptions=True)


def fittings(loaded: Loaded, clock: Clock, *, instance: str) -> Fittings:
    """What every adapter is given; servers learn who asks, with somebody to write to."""
    return Fittings(
        clock=clock,
        ring=loaded.bridge.ring(),
        reply_domain=loaded.bridge.reply_domain,
        brand=loaded.bridge.brand or loaded.bridge.reply_domain,
        instance=instance,
        user_agent=f"bridge/{__version__} (+{loaded.bridge.operator or loaded.bridge.reply_domain})",
    )


def _postmark(loaded: Loaded, inbox: Inbox) -> Postmark:
    return Postmark(
        ring=loaded.bridge.ring(),
        domain=loaded.bridge.reply_domain,
        desks=tuple(name for name, desk in loaded.desks.items() if desk.common.inbox == inbox.name),
        delivered=loaded.inboxes[inbox.name].common.delivered,
        form=inbox.form,
    )
