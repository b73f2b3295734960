"""What the tests of channels share: the forum as the contract's platform, and all that is logged; the suite's failures show their values."""

import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from datetime import timedelta

import pytest
import structlog

from bridge.channels import sandbox
from bridge.ports import Channel, Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock

pytest.register_assert_rewrite(
    "bridge.testing.channel_account",
    "bridge.testing.channel_platform",
    "bridge.testing.channel_reading",
    "bridge.testing.channel_saying",
    "bridge.testing.channel_texting",
    "bridge.testing.text_reading",
    "bridge.testing.text_saying",
)

from bridge.testing.channel_platform import Platform, Utterance  # noqa: E402 - after the line above, or it has no effect

Wrap = Callable[[Channel], Channel]


class ForumPlatform:
    """The forum as the contract sees it; `wrap` may put something before its channel."""

    max_length = Forum.max_length
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, forum: Forum, clock: MovableClock, fittings: Fittings, *, wrap: Wrap) -> None:
        self.forum = forum
        self.clock = clock
        self.secrets: Collection[str] = [forum.token]
        self._fittings = fittings
        self._wrap = wrap

    def channel(self, *, backfill: timedelta) -> Channel:
        given = {"endpoint": self.forum.url, "account": self.forum.brand.id, "token": Secret(self.forum.token)}
        settings = sandbox.Settings.model_validate(
            {**given, "allow_private": True, "timeout": timedelta(seconds=2), "backfill": backfill}
        )
        return self._wrap(sandbox.build("sandbox", settings, self._fittings))

    def write(self, author: str, text: str) -> str:
        return str(self.forum.write(author, text, title="A question"))

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return str(self.forum.write_private(author, text))

    def edit(self, post: str, text: str) -> None:
        self.forum.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.forum.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=item.text, private=item.private) for item in self.forum.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.forum.fail(mode, amount=amount)

    def heal(self) -> None:
        self.forum.heal()

    async def vanish(self) -> None:
        await self.forum.stop()


@pytest.fixture
async def forum_platform(clock: MovableClock, fittings: Fittings) -> AsyncIterator[Callable[[Wrap], Platform]]:
    """Makes the platform, with something before its channel."""
    forum = Forum(journal=None, brand="acme", now=clock.now)
    await forum.start()

    def make(wrap: Wrap) -> Platform:
        return ForumPlatform(forum, clock, fittings, wrap=wrap)

    yield make
    await forum.stop()


@pytest.fixture
def shown(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Gives back what anything logged or printed so far, unredacted and at the most talkative level; fails if it is deaf."""
    before = structlog.get_config()
    structlog.reset_defaults()
    caplog.set_level(logging.DEBUG)

    def told() -> str:
        structlog.get_logger().debug("control of structlog")
        logging.getLogger("control").debug("control of logging")
        records = [f"{record.getMessage()} {record.args}" for record in caplog.records]
        text = "\n".join((*records, *capfd.readouterr()))
        assert "control of structlog" in text
        assert "control of logging" in text
        return text

    yield told
    structlog.configure(**before)
