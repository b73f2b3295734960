"""Every error of the Graph API: what the adapter makes of it, read and said, and that nothing leaks or crashes."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import web
from channels_graph import graph_place
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels import facebook
from bridge.channels._graph.refusals import judge_reading, judge_saying
from bridge.channels._http import Answer
from bridge.ports import (
    Channel,
    ClosedProblem,
    Fittings,
    LoginProblem,
    PermanentProblem,
    TemporaryProblem,
    UncertainProblem,
)
from bridge.testing import making
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.faults import Sort
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fakes.graph_refusals import error
from bridge.testing.fakes.server import Loopback
from bridge.testing.fittings import MovableClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANSWER = "Thank you for telling us: a technician is on the way to you."

LOGIN = {
    (102, None): "the token is not accepted",
    (190, None): "the token is not accepted",
    (190, 458): "removed",
    (190, 459): "checkpoint",
    (190, 460): "password",
    (190, 463): "expired",
    (190, 464): "not confirmed",
    (190, 467): "not valid",
    (368, None): "blocks this account for abuse",
}
THROTTLED = (4, 17, 32, 613, 80_001, 80_002, 80_006)
DOWN = (1, 2)
FORBIDDEN = (3, 10, 200, 230, 299)
SAID = {
    (10, 2_018_278): (ClosedProblem, "the time in which"),
    (10, 2_534_022): (ClosedProblem, "the time in which"),
    (551, None): (PermanentProblem, "cannot receive messages"),
    (200, 2_018_108): (PermanentProblem, "development mode"),
    (506, None): (UncertainProblem, "already there"),
    (100, None): (PermanentProblem, "refuses it (code 100)"),
    (100, 33): (PermanentProblem, "not there any more"),
    (1_609_005, None): (PermanentProblem, "link"),
    (10_900, None): (PermanentProblem, "already answered in private"),
    (4_711, None): (PermanentProblem, "code 4711"),
}


def refusal(code: int, sub: int | None, *, status: int = 400, headers: dict[str, str] | None = None) -> Answer:
    body = msgspec.json.encode(error(code, "private words", sub=sub))
    return raw(body, status=status, headers=headers)


def raw(body: bytes, *, status: int = 400, headers: dict[str, str] | None = None) -> Answer:
    return Answer(
        status=status, headers=CIMultiDictProxy(CIMultiDict(headers or {})), body=body, url=URL("https://graph.example")
    )


@pytest.mark.parametrize(("codes", "why"), LOGIN.items())
@pytest.mark.parametrize("judge", [judge_reading, judge_saying])
def test_f01_a_dead_login_and_a_block_need_a_person(judge, codes, why) -> None:
    """D08 too: whatever was asked or said, nothing happened."""
    problem = judge(refusal(*codes), NOW)
    assert type(problem) is LoginProblem
    assert why in str(problem)


@pytest.mark.parametrize("code", THROTTLED)
@pytest.mark.parametrize("judge", [judge_reading, judge_saying])
def test_d07_a_limit_says_how_long_to_wait(judge, code) -> None:
    """By its own header in minutes, and a quarter of an hour where it says nothing."""
    told = '{"17":[{"type":"pages","call_count":100,"total_cputime":23,"estimated_time_to_regain_access":19}]}'
    known = judge(refusal(code, None, headers={"X-Business-Use-Case-Usage": told}), NOW)
    silent = judge(refusal(code, None), NOW)
    assert type(known) is type(silent) is TemporaryProblem
    assert (known.after, silent.after) == (19 * 60, 900)


@pytest.mark.parametrize("judge", [judge_reading, judge_saying])
def test_the_limit_of_an_app_is_over_some_time(judge) -> None:
    assert type(judge(refusal(341, None), NOW)) is TemporaryProblem


@pytest.mark.parametrize("code", DOWN)
def test_a_failure_of_the_platform_is_passing_or_uncertain(code) -> None:
    """C01: a question is asked again, an answer may have been published."""
    assert type(judge_reading(refusal(code, None, status=500), NOW)) is TemporaryProblem
    assert type(judge_saying(refusal(code, None, status=500), NOW)) is UncertainProblem
    assert type(judge_saying(refusal(code, None), NOW)) is UncertainProblem


@pytest.mark.parametrize("code", FORBIDDEN)
def test_f02_a_missing_permission_stops_reading_and_holds_answers(code) -> None:
    assert type(judge_reading(refusal(code, None, status=403), NOW)) is LoginProblem
    assert type(judge_saying(refusal(code, None, status=403), NOW)) is PermanentProblem


@pytest.mark.parametrize(("codes", "expected"), SAID.items())
def test_what_is_refused_is_told_apart(codes, expected) -> None:
    kind, words_of_it = expected
    problem = judge_saying(refusal(*codes), NOW)
    assert type(problem) is kind
    assert words_of_it in str(problem)


@pytest.mark.parametrize("status", [200, 500, 502])
def test_c21_an_unknown_error_with_a_status_that_says_nothing_is_uncertain(status) -> None:
    assert type(judge_saying(refusal(4_711, None, status=status), NOW)) is UncertainProblem
    assert type(judge_reading(refusal(4_711, None, status=status), NOW)) is TemporaryProblem


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error":"text"}', b'{"error":{"code":[]}}', b"\xff\xfe"])
def test_bodies_that_are_no_error_are_left_to_the_status(body) -> None:
    assert judge_reading(raw(body), NOW) is None
    assert judge_saying(raw(body), NOW) is None


@pytest.mark.parametrize("code", ["190", 190])
def test_codes_come_as_numbers_or_as_text(code) -> None:
    body = b'{"error":{"code":%s,"error_subcode":"460"}}' % (b'"190"' if isinstance(code, str) else b"190")
    assert "password" in str(judge_reading(raw(body), NOW))


@given(code=st.integers(), sub=st.none() | st.integers(), status=st.integers(200, 599))
def test_no_error_passes_for_a_success_or_shows_its_text(code, sub, status) -> None:
    for judge in (judge_reading, judge_saying):
        problem = judge(refusal(code, sub, status=status), NOW)
        assert problem is not None
        assert "private words" not in str(problem)


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    async with graph_place("Acme", clock) as place:
        yield place


@pytest.fixture
async def channel(place: GraphPlace, fittings: Fittings) -> AsyncIterator[Channel]:
    channel = facebook.build("page", facebook.Settings.model_validate(place.facebook_keys()), fittings)
    await channel.open()
    yield channel
    await channel.close()


@pytest.mark.parametrize(("codes", "kind"), [((368, None), LoginProblem), ((80_001, None), TemporaryProblem)])
async def test_d08_a_limit_or_a_block_is_not_lengthened_by_asking(
    place: GraphPlace, channel: Channel, clock: MovableClock, codes, kind
) -> None:
    """Neither polls nor answers are sent before it is over; afterwards everything is caught up."""
    cursor = await started(channel)
    place.visit("ann", words("meanwhile"))
    place.api.plant(Sort.LIST, codes[0], sub=codes[1], status=400)
    with pytest.raises(kind):
        await channel.poll(cursor)
    place.heal()
    calls = len(place.api.calls)
    with pytest.raises(kind):
        await channel.poll(cursor)
    with pytest.raises(kind):
        await channel.publish(public(making_post(place), ANSWER))
    assert len(place.api.calls) == calls
    clock.advance(timedelta(hours=7))
    assert (await gather(channel, cursor)).texts == [words("meanwhile")]


def making_post(place: GraphPlace):
    return making.post(channel="page", id=f"{place.state.page}_2", thread=f"p:{place.state.page}_2")


@pytest.mark.parametrize(("codes", "kind"), [(k, v[0]) for k, v in SAID.items()])
async def test_refusals_arrive_through_the_sdk(place: GraphPlace, channel: Channel, codes, kind) -> None:
    """The SDK's own exception holds none of it."""
    cursor = await started(channel)
    place.visit("ann", words("to be answered"))
    post = (await gather(channel, cursor)).posts[0]
    place.api.plant(Sort.SAY, codes[0], sub=codes[1], status=400)
    for publication in (public(post, ANSWER), private(post, ANSWER)):
        with pytest.raises(kind) as caught:
            await channel.publish(publication)
        assert caught.value.__cause__ is None
    assert place.said() == []


