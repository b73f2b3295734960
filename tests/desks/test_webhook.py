"""The webhook desk keeps the contract of desks before a connector that checks every signature."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from pydantic import ValidationError

from bridge.core.model import Author, Media, Quote
from bridge.core.proxies import Sealed
from bridge.desks.webhook import Settings, WebhookDesk, build
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.chat_parcels import parcel
from bridge.testing.desks import DeskContract, notice, proxy
from bridge.testing.fakes.connector import Connector
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import HastyClock

SECRET = "connector-secret-of-tests"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "desks" / "chat.schema.json").read_text())


@dataclass
class ConnectorQueue:
    connector: Connector
    fittings: Fittings

    def desk(self) -> WebhookDesk:
        settings = Settings(url=self.connector.url, secret=Secret(SECRET), timeout=timedelta(seconds=1))
        return build("support", settings, replace(self.fittings, clock=HastyClock()))

    async def arrived(self) -> Sequence[bytes]:
        return self.connector.taken()

    async def vanish(self) -> None:
        await self.connector.stop()


@pytest.fixture
async def queue(fittings: Fittings) -> AsyncIterator[ConnectorQueue]:
    connector = Connector(secret=SECRET, journal=None)
    await connector.start()
    yield ConnectorQueue(connector, fittings)
    await connector.stop()


@pytest.fixture
async def desk(queue: ConnectorQueue) -> AsyncIterator[WebhookDesk]:
    desk = queue.desk()
    yield desk
    await desk.close()


class TestWebhookDesk(DeskContract):
    @pytest.fixture
    async def queue(self, fittings: Fittings) -> AsyncIterator[ConnectorQueue]:
        connector = Connector(secret=SECRET, journal=None)
        await connector.start()
        yield ConnectorQueue(connector, fittings)
        await connector.stop()

    def parcel(self, name: str, *, body: bytes = b"Please help.\r\n") -> Sealed:
        return parcel(name, body=body)


@pytest.mark.parametrize(
    ("mode", "problem", "accepted"),
    [
        (Mode.REFUSE, PermanentProblem, 0),
        (Mode.TOO_LARGE, PermanentProblem, 0),
        (Mode.FORBID, LoginProblem, 0),
        (Mode.REVOKED, LoginProblem, 0),
        (Mode.RATE_LIMIT, TemporaryProblem, 0),
        (Mode.REDIRECT, TemporaryProblem, 0),
        (Mode.DUPLICATE, TemporaryProblem, 0),
        (Mode.ERROR, UncertainProblem, 0),
        (Mode.CUT, UncertainProblem, 0),
        (Mode.ACCEPT_THEN_ERROR, UncertainProblem, 1),
        (Mode.ACCEPT_THEN_CUT, UncertainProblem, 1),
        (Mode.ACCEPT_THEN_HANG, UncertainProblem, 1),
    ],
)
async def test_ft07_each_failure_says_whether_something_happened(
    queue: ConnectorQueue, desk: WebhookDesk, mode: Mode, problem: type[Exception], accepted: int
) -> None:
    """A cut between the request and its answer is doubt, and the repeat bears the same key."""
    queue.connector.faults.set(mode, times=3, amount=7)
    with pytest.raises(problem):
        await desk.inject(parcel("once", body=b"Hello."))
    assert len(queue.connector.taken()) == 3 * accepted
    queue.connector.faults.heal()
    await desk.inject(parcel("once", body=b"Hello."))
    assert len({entry.fields["key"] for entry in queue.connector.journal}) == 1


@pytest.mark.parametrize("mode", [Mode.ERROR, Mode.CUT, Mode.ACCEPT_THEN_CUT, Mode.ACCEPT_THEN_HANG])
async def test_a_moment_of_trouble_keeps_no_customer_waiting(
    queue: ConnectorQueue, desk: WebhookDesk, mode: Mode
) -> None:
    queue.connector.faults.set(mode, times=1, amount=7)
    await desk.inject(parcel("once", body=b"Hello."))
    assert len(set(queue.connector.taken())) == 1


async def test_a_server_that_asks_to_wait_is_heard(queue: ConnectorQueue, desk: WebhookDesk) -> None:
    queue.connector.faults.set(Mode.RATE_LIMIT, times=1, amount=7)
    with pytest.raises(TemporaryProblem) as raised:
        await desk.inject(parcel("once", body=b"Hello."))
    assert raised.value.after == 7


async def test_a_wrong_secret_is_a_matter_for_a_person_and_stands_nowhere(queue: ConnectorQueue) -> None:
    settings = Settings(url=queue.connector.url, secret=Secret("another secret of tests"))
    desk = build("support", settings, queue.fittings)
    queue.connector.faults.set(Mode.CUT, times=1, amount=0)
    with pytest.raises(LoginProblem) as raised:
        await desk.inject(parcel("once", body=b"Hello."))
    await desk.close()
    assert "another" not in str(raised.value)


def documents(desk: WebhookDesk):
    """What a desk makes of ordinary and of hostile messages."""
    made = proxy("support")
    hostile = Author(
        id="u2", handle="<b>eve</b>", name="<script>alert(1)</script>\u202e\x00\x1b[2J Doe",
        url="javascript:alert(1)", picture="data:text/html,<b>", reach=3,
    )  # fmt: skip
    post = replace(made.post, author=hostile, text="\ud800 </script>\r\n\x00" + "é" * 200_000, url="file:///etc/passwd")
    post = replace(post, media=(Media(url="https://x.test/a.png", type="image/png", alt="a\nb"),), rating=4)
    said = (
        Quote(author="us", text="Earlier.", at=datetime(2026, 1, 1, tzinfo=UTC), ours=True),
        Quote(author="x", text=""),
    )
    messages = [made, replace(made, post=post, thread=said, moved=True), notice("support")]
    messages.append(replace(notice("support"), conversation=made.conversation))
    return [json.loads(desk.seal(each).content) for each in messages]


async def test_documents_keep_the_schema_whatever_customers_write(desk: WebhookDesk) -> None:
    validator = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    for document in documents(desk):
        assert [str(error) for error in validator.iter_errors(document)] == []


async def test_e19_nothing_in_a_document_is_more_than_text(desk: WebhookDesk) -> None:
    hostile = documents(desk)[1]
    assert hostile["customer"]["url"] == hostile["customer"]["picture"] == hostile["post"]["url"] == ""
    assert "\u202e" not in hostile["customer"]["name"]
    assert "\x1b" not in hostile["customer"]["name"]
    assert hostile["post"]["text"].startswith("\ufffd </script>\n")
    assert len(hostile["post"]["text"]) <= 100_000


async def test_the_address_in_a_document_is_signed_for_this_desk(queue: ConnectorQueue, desk: WebhookDesk) -> None:
    from bridge.letters.address import Token, verify

    made = proxy("support")
    sealed = desk.seal(made)
    (address,) = sealed.recipients
    token = verify(queue.fittings.ring, address, ["support"])
    assert isinstance(token, Token)
    assert token.subject == made.conversation
    assert json.loads(sealed.content)["conversation"]["address"] == address


async def test_many_wait_for_a_slow_connector_and_none_is_lost(queue: ConnectorQueue, desk: WebhookDesk) -> None:
    queue.connector.faults.set(Mode.ACCEPT_LATE, times=None, amount=0.1)
    await asyncio.gather(*(desk.inject(parcel(f"n{number}", body=b"Hello.")) for number in range(150)))
    assert len(set(queue.connector.taken())) == 150


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"url": "http://acd.example/chat"}, "not https"),
        ({"url": "https://me:pw@acd.example/chat"}, "holds a login"),
        ({"url": "ftp://acd.example/chat"}, "no address of the web"),
        ({"url": "//"}, "no address of the web"),
        ({"secret": Secret("short")}, "16 characters"),
        ({"ca_file": Path("/nowhere")}, "ca_file cannot be used"),
    ],
)
def test_settings_that_would_be_read_or_guessed_by_others_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Settings(**({"url": "https://acd.example/chat", "secret": Secret(SECRET)} | change))
