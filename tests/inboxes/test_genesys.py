"""The Genesys inbox keeps the contract of inboxes: only words that a person wrote, signed, and once by their id."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bridge.core.replies import Letter
from bridge.inboxes._chat import ChatInbox
from bridge.inboxes.genesys import Settings, build
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.chat_boxes import Brought, serving
from bridge.testing.fakes.genesys import Genesys
from bridge.testing.inboxes import NOW, InboxContract
from bridge.testing.node import free_port

SECRET = "signature-secret-token"
ADDRESS = "reply+k1.abcdefghijklmnop.aaaaaaaaaaaaaaaaaaaaaaaaaa@bridge.test"


@dataclass
class GenesysBox(Brought):
    """An integration that notifies again and again until it is answered."""

    fittings: Fittings
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.far = Genesys(secret=SECRET, journal=None)
        self.far.inbox = f"http://127.0.0.1:{self.port}/genesys"

    def made(self) -> ChatInbox:
        keys = {"listen": f"127.0.0.1:{self.port}", "secret": Secret(SECRET), "sender": "genesys@acd.test"}
        return build("box", Settings(**keys, patience=timedelta(seconds=30)), self.fittings)

    async def once(self, raw: bytes) -> int:
        return (await self.far.notify(raw))[0]


@pytest.fixture
async def box(fittings: Fittings) -> AsyncIterator[GenesysBox]:
    made = GenesysBox(fittings=fittings)
    yield made
    await made.close()


class TestGenesysInbox(InboxContract):
    @pytest.fixture
    async def box(self, fittings: Fittings) -> AsyncIterator[GenesysBox]:
        made = GenesysBox(fittings=fittings)
        yield made
        await made.close()

    def letter(self, name: str) -> bytes:
        return json.dumps(Genesys(secret=SECRET, journal=None).outbound(ADDRESS, name, id=f"id-{name}")).encode()

    def name(self, found: Letter) -> str:
        return str(json.loads(found.raw)["text"])


async def test_words_of_a_person_are_a_turn_of_the_integration(box: GenesysBox) -> None:
    loop = asyncio.create_task(serving(await box.opened()))
    sent = box.far.outbound(ADDRESS, "Hi there")
    assert await box.far.notify(json.dumps(sent).encode()) == (200, {"outcome": "answer"})
    loop.cancel()
    (letter,) = await loop
    turn = json.loads(letter.raw)
    assert {turn[key] for key in ("id", "address", "sender", "text", "automatic")} == {
        sent["id"], ADDRESS, "genesys@acd.test", "Hi there", "",
    }  # fmt: skip


@pytest.mark.parametrize("entity", ["Bot", "", "Anything"])
async def test_a_machines_words_are_marked_as_such(box: GenesysBox, entity: str) -> None:
    """A12: only what Genesys calls human may be published."""
    loop = asyncio.create_task(serving(await box.opened()))
    await box.far.notify(json.dumps(box.far.outbound(ADDRESS, "Hi", originatingEntity=entity)).encode())
    loop.cancel()
    (letter,) = await loop
    assert json.loads(letter.raw)["automatic"] == "bot"


@pytest.mark.parametrize(
    "changes",
    [{"type": "Event", "text": "", "events": [{"eventType": "Typing"}]}, {"type": "Receipt"}, {"direction": "Inbound"}],
)
async def test_other_notifications_are_noted(box: GenesysBox, changes: dict[str, object]) -> None:
    inbox = await box.opened()
    status, said = await box.far.notify(json.dumps(box.far.outbound(ADDRESS, "Hi", **changes)).encode())
    assert (status, said, inbox.waiting) == (202, {"outcome": "noted"}, 0)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=AAAA", "sha1=x"])
async def test_what_is_not_signed_is_not_read(box: GenesysBox, signature: str) -> None:
    inbox = await box.opened()
    status, _said = await box.far.notify(b'{"id"', signature=signature or "none")
    assert (status, inbox.waiting) == (401, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": "\x9c"}',
        b"[" * 50_000,
        b'{"id": 7}',
        b'{"channel": {"to": 7}}',
        b'{"text": ["a"], "type": "Text"}',
    ],
)
async def test_hostile_bodies_are_refused(box: GenesysBox, body: bytes) -> None:
    inbox = await box.opened()
    status, _said = await box.far.notify(body)
    assert (status, inbox.waiting) == (422, 0)


@pytest.mark.parametrize("changes", [{"channel": {"to": {}}}, {"text": "x" * 20_001}])
async def test_what_can_be_no_turn_is_refused(box: GenesysBox, changes: dict[str, object]) -> None:
    inbox = await box.opened()
    status, _said = await box.far.notify(json.dumps(box.far.outbound(ADDRESS, "Hi", **changes) | changes).encode())
    assert (status, inbox.waiting) == (422, 0)
    assert list(await inbox.fetch(NOW)) == []


def test_somebody_must_speak_for_all() -> None:
    with pytest.raises(ValidationError, match="does not say which agent wrote"):
        Settings(secret=Secret(SECRET), sender="")
    with pytest.raises(ValidationError, match="Field required"):
        Settings(secret=Secret(SECRET))
