"""Twilio's webhooks: signed for this very address, a bell and no source, kept before they are taken, never the only way in."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from channels_twilio import number, opened, settings, twilio_server
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bridge.channels._twilio.signature import is_signed, signed
from bridge.channels.twilio import Twilio
from bridge.core.events import Page, Undelivered
from bridge.ports import Fittings, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, private, started
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.twilio import TwilioServer
from bridge.testing.fittings import MovableClock

ANN = number("ann")
URL = "https://hooks.acme.test/twilio"
Open = Callable[..., AbstractAsyncContextManager[Twilio]]


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[TwilioServer]:
    async with twilio_server(clock) as server:
        yield server


@pytest.fixture
def open_(server: TwilioServer, fittings: Fittings, tmp_path: Path) -> Open:
    return partial(opened, server, fittings, webhook=keys(server, tmp_path))


def keys(server: TwilioServer, keep: Path, **more: object) -> dict[str, object]:
    return {"listen": "127.0.0.1:0", "url": URL, "secret": Secret(server.token), "keep": keep / "sms.heard", **more}


async def call(channel: Twilio, headers: Mapping[str, str], form: Mapping[str, str] | bytes, path: str = "/x") -> int:
    """Twilio, behind the operator's proxy."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{channel._bell.port}{path}", data=form, headers=headers) as answer,
    ):
        if answer.status == 200:
            assert (await answer.text(), answer.content_type) == ("<Response/>", "text/xml")
        return answer.status


async def rested(channel: Twilio) -> str:
    """The cursor of a channel that has read everything."""
    cursor = await started(channel)
    return (await gather(channel, cursor)).cursor


async def test_a_text_rings_and_is_read_from_the_platform(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        cursor = await rested(channel)
        sid = server.write(ANN, "Where is my parcel?")
        assert (await channel.poll(cursor)).sightings == ()  # nothing rang, so nothing is asked
        assert await call(channel, *server.told(sid, URL)) == 200
        [sighting] = (await channel.poll(cursor)).sightings
    assert (sighting.post.id, sighting.post.text) == (sid, "Where is my parcel?")


async def test_polling_stays_as_the_net(server: TwilioServer, open_: Open, clock: MovableClock) -> None:
    async with open_(net=timedelta(minutes=15)) as channel:
        cursor = await rested(channel)
        server.write(ANN, "Nobody rang for this.")
        assert (await channel.poll(cursor)).sightings == ()
        clock.advance(timedelta(minutes=15))
        assert len((await channel.poll(cursor)).sightings) == 1


async def test_while_the_port_is_taken_everything_is_polled_and_the_part_is_in_trouble(
    server: TwilioServer, fittings: Fittings, tmp_path: Path
) -> None:
    async with opened(server, fittings, webhook=keys(server, tmp_path)) as first:
        await rested(first)
        listen = f"127.0.0.1:{first._bell.port}"
        async with opened(server, fittings, webhook=keys(server, tmp_path, listen=listen)) as second:
            cursor = await rested(second)
            server.write(ANN, "Still here?")
            page = await second.poll(cursor)
    assert [trouble.part for trouble in page.troubles] == ["webhook"]
    assert len(page.sightings) == 1


@pytest.mark.parametrize("change", ["signature", "body", "url", "token", "none", "account"])
async def test_what_twilio_did_not_sign_for_us_rings_nothing(server: TwilioServer, open_: Open, change: str) -> None:
    async with open_() as channel:
        cursor = await rested(channel)
        sid = server.write(ANN, "Where is my parcel?")
        headers, form = server.told(sid, URL if change != "url" else "https://elsewhere.test/twilio")
        match change:
            case "signature":
                headers["X-Twilio-Signature"] = "é" + headers["X-Twilio-Signature"][1:]
            case "body":
                form["Body"] += "!"
            case "token":
                headers["X-Twilio-Signature"] = signed("another", URL, {k: [v] for k, v in form.items()})
            case "none":
                headers = {}
            case "account":
                form["AccountSid"] = "AC" + "0" * 32
                headers["X-Twilio-Signature"] = signed(server.token, URL, {k: [v] for k, v in form.items()})
        status = await call(channel, headers, form)
        page = await channel.poll(cursor)
    assert status == (200 if change == "account" else 403)
    assert page.sightings == ()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"no form", b"a=%", b"a=1&" * 300, b"a=%ff"])
async def test_what_is_no_form_is_refused(open_: Open, body: bytes) -> None:
    async with open_() as channel:
        await rested(channel)
        assert await call(channel, {"Content-Type": "application/x-www-form-urlencoded"}, body) == 403


async def test_a_body_has_a_limit(open_: Open) -> None:
    async with open_() as channel:
        await rested(channel)
        assert await call(channel, {}, b"a=" + b"x" * 70_000) == 413


