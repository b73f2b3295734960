"""The SMPP channel against an SMSC that somebody else wrote: node-smpp, installed by npm where the test runs."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from channels_smpp import ANN, OURS

from bridge.channels import smpp
from bridge.core.model import Post
from bridge.core.publications import PrivateAnswer
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, started
from bridge.testing.fittings import MovableClock

PROGRAM = Path(__file__).with_name("smsc.js")
PACKAGE = "smpp@0.5.1"
PASSWORD = "s3cret"
WORDS = "Grüße [5 €] ^{}\\~|, Ωmega"
WIDE = "Добрий день 👩‍👩‍👧"

Require = Callable[[Collection[str], Collection[str]], None]


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory, require: Require, leave_out: Callable[[str], None]) -> Path:
    """A directory with the package in it."""
    require(["node", "npm"], ["nodejs", "npm"])
    place = tmp_path_factory.mktemp("node")
    command = ["npm", "install", "--prefix", str(place), "--ignore-scripts", "--no-audit", "--no-fund", PACKAGE]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        leave_out(f"not run, npm did not install {PACKAGE} in time: see that npm reaches its registry")
    else:
        if done.returncode:
            leave_out(f"not run, npm cannot install {PACKAGE}: see that npm reaches its registry")
    return place / "node_modules"


class Smsc:
    """The program, and what it said."""

    def __init__(self, program: asyncio.subprocess.Process) -> None:
        self._program = program
        self.port = 0

    async def order(self, order: str, **fields: object) -> None:
        """Tell it what to do."""
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps({"order": order, **fields}).encode() + b"\n")
        await self._program.stdin.drain()

    async def next(self, what: str) -> dict[str, Any]:
        """The next thing of that kind that happens."""
        assert self._program.stdout is not None
        async with asyncio.timeout(20):
            while line := await self._program.stdout.readline():
                said = json.loads(line)
                assert said["what"] != "error", said
                if said["what"] == what:
                    return said
        raise AssertionError(f"it ended before it said {what}")

    async def write(self, words: str, **fields: object) -> None:
        """A customer writes, and the text is acknowledged."""
        await self.order("deliver", fields={**_FROM_ANN, "short_message": words, **fields})
        assert (await self.next("delivered"))["status"] == 0


_FROM_ANN = {
    "source_addr": ANN[1:],
    "source_addr_ton": 1,
    "source_addr_npi": 1,
    "destination_addr": OURS[1:],
    "dest_addr_ton": 1,
    "dest_addr_npi": 1,
}


@pytest.fixture
async def server(modules: Path) -> AsyncIterator[Smsc]:
    program = await asyncio.create_subprocess_exec(
        *("node", str(PROGRAM), "acme", PASSWORD),
        env={"NODE_PATH": str(modules), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    server = Smsc(program)
    server.port = (await server.next("listening"))["port"]
    yield server
    assert program.stdin is not None
    program.stdin.close()
    await program.wait()


def made(server: Smsc, keep: Path, fittings: Fittings, **more: object) -> smpp.Smpp:
    keys: dict[str, object] = {
        "host": "127.0.0.1",
        "port": server.port,
        "system_id": "acme",
        "password": Secret(PASSWORD),
        "numbers": (OURS,),
        "keep": keep,
        "tls": False,
        "timeout": timedelta(seconds=5),
        "wait_for_parts": "10m",
    }
    return smpp.Smpp("sms", smpp.Settings.model_validate(keys | more), fittings)


@asynccontextmanager
async def opened(server: Smsc, keep: Path, fittings: Fittings, **more: object) -> AsyncIterator[smpp.Smpp]:
    channel = made(server, keep, fittings, **more)
    try:
        await channel.open()
        assert (await server.next("bind")) == {"what": "bind", "good": True, "version": 0x34}
        yield channel
    finally:
        await channel.close()


def answer(to: Post, text: str) -> PrivateAnswer:
    return PrivateAnswer(key="k", channel=to.channel, thread=to.thread, parent=to.id, author=to.author, text=text)


@pytest.mark.parametrize("words", ["Hello", WORDS, WIDE])
async def test_a_text_comes_as_it_was_written(server: Smsc, tmp_path: Path, fittings: Fittings, words: str) -> None:
    async with opened(server, tmp_path / "texts", fittings) as channel:
        cursor = await started(channel)
        await server.write(words, data_coding=8 if words == WIDE else 0)
        [post] = (await gather(channel, cursor)).posts

    assert (post.text, post.author.id, post.thread) == (words, ANN, OURS)
    await server.next("unbind")


async def test_parts_come_in_any_order(server: Smsc, tmp_path: Path, fittings: Fittings) -> None:
    async with opened(server, tmp_path / "texts", fittings) as channel:
        cursor = await started(channel)
        for place, words in ((3, "three"), (1, "one "), (2, "two ")):
            await server.order(
                "deliver", fields={**_FROM_ANN, "esm_class": 0x40}, udh=f"0500032a030{place}", hex=words.encode().hex()
            )
            assert (await server.next("delivered"))["status"] == 0
        for place, words in ((2, "b"), (1, "a")):
            await server.write(words, sar_msg_ref_num=7, sar_total_segments=2, sar_segment_seqnum=place)

        assert (await gather(channel, cursor)).texts == ["one two three", "ab"]


@pytest.mark.parametrize("way", ["udh", "sar", "payload"])
@pytest.mark.parametrize("words", ["Hello", f"{WORDS} " * 8, f"{WIDE} " * 6])
async def test_an_answer_goes_as_it_was_written(
    server: Smsc, tmp_path: Path, fittings: Fittings, way: str, words: str
) -> None:
    async with opened(server, tmp_path / "texts", fittings, long_texts=way) as channel:
        cursor = await started(channel)
        await server.write("please help")
        [post] = (await gather(channel, cursor)).posts
        await channel.publish(answer(post, words))
        total = 1 if way == "payload" else channel.limits.count(words)
        parts = [await server.next("submit") for _ in range(total)]

    assert "".join(part["words"] for part in parts) == words
    assert {(part["source"], part["target"], part["registered"]) for part in parts} == {(OURS[1:], ANN[1:], 1)}
    marks = [part["udh"][0][-4:] if way == "udh" else part["place"] for part in parts if total > 1]
    wanted = [f"{total:02x}{n:02x}" if way == "udh" else n for n in range(1, total + 1)]
    assert marks == (wanted if total > 1 else [])


@pytest.mark.parametrize("form", ["text", "fields"])
async def test_a_receipt_of_an_answer_that_did_not_arrive(
    server: Smsc, tmp_path: Path, fittings: Fittings, clock: MovableClock, form: str
) -> None:
    async with opened(server, tmp_path / "texts", fittings) as channel:
        cursor = await started(channel)
        await server.write("please help")
        gathered = await gather(channel, cursor)
        posted = await channel.publish(answer(gathered.posts[0], "Hello"))
        name = (await server.next("submit"))["name"]
        said = (
            f"id:{name} sub:001 dlvrd:000 submit date:2611250101 done date:2611250102 stat:UNDELIV err:027 text:Hello"
        )
        stated = {"receipted_message_id": name, "message_state": 5}
        await server.write(said if form == "text" else "", esm_class=4, **(stated if form == "fields" else {}))
        clock.advance(timedelta(minutes=1))
        lost = [one for page in (await gather(channel, gathered.cursor)).pages for one in page.undelivered]

    assert [one.id for one in lost] == [posted.id]


@pytest.mark.parametrize(("status", "kind"), [(0x58, TemporaryProblem), (0x0B, PermanentProblem)])
async def test_refusals(server: Smsc, tmp_path: Path, fittings: Fittings, status: int, kind: type[Exception]) -> None:
    async with opened(server, tmp_path / "texts", fittings) as channel:
        cursor = await started(channel)
        await server.write("please help")
        [post] = (await gather(channel, cursor)).posts
        await server.order("refuse", **{"with": status})
        await server.next("refusing")
        with pytest.raises(kind):
            await channel.publish(answer(post, "Hello"))


async def test_signs_of_life_go_both_ways(server: Smsc, tmp_path: Path, fittings: Fittings) -> None:
    async with opened(server, tmp_path / "texts", fittings) as channel:
        await server.order("ask")
        assert (await server.next("alive"))["status"] == 0
        await channel.poll(await started(channel))


async def test_a_wrong_password_needs_a_person(server: Smsc, tmp_path: Path, fittings: Fittings) -> None:
    channel = made(server, tmp_path / "texts", fittings, password=Secret("wrong"))
    with pytest.raises(LoginProblem):
        await channel.open()
    await channel.close()
