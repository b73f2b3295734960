"""The webhook inbox keeps the contract of inboxes, believes nothing unsigned, and acknowledges what is stored and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bridge.core.replies import Letter, LetterOutcome
from bridge.inboxes._chat import ChatInbox
from bridge.inboxes._events import Mistaken, event
from bridge.inboxes.webhook import Settings, build
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.chat_boxes import Brought, serving, until
from bridge.testing.fakes.connector import Connector, sign
from bridge.testing.fittings import MovableClock
from bridge.testing.inboxes import NOW, SOON, InboxContract
from bridge.testing.node import free_port

SECRET = "connector-secret-of-tests"
ADDRESS = "reply+k1.abcdefghijklmnop.aaaaaaaaaaaaaaaaaaaaaaaaaa@bridge.test"
ABOUT = {"conversation": {"address": ADDRESS}}


def answer(event_id: str = "e1", **changes: object) -> dict[str, object]:
    made = {"schema": "bridge.chat/1", "type": "answer", "id": event_id, "conversation": ADDRESS}
    return made | {"agent": {"id": "ann@acd.test"}, "text": "We are on it."} | changes


@dataclass
class ConnectorBox(Brought):
    """A connector that brings each event until it is acknowledged."""

    fittings: Fittings
    port: int = field(default_factory=free_port)
    changes: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connector = Connector(secret=SECRET, journal=None, now=self.fittings.clock.now)
        self.connector.inbox = f"http://127.0.0.1:{self.port}/v1/events"

    def made(self) -> ChatInbox:
        named = {"listen": f"127.0.0.1:{self.port}", "secret": Secret(SECRET), "patience": timedelta(seconds=30)}
        return build("box", Settings(**(named | self.changes)), self.fittings)

    async def once(self, raw: bytes) -> int:
        return int(str((await self.post(raw))["status"]))

    async def post(self, body: bytes, **headers: str) -> dict[str, object]:
        async with aiohttp.ClientSession() as session:
            return dict(await self.connector.send(session, body, **headers))


@pytest.fixture
async def box(fittings: Fittings) -> AsyncIterator[ConnectorBox]:
    made = ConnectorBox(fittings=fittings)
    yield made
    await made.close()


class TestWebhookInbox(InboxContract):
    @pytest.fixture
    async def box(self, fittings: Fittings) -> AsyncIterator[ConnectorBox]:
        made = ConnectorBox(fittings=fittings)
        yield made
        await made.close()

    def letter(self, name: str) -> bytes:
        return json.dumps(answer(f"id-{name}", text=name)).encode()

    def name(self, found: Letter) -> str:
        return str(json.loads(found.raw)["text"])


async def test_an_acknowledgement_says_what_became_of_the_answer(box: ConnectorBox) -> None:
    loop = asyncio.create_task(serving(box.inbox(), LetterOutcome.HELD))
    await box.inboxes[-1].open()
    assert await box.post(json.dumps(answer()).encode()) == {"status": 200, "outcome": "held"}
    loop.cancel()
    (letter,) = await loop
    turn = json.loads(letter.raw)
    assert (turn["sender"], turn["proof"], turn["address"]) == ("ann@acd.test", "signature", ADDRESS)


async def test_a_file_from_elsewhere_stays_a_link_and_holds_its_words(box: ConnectorBox) -> None:
    loop = asyncio.create_task(serving(await box.opened()))
    await box.post(json.dumps(answer(files=["https://elsewhere.test/a.png"])).encode())
    loop.cancel()
    (letter,) = await loop
    assert json.loads(letter.raw)["links"] == ["https://elsewhere.test/a.png"]


async def test_what_is_not_stored_in_time_is_not_acknowledged(box: ConnectorBox) -> None:
    box.changes["patience"] = timedelta(milliseconds=50)
    await box.inbox().fetch(NOW)
    said = await box.post(json.dumps(answer()).encode())
    assert said["status"] == 503
    assert box.inboxes[-1].waiting == 0


async def test_a_stop_acknowledges_nothing_that_waits(box: ConnectorBox) -> None:
    """FT04: the daemon ends in the middle; the connector brings it to the next one."""
    await box.inbox().fetch(NOW)
    posting = asyncio.create_task(box.post(json.dumps(answer()).encode()))
    await until(lambda: bool(box.inboxes[-1].waiting))
    await box.inboxes[-1].close()
    assert (await posting)["status"] == 503


@pytest.mark.parametrize(
    "headers",
    [
        {"Bridge-Signature": ""},
        {"Bridge-Signature": "v1=" + "0" * 64},
        {"Bridge-Signature": "v1=é"},
        {"Bridge-Signature": "sha256=abc"},
        {"Bridge-Timestamp": ""},
        {"Bridge-Timestamp": "1"},
        {"Bridge-Timestamp": "-1"},
        {"Bridge-Timestamp": "9" * 11},
        {"Bridge-Timestamp": "9" * 400},
        {"Bridge-Timestamp": "١٢٣"},
    ],
)
async def test_what_is_not_signed_is_not_read(box: ConnectorBox, headers: dict[str, str]) -> None:
    """A18: rubbish with a wrong signature is refused for the signature: nothing of it was parsed."""
    await box.inbox().fetch(NOW)
    said = await box.post(b'{"type":"answer"', **headers)
    assert said["status"] == 401
    assert box.inboxes[-1].waiting == 0


async def test_a_replayed_request_is_refused_once_its_time_is_over(box: ConnectorBox, clock: MovableClock) -> None:
    await box.inbox().fetch(NOW)
    body = json.dumps({"schema": "bridge.chat/1", "type": "typing", "id": "e1", "conversation": ADDRESS}).encode()
    stamp = str(int(clock.now().timestamp()))
    recorded = {"Bridge-Timestamp": stamp, "Bridge-Signature": sign(SECRET, stamp, body)}
    assert (await box.post(body, **recorded))["status"] == 202
    clock.advance(timedelta(minutes=6))
    assert (await box.post(body, **recorded))["status"] == 401


async def test_a_signature_is_for_one_body_and_one_time(box: ConnectorBox, clock: MovableClock) -> None:
    await box.inbox().fetch(NOW)
    stamp = str(int(clock.now().timestamp()))
    one = sign(SECRET, stamp, b"{}")
    assert (await box.post(b"{ }", **{"Bridge-Timestamp": stamp, "Bridge-Signature": one}))["status"] == 401
    later = str(int(stamp) + 1)
    assert (await box.post(b"{}", **{"Bridge-Timestamp": later, "Bridge-Signature": one}))["status"] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"[" * 60_000, 422),
        (b'{"type":"answer","agent":' + b"[" * 60_000, 422),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (json.dumps(answer(schema="bridge.chat/2")).encode(), 422),
        (json.dumps(answer(type="shout")).encode(), 422),
        (json.dumps(answer(text=7)).encode(), 422),
        (json.dumps(answer(text="")).encode(), 422),
        (json.dumps(answer(text="x" * 20_001)).encode(), 422),
        (json.dumps(answer(id="")).encode(), 422),
        (json.dumps(answer(id="x" * 201)).encode(), 422),
        (json.dumps(answer(corects="e0")).encode(), 422),
        (json.dumps(answer(agent={"id": "ann@acd.test, eve@evil.test"})).encode(), 422),
        (json.dumps(answer(agent={"id": "Ann"})).encode(), 422),
        (json.dumps(answer(agent=None)).encode(), 422),
        (json.dumps(answer(type="away", text=None)).encode(), 422),
        (b" " * 131_073, 413),
    ],
)
async def test_hostile_bodies_are_refused_and_never_told_back(box: ConnectorBox, body: bytes, status: int) -> None:
    """E21."""
    await box.inbox().fetch(NOW)
    said = await box.post(body)
    assert said["status"] == status
    assert "evil" not in str(said)
    assert box.inboxes[-1].waiting == 0


async def test_a_packed_body_is_not_unpacked(box: ConnectorBox) -> None:
    """E02."""
    await box.inbox().fetch(NOW)
    assert (await box.post(b"\x1f\x8b", **{"Content-Encoding": "gzip"}))["status"] == 415


async def test_where_one_sender_speaks_for_all_no_event_chooses_another(box: ConnectorBox) -> None:
    box.changes["sender"] = "connector@acd.test"
    loop = asyncio.create_task(serving(box.inbox()))
    await box.inboxes[-1].open()
    await box.post(json.dumps(answer(agent={"id": "lea@acd.test"})).encode())
    loop.cancel()
    (letter,) = await loop
    assert json.loads(letter.raw)["sender"] == "connector@acd.test"


@pytest.mark.parametrize(("kind", "text"), [("close", "#close"), ("away", "#escalate mail")])
async def test_what_happens_to_a_conversation_is_said_as_a_command(box: ConnectorBox, kind: str, text: str) -> None:
    box.changes["away_to"] = "mail"
    loop = asyncio.create_task(serving(box.inbox()))
    await box.inboxes[-1].open()
    said = await box.post(json.dumps(box.connector.event(ABOUT, kind)).encode())
    loop.cancel()
    (letter,) = await loop
    assert (said["status"], json.loads(letter.raw)["text"]) == (200, text)


@pytest.mark.parametrize("kind", ["joined", "left", "typing"])
async def test_comings_and_goings_are_noted_and_no_letters(box: ConnectorBox, kind: str) -> None:
    await box.inbox().fetch(NOW)
    said = await box.post(json.dumps(box.connector.event(ABOUT, kind)).encode())
    assert said == {"status": 202, "outcome": "noted"}


async def test_a_port_that_is_taken_is_a_temporary_problem(box: ConnectorBox) -> None:
    await box.inbox().fetch(NOW)
    with pytest.raises(TemporaryProblem, match="address already in use"):
        await box.inbox().fetch(SOON)


@given(body=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    with pytest.raises(Mistaken) as raised:
        event(body)
    assert raised.value.status in {400, 422}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"listen": "0.0.0.0:8630"}, "own reverse proxy"),
        ({"listen": "192.0.2.1:8630"}, "own reverse proxy"),
        ({"listen": "acd.example:8630"}, "an address of this machine and a port"),
        ({"listen": "127.0.0.1:99999"}, "an address of this machine and a port"),
        ({"secret": Secret("short")}, "16 characters"),
        ({"sender": "Ann <ann@acd.test>"}, "form of a bare mail address"),
    ],
)
def test_settings_that_let_strangers_in_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Settings(**({"secret": Secret(SECRET)} | change))
