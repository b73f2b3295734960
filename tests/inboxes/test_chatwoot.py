"""The Chatwoot inbox keeps the contract of inboxes: signed calls of its webhook, public words of people, once by their number."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bridge.core.replies import Letter
from bridge.inboxes._chat import ChatInbox
from bridge.inboxes.chatwoot import Settings, build
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.chat_boxes import Brought, serving
from bridge.testing.fakes.chatwoot import Chatwoot, Conversation
from bridge.testing.fittings import MovableClock
from bridge.testing.inboxes import InboxContract
from bridge.testing.node import free_port

SECRET = "webhook-secret-of-tests"
ADDRESS = "reply+k1.abcdefghijklmnop.aaaaaaaaaaaaaaaaaaaaaaaaaa@bridge.test"


def server(fittings: Fittings | None = None) -> Chatwoot:
    far = Chatwoot(secret=SECRET, journal=None, **({"now": fittings.clock.now} if fittings else {}))
    far.conversations[200] = Conversation(id=200, source=ADDRESS)
    return far


@dataclass
class ChatwootBox(Brought):
    """A webhook that somebody calls again and again until it is answered."""

    fittings: Fittings
    port: int = field(default_factory=free_port)
    sender: str = ""

    def __post_init__(self) -> None:
        self.far = server(self.fittings)
        self.far.inbox = f"http://127.0.0.1:{self.port}/chatwoot"

    def made(self) -> ChatInbox:
        keys = {"listen": f"127.0.0.1:{self.port}", "secret": Secret(SECRET), "sender": self.sender}
        return build("box", Settings(**keys, patience=timedelta(seconds=30)), self.fittings)

    async def once(self, raw: bytes) -> int:
        return (await self.far.call(raw))[0]


@pytest.fixture
async def box(fittings: Fittings) -> AsyncIterator[ChatwootBox]:
    made = ChatwootBox(fittings=fittings)
    yield made
    await made.close()


class TestChatwootInbox(InboxContract):
    @pytest.fixture
    async def box(self, fittings: Fittings) -> AsyncIterator[ChatwootBox]:
        made = ChatwootBox(fittings=fittings)
        yield made
        await made.close()

    def letter(self, name: str) -> bytes:
        return json.dumps(server().outgoing(200, name)).encode()

    def name(self, found: Letter) -> str:
        return str(json.loads(found.raw)["text"])


async def brought(box: ChatwootBox, **changes: object) -> tuple[int, list[dict[str, object]]]:
    loop = asyncio.create_task(serving(await box.opened()))
    status, _said = await box.far.call(json.dumps(box.far.outgoing(200, "Hi there", **changes)).encode())
    loop.cancel()
    return status, [json.loads(letter.raw) for letter in await loop]


async def test_words_of_an_agent_are_a_turn_of_theirs(box: ChatwootBox) -> None:
    status, (turn,) = await brought(box, id=300)
    assert status == 200
    assert (turn["id"], turn["address"], turn["sender"]) == ("message 300", ADDRESS, "ann@acd.test")
    assert (turn["text"], turn["automatic"]) == ("Hi there", "")


async def test_where_one_sender_speaks_for_all_it_speaks(box: ChatwootBox) -> None:
    box.sender = "chatwoot@acd.test"
    _status, (turn,) = await brought(box)
    assert turn["sender"] == "chatwoot@acd.test"


async def test_a_bots_words_are_marked_as_such(box: ChatwootBox) -> None:
    """A12."""
    _status, (turn,) = await brought(box, sender={"id": 1, "name": "Bot", "type": "agent_bot"})
    assert turn["automatic"] == "bot"


@pytest.mark.parametrize(
    "changes",
    [
        {"private": True},
        {"private": None},
        {"private": 0},
        {"message_type": "incoming"},
        {"message_type": "activity"},
        {"event": "message_updated"},
        {"event": "conversation_typing_on"},
        {"sender": None},
        {"id": "300"},
        {"conversation": {"id": 200}},
        {"conversation": None},
    ],
)
async def test_private_notes_and_everything_else_are_no_turn(box: ChatwootBox, changes: dict[str, object]) -> None:
    """B01: a note among colleagues comes by the same way as an answer."""
    status, turns = await brought(box, **changes)
    assert (status, turns) == (202, [])


@pytest.mark.parametrize(("sender", "count"), [("chatwoot@acd.test", 1), ("", 0)])
async def test_a_resolved_conversation_is_closed_by_whoever_speaks_for_all(
    box: ChatwootBox, sender: str, count: int
) -> None:
    box.sender = sender
    loop = asyncio.create_task(serving(await box.opened()))
    call = {"event": "conversation_status_changed", "status": "resolved", "id": 200, "updated_at": 1767225600.5}
    await box.far.call(json.dumps(call | {"contact_inbox": {"source_id": ADDRESS}}).encode())
    loop.cancel()
    assert [json.loads(letter.raw)["text"] for letter in await loop] == ["#close"] * count


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Chatwoot-Signature": ""},
        {"X-Chatwoot-Signature": "sha256=" + "0" * 64},
        {"X-Chatwoot-Timestamp": ""},
        {"X-Chatwoot-Timestamp": "1"},
    ],
)
async def test_what_is_not_signed_is_not_read(box: ChatwootBox, headers: dict[str, str]) -> None:
    inbox = await box.opened()
    status, _said = await box.far.call(b'{"event"', **headers)
    assert (status, inbox.waiting) == (401, 0)


async def test_a_replayed_call_is_refused_once_its_time_is_over(box: ChatwootBox, clock: MovableClock) -> None:
    import hmac

    await box.opened()
    stamp, body = str(int(clock.now().timestamp())), b"{}"
    digest = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
    recorded = {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={digest}"}
    assert (await box.far.call(body, **recorded))[0] == 202
    clock.advance(timedelta(minutes=6))
    assert (await box.far.call(body, **recorded))[0] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b'{"event": "\x9c"}', 400), (b"[" * 50_000, 400), (b"[]", 202), (b"7", 202)],
)
async def test_hostile_bodies_bring_nothing(box: ChatwootBox, body: bytes, status: int) -> None:
    inbox = await box.opened()
    assert (await box.far.call(body))[0] == status
    assert inbox.waiting == 0
