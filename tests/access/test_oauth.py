"""Access tokens are asked for once, used until they age, renewed when refused, and never told."""

import asyncio
import stat
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bridge.access.oauth import OAuth, Tokens
from bridge.desks._line import Patience
from bridge.desks.smtp import Dialer
from bridge.desks.smtp import Settings as SmtpSettings
from bridge.inboxes._door import Door
from bridge.inboxes._session import Patience as ImapPatience
from bridge.inboxes.imap import Settings as ImapSettings
from bridge.ports import Fittings, LoginProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.fakes.imap import ImapServer
from bridge.testing.fakes.smtp import SmtpServer
from bridge.testing.fittings import MovableClock
from bridge.testing.tls import Authority

HOUR = timedelta(hours=1)


@pytest.fixture
def stanza(token_server: Any, authority: Authority) -> dict[str, Any]:
    return {
        "provider": "other",
        "client_id": "bridge",
        "client_secret": Secret("client-secret"),
        "refresh_token": Secret("first-refresh"),
        "token_url": token_server.url,
        "ca_file": authority.file,
    }


def tokens(stanza: Mapping[str, Any], fittings: Fittings, **change: Any) -> Tokens:
    return Tokens(OAuth.model_validate({**stanza, **change}), fittings)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_token_is_asked_for_once_and_used_until_it_ages(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, clock: MovableClock
) -> None:
    source = tokens(stanza, fittings)
    assert {await source.token() for _ in range(5)} == {"token-1"}
    clock.advance(timedelta(minutes=54))
    assert await source.token() == "token-1"
    clock.advance(timedelta(minutes=2))
    assert await source.token() == "token-2", "five minutes before its end"
    assert token_server.forms[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "first-refresh",
        "client_id": "bridge",
        "client_secret": "client-secret",
    }


async def test_many_askers_share_one_request(stanza: dict[str, Any], fittings: Fittings, token_server: Any) -> None:
    source = tokens(stanza, fittings)
    assert set(await asyncio.gather(*(source.token() for _ in range(20)))) == {"token-1"}
    assert len(token_server.forms) == 1


async def test_a_spoilt_token_is_replaced(stanza: dict[str, Any], fittings: Fittings) -> None:
    source = tokens(stanza, fittings)
    assert await source.token() == "token-1"
    source.spoil()
    assert await source.token() == "token-2"


@pytest.mark.parametrize(
    ("life", "after", "expected"),
    [(60, 29, "token-1"), (60, 31, "token-2"), ("3600", 3000, "token-1"), (None, 1, "token-2"), (-5, 1, "token-2")],
)
async def test_short_and_strange_lives(
    stanza: dict[str, Any],
    fittings: Fittings,
    token_server: Any,
    clock: MovableClock,
    life: Any,
    after: int,
    expected: str,
) -> None:
    token_server.answers.append((200, {"access_token": "token-1", "expires_in": life}))
    source = tokens(stanza, fittings)
    assert await source.token() == "token-1"
    clock.advance(timedelta(seconds=after))
    assert await source.token() == expected


async def test_the_application_itself_logs_in_without_a_refresh_token(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any
) -> None:
    await tokens(stanza, fittings, refresh_token=None, scope="mail").token()
    assert token_server.forms == [
        {"grant_type": "client_credentials", "client_id": "bridge", "client_secret": "client-secret", "scope": "mail"}
    ]


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope"])
@pytest.mark.parametrize("status", [400, 401])
async def test_f01_what_only_a_person_can_mend_is_a_login_problem(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, status: int, code: str
) -> None:
    token_server.answers.append((status, {"error": code, "error_description": "first-refresh was revoked"}))
    with pytest.raises(LoginProblem, match=code) as raised:
        await tokens(stanza, fittings).token()
    assert "first-refresh" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "server_error"}),
        (503, "down for maintenance"),
        (429, {"error": "temporarily_unavailable"}),
        (400, {"error": {"code": "invalid_grant"}}),
        (302, "elsewhere"),
        (200, "not json"),
        (200, []),
        (200, {"access_token": 7}),
        (200, {"access_token": "line\nbreak"}),
        (200, {"token_type": "Bearer"}),
        (200, "x" * 100_000),
    ],
)
async def test_a_bad_day_of_the_token_server_is_temporary(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, status: int, body: Any
) -> None:
    token_server.answers.append((status, body))
    source = tokens(stanza, fittings)
    with pytest.raises(TemporaryProblem):
        await source.token()
    assert await source.token() == "token-2"


