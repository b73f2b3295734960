"""The contract is itself proved: a channel with a planted fault does not pass it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bridge.core.events import Page
from bridge.core.model import Account
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import Channel, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import NEVER, Platform
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode


class Sound:
    """A channel that passes everything on; the planted ones differ from it in one thing."""

    def __init__(self, inner: Channel) -> None:
        self.inner = inner
        self.name = inner.name
        self.limits = inner.limits

    async def open(self) -> Account:
        return await self.inner.open()

    async def poll(self, cursor: str | None) -> Page:
        return await self.inner.poll(cursor)

    async def publish(self, publication: Publication) -> Posted:
        return await self.inner.publish(publication)

    async def find(self, publication: Publication) -> Posted | None:
        return await self.inner.find(publication)

    async def close(self) -> None:
        await self.inner.close()


class Doubles(Sound):
    async def publish(self, publication: Publication) -> Posted:
        await self.inner.publish(publication)
        return await self.inner.publish(publication)


class TakesTimeOutsForFailures(Sound):
    async def publish(self, publication: Publication) -> Posted:
        try:
            return await self.inner.publish(publication)
        except UncertainProblem:
            raise TemporaryProblem("it did not work") from None


class TakesAFailedSearchForAbsence(Sound):
    async def find(self, publication: Publication) -> Posted | None:
        try:
            return await self.inner.find(publication)
        except UncertainProblem:
            return None


class SpeaksInPublic(Sound):
    async def publish(self, publication: Publication) -> Posted:
        if isinstance(publication, PrivateAnswer):
            fields = {name: getattr(publication, name) for name in PublicAnswer.__dataclass_fields__}
            return await self.inner.publish(PublicAnswer(**fields))
        return await self.inner.publish(publication)


class LosesTheOldest(Sound):
    async def poll(self, cursor: str | None) -> Page:
        page = await self.inner.poll(cursor)
        return replace(page, sightings=page.sightings[1:])


class TurnsPagesRound(Sound):
    async def poll(self, cursor: str | None) -> Page:
        page = await self.inner.poll(cursor)
        return replace(page, sightings=page.sightings[::-1])


class FloodsAtFirst(Sound):
    async def poll(self, cursor: str | None) -> Page:
        return await self.inner.poll(cursor or '{"newest":0,"versions":{}}')


class ForgetsWhatItShowed(Sound):
    shown: str | None = None

    async def poll(self, cursor: str | None) -> Page:
        page = await self.inner.poll(self.shown or cursor)
        self.shown = page.cursor
        return page


class TellsItsToken(Sound):
    token = ""

    async def poll(self, cursor: str | None) -> Page:
        try:
            return await self.inner.poll(cursor)
        except TemporaryProblem as problem:
            raise TemporaryProblem(f"GET /api/posts?token={self.token}", problem.after) from None


class PromisesTooMuch(Sound):
    def __init__(self, inner: Channel) -> None:
        super().__init__(inner)
        self.limits = replace(inner.limits, max_length=inner.limits.max_length + 1)


class TrustsAnyAccount(Sound):
    async def open(self) -> Account:
        return Account(id="m1", own=frozenset({"m1"}))


MakePlatform = Callable[[type[Sound]], Platform]
Check = Callable[[Platform, Channel], Awaitable[None]]

SUITE = ChannelContract()
PLANTED: list[tuple[type[Sound], Check]] = [
    (Doubles, SUITE.test_what_is_said_is_there_once_and_is_found),
    (
        TakesTimeOutsForFailures,
        lambda p, c: SUITE.test_ft10_every_failure_is_called_what_it_is(p, c, Mode.ACCEPT_THEN_HANG),
    ),
    (TakesTimeOutsForFailures, SUITE.test_c01_what_is_accepted_late_is_found_late),
    (
        TakesAFailedSearchForAbsence,
        lambda p, c: SUITE.test_a_search_that_fails_proves_nothing(p, c, Mode.LISTING_ERROR),
    ),
    (TakesAFailedSearchForAbsence, SUITE.test_two_equal_answers_cannot_be_told_apart),
    (SpeaksInPublic, SUITE.test_a_private_answer_reaches_its_reader_only),
    (LosesTheOldest, SUITE.test_new_posts_come_once_and_the_oldest_first),
    (TurnsPagesRound, SUITE.test_new_posts_come_once_and_the_oldest_first),
    (FloodsAtFirst, SUITE.test_c18_the_first_contact_emits_nothing),
    (ForgetsWhatItShowed, SUITE.test_the_same_cursor_shows_the_same_or_more),
    (TellsItsToken, lambda p, c: SUITE.test_a_bad_answer_loses_nothing(p, c, Mode.LISTING_ERROR)),
    (PromisesTooMuch, SUITE.test_limits_are_the_platforms_own),
    (TrustsAnyAccount, SUITE.test_f03_the_account_must_be_the_configured_one),
]


@pytest.mark.parametrize(("planted", "check"), PLANTED, ids=[planted.__name__ for planted, _ in PLANTED])
async def test_a_planted_fault_is_caught(forum_platform: MakePlatform, planted: type[Sound], check: Check) -> None:
    platform = forum_platform(planted)
    channel = platform.channel(backfill=NEVER)
    TellsItsToken.token = next(iter(platform.secrets))
    await channel.open()
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await check(platform, channel)
    await channel.close()


@pytest.mark.parametrize("check", [check for _, check in PLANTED], ids=[planted.__name__ for planted, _ in PLANTED])
async def test_the_sound_channel_passes(forum_platform: MakePlatform, check: Check) -> None:
    platform = forum_platform(Sound)
    channel = platform.channel(backfill=NEVER)
    await channel.open()
    await check(platform, channel)
    await channel.close()
