"""Fifty channels of mixed kinds polled by one daemon: how much later than planned a channel's poll begins because of the others.

The platforms live in a process of their own and customers write there all the while. One feed's host takes connections
and says nothing, and one forum has a backlog of two thousand posts: both keep themselves waiting, and nobody else.
"""

import asyncio
import itertools
import json
import math
import multiprocessing
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from telling import tell

from bridge.testing.fakes.discourse import DiscourseForum
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.feeds import FeedServer
from bridge.testing.fakes.forum import Forum
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fakes.nodebb import NodeBBForum
from bridge.testing.node import Node

KINDS = {"feed": 13, "discourse": 11, "nodebb": 11, "mastodon": 6, "sandbox": 7}
"""How many of each; with the one that hangs and the one with a backlog they are fifty."""
INTERVAL = 10
"""Seconds between the polls of a channel."""
SECONDS = 90
"""How long the daemon is watched."""
BACKLOG = 2_000
WRITTEN = 0.1
"""Seconds between two customers."""
TEXT = "The line is down since this morning, and nobody answers the phone. "

BRIDGE = """
[bridge]
brand = "Acme"
reply_domain = "reply.acme.test"
reply_keys = [{{ kid = "a", key = {{ credential = "reply-key" }} }}]
state = "{root}/state"

[desk.support]
kind = "maildir"
path = "{root}/queue"
to = "queue@acme.test"
inbox = "replies"
agents = ["agent@acme.test"]

[inbox.replies]
kind = "maildir"
path = "{root}/replies"
"""
RULES = """
[[rule]]
name = "down"
when = { any_word = ["down", "outage", "broken"] }
points = 3

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"
"""

Results = dict[str, dict[str, float]]
Stanza = dict[str, Any]
Write = Callable[[str], object]


async def feed_channel(*, hangs: bool) -> tuple[Stanza, Write]:
    """A server of feeds, and how a customer writes there."""
    server = FeedServer()
    url = await server.start()
    server.write("talk", "ann", TEXT, title="Old")
    if hangs:
        server.fail(Mode.LISTING_HANG)
    pace = f"{INTERVAL}s"
    keys = {"url": f"{url}/talk.rss", "spacing": "0s", "fastest": pace, "slowest": pace}
    return {"kind": "feed", **keys}, lambda text: server.write("talk", "ann", text, title="Help")


async def discourse_channel() -> tuple[Stanza, Write]:
    """A Discourse forum."""
    forum = DiscourseForum(brand="acme", id_windows=False)
    url = await forum.start()
    keys = {"endpoint": url, "account": forum.brand.id.removeprefix("m"), "username": "acme", "per_minute": 600}
    return {"kind": "discourse", **keys, "key": forum.key}, lambda text: forum.write("ann", text, title="Help")


async def nodebb_channel() -> tuple[Stanza, Write]:
    """A NodeBB forum."""
    forum = NodeBBForum(brand="acme", master=False)
    url = await forum.start()
    keys = {"endpoint": url, "account": forum.brand.id.removeprefix("m"), "categories": [1], "per_minute": 600}
    return {"kind": "nodebb", **keys, "token": forum.token}, lambda text: forum.write("ann", text, title="Help")


async def mastodon_channel() -> tuple[Stanza, Write]:
    """A Mastodon server."""
    server = MastodonServer(brand="acme")
    url = await server.start()
    keys = {"endpoint": url, "account": server.brand.id, "stream": False}
    return {"kind": "mastodon", **keys, "token": server.token}, lambda text: server.mention("ann", text)


async def sandbox_channel() -> tuple[Stanza, Write]:
    """The demo's forum."""
    forum = Forum(journal=None, brand="acme")
    url = await forum.start()
    keys = {"endpoint": url, "account": forum.brand.id}
    return {"kind": "sandbox", **keys, "token": forum.token}, lambda text: forum.write("ann", text, title="Help")


async def platforms(told: "Queue[list[tuple[str, Stanza]]]", begun: Any) -> None:
    """Serve them all, and let customers write, until the process is ended."""
    makers = {
        "feed": lambda: feed_channel(hangs=False),
        "discourse": discourse_channel,
        "nodebb": nodebb_channel,
        "mastodon": mastodon_channel,
        "sandbox": sandbox_channel,
    }
    made = [(f"{kind}-{n}", await makers[kind]()) for kind, count in KINDS.items() for n in range(count)]
    hung, (backlog, flood) = await feed_channel(hangs=True), await sandbox_channel()
    told.put([*((name, stanza) for name, (stanza, _) in made), ("hung", hung[0]), ("backlog", backlog)])
    await asyncio.to_thread(begun.wait)
    for number in range(BACKLOG):
        flood(f"{TEXT}{number}")
    for number, (_, (_, write)) in enumerate(itertools.cycle(made)):
        write(f"{TEXT}{number}")
        await asyncio.sleep(WRITTEN)