async def answered(channel: Twilio, server: TwilioServer) -> tuple[str, str]:
    """Our answer's id, and the cursor of a channel that knows it."""
    cursor = await started(channel)
    server.write(ANN, "Where is my parcel?")
    found = await gather_rung(channel, cursor)
    posted = await channel.publish(private(found.sightings[-1].post, "It is on its way."))
    page = await channel.poll(found.cursor)
    return posted.id, (await channel.poll(page.cursor)).cursor


async def gather_rung(channel: Twilio, cursor: str) -> Page:
    channel._bell.ring()
    return await channel.poll(cursor)


async def test_a_network_that_drops_a_message_days_later_is_told_once(
    server: TwilioServer, open_: Open, clock: MovableClock
) -> None:
    async with open_() as channel:
        sid, cursor = await answered(channel, server)
        clock.advance(timedelta(days=2))
        cursor = (await channel.poll(cursor)).cursor
        server.lose(sid, 30005)
        assert await call(channel, *server.told(sid, URL)) == 200
        page = await channel.poll(cursor)
        again = await channel.poll(page.cursor)
        assert await call(channel, *server.told(sid, URL)) == 200
        repeated = await channel.poll(again.cursor)
    assert page.undelivered == (Undelivered(id=sid, why="the customer's number does not exist any more"),)
    assert (again.undelivered, repeated.undelivered) == ((), ())


async def test_what_was_told_outlasts_a_restart_until_a_cursor_knows_it(
    server: TwilioServer, open_: Open, tmp_path: Path, clock: MovableClock
) -> None:
    async with open_() as channel:
        sid, cursor = await answered(channel, server)
        clock.advance(timedelta(days=2))
        cursor = (await channel.poll(cursor)).cursor
        server.lose(sid, 30005)
        await call(channel, *server.told(sid, URL))
    async with open_() as channel:
        page = await channel.poll(cursor)
        clock.advance(timedelta(minutes=15))
        await channel.poll(page.cursor)
    assert [lost.id for lost in page.undelivered] == [sid]
    assert (tmp_path / "sms.heard").read_text() == "[]"


async def test_what_cannot_be_kept_is_not_taken(server: TwilioServer, fittings: Fittings, tmp_path: Path) -> None:
    async with opened(server, fittings, webhook=keys(server, tmp_path / "missing")) as channel:
        sid, _ = await answered(channel, server)
        server.lose(sid, 30005)
        assert await call(channel, *server.told(sid, URL)) == 503


async def test_a_look_that_fails_is_tried_again(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        sid, cursor = await answered(channel, server)
        server.lose(sid, 30005)
        await call(channel, *server.told(sid, URL))
        server.fail(Mode.LISTING_CUT)
        with pytest.raises(TemporaryProblem):
            await channel.poll(cursor)
        server.heal()
        assert [lost.id for lost in (await channel.poll(cursor)).undelivered] == [sid]


async def test_each_answer_asks_to_be_told_what_becomes_of_it(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        await answered(channel, server)
    assert server.callbacks == [URL]


def test_the_signature_is_that_of_twilios_documentation() -> None:
    """The example of Twilio's page on webhook security."""
    form = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+14158675309"],
        "Digits": ["1234"],
        "From": ["+14158675309"],
        "To": ["+18005551212"],
    }
    assert signed("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@given(st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=8), min_size=1, max_size=3), max_size=5))
def test_a_signature_holds_for_its_form_and_with_the_usual_port(form: dict[str, list[str]]) -> None:
    assert is_signed(signed("t", URL, form), "t", url=URL, form=form)
    with_port = "https://hooks.acme.test:443/twilio"
    assert is_signed(signed("t", with_port, form), "t", url=URL, form=form)
    assert not is_signed(signed("t", URL, form), "u", url=URL, form=form)
    assert not is_signed(signed("t", URL, {**form, "more": ["1"]}), "t", url=URL, form=form)


def test_the_order_of_fields_means_nothing() -> None:
    plain = base64.b64encode(hmac.new(b"t", b"https://a.test/a1b2", hashlib.sha1).digest()).decode()
    assert signed("t", "https://a.test/", {"b": ["2"], "a": ["1"]}) == plain


@pytest.mark.parametrize(
    "change",
    [
        {"listen": "0.0.0.0:80"},
        {"listen": "127.0.0.1:70000"},
        {"url": "http://a.test/x"},
        {"url": "https://a.test/\u00e9"},
    ],
)
def test_only_this_machine_listens_and_only_https_is_called(
    server: TwilioServer, tmp_path: Path, change: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        settings(server, webhook=keys(server, tmp_path, **change))
