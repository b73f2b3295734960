"""`bridge channel login` as a person uses it: in a process of its own, reading the address and pasting another."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from channels_x import x_place

from bridge.testing.fakes.x import XPlace
from bridge.testing.fittings import MovableClock

ROOT = Path(__file__).parents[2]
PROGRAM = "from bridge.cli import main; main()"


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    async with x_place(clock) as place:
        yield place


def configuration(place: XPlace, directory: Path) -> Path:
    """The shipped example, with one channel on X."""
    shutil.copytree(ROOT / "config", directory / "etc")
    for file in (directory / "etc/channels.d").iterdir():
        file.unlink()
    credentials = directory / "etc/credentials"
    credentials.mkdir(exist_ok=True)
    named = {name for file in (directory / "etc").rglob("*.toml") for name in _credentials(file)}
    for name in named:
        (credentials / name).write_text("s" * 64, encoding="utf-8")
    (credentials / "x-acme-secret").write_text(place.access.client_secret, encoding="utf-8")
    keep = json.dumps(str(directory / "state/x-acme.tokens"))
    (directory / "etc/channels.d/x.toml").write_text(
        f'[channel.x-acme]\nkind = "x"\nendpoint = "{place.url}"\nallow_private = true\n'
        f'account = "{place.brand.id}"\nusername = "acme"\n'
        f'oauth2 = {{ client_id = "{place.access.client_id}", client_secret = {{ credential = "x-acme-secret" }}, keep = {keep} }}\n',
        encoding="utf-8",
    )
    return directory / "etc"


def _credentials(file: Path) -> list[str]:
    return re.findall(r'credential = "([^"]+)"', file.read_text(encoding="utf-8"))


async def _run(directory: Path, place: XPlace, *, state: str = "") -> tuple[int, str]:
    """Log in like a person; `state` stands for an address of another login."""
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        "channel",
        "login",
        "x-acme",
        "--config",
        str(directory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    shown = (await program.stdout.readuntil(b"paste the whole address of that page here: ")).decode()
    address = next(line.strip() for line in shown.splitlines() if "authorize?" in line)
    query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    place.access.codes["the-code"] = query["code_challenge"]
    program.stdin.write(f"{query['redirect_uri']}?state={state or query['state']}&code=the-code\n".encode())
    rest, _ = await program.communicate()
    assert program.returncode is not None
    return program.returncode, shown + rest.decode()


async def test_a_login_from_the_first_line_to_the_last(place: XPlace, tmp_path: Path) -> None:
    """Its address lies at the endpoint; the tokens are kept, and X says whose they are."""
    code, shown = await _run(configuration(place, tmp_path), place)
    assert (code, "x-acme: logged in as acme" in shown) == (0, True), shown
    assert f"{place.url}/i/oauth2/authorize?" in shown
    assert place.access.renewals == 1
    assert place.access.bearer in (tmp_path / "state/x-acme.tokens").read_text(encoding="utf-8")
    assert not any(secret in shown for secret in place.access.secrets)


async def test_an_address_of_another_login_buys_nothing(place: XPlace, tmp_path: Path) -> None:
    code, shown = await _run(configuration(place, tmp_path), place, state="of-somebody-else")
    assert (code, "begin again" in shown, place.access.renewals) == (1, True, 0)


async def test_f03_a_login_as_another_account_is_refused(place: XPlace, tmp_path: Path) -> None:
    """Both accounts are named."""
    directory = configuration(place, tmp_path)
    file = directory / "channels.d/x.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(str(place.brand.id), "42"), encoding="utf-8")
    code, shown = await _run(directory, place)
    assert code == 1
    assert f"belongs to account {place.brand.id}, not to '42'" in shown
