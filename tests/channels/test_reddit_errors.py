"""Every error that Reddit documents, by what follows from it; its headers about limits; and the tokens of an app."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from channels_reddit import BRAND, opened, reddit_server, settings
from multidict import CIMultiDict, CIMultiDictProxy
from pydantic import ValidationError
from yarl import URL

from bridge import __version__
from bridge.channels import reddit
from bridge.channels._http import Answer
from bridge.channels._problems import Problem, refused_reading, refused_saying
from bridge.channels._rates import Rates
from bridge.channels._reddit.rates import LIMITS, translated
from bridge.channels._reddit.refusals import judging_reading, judging_saying
from bridge.core.model import Post
from bridge.ports import ClosedProblem, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fittings import HastyClock, MovableClock
from bridge.testing.fittings import fittings as made

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANSWER = "Thank you, a technician is on the way."
SECRET = "what somebody wrote"
HTML = b"<!doctype html><title>Our CDN was unable to reach our servers</title>"
FORBIDDEN = b'{"message": "Forbidden", "error": 403}'


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[RedditServer]:
    async with reddit_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: RedditServer, fittings: Fittings) -> AsyncIterator[reddit.Reddit]:
    async with opened(server, fittings) as channel:
        yield channel


async def asked(server: RedditServer, channel: reddit.Reddit) -> Post:
    cursor = await started(channel)
    server.write("ann", words("asked"))
    return (await gather(channel, cursor)).having(words("asked"))


def answered(status: int, body: bytes, **headers: str) -> Answer:
    told = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status=status, headers=CIMultiDictProxy(told), body=body, url=URL("https://oauth.reddit.com/api"))


def read(answer: Answer) -> Problem | None:
    return refused_reading(answer, NOW, judging_reading(Rates(LIMITS), lambda: NOW))


def said(answer: Answer) -> Problem | None:
    return refused_saying(answer, NOW, judging_saying(Rates(LIMITS), lambda: NOW))


def limited(text: str) -> list[str]:
    return ["RATELIMIT", text, "ratelimit"]


async def gather_often(channel: reddit.Reddit, cursor: str) -> None:
    """Ask as often as a minute's requests would not allow."""
    for _ in range(20):
        await channel.poll(cursor)


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "kind", "part"),
        [
            ("THREAD_LOCKED", PermanentProblem, "locked"),
            ("DELETED_COMMENT", PermanentProblem, "gone"),
            ("DELETED_LINK", PermanentProblem, "gone"),
            ("TOO_OLD", ClosedProblem, "archived"),
            ("TOO_LONG", PermanentProblem, "too long"),
            ("NO_TEXT", PermanentProblem, "empty"),
            ("SUBREDDIT_NOTALLOWED", PermanentProblem, "does not let"),
            ("SUBREDDIT_NOEXIST", PermanentProblem, "gone"),
            ("BANNED_FROM_SUBREDDIT", PermanentProblem, "banned"),
            ("USER_BLOCKED", PermanentProblem, "blocked"),
            ("USER_BLOCKED_MESSAGE", PermanentProblem, "blocked"),
            ("NOT_WHITELISTED_BY_USER_MESSAGE", PermanentProblem, "chosen accounts"),
            ("USER_DOESNT_EXIST", PermanentProblem, "gone"),
            ("INVALID_USER", PermanentProblem, "gone"),
            ("DOMAIN_BANNED", PermanentProblem, "no link"),
            ("BAD_CAPTCHA", PermanentProblem, "karma"),
            ("USER_REQUIRED", LoginProblem, "login"),
            ("SOMETHING_NEW", PermanentProblem, "SOMETHING_NEW"),
            ("odd <words>", PermanentProblem, "refuses it"),
        ],
    )
    async def test_an_error_in_an_answer_of_status_200_is_a_refusal(
        self, server: RedditServer, channel: reddit.Reddit, code: str, kind: type[Exception], part: str
    ) -> None:
        """And its words, which may repeat the answer's, stay where they are."""
        post = await asked(server, channel)
        server.saying.errors = [[code, SECRET, "text"]]
        with pytest.raises(kind, match=part) as caught:
            await channel.publish(public(post, ANSWER))
        assert type(caught.value) is kind
        assert SECRET not in str(caught.value)
        assert "<" not in str(caught.value)
        assert server.said() == []

    @pytest.mark.parametrize(
        ("text", "pause", "after"),
        [
            ("Take a break for 9 minutes before trying again.", None, 540),
            ("Take a break for 1 minute before trying again.", None, 60),
            ("Take a break for 38 seconds before trying again.", None, 38),
            ("Take a break for 300 milliseconds before trying again.", None, 0.3),
            ("you are doing that too much. try again in 2 hours.", None, 7200),
            ("Take a break for 9 minutes before trying again.", 523.5, 523.5),
            ("Take a break for 9 minutes before trying again.", -5.0, 0),
            ("Take a break for 99999 days before trying again.", None, 86_400),
            ("Take a break.", None, None),
        ],
    )
    async def test_a_limit_says_how_long(
        self, server: RedditServer, channel: reddit.Reddit, text: str, pause: float | None, after: float | None
    ) -> None:
        post = await asked(server, channel)
        server.saying.errors, server.saying.pause = [limited(text)], pause
        with pytest.raises(TemporaryProblem) as caught:
            await channel.publish(public(post, ANSWER))
        assert caught.value.after == after
        await channel.publish(public(post, ANSWER))
        assert len(server.said()) == 1

    @pytest.mark.parametrize(
        "body",
        [
            b'{"json": {"errors": [["RATELIMIT", 7, null]]}}',
            b'{"json": {"errors": [{"code": "THREAD_LOCKED"}]}}',
            b'{"json": {"errors": ["THREAD_LOCKED"]}}',
        ],
    )
    async def test_an_error_in_another_shape_is_no_success(
        self, server: RedditServer, channel: reddit.Reddit, body: bytes
    ) -> None:
        def instead(request: web.Request) -> web.Response | None:
            if request.path != "/api/comment":
                return None
            return web.Response(body=body, content_type="application/json")

        post = await asked(server, channel)
        server.access.instead = instead
        with pytest.raises(UncertainProblem):
            await channel.publish(public(post, ANSWER))

    @pytest.mark.parametrize(
        ("status", "body", "headers", "kind", "after"),
        [
            (400, b'{"reason": "TOO_LONG", "explanation": "x", "message": "Bad Request"}', {}, PermanentProblem, None),
            (400, b'{"message": "Bad Request", "error": 400}', {}, PermanentProblem, None),
            (401, b'{"message": "Unauthorized", "error": 401}', {}, LoginProblem, None),
            (403, FORBIDDEN, {}, PermanentProblem, None),
            (403, HTML, {}, PermanentProblem, None),
            (403, FORBIDDEN, {"WWW_Authenticate": 'Bearer error="insufficient_scope"'}, LoginProblem, None),
            (404, b'{"message": "Not Found", "error": 404}', {}, PermanentProblem, None),
            (409, b'{"message": "Conflict", "error": 409}', {}, UncertainProblem, None),
            (413, b"", {}, PermanentProblem, None),
            (429, b'{"error": 429}', {"Retry_After": "12"}, TemporaryProblem, 12),
            (
                429,
                b'{"error": 429}',
                {"x_ratelimit_used": "1000", "x_ratelimit_remaining": "0.0", "x_ratelimit_reset": "37"},
                TemporaryProblem,
                37,
            ),
            (429, b'{"error": 429}', {}, TemporaryProblem, None),
            (429, HTML, {}, UncertainProblem, None),
            (451, b"", {}, PermanentProblem, None),
            (500, b'{"message": "Internal Server Error", "error": 500}', {}, UncertainProblem, None),
            (500, b'{"reason": "SERVER_ERROR", "error": 500}', {}, UncertainProblem, None),
            (500, b'{"json": {"errors": [["THREAD_LOCKED", "", ""]]}}', {}, UncertainProblem, None),
            (409, b'{"reason": "CONFLICT", "error": 409}', {}, UncertainProblem, None),
            (403, b'{"reason": "SUBREDDIT_NOTALLOWED", "error": 403}', {}, PermanentProblem, None),
            (502, HTML, {}, UncertainProblem, None),
            (503, HTML, {}, UncertainProblem, None),
            (504, HTML, {}, UncertainProblem, None),
            (302, b"", {"Location": "https://www.reddit.com/login"}, PermanentProblem, None),
        ],
    )
    def test_a_status_means_the_same_whenever_something_is_said(
        self, status: int, body: bytes, headers: dict[str, str], kind: type[Exception], after: float | None
    ) -> None:
        problem = said(answered(status, body, **headers))
        assert isinstance(problem, kind)
        assert getattr(problem, "after", None) == after

    @pytest.mark.parametrize(
        ("status", "body", "kind", "part"),
        [
            (401, b"{}", LoginProblem, "access token"),
            (403, FORBIDDEN, LoginProblem, "login"),
            (403, b'{"reason": "private", "message": "Forbidden", "error": 403}', PermanentProblem, "private"),
            (403, b'{"reason": "quarantined", "error": 403}', PermanentProblem, "quarantined"),
            (403, b'{"reason": "gold_only", "error": 403}', PermanentProblem, "paying"),
            (403, HTML, TemporaryProblem, "turns us away"),
            (404, b'{"reason": "banned", "error": 404}', PermanentProblem, "banned"),
            (404, b'{"message": "Not Found", "error": 404}', TemporaryProblem, "404"),
            (302, b"", PermanentProblem, "points elsewhere"),
            (429, HTML, TemporaryProblem, "429"),
            (451, b"{}", PermanentProblem, "451"),
            (500, b"{}", TemporaryProblem, "500"),
            (503, HTML, TemporaryProblem, "503"),
        ],
    )
    def test_a_refused_question_did_nothing(self, status: int, body: bytes, kind: type[Exception], part: str) -> None:
        problem = read(answered(status, body))
        assert isinstance(problem, kind)
        assert part in str(problem)

    async def test_a_forbidden_comment_is_told_from_a_dead_account(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        def forbids(path: str) -> None:
            def instead(request: web.Request) -> web.Response | None:
                is_it = request.path in {"/api/comment", path}
                return web.Response(status=403, body=FORBIDDEN, content_type="application/json") if is_it else None

            server.access.instead = instead

        post = await asked(server, channel)
        forbids("/nothing/else")
        with pytest.raises(PermanentProblem) as caught:
            await channel.publish(public(post, ANSWER))
        assert type(caught.value) is PermanentProblem
        forbids("/api/v1/me")
        with pytest.raises(LoginProblem):
            await channel.publish(public(post, ANSWER))


class TestLimits:
    def test_headers_are_read_as_theirs_are(self) -> None:
        answer = answered(200, b"{}", x_ratelimit_used="404", x_ratelimit_remaining="595.7", x_ratelimit_reset="300")
        headers = translated(answer, NOW).headers
        assert [headers[f"{LIMITS}-{what}"] for what in ("Limit", "Remaining")] == ["1000", "595"]
        assert int(headers[f"{LIMITS}-Reset"]) == int((NOW + timedelta(seconds=300)).timestamp())

    @pytest.mark.parametrize("odd", ["", "-1", "NaN", "1e9", "9" * 20, "soon"])
    def test_odd_headers_tell_nothing(self, odd: str) -> None:
        answer = answered(200, b"{}", x_ratelimit_used=odd, x_ratelimit_remaining="5", x_ratelimit_reset="300")
        assert translated(answer, NOW) == answer

    async def test_a_poll_leaves_a_tenth_to_answers(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        server.access.left, server.access.window = 99.5, 240
        await channel.poll(cursor)
        before = len(server.access.asked)
        with pytest.raises(TemporaryProblem, match="used up") as caught:
            await channel.poll(cursor)
        assert caught.value.after == pytest.approx(240, abs=2)
        assert len(server.access.asked) == before

    async def test_the_interval_makes_the_limit_last(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        server.access.left, server.access.window = 140.0, 400
        page = await channel.poll(cursor)
        assert page.wait == pytest.approx(10 * 6, abs=15)
        assert page.allowance.startswith("140 of 1,000 requests until")

    async def test_our_own_limit_holds_without_headers(self, server: RedditServer) -> None:
        async with opened(server, made(HastyClock()), per_minute=20) as channel:
            cursor = (await channel.poll(None)).cursor
            before = len(server.access.asked)
            with pytest.raises(TemporaryProblem, match="our own limit"):
                await gather_often(channel, cursor)
            assert len(server.access.asked) - before < 20

    async def test_we_say_who_we_are(self, server: RedditServer, channel: reddit.Reddit) -> None:
        await started(channel)
        assert server.access.agents == {f"server:acme-app-1:v{__version__} (by /u/acme_ops)"}


class TestTokens:
    async def test_a_token_is_renewed_before_it_ends(
        self, server: RedditServer, channel: reddit.Reddit, clock: MovableClock
    ) -> None:
        cursor = await started(channel)
        clock.advance(timedelta(minutes=56))
        server.write("ann", words("later"))
        assert (await gather(channel, cursor)).texts == [words("later")]
        assert len(server.access.tokens) == 2

    async def test_a_token_that_is_refused_before_its_end_is_renewed_once(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        post = await asked(server, channel)
        server.access.revoke()
        await channel.publish(public(post, ANSWER))
        assert len(server.said()) == len(server.access.tokens) == 1

    async def test_a_comment_that_is_refused_for_its_token_is_said_once(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        """The token ends just before the request that speaks: nothing happened, so it goes out with the next one."""

        def instead(request: web.Request) -> web.Response | None:
            if request.path == "/api/comment" and len(server.access.tokens) == 1:
                server.access.revoke()
                server.access.tokens["another"] = NOW
            return None

        post = await asked(server, channel)
        server.access.instead = instead
        await channel.publish(public(post, ANSWER))
        assert len(server.said()) == 1

    async def test_a_script_app_logs_in_by_password(self, server: RedditServer, fittings: Fittings) -> None:
        given = settings(server).app
        assert given is not None
        app = given.model_copy(
            update={"refresh_token": None, "username": BRAND, "password": Secret(server.access.password)}
        )
        async with opened(server, fittings, app=app):
            pass
        wrong = app.model_copy(update={"password": Secret("wrong")})
        with pytest.raises(LoginProblem, match="or the password"):
            async with opened(server, fittings, app=wrong):
                pass

    async def test_f01_what_was_taken_away_needs_a_person(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        server.access.revoke()
        server.access.refresh_token = "another"
        with pytest.raises(LoginProblem, match="refresh token"):
            await channel.poll(cursor)
        server.access.client_secret = "another"
        with pytest.raises(LoginProblem, match="does not know the app"):
            await channel.poll(cursor)

    async def test_f02_a_token_with_too_few_scopes_is_noticed_at_the_start(
        self, server: RedditServer, fittings: Fittings
    ) -> None:
        for scope in ("identity", "privatemessages", "history"):
            server.access.scopes.remove(scope)
            with pytest.raises(LoginProblem, match="lacks a scope"):
                async with opened(server, fittings):
                    pass
            server.access.scopes.add(scope)

    async def test_a_suspended_account_is_told(self, server: RedditServer, fittings: Fittings) -> None:
        server.access.suspended = True
        with pytest.raises(LoginProblem, match="suspended"):
            async with opened(server, fittings):
                pass

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (200, b"{}", TemporaryProblem),
            (200, b'{"access_token": "a b"}', TemporaryProblem),
            (200, HTML, TemporaryProblem),
            (200, b'{"error": "invalid_grant"}', LoginProblem),
            (400, b'{"message": "Bad Request", "error": 400}', LoginProblem),
            (403, HTML, TemporaryProblem),
            (429, b'{"message": "Too Many Requests", "error": 429}', TemporaryProblem),
            (503, HTML, TemporaryProblem),
        ],
    )
    async def test_what_the_server_of_tokens_answers(
        self, server: RedditServer, fittings: Fittings, status: int, body: bytes, kind: type[Exception]
    ) -> None:
        def instead(request: web.Request) -> web.Response | None:
            is_it = request.path == "/api/v1/access_token"
            return web.Response(status=status, body=body, content_type="application/json") if is_it else None

        server.access.instead = instead
        with pytest.raises(kind) as caught:
            async with opened(server, fittings):
                pass
        assert type(caught.value) is kind


class TestSettings:
    def test_an_app_logs_in_one_way(self, server: RedditServer) -> None:
        given = settings(server).app
        assert given is not None
        for update in ({"password": Secret("x"), "username": "y"}, {"refresh_token": None}):
            with pytest.raises(ValidationError, match="set one of them"):
                reddit.Settings.model_validate({"app": dict(given) | update})
        with pytest.raises(ValidationError, match="needs the username"):
            reddit.Settings.model_validate({"app": dict(given) | {"password": Secret("x"), "refresh_token": None}})

    def test_a_login_travels_over_https(self, server: RedditServer) -> None:
        app = settings(server).app
        for key in ("endpoint", "site"):
            with pytest.raises(ValidationError, match="https only"):
                reddit.Settings.model_validate({"app": app, key: "http://reddit.example.org"})
