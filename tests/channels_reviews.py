"""What the tests of app stores' channels share: the keys of a channel before a small store, and how the contract sees it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bridge.channels import appstore, googleplay
from bridge.ports import Channel
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance
from bridge.testing.fakes.appstore import AppStoreServer
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.googleplay import GooglePlayServer
from bridge.testing.fittings import MovableClock

KEYS: Mapping[str, Callable[[], str]] = {
    "appstore-key": lambda: AppStoreServer().pem,
    "googleplay-account": lambda: GooglePlayServer().account,
    "smpp-password": lambda: "made up",
}
"""Credentials of the examples that are looked at more closely than a password."""

_NEAR: dict[str, object] = {"allow_private": True, "timeout": timedelta(seconds=2)}


def apple(server: AppStoreServer, **more: object) -> appstore.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "endpoint": server.url,
        "app": server.app,
        "issuer": server.issuer,
        "key_id": server.key_id,
        "key": Secret(server.pem),
    }
    return appstore.Settings.model_validate(_NEAR | keys | more)


def google(server: GooglePlayServer, **more: object) -> googleplay.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "endpoint": server.url,
        "login": server.url,
        "app": server.app,
        "account": Secret(server.account),
    }
    return googleplay.Settings.model_validate(_NEAR | keys | more)


@dataclass(frozen=True, kw_only=True)
class StorePlatform:
    """A store as the contract sees it, whichever it is."""

    server: AppStoreServer | GooglePlayServer
    clock: MovableClock
    build: Callable[[timedelta], Channel]
    """A channel with this backfill."""
    hidden: Callable[[], Collection[str]]
    max_length: int
    shows_deletions: bool
    has_public: bool = True
    has_private: bool = False
    shows_edits: bool = True

    @property
    def secrets(self) -> Collection[str]:
        return self.hidden()

    def channel(self, *, backfill: timedelta) -> Channel:
        return self.build(backfill)

    def write(self, author: str, text: str) -> str:
        return self.server.reviews.write(author, text)

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        raise NotImplementedError

    def edit(self, post: str, text: str) -> None:
        self.server.reviews.edit(post, text)

    def delete(self, post: str) -> None:
        self.server.reviews.delete(post)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=text, private=False) for text in self.server.reviews.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.faults.set(mode, times=None, amount=amount)

    def heal(self) -> None:
        self.server.faults.heal()

    async def vanish(self) -> None:
        await self.server.stop()