async def test_an_unreachable_or_strange_token_server_is_temporary(stanza: dict[str, Any], fittings: Fittings) -> None:
    for change in ({"token_url": "https://localhost:1/token"}, {"ca_file": None}):
        with pytest.raises(TemporaryProblem, match="does not answer as it should"):
            await tokens(stanza, fittings, **change).token()


# --- renewed refresh tokens


async def test_a_renewed_refresh_token_is_used_and_survives_a_restart(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, tmp_path: Path
) -> None:
    kept = tmp_path / "oauth.json"
    token_server.answers.append((200, token_server.fresh() | {"refresh_token": "second-refresh"}))
    source = tokens(stanza, fittings, keep=kept)
    await source.token()
    source.spoil()
    await source.token()
    await tokens(stanza, fittings, keep=kept).token()
    assert [form["refresh_token"] for form in token_server.forms] == [
        "first-refresh",
        "second-refresh",
        "second-refresh",
    ]
    assert mode(kept) == 0o600
    assert names(tmp_path) == ["oauth.json"]


async def test_a_new_credential_wins_over_what_descended_from_the_old(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, tmp_path: Path
) -> None:
    kept = tmp_path / "oauth.json"
    token_server.answers.append((200, token_server.fresh() | {"refresh_token": "second-refresh"}))
    await tokens(stanza, fittings, keep=kept).token()
    await tokens(stanza, fittings, keep=kept, refresh_token=Secret("by-hand")).token()
    assert token_server.forms[-1]["refresh_token"] == "by-hand"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"from": "x"}', b"\xff"])
async def test_a_damaged_file_is_as_none(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, tmp_path: Path, damage: bytes
) -> None:
    (tmp_path / "oauth.json").write_bytes(damage)
    await tokens(stanza, fittings, keep=tmp_path / "oauth.json").token()
    assert token_server.forms[-1]["refresh_token"] == "first-refresh"


async def test_a_renewed_token_that_cannot_be_kept_is_told(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, tmp_path: Path
) -> None:
    token_server.answers.append((200, token_server.fresh() | {"refresh_token": "second-refresh"}))
    with pytest.raises(TemporaryProblem, match="cannot be kept"):
        await tokens(stanza, fittings, keep=tmp_path / "no" / "such" / "directory").token()


@pytest.mark.parametrize("again", [{"refresh_token": "second-refresh"}, {}])
async def test_a_renewed_token_that_could_not_be_kept_is_kept_as_soon_as_the_disk_takes_it(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any, tmp_path: Path, again: dict[str, str]
) -> None:
    """Also where the server gives the same one once more, or none: the first one may be of no more use."""
    kept = tmp_path / "late" / "oauth.json"
    token_server.answers.append((200, token_server.fresh() | {"refresh_token": "second-refresh"}))
    source = tokens(stanza, fittings, keep=kept)
    with pytest.raises(TemporaryProblem, match="cannot be kept"):
        await source.token()
    kept.parent.mkdir()
    token_server.answers.append((200, token_server.fresh() | again))
    await source.token()
    await tokens(stanza, fittings, keep=kept).token()
    assert [form["refresh_token"] for form in token_server.forms][1:] == ["second-refresh"] * 2