def serve(told: "Queue[list[tuple[str, Stanza]]]", begun: Any) -> None:
    """The process of the platforms."""
    asyncio.run(platforms(told, begun))


def configure(root: Path, channels: list[tuple[str, Stanza]]) -> Path:
    """Write the daemon's configuration."""
    home = root / "config"
    (home / "credentials").mkdir(parents=True)
    (home / "rules.d").mkdir()
    _keep(home, "reply-key", secrets.token_hex(32))
    lines = [BRIDGE.format(root=root)]
    for name, stanza in channels:
        lines.append(f'[channel.{name}]\nallow_private = true\ninterval = "{INTERVAL}s"\ntimeout = "30s"')
        lines += [_line(home, name, key, value) for key, value in stanza.items()]
    (home / "bridge.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home / "rules.d" / "10-bench.toml").write_text(RULES, encoding="utf-8")
    return home


def _line(home: Path, name: str, key: str, value: Any) -> str:
    """A key of a stanza; secrets become credentials."""
    if key not in {"key", "token"}:
        return f"{key} = {json.dumps(value)}"
    _keep(home, name, str(value))
    return f'{key} = {{ credential = "{name}" }}'


def _keep(home: Path, name: str, secret: str) -> None:
    path = home / "credentials" / name
    path.write_text(secret, encoding="utf-8")
    path.chmod(0o600)


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[list[tuple[str, Stanza]], Any]]:
    """The channels' stanzas, and the event with which customers begin to write."""
    told: Queue[list[tuple[str, Stanza]]] = multiprocessing.Queue()
    begun = multiprocessing.Event()
    process = multiprocessing.Process(target=serve, args=(told, begun), daemon=True)
    process.start()
    try:
        yield await asyncio.to_thread(told.get, timeout=60), begun
    finally:
        process.terminate()
        process.join()


async def turns(root: Path, channels: list[tuple[str, Stanza]], begun: Any) -> list[dict[str, Any]]:
    """Every turn of every channel, after the first of each."""
    os.environ["STOPWATCH"] = str(root / "turns")
    program = (str(Path(__file__).parent / "stopwatch.py"),)
    node = Node(configure(root, channels), log=root / "log", program=program)
    await node.start()
    try:
        await asyncio.sleep(INTERVAL)
        begun.set()
        await asyncio.sleep(SECONDS)
    finally:
        await node.stop()
    return [json.loads(line) for line in (root / "turns").read_text(encoding="utf-8").splitlines()]


async def measured() -> Results:
    """How late the healthy channels' polls began."""
    with tempfile.TemporaryDirectory() as directory:
        async with serving() as (channels, begun):
            found = await turns(Path(directory), channels, begun)
    healthy = [turn for turn in found if turn["channel"] not in {"hung", "backlog"}]
    late = sorted(max(turn["late"], 0.0) for turn in healthy)
    each = {name: sum(turn["channel"] == name for turn in healthy) for name, _ in channels}
    least = min(count for name, count in each.items() if name not in {"hung", "backlog"})
    if least < SECONDS // INTERVAL // 2:
        raise RuntimeError(f"a channel had {least} turns only")
    return {
        "fifty channels": {
            "channels": len(channels),
            "turns": len(late),
            "worst_percent_of_interval": late[-1] / INTERVAL * 100,
            "p99_percent_of_interval": late[math.ceil(len(late) * 0.99) - 1] / INTERVAL * 100,
            "median_milliseconds": late[len(late) // 2] * 1e3,
            "longest_turn_seconds": max(turn["took"] for turn in healthy),
            "backlog_read_in_seconds": _longest(found, "backlog"),
            "hung_for_seconds": _longest(found, "hung"),
        }
    }


def _longest(found: list[dict[str, Any]], name: str) -> float:
    """The longest turn of a channel that keeps itself waiting; 0 where it had none to its end."""
    return max((float(turn["took"]) for turn in found if turn["channel"] == name), default=0.0)


def main() -> None:
    """Print a table, or JSON with `--json`."""
    tell(asyncio.run(measured()))


if __name__ == "__main__":
    main()
