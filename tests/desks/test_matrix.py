"""The Matrix desk keeps the contract of desks before a small homeserver: what was said is said once, whatever fails."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from rooms_matrix import ANN, MatrixHouse

from bridge.core.model import Media
from bridge.core.proxies import Sealed
from bridge.desks.matrix import MatrixDesk, Settings
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing import desks as suite
from bridge.testing.desks import DeskContract, notice, proxy
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.homeserver import FakeHomeserver
from bridge.testing.fakes.homeserver_rooms import BOT
from bridge.testing.fakes.server import Loopback


@dataclass
class MatrixQueue:
    house: MatrixHouse

    def desk(self) -> MatrixDesk:
        return self.house.desk()

    async def arrived(self) -> Sequence[bytes]:
        """What customers said in their rooms, and what the bot said in the queue's."""
        rooms = [entry.fields["room"] for entry in self.house.far.journal if entry.what == "room"]
        queue = [room for room in rooms if not any(self.house.far.rooms.rooms[room] is r for r in self.house.customers)]
        said = [e.fields for e in self.house.far.journal if e.what in {"customer", "bot"}]
        return [str(s["text"]).encode() for s in said if s["msgtype"] == "m.text" or s["room"] in queue]

    async def vanish(self) -> None:
        await self.house.far.stop()


@pytest.fixture
async def house(fittings: Fittings, tmp_path: Path) -> AsyncIterator[MatrixHouse]:
    far = FakeHomeserver(journal=tmp_path / "journal")
    yield MatrixHouse(far=far, url=await far.start(), path=tmp_path / "floor", fittings=fittings, assign="all")
    await far.stop()


@pytest.fixture
async def desk(house: MatrixHouse) -> AsyncIterator[MatrixDesk]:
    desk = house.desk()
    yield desk
    await desk.close()


class TestMatrixDesk(DeskContract):
    @pytest.fixture
    def queue(self, house: MatrixHouse) -> MatrixQueue:
        return MatrixQueue(house)

    def parcel(self, name: str, *, body: bytes = b"Please help.\r\n") -> Sealed:
        document = json.loads(_document().content)
        document["post"] |= {"text": body.decode().replace("\r\n", "\n"), "title": ""}
        document["conversation"]["id"] = f"{hash(name) % 2**40:016x}".translate(str.maketrans("0189", "abcd"))
        return replace(suite.parcel(name), content=json.dumps(document).encode())

    def seen(self, sealed: Sealed) -> bytes:
        document = json.loads(sealed.content)
        if document["type"] == "notice":
            return f"{document['subject']}\n{document['text']}".encode()
        return str(document["post"]["text"]).encode()


def _document() -> Sealed:
    from bridge.letters.address import KeyRing
    from bridge.letters.chat import Letterhead, chatted

    ring = KeyRing(keys={"k1": b"0" * 32}, signing="k1")
    return chatted(proxy("support"), Letterhead(desk="support", reply_domain="bridge.test", ring=ring))


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        (Mode.REFUSE, PermanentProblem),
        (Mode.TOO_LARGE, PermanentProblem),
        (Mode.FORBID, TemporaryProblem),
        (Mode.REVOKED, LoginProblem),
        (Mode.RATE_LIMIT, TemporaryProblem),
        (Mode.ERROR, UncertainProblem),
        (Mode.CUT, UncertainProblem),
        (Mode.ACCEPT_THEN_ERROR, UncertainProblem),
        (Mode.ACCEPT_THEN_CUT, UncertainProblem),
        (Mode.ACCEPT_THEN_HANG, UncertainProblem),
        (Mode.ACCEPT_WITHOUT_ID, UncertainProblem),
        (Mode.ACCEPT_WITH_GARBAGE, UncertainProblem),
    ],
)
@pytest.mark.parametrize("forgets", [False, True])
async def test_ft07_whatever_fails_a_repeat_is_one_message(
    house: MatrixHouse, desk: MatrixDesk, mode: Mode, problem: type[Exception], *, forgets: bool
) -> None:
    """Also where the homeserver has forgotten the ids of what it took, since the room is looked through first."""
    sealed, other = desk.seal(proxy("support")), desk.seal(replace(proxy("support"), key="inject:forum/2"))
    await desk.inject(other)
    house.far.faults.set(mode, times=None, amount=7)
    with pytest.raises(problem):
        await desk.inject(sealed)
    house.far.faults.heal()
    if forgets:
        house.far.forget_transactions()
    await desk.inject(sealed)
    await desk.inject(sealed)
    [room] = house.customers
    assert sum(event["content"]["msgtype"] == "m.text" for event in room.events) == 2


