"""Files of agents in chats are fetched from named places alone; what cannot be had stays a link, and what may come later is asked for again."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from pydantic import ValidationError

from bridge.access.files import MAX_TOTAL, Files
from bridge.core.replies import Turn
from bridge.inboxes.chatwoot import Settings, build
from bridge.inboxes.genesys import turn as genesys_turn
from bridge.letters.turns import MAX_FILE
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.chat_boxes import serving
from bridge.testing.fakes.chatwoot import Chatwoot, Conversation
from bridge.testing.fakes.server import Loopback
from bridge.testing.node import free_port

PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 20
ADDRESS = "reply+k1.abcdefghijklmnop.aaaaaaaaaaaaaaaaaaaaaaaaaa@bridge.test"
TURN = Turn(id="t1", address=ADDRESS, sender="ann@acd.test", proof="signature", text="Here it is.")
SECRET = "webhook-secret-of-tests"


async def _picture(_request: web.Request) -> web.Response:
    return web.Response(body=PNG)


async def _moved(request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": request.query["to"]})


async def _status(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["status"]))


async def _large(request: web.Request) -> web.Response:
    return web.Response(body=PNG + b"p" * (int(request.match_info["size"]) - len(PNG)))


async def _silent(_request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture
async def place() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/a.png", _picture)
    app.router.add_get("/moved", _moved)
    app.router.add_get("/status/{status}", _status)
    app.router.add_get("/large/{size}", _large)
    app.router.add_get("/silent", _silent)
    server = Loopback(app)
    yield await server.start(0)
    await server.stop()


async def fetched(place: str, *links: str, within: float = 10.0) -> Turn:
    return await Files("box", [place], user_agent="tests").fetched(replace(TURN, links=links), within=within)


async def test_b06_a_file_from_a_named_place_comes_along(place: str) -> None:
    turn = await fetched(place, f"{place}/a.png", f"{place}/moved?to=/a.png", f"{place}/moved?to={place}/a.png")
    assert ([b64decode(file) for file in turn.files], turn.links) == ([PNG] * 3, ())


async def test_words_alone_ask_nobody() -> None:
    assert await Files("box", [], user_agent="tests").fetched(TURN, within=0.0) is TURN


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:1/a.png",
        "https://elsewhere.test/a.png",
        "{place}@elsewhere.test/a.png",
        "{place}.elsewhere.test/a.png",
        "file:///etc/passwd",
        "",
        "no address",
        "http://[",
        "{place}/moved?to=http://127.0.0.1:1/a.png",
        "{place}/moved?to=file:///etc/passwd",
        "{place}/moved?to=/moved%3Fto%3D/moved%253Fto%253D/moved%25253Fto%25253D/a.png",
        "{place}/moved?to=http://[",
        "{place}/status/404",
        "{place}/status/403",
        "{place}/status/204",
        "{place}/large/" + str(MAX_FILE + 1),
    ],
)
async def test_e14_what_cannot_be_had_stays_a_link_so_that_its_words_are_held(place: str, link: str) -> None:
    given = link.replace("{place}", place)
    turn = await fetched(place, given, f"{place}/a.png")
    assert (turn.links, len(turn.files)) == ((given,), 1)


async def test_all_files_of_a_turn_share_one_limit(place: str) -> None:
    turn = await fetched(place, *[f"{place}/large/{MAX_FILE}"] * 3)
    assert (len(turn.files), len(turn.links)) == (MAX_TOTAL // MAX_FILE, 1)


@pytest.mark.parametrize("path", ["status/500", "status/503", "status/429", "silent"])
async def test_what_may_come_later_is_asked_for_again(place: str, path: str) -> None:
    with pytest.raises(TemporaryProblem, match="a file of the chat could not be fetched"):
        await fetched(place, f"{place}/{path}", within=0.5)


@pytest.mark.parametrize(
    "origin", ["http://chat.acme.test", "https://chat.acme.test/files", "chat.acme.test", "https://a:b@chat.test", ""]
)
def test_a_place_is_the_start_of_a_safe_address(origin: str) -> None:
    keys = {"secret": {"credential": "x"}, "files_from": [origin]}
    with pytest.raises(ValidationError, match="files_from"):
        Settings.model_validate(keys)


async def test_an_agents_picture_in_chatwoot_goes_along_and_one_that_fails_fails_the_message(
    place: str, fittings: Fittings
) -> None:
    far = Chatwoot(secret=SECRET, journal=None, now=fittings.clock.now)
    far.conversations[200] = Conversation(id=200, source=ADDRESS)
    port = free_port()
    far.inbox = f"http://127.0.0.1:{port}/chatwoot"
    settings = Settings(
        listen=f"127.0.0.1:{port}", secret=Secret(SECRET), patience=timedelta(seconds=5), files_from=(place,)
    )
    inbox = build("box", settings, fittings)
    await inbox.open()
    loop = asyncio.create_task(serving(inbox))
    statuses = []
    for path in ("a.png", "status/500"):
        said = far.outgoing(200, "Here it is.", attachments=[{"file_type": "image", "data_url": f"{place}/{path}"}])
        statuses.append((await far.call(json.dumps(said).encode()))[0])
    loop.cancel()
    (letter,) = await loop
    await inbox.close()
    assert statuses == [200, 503]
    assert [b64decode(file) for file in json.loads(letter.raw)["files"]] == [PNG]


@pytest.mark.parametrize(
    ("content", "links"),
    [
        (None, ()),
        ("x", ()),
        ([7, {"contentType": "ButtonResponse"}, {"attachment": None}], ()),
        ([{"attachment": {"mediaType": "Image", "url": "https://acd.test/a.png"}}], ("https://acd.test/a.png",)),
        ([{"attachment": {"mediaType": "Image"}}, {"attachment": 7}], ("", "")),
    ],
)
def test_a_file_of_genesys_is_never_forgotten(content: object, links: tuple[str, ...]) -> None:
    class Heard:
        id = text = "x"
        originating_entity = "Human"

        class channel:  # noqa: N801 - as the field is called
            class to:  # noqa: N801 - as the field is called
                id = ADDRESS

    heard = Heard()
    heard.content = content  # type: ignore[attr-defined]
    assert genesys_turn(heard, sender="genesys@acd.test").links == links