ODD_ANSWERS = {
    "an HTML page": (200, "text/html", b"<!doctype html><p>Sign in</p>"),
    "a token in a query string": (200, "text/plain", b"access_token=abc&expires=1"),
    "a picture": (200, "image/png", b"\x89PNG"),
    "no type": (200, "", b'{"data":[]}'),
    "a list": (200, "application/json", b"[1,2]"),
    "a number": (200, "application/json", b"7"),
    "half of it": (200, "application/json", b'{"data": [{"id": "1"'),
    "no text": (200, "application/json", b"\xff\xfe\x00"),
    "an empty body": (200, "application/json", b""),
    "deep": (200, "application/json", b'{"data":' + b"[" * 100_000),
    "other fields": (200, "application/json", b'{"items":[]}'),
    "an error that is text": (200, "application/json", b'{"error":"no"}'),
    "a gateway": (502, "text/html", b"<h1>Bad gateway</h1>"),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
async def test_e03_an_answer_in_no_known_shape_is_a_passing_problem(
    fittings: Fittings, place: GraphPlace, name
) -> None:
    """C21: no crash, and the cursor stays."""
    status, kind, body = ODD_ANSWERS[name]

    async def answer_so(_request: web.Request) -> web.Response:
        response = web.Response(status=status, body=body)
        response.headers["Content-Type"] = kind
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer_so)
    server = Loopback(app)
    keys = {**place.facebook_keys(), "endpoint": await server.start(0)}
    channel = facebook.build("page", facebook.Settings.model_validate(keys), fittings)
    with pytest.raises(TemporaryProblem):
        await channel.open()
    with pytest.raises(TemporaryProblem):
        await channel.poll(None)
    await channel.close()
    await server.stop()


async def test_ft24_no_log_of_any_library_holds_a_token(
    place: GraphPlace, channel: Channel, shown: Callable[[], str]
) -> None:
    """At the most talkative level; and no address that leaves us has it."""
    cursor = await started(channel)
    place.visit("ann", words("to be answered"))
    post = (await gather(channel, cursor)).posts[0]
    await channel.publish(public(post, ANSWER))
    place.api.plant(Sort.LIST, 190, sub=460, status=400)
    with pytest.raises(LoginProblem):
        await channel.poll(cursor)
    assert place.api.leaks == []
    logged = shown()
    assert "graph_refused" in logged
    assert place.token not in logged
    assert place.app_secret not in logged
