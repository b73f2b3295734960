"""Every error that X and Meta document, from the wire to people: what the agent gets, what the operator reads, what is kept."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels._graph import refusals as graph_refusals
from bridge.channels._http import Answer
from bridge.channels._problems import Judgement, Problem, refused_reading, refused_saying
from bridge.channels._x import refusals as x_refusals
from bridge.core.decide import decide
from bridge.core.effects import State
from bridge.core.events import Outcome
from bridge.core.health import PERSON_NEEDED, Health
from bridge.shell import performing
from bridge.shell.health import _state
from bridge.testing import making
from bridge.testing.fakes.graph_refusals import error
from bridge.testing.fakes.x_shapes import problem
from bridge.testing.making import claimed, moment, publish, waiting

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = "what the platform wrote about somebody"
TYPES = "https://api.x.com/2/problems/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One error, and what follows from it."""

    status: int
    body: bytes
    kept: State
    """Of the publication."""
    agent: str
    """What its agent reads; empty where nobody is troubled, because it is tried again or looked up."""
    channel: Health
    """Of the channel that was read."""
    operator: str
    """What the operator reads of it."""


def x(status: int, kind: str, detail: str = SECRET) -> bytes:
    return json.dumps(problem(status, "Title", detail, kind)).encode()


def coded(code: int) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": SECRET}]}).encode()


def meta(code: int, sub: int | None = None) -> bytes:
    return json.dumps(error(code, SECRET, sub=sub)).encode()


HTML = b"<!doctype html><title>Over capacity</title>"
AGAIN = ""

X = {
    "400 invalid-request": Row(
        status=400, body=x(400, TYPES + "invalid-request"), kept=State.HELD, agent="refuses it (status 400)",
        channel=Health.REFUSED, operator="refuses the question (status 400)",
    ),
    "401": Row(
        status=401, body=x(401, "about:blank"), kept=State.READY, agent=AGAIN,
        channel=Health.LOGIN, operator="does not accept the login any more (status 401)",
    ),
    "402 CreditsDepleted": Row(
        status=402, body=json.dumps(problem(402, "CreditsDepleted", SECRET, "about:blank")).encode(), kept=State.HELD,
        agent="credits of the X account are used up", channel=Health.REFUSED, operator="top up",
    ),
    "403 not mentioned": Row(
        status=403, body=x(403, "about:blank", "Reply to this conversation is not allowed because you have not been mentioned"),
        kept=State.HELD, agent="answer with #private, or by hand and #done",
        channel=Health.LOGIN, operator="does not accept the login any more (status 403)",
    ),
    "403 duplicate": Row(
        status=403, body=x(403, "about:blank", "You are not allowed to create a Tweet with duplicate content."),
        kept=State.UNSURE, agent=AGAIN, channel=Health.LOGIN, operator="status 403",
    ),
    "403 suspended": Row(
        status=403, body=x(403, "about:blank", "Your account is suspended"), kept=State.READY, agent=AGAIN,
        channel=Health.LOGIN, operator="suspended or locked",
    ),
    "403 client-forbidden": Row(
        status=403, body=x(403, TYPES + "client-forbidden"), kept=State.READY, agent=AGAIN,
        channel=Health.LOGIN, operator="plan and rights at console.x.com",
    ),
    "403 not-authorized-for-resource": Row(
        status=403, body=x(403, TYPES + "not-authorized-for-resource"), kept=State.HELD, agent="refuses it (status 403)",
        channel=Health.LOGIN, operator="status 403",
    ),
    "404 resource-not-found": Row(
        status=404, body=x(404, TYPES + "resource-not-found"), kept=State.HELD, agent="refuses it (status 404)",
        channel=Health.FAILING, operator="cannot answer at the moment (status 404)",
    ),
    "429 rate-limit-exceeded": Row(
        status=429, body=x(429, TYPES + "rate-limit-exceeded"), kept=State.READY, agent=AGAIN,
        channel=Health.FAILING, operator="X wants us to wait",
    ),
    "429 by code 88": Row(
        status=429, body=coded(88), kept=State.READY, agent=AGAIN,
        channel=Health.FAILING, operator="X wants us to wait",
    ),
    "429 usage-capped": Row(
        status=429, body=x(429, TYPES + "usage-capped"), kept=State.READY, agent=AGAIN,
        channel=Health.WAITING, operator="used up",
    ),
    "429 streaming-connection": Row(
        status=429, body=x(429, TYPES + "streaming-connection"), kept=State.READY, agent=AGAIN,
        channel=Health.FAILING, operator="X wants us to wait",
    ),
    "422 rule-cap": Row(
        status=422, body=x(422, TYPES + "rule-cap"), kept=State.HELD, agent="refuses it (status 422)",
        channel=Health.REFUSED, operator="refuses the question (status 422)",
    ),
    "500": Row(
        status=500, body=x(500, "about:blank"), kept=State.UNSURE, agent=AGAIN,
        channel=Health.FAILING, operator="cannot answer at the moment (status 500)",
    ),
    "503 HTML": Row(
        status=503, body=HTML, kept=State.UNSURE, agent=AGAIN,
        channel=Health.FAILING, operator="cannot answer at the moment (status 503)",
    ),
}  # fmt: skip


def _dead(code: int, sub: int | None, words: str) -> Row:
    return Row(status=400, body=meta(code, sub), kept=State.READY, agent=AGAIN, channel=Health.LOGIN, operator=words)


