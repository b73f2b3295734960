"""The moment of a decision: what it may know besides the state and the event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bridge.core.effects import Intent, Tell
from bridge.core.policy import Policy
from bridge.core.proxies import Audience, Notice, Proxy, Sealed

Seal = Callable[[Proxy | Notice], Sealed]
"""Turns a message into the exact form that its desk will send: pure, given by the composition root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Time, policy and desks: with state and event, all that a decision depends on."""

    now: datetime
    policy: Policy
    seal: Seal
    can_tell: Callable[[Notice], bool]
    """Whether the notice's desk is there: one that waited from before a restart may have left the configuration."""

    def tell(self, *notices: Notice) -> tuple[Intent, ...]:
        """Intents for the notices that somebody can receive, by a desk that is there."""
        addressed = (n for n in notices if (n.audience is Audience.TICKET or n.to) and self.can_tell(n))
        return tuple(Intent(effect=Tell(notice=n, sealed=self.seal(n)), at=self.now) for n in addressed)