async def test_a_repeat_after_a_crash_is_one_message(house: MatrixHouse, desk: MatrixDesk) -> None:
    sealed = desk.seal(proxy("support"))
    await desk.inject(sealed)
    await desk.close()
    house.far.forget_transactions()
    again = house.restarted().desk()
    await again.inject(sealed)
    await again.close()
    [room] = house.customers
    assert sum(event["content"]["msgtype"] == "m.text" for event in room.events) == 1


async def test_the_customer_is_a_user_with_name_and_picture(house: MatrixHouse, desk: MatrixDesk) -> None:
    await desk.inject(desk.seal(replace(proxy("support"), person="abcdefghij", platform="Forum")))
    known = house.far.rooms.users["@bridge_c.abcdefghij:acd.test"]
    assert known["displayname"] == 'Jané "J" Doe, 🦊 (Forum)'
    assert known["avatar_url"].startswith("mxc://acd.test/")
    [room] = house.customers
    assert room.members["@bridge_c.abcdefghij:acd.test"] == "join"


async def test_a_new_room_begins_with_what_agents_must_know_and_asks_them_in(
    house: MatrixHouse, desk: MatrixDesk
) -> None:
    await desk.inject(desk.seal(replace(proxy("support"), notes=("Everyone will read it.",))))
    [room] = house.customers
    assert "Everyone will read it." in house.told(room)[0]
    assert room.events[0]["content"]["msgtype"] == "m.notice"
    await house.until(lambda: room.members.get(ANN) == "invite")


async def test_e19_a_customer_rings_for_nobody(house: MatrixHouse, desk: MatrixDesk) -> None:
    made = proxy("support")
    await desk.inject(desk.seal(replace(made, post=replace(made.post, text="@room <b>help</b>"))))
    [room] = house.customers
    said = room.events[-1]["content"]
    assert said["m.mentions"] == {}
    assert "formatted_body" not in said


async def test_words_too_long_for_one_message_come_in_several(house: MatrixHouse, desk: MatrixDesk) -> None:
    made, text = proxy("support"), '"' * 50_000
    await desk.inject(desk.seal(replace(made, post=replace(made.post, text=text, title=""))))
    [room] = house.customers
    parts = [event["content"]["body"] for event in room.events if event["content"]["msgtype"] == "m.text"]
    assert len(parts) == 2
    assert "".join(parts) == text


async def test_a_notice_too_long_for_one_message_comes_in_several(house: MatrixHouse, desk: MatrixDesk) -> None:
    await desk.tell(desk.seal(replace(notice("support"), text="x" * 70_000)))
    said = "".join(event["content"]["body"] for event in house.room("support").events)
    assert said.count("x") == 70_000


async def test_rooms_that_the_server_encrypts_are_refused_with_a_clear_word(
    house: MatrixHouse, desk: MatrixDesk
) -> None:
    house.far.rooms.encrypts = True
    with pytest.raises(TemporaryProblem, match="plain ones only"):
        await desk.inject(desk.seal(proxy("support")))
    house.far.rooms.encrypts = False
    await desk.inject(desk.seal(proxy("support")))
    assert [room.encrypted for room in house.customers if room.events] == [False]


