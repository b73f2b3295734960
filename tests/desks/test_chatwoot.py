"""The Chatwoot desk keeps the contract of desks before a small Chatwoot that merges nothing: it looks before it speaks."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bridge.core.proxies import Notice, Sealed
from bridge.desks._words import words
from bridge.desks.chatwoot import ChatwootDesk, Settings, build
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.chat_parcels import parcel
from bridge.testing.desks import DeskContract, notice, proxy
from bridge.testing.fakes.chatwoot import IDENTIFIER, Chatwoot
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import HastyClock

SECRET = "webhook-secret-of-tests"


@dataclass
class ChatwootQueue:
    far: Chatwoot
    fittings: Fittings

    def desk(self, identifier: str = IDENTIFIER) -> ChatwootDesk:
        settings = Settings(url=f"{self.far.url}/", identifier=Secret(identifier), timeout=timedelta(seconds=1))
        return build("support", settings, replace(self.fittings, clock=HastyClock()))

    async def arrived(self) -> Sequence[bytes]:
        return [str(message["content"]).encode() for message in self.far.messages()]

    async def vanish(self) -> None:
        await self.far.stop()


@pytest.fixture
async def queue(fittings: Fittings) -> AsyncIterator[ChatwootQueue]:
    far = Chatwoot(secret=SECRET, journal=None)
    await far.start()
    yield ChatwootQueue(far, fittings)
    await far.stop()


@pytest.fixture
async def desk(queue: ChatwootQueue) -> AsyncIterator[ChatwootDesk]:
    desk = queue.desk()
    yield desk
    await desk.close()


class TestChatwootDesk(DeskContract):
    @pytest.fixture
    async def queue(self, fittings: Fittings) -> AsyncIterator[ChatwootQueue]:
        far = Chatwoot(secret=SECRET, journal=None)
        await far.start()
        yield ChatwootQueue(far, fittings)
        await far.stop()

    def parcel(self, name: str, *, body: bytes = b"Please help.\r\n") -> Sealed:
        return parcel(name, body=body)

    def notice(self, desk: str) -> Notice:
        return replace(notice(desk), conversation="abcdefghijklmnop")

    def seen(self, sealed: Sealed) -> bytes:
        return words(json.loads(sealed.content)).encode()


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        (Mode.REFUSE, PermanentProblem),
        (Mode.TOO_LARGE, PermanentProblem),
        (Mode.FORBID, LoginProblem),
        (Mode.REVOKED, LoginProblem),
        (Mode.RATE_LIMIT, TemporaryProblem),
        (Mode.DUPLICATE, TemporaryProblem),
        (Mode.ERROR, UncertainProblem),
        (Mode.CUT, UncertainProblem),
        (Mode.ACCEPT_THEN_ERROR, None),
        (Mode.ACCEPT_THEN_CUT, None),
        (Mode.ACCEPT_THEN_HANG, None),
        (Mode.ACCEPT_WITH_GARBAGE, None),
        (Mode.LISTING_ERROR, TemporaryProblem),
        (Mode.LISTING_CUT, TemporaryProblem),
        (Mode.MALFORMED, TemporaryProblem),
        (Mode.WEB_PAGE, TemporaryProblem),
    ],
)
async def test_ft07_whatever_fails_a_repeat_is_one_message(
    queue: ChatwootQueue, desk: ChatwootDesk, mode: Mode, problem: type[Exception] | None
) -> None:
    """Where it was accepted and the answer lost, looking finds it, so that nothing is said twice."""
    queue.far.faults.set(mode, times=None, amount=7)
    if problem:
        with pytest.raises(problem):
            await desk.inject(desk.seal(proxy("support")))
        assert queue.far.messages() == []
    else:
        await desk.inject(desk.seal(proxy("support")))
    queue.far.faults.heal()
    await desk.inject(desk.seal(proxy("support")))
    assert len(queue.far.messages()) == 1
    assert len(queue.far.conversations) == 1


async def test_the_same_words_of_two_posts_are_two_messages(queue: ChatwootQueue, desk: ChatwootDesk) -> None:
    await desk.inject(desk.seal(proxy("support")))
    await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2")))
    assert len(queue.far.messages()) == 2
    assert len(queue.far.conversations) == 1


async def test_a_resolved_conversation_opens_again(queue: ChatwootQueue, desk: ChatwootDesk) -> None:
    await desk.inject(desk.seal(proxy("support")))
    (conversation,) = queue.far.conversations.values()
    conversation.status = "resolved"
    await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2")))
    assert conversation.status == "open"


async def test_the_contact_is_the_customer_and_the_source_is_signed(queue: ChatwootQueue, desk: ChatwootDesk) -> None:
    made = replace(proxy("support"), person="abcdefghij")
    await desk.inject(desk.seal(made))
    ((source, contact),) = queue.far.contacts.items()
    assert source == json.loads(desk.seal(made).content)["conversation"]["address"]
    assert (contact["name"], contact["identifier"]) == ('Jané "J" Doe, 🦊', "abcdefghij")


async def test_an_unknown_inbox_is_the_operators_to_mend(queue: ChatwootQueue) -> None:
    desk = queue.desk("another")
    with pytest.raises(TemporaryProblem, match="check url and identifier"):
        await desk.inject(parcel("one", body=b"Hello."))
    await desk.close()


async def test_an_alert_has_no_place_in_a_chat_of_customers(desk: ChatwootDesk) -> None:
    with pytest.raises(PermanentProblem, match=r"bridge\.alerts\.desk"):
        await desk.tell(desk.seal(notice("support")))
