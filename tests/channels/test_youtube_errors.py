"""Every error that YouTube documents for these calls, by what follows from it; the day's quota; and the tokens of a login."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from channels_youtube import opened, settings, youtube_server
from multidict import CIMultiDict, CIMultiDictProxy
from pydantic import ValidationError
from yarl import URL

from bridge.channels import youtube
from bridge.channels._http import Answer
from bridge.channels._problems import Problem, refused_reading, refused_saying
from bridge.channels._youtube.quota import Quota
from bridge.channels._youtube.refusals import judging_reading, judging_saying
from bridge.core.model import Post
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.youtube import YouTubeServer
from bridge.testing.fakes.youtube_access import error_json
from bridge.testing.fittings import MovableClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = timedelta(hours=20).total_seconds()
"""From then to the next day in California."""

ANSWER = "Thank you, a technician is on the way."
PAGE = b"<!DOCTYPE html><html lang=en><title>Sorry...</title><body>unusual traffic</body></html>"


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[YouTubeServer]:
    async with youtube_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: YouTubeServer, fittings: Fittings) -> AsyncIterator[youtube.YouTube]:
    async with opened(server, fittings) as channel:
        yield channel


async def asked(server: YouTubeServer, channel: youtube.YouTube) -> Post:
    cursor = await started(channel)
    server.write("ann", words("asked"))
    return (await gather(channel, cursor)).having(words("asked"))


def answered(status: int, body: bytes, **headers: str) -> Answer:
    told = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status=status, headers=CIMultiDictProxy(told), body=body, url=URL("https://youtube.googleapis.com/y"))


def read(answer: Answer) -> Problem | None:
    return refused_reading(answer, NOW, judging_reading(Quota(10_000, 0.3), lambda: NOW))


def said(answer: Answer) -> Problem | None:
    return refused_saying(answer, NOW, judging_saying(Quota(10_000, 0.3), lambda: NOW))


@pytest.mark.parametrize(
    ("status", "reason", "reading", "saying"),
    [
        (401, "authError", LoginProblem, LoginProblem),
        (403, "quotaExceeded", TemporaryProblem, TemporaryProblem),
        (403, "dailyLimitExceeded", TemporaryProblem, TemporaryProblem),
        (429, "quotaExceeded", TemporaryProblem, TemporaryProblem),
        (403, "rateLimitExceeded", TemporaryProblem, TemporaryProblem),
        (403, "userRateLimitExceeded", TemporaryProblem, TemporaryProblem),
        (429, "rateLimitExceeded", TemporaryProblem, TemporaryProblem),
        (403, "commentsDisabled", PermanentProblem, PermanentProblem),
        (403, "forbidden", LoginProblem, PermanentProblem),
        (403, "insufficientPermissions", LoginProblem, LoginProblem),
        (403, "accessNotConfigured", LoginProblem, LoginProblem),
        (403, "ineligibleAccount", LoginProblem, LoginProblem),
        (404, "videoNotFound", PermanentProblem, PermanentProblem),
        (404, "channelNotFound", PermanentProblem, PermanentProblem),
        (404, "commentNotFound", PermanentProblem, PermanentProblem),
        (404, "commentThreadNotFound", PermanentProblem, PermanentProblem),
        (404, "parentCommentNotFound", PermanentProblem, PermanentProblem),
        (400, "parentCommentIsPrivate", PermanentProblem, PermanentProblem),
        (400, "commentTextRequired", PermanentProblem, PermanentProblem),
        (400, "commentTextTooLong", PermanentProblem, PermanentProblem),
        (400, "invalidCommentMetadata", PermanentProblem, PermanentProblem),
        (400, "processingFailure", TemporaryProblem, PermanentProblem),
        (400, "operationNotSupported", PermanentProblem, PermanentProblem),
        (400, "neverHeardOf", PermanentProblem, PermanentProblem),
        (500, "commentTextTooLong", TemporaryProblem, UncertainProblem),
        (503, "processingFailure", TemporaryProblem, UncertainProblem),
        (503, "quotaExceeded", TemporaryProblem, UncertainProblem),
        (409, "conflict", PermanentProblem, UncertainProblem),
    ],
)
def test_a_reason_is_called_what_it_is(
    status: int, reason: str, reading: type[Exception], saying: type[Exception]
) -> None:
    """A server that failed may have published, whatever reason stands beside it; and its texts stay where they are."""
    for judged, expected in ((read, reading), (said, saying)):
        problem = judged(answered(status, error_json(status, reason)))
        assert isinstance(problem, expected)
        assert "the text of a comment" not in str(problem)


@pytest.mark.parametrize(
    "body", [PAGE, b"", b"[]", b'{"error": "access_denied"}', b'{"error": {"errors": [{}]}}', b"\xff"]
)
@pytest.mark.parametrize(
    ("status", "reading", "saying"),
    [
        (400, PermanentProblem, PermanentProblem),
        (404, TemporaryProblem, PermanentProblem),
        (500, TemporaryProblem, UncertainProblem),
        (502, TemporaryProblem, UncertainProblem),
        (302, PermanentProblem, PermanentProblem),
    ],
)
def test_pages_that_are_not_the_apis_are_judged_by_their_status(
    body: bytes, status: int, reading: type[Exception], saying: type[Exception]
) -> None:
    assert isinstance(read(answered(status, body)), reading)
    assert isinstance(said(answered(status, body)), saying)


def test_a_guard_before_the_api_passes_by_itself() -> None:
    """Google's page about unusual traffic is no refusal of the login."""
    assert isinstance(read(answered(403, PAGE)), TemporaryProblem)
    assert isinstance(said(answered(429, PAGE)), UncertainProblem)


