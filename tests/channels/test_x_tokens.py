"""OAuth 2.0 on X: tokens that end, are renewed once, kept before they are used, and never lost between processes."""

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from channels_x import by_signature, by_tokens, stanza, x_place

from bridge.channels import x
from bridge.channels._x.tokens import TokenFile
from bridge.channels.x import X, login
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.x import XPlace
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."

Build = Callable[..., X]


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    async with x_place(clock) as place:
        yield place


@pytest.fixture
def keep(tmp_path: Path) -> Path:
    return tmp_path / "state" / "x-acme.tokens"


@pytest.fixture
async def build(place: XPlace, keep: Path, clock: MovableClock, fittings: Fittings) -> AsyncIterator[Build]:
    channels: list[X] = []
    given = by_tokens(place, keep, clock)

    def make(**changes: object) -> X:
        channel = x.build("x-acme", x.Settings.model_validate(stanza(place, given, **changes)), fittings)
        assert isinstance(channel, X)
        channels.append(channel)
        return channel

    yield make
    for channel in channels:
        await channel.close()


def _put(keep: Path, content: bytes | None) -> None:
    """Something else, or nothing, instead of the tokens."""
    keep.unlink()
    if content is not None:
        keep.write_bytes(content)


def _kept(keep: Path) -> dict[str, int]:
    """The files of the state directory with their rights, but for locks."""
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keep.parent.iterdir()}
    return {name: mode for name, mode in found.items() if not name.startswith(".")}


async def test_tokens_are_renewed_before_they_end_and_kept(
    place: XPlace, build: Build, keep: Path, clock: MovableClock
) -> None:
    """F03 too: X is asked again whose they are; the file is for us alone; the next process uses what is kept."""
    channel = build()
    await channel.open()
    cursor = await started(channel)
    clock.advance(timedelta(hours=1, minutes=56))
    place.write("ann", words("one"))
    place.asked.clear()
    assert (await gather(channel, cursor)).texts == [words("one")]
    assert place.access.renewals == 1
    assert sum(line.startswith("GET /2/users/me") for line in place.asked) == 1
    assert _kept(keep) == {keep.name: 0o600}
    await build().open()
    assert place.access.renewals == 1


async def test_a_token_that_is_refused_is_renewed_once(place: XPlace, build: Build) -> None:
    """F01: X ended it early; a question is asked again, an answer goes with the next try."""
    channel = build()
    await channel.open()
    cursor = await started(channel)
    place.write("ann", words("one"))
    place.access.bearer = "ended early"
    [post] = (await gather(channel, cursor)).posts
    assert place.access.renewals == 1
    await channel.poll(cursor)
    place.access.bearer = "ended early again"
    with pytest.raises(TemporaryProblem, match="nothing was sent") as caught:
        await channel.publish(public(post, ANSWER))
    assert caught.value.after == 1.0
    assert (await channel.publish(public(post, ANSWER))).id
    assert place.access.renewals == 2


async def test_two_processes_renew_once_between_them(place: XPlace, build: Build, clock: MovableClock) -> None:
    """A refresh token works once: the second process must find what the first one got."""
    channels = [build() for _ in range(6)]
    clock.advance(timedelta(hours=3))
    await asyncio.gather(*(channel.open() for channel in channels))
    assert place.access.renewals == 1


async def test_tokens_that_could_not_be_kept_are_not_asked_for(
    place: XPlace, build: Build, keep: Path, clock: MovableClock
) -> None:
    """The old refresh token still works when the disk is well again."""
    channel = build()
    clock.advance(timedelta(hours=3))
    obstacle = keep.with_name(f".{keep.name}.probe")
    (obstacle / "in the way").mkdir(parents=True)
    with pytest.raises(TemporaryProblem, match="could not be kept"):
        await channel.open()
    assert place.access.renewals == 0
    (obstacle / "in the way").rmdir()
    obstacle.rmdir()
    await channel.open()
    assert place.access.renewals == 1


async def test_a_renewal_whose_answer_is_lost_needs_a_person(place: XPlace, build: Build, clock: MovableClock) -> None:
    """X has given away the next token, and the old one is of no use: nobody but the account's owner can help."""
    channel = build()
    place.access.loses_answers = True
    clock.advance(timedelta(hours=3))
    with pytest.raises(TemporaryProblem, match="no tokens"):
        await channel.open()
    place.access.loses_answers = False
    with pytest.raises(LoginProblem, match="run bridge channel login"):
        await channel.open()