def _limited(code: int) -> Row:
    return Row(
        status=400, body=meta(code), kept=State.READY, agent=AGAIN,
        channel=Health.WAITING, operator=f"limit of calls is reached (code {code})",
    )  # fmt: skip


def _down(code: int) -> Row:
    return Row(
        status=500, body=meta(code), kept=State.UNSURE, agent=AGAIN,
        channel=Health.FAILING, operator=f"cannot answer at the moment (code {code})",
    )  # fmt: skip


def _forbidden(code: int) -> Row:
    return Row(
        status=403, body=meta(code), kept=State.HELD, agent=f"does not let this account answer there (code {code})",
        channel=Health.LOGIN, operator=f"give the app the permission (code {code})",
    )  # fmt: skip


def _refused(code: int, sub: int | None, agent: str) -> Row:
    named = f"code {code}, sub-code {sub}" if sub else f"code {code}"
    return Row(
        status=400, body=meta(code, sub), kept=State.HELD, agent=agent,
        channel=Health.REFUSED, operator=f"refuses the question ({named})",
    )  # fmt: skip


META = {
    **{f"{code}": _down(code) for code in (1, 2)},
    **{f"{code}": _forbidden(code) for code in (3, 10, 200, 299)},
    **{f"{code}": _limited(code) for code in (4, 17, 32, 613, 80_001, 80_002, 80_006)},
    "102": _dead(102, None, "the token is not accepted any more"),
    "190": _dead(190, None, "the token is not accepted any more"),
    "190/458": _dead(190, 458, "the app was removed"),
    "190/459": _dead(190, 459, "must pass a checkpoint"),
    "190/460": _dead(190, 460, "the password of the person who gave the token was changed"),
    "190/463": _dead(190, 463, "the token has expired"),
    "190/464": _dead(190, 464, "is not confirmed"),
    "190/467": _dead(190, 467, "the token is not valid"),
    "368": _dead(368, None, "blocks this account for abuse"),
    "341": Row(
        status=400, body=meta(341), kept=State.READY, agent=AGAIN,
        channel=Health.FAILING, operator="limit for the app is reached (code 341)",
    ),
    "506": Row(
        status=400, body=meta(506), kept=State.UNSURE, agent=AGAIN,
        channel=Health.REFUSED, operator="refuses the question (code 506)",
    ),
    "100": _refused(100, None, "the platform refuses it (code 100)"),
    "100/33": Row(
        status=400, body=meta(100, 33), kept=State.HELD, agent="what is to be answered is not there any more",
        channel=Health.REFUSED, operator="this is not there any more",
    ),
    "551": _refused(551, None, "the person cannot receive messages at the moment"),
    "1609005": _refused(1_609_005, None, "the link in the answer cannot be read by the platform"),
    "10/2018278": Row(
        status=400, body=meta(10, 2_018_278), kept=State.HELD, agent="that time is over",
        channel=Health.LOGIN, operator="give the app the permission",
    ),
    "10/2534022": Row(
        status=400, body=meta(10, 2_534_022), kept=State.HELD, agent="that time is over",
        channel=Health.LOGIN, operator="give the app the permission",
    ),
    "200/2018108": Row(
        status=400, body=meta(200, 2_018_108), kept=State.HELD, agent="development mode",
        channel=Health.LOGIN, operator="give the app the permission",
    ),
}  # fmt: skip


def _answer(row: Row) -> Answer:
    return Answer(
        status=row.status, headers=CIMultiDictProxy(CIMultiDict()), body=row.body, url=URL("https://api.example")
    )


async def _told(found: Problem | None) -> tuple[State, str]:
    """What becomes of a publication, and all that is told of it."""
    assert found is not None

    async def attempt() -> Outcome:
        raise found

    outcome = await performing._classified(claimed(publish()), attempt)
    decision = decide(waiting(), outcome, at=moment())
    notices = [intent.effect.notice for intent in decision.intents]
    assert all(notice.to == making.AGENT for notice in notices)
    return decision.settlements[0].state, "\n".join(f"{notice.subject}\n{notice.text}" for notice in notices)


async def _check(row: Row, *, saying: Judgement, reading: Judgement) -> None:
    answer = _answer(row)
    state, told = await _told(refused_saying(answer, NOW, saying))
    assert state is row.kept
    assert row.agent.lower() in told.lower()
    assert bool(told) == (state is State.HELD) == bool(row.agent)
    asked = refused_reading(answer, NOW, reading)
    assert asked is not None
    assert _state(asked) is row.channel
    assert row.operator in str(asked)
    assert SECRET not in told
    assert SECRET not in str(asked)


@pytest.mark.parametrize("name", X)
async def test_every_error_of_x(name: str) -> None:
    saying, reading = x_refusals.judge_saying(NOW), x_refusals.judge_reading(NOW)
    await _check(X[name], saying=saying, reading=reading)


@pytest.mark.parametrize("name", META)
async def test_every_error_of_meta(name: str) -> None:
    await _check(
        META[name],
        saying=lambda answer: graph_refusals.judge_saying(answer, NOW),
        reading=lambda answer: graph_refusals.judge_reading(answer, NOW),
    )


@pytest.mark.parametrize("table", [X, META], ids=["x", "meta"])
def test_the_operator_is_mailed_at_once_where_only_a_person_can_end_it(table: dict[str, Row]) -> None:
    """A dead login of either platform is one of these."""
    needing = {name for name, row in table.items() if row.channel in PERSON_NEEDED}
    assert {"401", "190"} & needing
    assert not {"429 rate-limit-exceeded", "503 HTML", "4", "80001", "1"} & needing
