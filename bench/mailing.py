"""From feeds to mails by whole processes: the daemon beside rss2email, on the same feeds and the same mail server in the same run.

The daemon stores every post durably, judges it by rules and builds a proxy of two parts; rss2email writes its text into a mail.
"""

import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from surroundings import Cost, Feeds, Sink, feed_server, sink, timed
from telling import tell

from bridge.testing.node import Node

ROUNDS = 3
LONGEST = 600.0
"""Seconds that one pass may take."""

BRIDGE = """
[bridge]
brand = "Acme"
reply_domain = "reply.acme.test"
reply_keys = [{{ kid = "a", key = {{ credential = "reply-key" }} }}]
state = "{root}/state"

[channel.feeds]
kind = "feed"
platform = "Feeds"
urls = {urls}
allow_private = true
spacing = "0s"
per_host = 100
interval = "{interval}"
fastest = "{interval}"
slowest = "{interval}"
backfill = "1d"

[desk.support]
kind = "smtp"
to = "queue@acme.test"
host = "127.0.0.1"
port = {port}
tls = "none"
connections = 5
inbox = "replies"
live = true
agents = ["agent@acme.test"]
internal_senders = ["agent@acme.test"]

[inbox.replies]
kind = "maildir"
path = "{root}/replies"
"""
RULES = """
[[rule]]
name = "down"
when = { any_word = ["down", "outage", "broken"] }
points = 3

[[rule]]
name = "praise"
when = { any_word = ["thanks", "great"] }
points = -1

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"
"""
RSS2EMAIL = """
[DEFAULT]
from = bridge@acme.test
to = queue@acme.test
email-protocol = smtp
smtp-server = 127.0.0.1:{port}
smtp-port = {port}
verbose = error
"""

Results = dict[str, dict[str, float]]


def configure(root: Path, urls: list[str], *, port: int, interval: str) -> Path:
    """Write the daemon's configuration."""
    home = root / "config"
    (home / "credentials").mkdir(parents=True)
    (home / "rules.d").mkdir()
    key = home / "credentials" / "reply-key"
    key.write_text(secrets.token_hex(32), encoding="utf-8")
    key.chmod(0o600)
    text = BRIDGE.format(root=root, urls=json.dumps(urls), port=port, interval=interval)
    (home / "bridge.toml").write_text(text, encoding="utf-8")
    (home / "rules.d" / "10-bench.toml").write_text(RULES, encoding="utf-8")
    return home


@asynccontextmanager
async def daemon(root: Path, urls: list[str], *, port: int, interval: str) -> AsyncIterator[Node]:
    """A daemon that was just started."""
    node = Node(configure(root, urls, port=port, interval=interval), log=root / "log")
    await node.start()
    try:
        yield node
    except TimeoutError as late:
        raise RuntimeError(f"the daemon said: {node.said()[-2000:]}\n{late}") from late
    finally:
        await node.stop()


async def ours(urls: list[str], count: int) -> dict[str, float]:
    """From the start of the process until the last mail is there."""
    with tempfile.TemporaryDirectory() as directory, sink() as mails:
        async with daemon(Path(directory), urls, port=mails.port, interval="1h") as node:
            seconds = await mails.fills(count, within=LONGEST)
            spent = Cost.of(node.pid).cpu
        assert len(set(mails.subjects)) == len(mails.subjects) == count, "an entry is missing or came twice"
    return {"entries_per_second": count / seconds, "cpu_seconds_per_1000": spent / count * 1000}


def rss2email(root: Path, urls: list[str], mails: Sink) -> tuple[list[str], dict[str, str]]:
    """The command that polls everything once, and its environment."""
    feeds = "".join(f"[feed.f{number}]\nurl = {url}\n" for number, url in enumerate(urls))
    (root / "rss2email.cfg").write_text(RSS2EMAIL.format(port=mails.port) + feeds, encoding="utf-8")
    program = Path(os.environ["PEERS"]) / "bin" / "r2e"
    return [str(program), "-c", str(root / "rss2email.cfg"), "-d", str(root / "data.json"), "run"], {"HOME": str(root)}


async def theirs(urls: list[str], count: int) -> tuple[dict[str, float], dict[str, float]]:
    """The first pass of rss2email, and one with nothing new."""
    with tempfile.TemporaryDirectory() as directory, sink() as mails:
        command, env = rss2email(Path(directory), urls, mails)
        seconds, spent = await asyncio.to_thread(timed, command, env=env)
        assert mails.look() == count, f"rss2email sent {len(mails.subjects)} of {count}"
        idle, idle_spent = await asyncio.to_thread(timed, command, env=env)
    first = {"entries_per_second": count / seconds, "cpu_seconds_per_1000": spent / count * 1000}
    return first, {"feeds_per_second": len(urls) / idle, "cpu_milliseconds_per_feed": idle_spent / len(urls) * 1000}


async def ours_with_nothing_new(feeds: Feeds) -> dict[str, float]:
    """A whole process that polls everything once, when it knows everything already."""
    async with feed_server(feeds) as urls:
        with tempfile.TemporaryDirectory() as directory, sink() as mails:
            home = configure(Path(directory), urls, port=mails.port, interval="1s")
            command = [sys.executable, "-m", "bridge", "run", "--once", "--config", str(home)]
            await asyncio.to_thread(timed, command, env={})
            await asyncio.sleep(1.5)  # until every feed is due again
            seconds, spent = await asyncio.to_thread(timed, command, env={})
    return {
        "seconds": seconds,
        "feeds_per_second": feeds.feeds / seconds,
        "cpu_milliseconds_per_feed": spent / feeds.feeds * 1000,
    }


async def hung() -> dict[str, float]:
    """One host among twenty feeds takes the connection and says nothing: when is the last healthy post mailed?"""
    healthy, silent = Feeds(feeds=19, entries=5), Feeds(feeds=1, entries=5, delay=-1)
    async with feed_server(healthy) as good, feed_server(silent) as bad:
        with tempfile.TemporaryDirectory() as directory, sink() as mails:
            async with daemon(Path(directory), [*bad, *good], port=mails.port, interval="1h"):
                waited = await mails.fills(95, within=LONGEST)
    return {"seconds_until_the_last_healthy_mail": waited}


def middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


async def side_by_side(feeds: Feeds, rounds: int) -> Results:
    """Both on the same server, taking turns."""
    count = feeds.feeds * feeds.entries
    mine, first, idle, known = [], [], [], []
    async with feed_server(feeds) as urls:
        for _ in range(rounds):
            mine.append(await ours(urls, count))
            once, again = await theirs(urls, count)
            first.append(once)
            idle.append(again)
            known.append(await ours_with_nothing_new(feeds))
    name = f"{feeds.feeds} x {feeds.entries}"
    return {
        f"first poll {name}: bridge": middle(mine),
        f"first poll {name}: rss2email": middle(first),
        f"nothing new {name}: bridge run --once": middle(known),
        f"nothing new {name}: rss2email": middle(idle),
    }


async def measured() -> Results:
    """All results."""
    slow = Feeds(feeds=100, entries=5, delay=0.1)
    return {
        **await side_by_side(Feeds(feeds=100, entries=20), ROUNDS),
        **await side_by_side(Feeds(feeds=1000, entries=5), 1),
        "nothing new, 100 feeds, 100 ms network: bridge run --once": await ours_with_nothing_new(slow),
        "one hung host among 20 feeds: bridge": await hung(),
    }


def main() -> None:
    """Print a table, or JSON with `--json`."""
    tell(asyncio.run(measured()))


if __name__ == "__main__":
    main()