async def test_f03_renewed_tokens_of_another_account_stop_everything(
    place: XPlace, build: Build, clock: MovableClock
) -> None:
    channel = build()
    await channel.open()
    cursor = await started(channel)
    place.write("ann", words("one"))
    [post] = (await gather(channel, cursor)).posts
    clock.advance(timedelta(hours=2))
    place.fail(Mode.WRONG_ACCOUNT)
    for work in (lambda: channel.poll(cursor), lambda: channel.publish(public(post, ANSWER))):
        with pytest.raises(LoginProblem, match=f"not to '{place.brand.id}'"):
            await work()
    assert place.said() == []


@pytest.mark.parametrize("content", [b"", b"{}", b'{"access":1}', b"\xff", None])
async def test_a_file_that_is_missing_or_damaged_needs_a_login(
    place: XPlace, build: Build, keep: Path, content: bytes | None
) -> None:
    channel = build()
    _put(keep, content)
    with pytest.raises(LoginProblem, match="run bridge channel login"):
        await channel.open()


async def test_tokens_of_another_app_are_not_used(place: XPlace, build: Build, keep: Path, clock: MovableClock) -> None:
    channel = build()
    TokenFile(keep, "another app", clock).save(
        TokenFile(keep, "another app", clock).made("a", "r", clock.now(), turn=0)
    )
    with pytest.raises(LoginProblem, match="another app"):
        await channel.open()


async def test_a_login_on_a_terminal(place: XPlace, build: Build, keep: Path, fittings: Fittings) -> None:
    """The consent page's address holds a challenge; its verifier and the code buy the tokens."""
    channel = build()
    _put(keep, None)
    shown: list[str] = []

    def ask(question: str) -> str:
        shown.append(question)
        address = next(line.strip() for line in shown if "authorize?" in line)
        query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert (query["code_challenge_method"], query["client_id"]) == ("S256", place.access.client_id)
        assert {"offline.access", "dm.write", "media.write"} <= set(query["scope"].split())
        place.access.codes["the-code"] = query["code_challenge"]
        return f"{query['redirect_uri']}?state={query['state']}&code=the-code\n"

    await login(channel._settings, fittings, say=shown.append, ask=ask)
    await channel.open()
    assert not any(secret in line for line in shown for secret in place.access.secrets)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("http://127.0.0.1:8723/?error=access_denied&state=x", "did not allow"),
        ("http://127.0.0.1:8723/?code=abc&state=somebody-elses", "begin again"),
        ("nonsense", "begin again"),
    ],
)
async def test_a_login_that_goes_wrong(
    place: XPlace, build: Build, keep: Path, fittings: Fittings, answer: str, why: str
) -> None:
    """Nothing is asked for and nothing is kept."""
    channel = build()
    _put(keep, None)
    with pytest.raises(PermanentProblem, match=why):
        await login(channel._settings, fittings, say=lambda _: None, ask=lambda _: answer)
    assert _kept(keep) == {}
    assert place.access.renewals == 0


async def test_a_login_by_signature_needs_none(place: XPlace, fittings: Fittings) -> None:
    settings = x.Settings.model_validate(stanza(place, by_signature(place)))
    with pytest.raises(PermanentProblem, match="Keys and tokens"):
        await login(settings, fittings, say=lambda _: None, ask=lambda _: "")


async def test_ft24_no_token_stands_in_a_debug_log(
    place: XPlace, build: Build, clock: MovableClock, shown: Callable[[], str]
) -> None:
    """The client of tweepy itself writes them there."""
    channel = build()
    await channel.open()
    cursor = await started(channel)
    place.write("ann", words("one"))
    place.write_private("bob", words("private words"))
    posts = (await gather(channel, cursor)).posts
    await channel.publish(public(posts[0], ANSWER))
    clock.advance(timedelta(hours=3))
    await channel.poll(cursor)
    logged = shown()
    assert not any(secret in logged for secret in place.access.secrets)
    assert words("private words") not in logged
