"""The Genesys desk keeps the contract of desks before a small Genesys Cloud, which takes each message once."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from bridge.core.model import Quote
from bridge.core.proxies import Notice, Sealed
from bridge.desks.genesys import GenesysDesk, Settings, build, inbound
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.chat_parcels import parcel
from bridge.testing.desks import DeskContract, notice, proxy
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.genesys import INTEGRATION, Genesys
from bridge.testing.fittings import HastyClock

SECRET = "signature-secret-token"


@dataclass
class GenesysQueue:
    far: Genesys
    fittings: Fittings

    def desk(self, **changes: object) -> GenesysDesk:
        name, secret = self.far.client
        keys = {"url": self.far.url, "login_url": self.far.url, "integration": INTEGRATION, "client_id": name}
        keys |= {"client_secret": Secret(secret), "timeout": timedelta(seconds=1)} | changes
        return build("support", Settings(**keys), replace(self.fittings, clock=HastyClock()))

    async def arrived(self) -> Sequence[bytes]:
        """Each as the document that it was made from says it."""
        return [json.dumps(message).encode() for message in self.far.messages()]

    async def vanish(self) -> None:
        await self.far.stop()


@pytest.fixture
async def queue(fittings: Fittings) -> AsyncIterator[GenesysQueue]:
    far = Genesys(secret=SECRET, journal=None)
    await far.start()
    yield GenesysQueue(far, fittings)
    await far.stop()


@pytest.fixture
async def desk(queue: GenesysQueue) -> AsyncIterator[GenesysDesk]:
    desk = queue.desk()
    yield desk
    await desk.close()


class TestGenesysDesk(DeskContract):
    @pytest.fixture
    async def queue(self, fittings: Fittings) -> AsyncIterator[GenesysQueue]:
        far = Genesys(secret=SECRET, journal=None)
        await far.start()
        yield GenesysQueue(far, fittings)
        await far.stop()

    def parcel(self, name: str, *, body: bytes = b"Please help.\r\n") -> Sealed:
        return parcel(name, body=body)

    def notice(self, desk: str) -> Notice:
        return replace(notice(desk), conversation="abcdefghijklmnop")

    def seen(self, sealed: Sealed) -> bytes:
        return json.dumps(inbound(json.loads(sealed.content))).encode()


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
        (Mode.ACCEPT_THEN_ERROR, UncertainProblem),
        (Mode.ACCEPT_THEN_CUT, UncertainProblem),
        (Mode.ACCEPT_THEN_HANG, UncertainProblem),
    ],
)
async def test_ft07_whatever_fails_a_repeat_is_one_message(
    queue: GenesysQueue, desk: GenesysDesk, mode: Mode, problem: type[Exception]
) -> None:
    queue.far.faults.set(mode, times=None, amount=7)
    with pytest.raises(problem):
        await desk.inject(parcel("once", body=b"Hello."))
    queue.far.faults.heal()
    await desk.inject(parcel("once", body=b"Hello."))
    assert len(queue.far.messages()) == 1


async def test_a_token_that_ended_early_is_renewed_at_once(queue: GenesysQueue, desk: GenesysDesk) -> None:
    await desk.inject(parcel("one", body=b"Hello."))
    queue.far.end_tokens()
    await desk.inject(parcel("two", body=b"Hello."))
    assert len(queue.far.messages()) == 2


async def test_a_client_that_is_refused_is_a_matter_for_a_person(queue: GenesysQueue) -> None:
    desk = queue.desk(client_secret=Secret("another"))
    with pytest.raises(LoginProblem, match="check client_id"):
        await desk.inject(parcel("one", body=b"Hello."))
    await desk.close()


async def test_an_unknown_integration_is_the_operators_to_mend(queue: GenesysQueue) -> None:
    desk = queue.desk(integration="another")
    with pytest.raises(TemporaryProblem, match="404"):
        await desk.inject(parcel("one", body=b"Hello."))
    await desk.close()


async def test_the_agent_sees_who_wrote_what_and_who_will_read_the_answer(
    queue: GenesysQueue, desk: GenesysDesk
) -> None:
    made = replace(proxy("support"), notes=("Length: 280 characters.",))
    made = replace(made, post=replace(made.post, url="https://forum.test/1", text="Hello [Bridge] there"))
    await desk.inject(desk.seal(made))
    (message,) = queue.far.messages()
    assert message["channel"]["from"]["firstName"] == 'Jané "J" Doe, 🦊'
    assert message["channel"]["from"]["id"] == json.loads(desk.seal(made).content)["conversation"]["address"]
    assert message["text"].startswith(
        "Hello (bridge) there\n\n[bridge] Length: 280 characters.\n\n[bridge] forum · public · https"
    )
    assert message["channel"]["metadata"]["customAttributes"]["priority"] == "high"


async def test_what_was_said_elsewhere_is_shown_where_nobody_has_seen_it(
    queue: GenesysQueue, desk: GenesysDesk
) -> None:
    said = (Quote(author="us", text="By mail.", at=datetime(2026, 1, 1, tzinfo=UTC), ours=True),)
    await desk.inject(desk.seal(replace(proxy("support"), thread=said, moved=True)))
    await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2", thread=said)))
    first, second = queue.far.messages()
    assert first["text"].startswith("[bridge] What was said before:\n| us: By mail.\n\n")
    assert "By mail." not in second["text"]


async def test_an_alert_has_no_place_in_a_chat_of_customers(desk: GenesysDesk) -> None:
    with pytest.raises(PermanentProblem, match=r"bridge\.alerts\.desk"):
        await desk.tell(desk.seal(notice("support")))


@pytest.mark.parametrize(
    "change", [{"login_url": "http://login.example"}, {"integration": "../x"}, {"client_id": "a:b"}]
)
def test_wrong_settings_are_refused(change: dict[str, str]) -> None:
    keys = {"url": "https://api.example", "login_url": "https://login.example", "integration": "i", "client_id": "c"}
    with pytest.raises(ValidationError):
        Settings(**(keys | {"client_secret": Secret("s")} | change))