def test_a_used_up_quota_waits_for_midnight_in_california() -> None:
    quota = Quota(10_000, 0.3)
    problem = refused_saying(answered(403, error_json(403, "quotaExceeded")), NOW, judging_saying(quota, lambda: NOW))
    assert isinstance(problem, TemporaryProblem)
    assert (problem.after, quota.share(NOW)) == (MIDNIGHT, 0.0)
    assert quota.share(NOW + timedelta(hours=20)) == 1.0


class TestQuota:
    async def test_reading_stops_at_the_reserve_and_answers_go_to_the_last(
        self, server: YouTubeServer, fittings: Fittings, clock: MovableClock
    ) -> None:
        async with opened(server, fittings, units=300, reserve=0.5) as channel:
            post = await asked(server, channel)
            cursor = (await gather(channel, None)).cursor

            async def polls() -> None:
                for _ in range(200):
                    await channel.poll(cursor)

            with pytest.raises(TemporaryProblem, match="quota for reading") as caught:
                await polls()
            assert 0 < (caught.value.after or 0) <= 86_400
            for number in range(2):
                await channel.publish(public(post, f"{ANSWER} {number}"))
            with pytest.raises(TemporaryProblem, match="used up"):
                await channel.publish(public(post, ANSWER))
            assert len(server.said()) == 2
            assert server.access.units <= 300
            clock.advance(timedelta(days=1))
            await channel.poll(cursor)

    async def test_what_was_spent_outlives_the_process(self, server: YouTubeServer, fittings: Fittings) -> None:
        async with opened(server, fittings, units=1000) as channel:
            page = await channel.poll(None)
        async with opened(server, fittings, units=1000) as again:
            following = await again.poll(page.cursor)
        assert following.left["platform"] < page.left["platform"] < 1
        assert following.allowance.endswith("answers")

    async def test_polls_slow_down_so_that_the_day_lasts(self, server: YouTubeServer, fittings: Fittings) -> None:
        async with opened(server, fittings, units=100, reserve=0.3) as channel:
            page = await channel.poll(None)
            assert page.wait is not None
            assert page.wait > 300

    async def test_our_count_is_theirs(self, server: YouTubeServer, fittings: Fittings) -> None:
        async with opened(server, fittings, units=1000) as channel:
            post = await asked(server, channel)
            await channel.publish(public(post, ANSWER))
            await channel.find(public(post, ANSWER))
            page = await channel.poll(None)
        assert page.left["platform"] == pytest.approx(1 - server.access.units / 1000)

    async def test_youtube_says_that_nothing_is_left(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        publication = public(await asked(server, channel), ANSWER)
        server.access.most = server.access.units + 1
        with pytest.raises(TemporaryProblem, match="Google Cloud project is used up"):
            await channel.publish(publication)
        with pytest.raises(TemporaryProblem, match="quota for reading"):
            await channel.poll(None)
        assert not server.said()


class TestLogin:
    async def test_a_token_is_renewed_before_its_end(
        self, server: YouTubeServer, channel: youtube.YouTube, clock: MovableClock
    ) -> None:
        cursor = await started(channel)
        clock.advance(timedelta(minutes=56))
        await channel.poll(cursor)
        assert len(server.access.tokens) == 2

    async def test_a_token_that_ended_early_is_renewed_unseen(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        publication = public(await asked(server, channel), ANSWER)
        server.access.revoke()
        await channel.publish(publication)
        assert len(server.said()) == 1

    @pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
    async def test_what_only_a_person_can_mend(
        self, server: YouTubeServer, channel: youtube.YouTube, error: str
    ) -> None:
        server.access.revoke()
        server.access.dead = error
        with pytest.raises(LoginProblem) as caught:
            await channel.poll(None)
        assert server.access.refresh_token not in str(caught.value)

    async def test_a_server_of_tokens_that_is_unwell_passes(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        server.access.revoke()
        server.access.dead = "internal_failure"
        server.access.status = 500
        with pytest.raises(TemporaryProblem):
            await channel.poll(None)

    async def test_a_refusal_of_one_deed_is_none_of_the_login(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        publication = public(await asked(server, channel), ANSWER)
        server.api.refusals = [(403, "forbidden")]
        with pytest.raises(PermanentProblem, match="does not let this account"):
            await channel.publish(publication)

    @pytest.mark.parametrize(
        "keys",
        [
            {"account": "acme"},
            {"account": "UCshort"},
            {"client_id": "a b"},
            {"held": ("published",)},
            {"hide_as": "published"},
            {"reserve": 1.0},
            {"units": 0},
            {"endpoint": "http://youtube.example.org", "allow_private": False},
            {"login": "http://login.example.org", "allow_private": False},
        ],
    )
    async def test_keys_that_are_wrong(self, server: YouTubeServer, keys: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            settings(server, **keys)
