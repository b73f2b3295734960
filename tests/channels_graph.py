"""What the tests of the Facebook and Instagram channels share: a small Graph API, and its channels as the contract sees them."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.ports import Channel
from bridge.testing.channel_platform import Utterance
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock


@asynccontextmanager
async def graph_place(brand: str, clock: MovableClock) -> AsyncIterator[GraphPlace]:
    """A Page and its Instagram account; in the end no address that was asked for may have held a token."""
    place = GraphPlace(brand=brand, journal=None, now=clock.now)
    await place.start()
    try:
        yield place
        assert place.api.leaks == []
    finally:
        await place.stop()


@dataclass(slots=True, kw_only=True)
class GraphPlatform:
    """Either network as the contract sees it; they differ in how one writes there, and in what reads it."""

    place: GraphPlace
    clock: MovableClock
    max_length: int
    build: Callable[[timedelta], Channel]
    """Makes the channel that looks so far back."""
    speak: Callable[[str, str], int]
    """A customer says something in public; gives back its number."""
    whisper: Callable[[str, str], int]
    """A customer writes in private; gives back its number."""
    has_public: bool = True
    has_private: bool = True
    shows_edits: bool = True
    shows_deletions: bool = True
    secrets: Collection[str] = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = (self.place.token, self.place.app_secret)

    def channel(self, *, backfill: timedelta) -> Channel:
        return self.build(backfill)

    def write(self, author: str, text: str) -> str:
        return str(self.speak(author, text))

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return str(self.whisper(author, text))

    def edit(self, post: str, text: str) -> None:
        self.place.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.place.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=item.text, private=item.private) for item in self.place.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.place.fail(mode, amount=amount)

    def heal(self) -> None:
        self.place.heal()

    async def vanish(self) -> None:
        await self.place.stop()