# --- the stanza


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"provider": "microsoft", "token_url": ""}, "needs tenant"),
        ({"provider": "google", "refresh_token": None}, "needs refresh_token"),
        ({"token_url": ""}, "needs token_url"),
        ({"token_url": "http://localhost/token"}, "pattern"),
        ({"refresh_token": None, "client_secret": None}, "needs client_secret"),
        ({"provider": "yahoo"}, "'microsoft', 'google' or 'other'"),
        ({"tenant": "a/b"}, "pattern"),
    ],
)
async def test_a_wrong_stanza_is_refused_with_a_word(stanza: dict[str, Any], change: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        OAuth.model_validate(stanza | change)


@pytest.mark.parametrize(
    ("change", "url"),
    [
        ({"provider": "google"}, "https://oauth2.googleapis.com/token"),
        (
            {"provider": "microsoft", "tenant": "acme.onmicrosoft.com"},
            "https://login.microsoftonline.com/acme.onmicrosoft.com/oauth2/v2.0/token",
        ),
    ],
)
async def test_providers_have_their_places(stanza: dict[str, Any], change: dict[str, Any], url: str) -> None:
    assert OAuth.model_validate(stanza | {"token_url": ""} | change).url == url


async def test_microsofts_scopes_differ_for_people_and_applications(
    stanza: dict[str, Any], fittings: Fittings, token_server: Any
) -> None:
    await tokens(stanza, fittings, provider="microsoft").token()
    await tokens(stanza, fittings, provider="microsoft", refresh_token=None).token()
    assert "IMAP.AccessAsUser.All" in token_server.forms[0]["scope"]
    assert "offline_access" in token_server.forms[0]["scope"]
    assert token_server.forms[1]["scope"] == "https://outlook.office365.com/.default"


def test_g05_no_secret_shows(stanza: dict[str, Any], fittings: Fittings) -> None:
    settings = OAuth.model_validate(stanza)
    assert "first-refresh" not in repr(settings) + str(settings.model_dump()) + repr(vars(Tokens(settings, fittings)))


# --- over SMTP and IMAP


async def test_smtp_shows_the_token_and_a_fresh_one_where_it_is_refused(
    stanza: dict[str, Any], fittings: Fittings, authority: Authority
) -> None:
    tls = authority.server_context("localhost")
    async with SmtpServer(tls=tls, implicit=True, users={"bridge@acme.test": "token-2"}) as server:
        entrance = {"host": "localhost", "port": server.port, "ca_file": authority.file, "user": "bridge@acme.test"}
        settings = SmtpSettings.model_validate(entrance | {"to": "queue@acd.test", "oauth": stanza})
        dialer = Dialer(settings, tokens=settings.tokens(fittings), hello="bridge.test", patience=Patience())
        line = await dialer.call()
        await line.hang_up()
    assert server.seen.count("AUTH") == 2


async def test_smtp_gives_up_after_the_second_token(
    stanza: dict[str, Any], fittings: Fittings, authority: Authority
) -> None:
    tls = authority.server_context("localhost")
    async with SmtpServer(tls=tls, implicit=True, users={"bridge@acme.test": "another"}) as server:
        entrance = {"host": "localhost", "port": server.port, "ca_file": authority.file, "user": "bridge@acme.test"}
        settings = SmtpSettings.model_validate(entrance | {"to": "queue@acd.test", "oauth": stanza})
        dialer = Dialer(settings, tokens=settings.tokens(fittings), hello="bridge.test", patience=Patience())
        with pytest.raises(LoginProblem):
            await dialer.call()


@pytest.mark.parametrize(("good", "problem"), [("token-1", None), ("token-2", None), ("another", LoginProblem)])
async def test_imap_shows_the_token_and_a_fresh_one_where_it_is_refused(
    stanza: dict[str, Any], fittings: Fittings, authority: Authority, good: str, problem: type[Exception] | None
) -> None:
    """The library waits for ever after a refused token; the guarded wire sends the empty line that RFC 7628 asks for."""
    tls = authority.server_context("localhost")
    async with ImapServer(tls=tls, users={"bridge@acme.test": good}) as server:
        entrance = {"host": "localhost", "port": server.port, "ca_file": authority.file, "user": "bridge@acme.test"}
        settings = ImapSettings.model_validate(entrance | {"oauth": stanza})
        door = Door(settings, settings.port, tokens=settings.tokens(fittings), patience=ImapPatience(command=2))
        if problem:
            with pytest.raises(problem):
                await door.open()
        else:
            session = await door.open()
            assert (await session.select("INBOX")).exists == 0
            await session.leave()
