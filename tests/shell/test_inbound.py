"""Letters leave their mailbox only when what became of them is stored (law 2, C07)."""

import asyncio
import base64
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bridge.core.decision import Decision
from bridge.core.health import Health
from bridge.core.policy import Policy, Sampler
from bridge.core.replies import Filed, Form, Letter, LetterOutcome, Reading
from bridge.letters import reading as letters
from bridge.letters.address import KeyRing, Purpose, signed_address
from bridge.letters.reading import Postmark
from bridge.letters.signing import Signer, signature
from bridge.ports import StoreLost, TemporaryProblem
from bridge.shell import considering, inbound
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.shell.sender_keys import sender_keys
from bridge.store.open import open_store
from bridge.testing import mailing, making
from bridge.testing.fittings import MovableClock
from bridge.testing.store_away import Distant

DOMAIN = "reply.acme.test"
RAW = b"From: Ann <ann@acme.test>\r\nTo: somebody@acme.test\r\nSubject: Hello\r\n\r\nHello.\r\n"


class One:
    """An inbox with one letter, until it is filed."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self.filed: list[LetterOutcome] = []

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        return () if self.filed else (Letter(inbox="replies", uid="1", raw=RAW, received=self._clock.now()),)

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        self.filed.append(outcome)


@pytest.fixture
async def store(clock: MovableClock) -> AsyncIterator[Distant]:
    opened = open_store(":memory:", clock=clock, create=True, platforms={})
    yield Distant(opened)
    opened.close()


@pytest.fixture
def house(store: Distant, clock: MovableClock) -> House:
    policy = Policy(desks={}, channels={}, reply_domain=DOMAIN)
    ring = KeyRing(keys={"k1": b"k" * 32}, signing="k1")
    return House(
        store=store,
        groups=store,
        clock=clock,
        channels={},
        desks={},
        inboxes={"replies": One(clock)},
        judge=None,
        policy=lambda: policy,
        postmarks={"replies": Postmark(ring=ring, domain=DOMAIN, desks=(), delivered="", form=Form.MAIL)},
        owner="node",
    )


async def test_law_2_a_letter_stays_in_its_mailbox_until_its_outcome_is_stored(house: House, store: Distant) -> None:
    store.away = True
    with pytest.raises(TemporaryProblem):
        await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event())
    assert house.inboxes["replies"].filed == []

    store.away = False
    assert await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event()) == 1
    assert house.inboxes["replies"].filed == [LetterOutcome.NOT_OURS]


async def test_a_letter_is_read_though_the_process_stood_still_for_longer_than_reading_may_take(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suspended machine must not turn a good letter into one that a person has to see to."""
    monkeypatch.setattr(considering, "READING", 0.5)
    loop, read, goes_on = asyncio.get_running_loop(), letters.reading, threading.Event()

    def stand_still() -> None:
        time.sleep(0.8)
        goes_on.set()

    def reading(*given: Any, **more: Any) -> Reading:
        loop.call_soon_threadsafe(stand_still)
        goes_on.wait()
        return read(*given, **more)

    monkeypatch.setattr(letters, "reading", reading)
    assert await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event()) == 1
    assert house.inboxes["replies"].filed == [LetterOutcome.NOT_OURS]


async def test_c20_a_letter_whose_reading_does_not_end_is_kept_raw(
    house: House, store: Distant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(considering, "READING", 0.1)
    end = threading.Event()
    monkeypatch.setattr(letters, "reading", lambda *_given, **_more: end.wait())
    try:
        await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event())
    finally:
        end.set()
    assert house.inboxes["replies"].filed == [LetterOutcome.HELD]
    kept = await store.kept(sha256(RAW).hexdigest())
    assert isinstance(kept, Filed)
    assert (kept.reason, kept.raw) == ("unparsable", RAW)


class Lost:
    """An inbox whose problem of the moment a test sets."""

    problem: Exception

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        raise self.problem


async def test_a_single_pass_takes_all_letters(house: House) -> None:
    lookout = Lookout(house)
    await inbound.drain(house, "replies", lookout=lookout)
    assert house.inboxes["replies"].filed == [LetterOutcome.NOT_OURS]
    assert lookout.watches["inbox replies"].state is Health.WELL


async def test_a_single_pass_leaves_an_inbox_alone_that_another_node_uses(house: House, store: Distant) -> None:
    """C13."""
    assert await store.lease("inbox:replies", owner="other", length=timedelta(hours=1)) is not None
    lookout = Lookout(house)
    await inbound.drain(house, "replies", lookout=lookout)
    assert house.inboxes["replies"].filed == []
    assert lookout.watches == {}


async def test_an_inbox_that_fails_leaves_the_others_their_pass_and_a_store_that_is_lost_does_not(
    house: House,
) -> None:
    lookout = Lookout(house)
    lost = Lost()
    house = replace(house, inboxes={"replies": lost})
    lost.problem = TemporaryProblem("the mail server does not answer")
    await inbound.drain(house, "replies", lookout=lookout)
    assert lookout.watches["inbox replies"].state is Health.FAILING

    lost.problem = StoreLost("the database is another one now")
    with pytest.raises(StoreLost):
        await inbound.drain(house, "replies", lookout=lookout)


