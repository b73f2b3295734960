"""The OpenAPI document of the webhook inbox holds against the running port: generated requests, valid and not, are answered as it says."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bridge.core.replies import LetterOutcome
from bridge.inboxes._events import openapi
from bridge.inboxes.webhook import Settings, build
from bridge.stanza import Secret
from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.connector import sign
from bridge.testing.fittings import MovableClock, fittings
from bridge.testing.node import free_port

SECRET = "connector-secret-of-tests"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CALM = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


class Signed(AuthBase):
    """Signs whatever is about to be sent."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        stamp = str(int(utc_now().timestamp()))
        request.headers["Bridge-Timestamp"] = stamp
        request.headers["Bridge-Signature"] = sign(SECRET, stamp, body.encode() if isinstance(body, str) else body)
        return request


async def _serve(port: int, ready: threading.Event, stop: asyncio.Event) -> None:
    inbox = build(
        "box",
        Settings(listen=f"127.0.0.1:{port}", secret=Secret(SECRET), away_to="mail"),
        fittings(MovableClock()),
    )
    await inbox.open()
    ready.set()
    while not stop.is_set():
        for letter in await inbox.fetch(timedelta(milliseconds=100)):
            await inbox.file(letter, LetterOutcome.ANSWER)
    await inbox.close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The inbox on a loop of its own, for a client that blocks."""
    loop, ready, stop, chosen = asyncio.new_event_loop(), threading.Event(), asyncio.Event(), free_port()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(chosen, ready, stop),))
    thread.start()
    assert ready.wait(10)
    yield chosen
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


EVENT = schemathesis.openapi.from_dict(openapi())["/v1/events"]["POST"]
REQUESTS = st.one_of(EVENT.as_strategy(), EVENT.as_strategy(generation_mode=GenerationMode.NEGATIVE))


@CALM
@given(case=REQUESTS)
def test_signed_requests_are_answered_as_the_document_says(port: int, case: schemathesis.Case) -> None:
    response = case.call(base_url=f"http://127.0.0.1:{port}", auth=Signed())
    case.validate_response(response, checks=CHECKS)


@CALM
@given(case=REQUESTS)
def test_unsigned_requests_are_refused_as_the_document_says(port: int, case: schemathesis.Case) -> None:
    response = case.call(base_url=f"http://127.0.0.1:{port}")
    assert response.status_code == requests.codes.unauthorized
    case.validate_response(response, checks=CHECKS)


def test_what_the_document_does_not_name_is_not_there(port: int) -> None:
    where = f"http://127.0.0.1:{port}"
    assert requests.get(f"{where}/", timeout=5).status_code == requests.codes.not_found
    assert requests.get(f"{where}/v1/events", timeout=5).status_code == requests.codes.method_not_allowed
    shown = requests.get(f"{where}/v1/openapi.json", timeout=5)
    assert shown.json() == openapi()
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