async def test_a_room_from_which_the_customer_was_put_out_is_entered_again(
    house: MatrixHouse, desk: MatrixDesk
) -> None:
    await desk.inject(desk.seal(proxy("support")))
    [room] = house.customers
    [ghost] = [user for user in room.members if user.startswith("@bridge_c.")]
    house.far.rooms.kick(room.id, BOT, ghost)
    with pytest.raises(TemporaryProblem, match="anew"):
        await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2")))
    await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2")))
    assert house.customers == [room]
    assert sum(event["sender"] == ghost for event in room.events) == 2


async def test_a_room_that_is_gone_is_made_anew(house: MatrixHouse, desk: MatrixDesk) -> None:
    await desk.inject(desk.seal(proxy("support")))
    house.far.rooms.rooms.clear()
    house.far.rooms.aliases.clear()
    with pytest.raises(TemporaryProblem, match="anew"):
        await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2")))
    await desk.inject(desk.seal(replace(proxy("support"), key="inject:forum/2")))
    assert len(house.customers) == 1


async def test_a_notice_for_an_agent_names_them(house: MatrixHouse, desk: MatrixDesk) -> None:
    await desk.tell(desk.seal(replace(notice("support"), to="ann@acd.test")))
    [event] = house.room("support").events
    assert event["content"]["m.mentions"] == {"user_ids": [ANN]}


async def test_a_desk_without_its_inbox_says_so(fittings: Fittings) -> None:
    from bridge.desks.matrix import build

    desk = build("support", Settings(server="acd.test"), fittings)
    with pytest.raises(TemporaryProblem, match="no inbox of kind matrix"):
        await desk.inject(desk.seal(proxy("support")))
    await desk.close()


def test_agents_are_users_of_matrix() -> None:
    with pytest.raises(ValueError, match="which is the user"):
        Settings(server="acd.test", agents=("Ann Smith",))
    given = Settings(server="acd.test", agents=("ann@acd.test", {"mailbox": "Bob@acd.test"}))
    assert given.queue("support").agents == ("ann@acd.test", "bob@acd.test")
    assert timedelta(0) <= Settings.habits.undo


async def test_a_customers_picture_stands_in_the_room_where_its_place_is_named(house: MatrixHouse) -> None:
    """Once, whatever is tried again; what stands elsewhere, or is no picture, stays an address."""
    place = FakeHomeserver(journal=None)
    url = await place.start()
    try:
        root = f"{url}/_matrix/client/v1/media/download/acd.test"
        desk = house.desk(media_from=(url,))
        made = proxy("support")
        links = (f"{root}/none", "https://other.test/photo.png")
        media = tuple(Media(url=link, type="image/png") for link in (*links, f"{house.url}/photo.png"))
        await desk.inject(desk.seal(replace(made, post=replace(made.post, media=media))))
        [room] = house.customers
        assert [event["content"]["msgtype"] for event in room.events] == ["m.notice", "m.text"]
        assert all(link in room.events[-1]["content"]["body"] for link in links)
        await desk.close()
    finally:
        await place.stop()


async def test_c05_a_picture_is_sent_once(house: MatrixHouse) -> None:
    async def photo(_request: web.Request) -> web.Response:
        return web.Response(body=b"\x89PNG\r\n\x1a\n picture", content_type="text/html")

    app = web.Application()
    app.router.add_get("/photo", photo)
    platform = Loopback(app)
    url = await platform.start(0)
    desk = house.desk(media_from=(url,))
    made = proxy("support")
    sealed = desk.seal(replace(made, post=replace(made.post, media=(Media(url=f"{url}/photo", type="image/png"),))))
    house.far.faults.set(Mode.ACCEPT_THEN_CUT, times=3, amount=0)
    for _ in range(4):
        with suppress(UncertainProblem):
            await desk.inject(sealed)
    [room] = house.customers
    assert [event["content"]["msgtype"] for event in room.events] == ["m.notice", "m.text", "m.image"]
    assert room.events[-1]["content"]["info"]["mimetype"] == "image/png"
    await desk.close()
    await platform.stop()
