"""The two ways of speaking over the Graph API, and which answer goes which way: what is private has no way into public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.channels._problems import still_uncertain
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication


class PublicVoice(Protocol):
    """Speaks for everyone to read."""

    async def say(self, answer: PublicAnswer) -> Posted:
        """Say it once."""

    async def find(self, answer: PublicAnswer, now: datetime) -> Posted | None:
        """Look where it would be; raises UncertainProblem where that cannot be told."""


class PrivateVoice(Protocol):
    """Speaks for the customer alone."""

    async def say(self, answer: PrivateAnswer, now: datetime) -> Posted:
        """Say it once."""

    async def find(self, answer: PrivateAnswer, now: datetime) -> Posted | None:
        """Look where it would be; raises UncertainProblem where that cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Both of them."""

    public: PublicVoice
    private: PrivateVoice

    async def say(self, publication: Publication, now: datetime) -> Posted:
        """Say it once."""
        match publication:
            case PublicAnswer():
                return await self.public.say(publication)
            case PrivateAnswer():
                return await self.private.say(publication, now)

    async def find(self, publication: Publication, now: datetime) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        match publication:
            case PublicAnswer():
                return await still_uncertain(self.public.find(publication, now))
            case PrivateAnswer():
                return await still_uncertain(self.private.find(publication, now))
