"""An agent's turn in a chat, from being sent until it is acknowledged as stored, beside a bare connector that only checks it.

The daemon is whole and a process of its own, over SQLite with every commit durable; ten agents speak at once.
"""

import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
from surroundings import Cost
from telling import tell

from bridge.testing.chatting import SECRET, ChatTown, chat_town
from bridge.testing.fakes.connector import sign
from bridge.testing.node import free_port

CONVERSATIONS = 40
TURNS = 600
AGENTS = 10
KEYS = 'undo = "0s"\ni_accept_no_undo = true\nbreaker = { per_conversation_hour = 9999, per_conversation_day = 9999, per_desk_hour = 99999, per_agent_hour = 99999 }'
EXAMPLE = Path(__file__).parents[1] / "docs" / "desks" / "connector.py"

Send = Callable[[int], Awaitable[float]]


async def delays(send: Send) -> dict[str, float]:
    """Milliseconds of every turn, by ten agents who each wait for the last one's acknowledgement."""
    numbers = iter(range(TURNS))

    async def agent() -> list[float]:
        return [await send(number) for number in numbers]

    begun = time.perf_counter()
    found = [each for some in await asyncio.gather(*(agent() for _ in range(AGENTS))) for each in some]
    rate = TURNS / (time.perf_counter() - begun)
    cuts = statistics.quantiles(found, n=100)
    return {"median_milliseconds": cuts[49] * 1e3, "p99_milliseconds": cuts[98] * 1e3, "turns_per_second": rate}


async def timed(session: aiohttp.ClientSession, url: str, body: bytes, *, status: int) -> float:
    """Seconds from the request's start to its whole answer."""
    stamp = str(int(time.time()))
    headers = {"Bridge-Timestamp": stamp, "Bridge-Signature": sign(SECRET, stamp, body)}
    begun = time.perf_counter()
    async with session.post(url, data=body, headers=headers | {"Content-Type": "application/json"}) as answer:
        said = await answer.read()
    assert answer.status == status, said
    return time.perf_counter() - begun


async def ours(town: ChatTown, session: aiohttp.ClientSession) -> dict[str, float]:
    """Turns in conversations that wait for answers."""
    for number in range(CONVERSATIONS):
        town.forum.write_private(f"jane{number}", "please help")
    await town.until(lambda: len(town.connector.documents()) == CONVERSATIONS, "not every post became a message")
    abouts = town.connector.documents()

    async def send(number: int) -> float:
        event = town.connector.event(abouts[number % CONVERSATIONS], "answer", text=f"Answer {number}.")
        return await timed(session, town.connector.inbox, msgspec.json.encode(event), status=200)

    before = Cost.of(town.node.pid).cpu
    found = await delays(send)
    return found | {"cpu_milliseconds_per_turn": (Cost.of(town.node.pid).cpu - before) / TURNS * 1e3}


async def theirs(session: aiohttp.ClientSession, root: Path) -> dict[str, float]:
    """The same bodies to the connector of the documentation, which checks a signature and stores nothing."""
    (root / "secret").write_text(SECRET)
    async with bare(root) as url:
        body = msgspec.json.encode({"type": "notice", "id": secrets.token_hex(8), "text": "Answer 100."})
        return await delays(lambda _number: timed(session, url, body, status=202))


@asynccontextmanager
async def bare(root: Path) -> AsyncIterator[str]:
    """It, once it listens."""
    port = free_port()
    command = [sys.executable, str(EXAMPLE), str(port), "http://127.0.0.1:9/", str(root / "secret"), "Hello."]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        await process.wait()


async def measured(root: Path) -> dict[str, dict[str, float]]:
    """All results."""
    async with chat_town(root, keys=KEYS) as town, aiohttp.ClientSession() as session:
        await town.start()
        mine = await ours(town, session)
        peer = await theirs(session, root)
    return {"turn of a chat: bridge": mine, "turn of a chat: bare connector": peer}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    with tempfile.TemporaryDirectory() as directory:
        results = asyncio.run(measured(Path(directory)))
    tell(results)


if __name__ == "__main__":
    main()