class Names:
    """A resolver that knows no key, or does not answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.down = False
        self.text = b"p=abc"

    async def record(self, selector: str, domain: str) -> bytes | None:
        self.asked.append((selector, domain))
        if self.down:
            raise TemporaryProblem("the resolver gave no answer")
        return self.text


async def test_g5_keys_are_asked_for_beside_the_loop_and_a_silent_resolver_leaves_the_letter_unproven(
    house: House,
) -> None:
    names = Names()
    policy = Policy(desks={"support": mailing.DESK}, channels={}, reply_domain=DOMAIN)
    asking = replace(house, key_records=names, policy=lambda: policy)
    octets = b"DKIM-Signature: v=1; s=s1; d=acme.test\r\n" + mailing.raw(authentication_results=None)
    envelope = letters.envelope(
        Letter(inbox="replies", uid="1", raw=octets, received=house.clock.now()), mailing.POSTMARK
    )
    keys = await sender_keys(asking, envelope)
    assert (keys.of("s1", "acme.test"), keys.missed) == (b"p=abc", False)
    names.down = True
    keys = await sender_keys(asking, envelope)
    assert (keys.of("s1", "acme.test"), keys.missed) == (None, True)
    assert names.asked == [("s1", "acme.test")] * 2
    assert not (await sender_keys(house, envelope)).missed
    assert len(names.asked) == 2


class Lying:
    """An inbox in which one letter lies until it is filed."""

    def __init__(self, raw: bytes, clock: MovableClock) -> None:
        self.letter = Letter(inbox="replies", uid="1", raw=raw, received=clock.now())
        self.filed: list[LetterOutcome] = []

    async def fetch(self, wait: timedelta) -> Sequence[Letter]:
        return () if self.filed else (self.letter,)

    async def file(self, letter: Letter, outcome: LetterOutcome) -> None:
        self.filed.append(outcome)


KEY = Ed25519PrivateKey.generate()
RECORD_OF_KEY = b"v=DKIM1; k=ed25519; p=" + base64.b64encode(KEY.public_key().public_bytes_raw())


def signed(octets: bytes) -> bytes:
    """A letter with a genuine signature of its sender's domain, and nothing that our own server says."""
    head, _, body = octets.replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    signer = Signer(domain="acme.test", selector="s1", key=KEY)
    field = signature(signer, head.decode().split("\r\n"), body, at=making.NOW)
    return f"{field}\r\n".encode() + head + b"\r\n\r\n" + body


SIGNED = signed(mailing.raw(authentication_results=None))


@pytest.fixture
async def asking(house: House, store: Distant, clock: MovableClock) -> House:
    """A house with a conversation, a letter to it that only a key could prove, and a resolver that does not answer."""
    names = Names()
    names.down, names.text = True, RECORD_OF_KEY
    desk = replace(mailing.DESK, expires=timedelta(days=9999))
    policy = Policy(desks={"support": desk}, channels={"forum": making.CHANNEL}, reply_domain=DOMAIN)
    await store.apply(Decision(record=replace(mailing.RECORD, version=0)))
    inboxes = {"replies": Lying(SIGNED, clock)}
    return replace(
        house, key_records=names, policy=lambda: policy, inboxes=inboxes, postmarks={"replies": mailing.POSTMARK}
    )


async def took(house: House) -> list[LetterOutcome]:
    await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event())
    return house.inboxes["replies"].filed


async def test_g5_a_letter_that_only_the_resolver_could_prove_stays_in_its_mailbox_until_that_answers(
    asking: House, store: Distant, clock: MovableClock
) -> None:
    assert await took(asking) == []
    clock.advance(timedelta(minutes=59))
    assert await took(asking) == []
    assert (await store.conversation(mailing.RECORD.id)).held == ()

    asking.key_records.down = False
    assert await took(asking) == [LetterOutcome.ANSWER]
    assert asking.unproven == {}


async def test_g5_a_letter_waits_for_the_resolver_no_longer_than_an_hour_and_its_reason_is_kept_then(
    asking: House, store: Distant, clock: MovableClock
) -> None:
    await took(asking)
    clock.advance(timedelta(minutes=61))
    assert await took(asking) == [LetterOutcome.HELD]
    (held,) = (await store.conversation(mailing.RECORD.id)).held
    assert held.reason == "sender_unproven"
    assert asking.unproven == {}


async def test_g5_a_letter_that_no_key_would_help_does_not_wait_for_the_resolver(
    asking: House, clock: MovableClock
) -> None:
    stranger = signed(mailing.raw(authentication_results=None, from_="eve@acme.test"))
    box = Lying(stranger, clock)
    assert await took(replace(asking, inboxes={"replies": box})) == [LetterOutcome.HELD]


async def test_g5_an_answer_to_a_sample_waits_for_the_resolver_too(asking: House, clock: MovableClock) -> None:
    policy = replace(asking.policy(), sampler=Sampler(to=making.AGENT, desk="support", posts=20))
    to = signed_address(mailing.RING, Purpose.SAMPLE, subject=mailing.RECORD.id, desk="support", domain=DOMAIN)
    said = signed(mailing.raw("#right all", quote=False, authentication_results=None, To=to))
    sampled = replace(asking, policy=lambda: policy, inboxes={"replies": Lying(said, clock)})
    assert await took(sampled) == []
    asking.key_records.down = False
    assert await took(sampled) == [LetterOutcome.REFUSED], "the sample is not kept any more"


async def test_ft21_a_letter_that_there_was_no_memory_for_stays_in_its_mailbox(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def starved(*_given: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(letters, "envelope", starved)
        with pytest.raises(TemporaryProblem, match="MemoryMax="):
            await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event())
    assert house.inboxes["replies"].filed == []

    assert await inbound.take(house, "replies", wait=timedelta(0), stop=asyncio.Event()) == 1
    assert house.inboxes["replies"].filed == [LetterOutcome.NOT_OURS]
