"""Two hundred live conversations with ten agents on a real Prosody, beside a bare slixmpp component that echoes.

The agents are a process of their own, the same for both, so that the CPU told is that of the component alone.
Ours: a customer's words brought to the desk until they stand in the agent's window, and the agent's answer until the inbox hands it out.
The echo: an agent's words until they come back, over the same two ways through the same server.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from slixmpp.componentxmpp import ComponentXMPP
from telling import tell

from bridge.core.proxies import Sealed
from bridge.core.replies import LetterOutcome
from bridge.desks import xmpp as desks
from bridge.inboxes import xmpp as inboxes
from bridge.stanza import Secret
from bridge.testing import desks as suite
from bridge.testing.chatter import Agent, forget
from bridge.testing.fittings import MovableClock, fittings
from bridge.testing.prosody import COMPONENT, DOMAIN, ECHO, SECRET, Prosody, prosody

CUSTOMERS, AGENTS = 200, 10
PACE = 0.02
"""Seconds between two customers' words: each of them speaks every four seconds."""
SECONDS, ROUNDS = 8, 3
TURNS = int(SECONDS / PACE)
"""In each round; both take turns, so that a neighbour on the machine disturbs both."""
NAMES = [f"agent{number}" for number in range(AGENTS)]

Results = dict[str, dict[str, float]]
Times = dict[str, list[float]]
"""Seconds of each message, and the share of a core of each round."""


def sealed(desk: desks.XmppDesk, number: int, text: str) -> Sealed:
    """A customer's words."""
    made = suite.proxy("support")
    author = replace(made.post.author, id=f"u{number % CUSTOMERS}", name=f"Customer {number % CUSTOMERS}")
    post = replace(made.post, id=f"p{number}", thread=f"t{number % CUSTOMERS}", author=author, text=text, title="")
    key = f"inject:forum/{post.id}"
    return desk.seal(replace(made, key=key, post=post, conversation=post.conversation.id))


class Child:
    """The agents, in a process of their own."""

    def __init__(self, server: Prosody, way: str) -> None:
        command = [sys.executable, __file__, "agents", way, str(server.c2s)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def line(self) -> str:
        """What it says next."""
        assert self._process.stdout
        return await asyncio.to_thread(self._process.stdout.readline)

    async def end(self) -> None:
        """Let it go home."""
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.to_thread(self._process.wait, 20)


async def bridged(server: Prosody, path: Path) -> Times:
    """Our desk and inbox, as the daemon uses them."""
    given = fittings(MovableClock())
    settings = inboxes.Settings(
        domain=COMPONENT, host="127.0.0.1", port=server.component, secret=Secret(SECRET), path=path
    )
    inbox = inboxes.build("chat", settings, given)
    keys = {"domain": COMPONENT, "assign": "direct", "agents": [f"{name}@{DOMAIN}" for name in NAMES], "most": 100}
    desk = desks.build("support", desks.Settings.model_validate(keys), given)
    await inbox.fetch(timedelta(0))
    child = Child(server, "answer")
    await child.line()
    out, back = [], []

    async def speak(first: int, count: int, pause: float) -> None:
        at = time.monotonic()
        under_way = set()
        for number in range(first, first + count):
            at += pause
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            message = sealed(desk, number, f"{time.monotonic()}")
            under_way.add(asyncio.create_task(desk.inject(message)))
        await asyncio.gather(*under_way)

    async def listen(count: int) -> None:
        while count:
            for letter in await inbox.fetch(timedelta(seconds=1)):
                _, said, seen = json.loads(letter.raw)["text"].split()
                out.append(float(seen) - float(said))
                back.append(time.monotonic() - float(seen))
                await inbox.file(letter, LetterOutcome.ANSWER)
                count -= 1

    await asyncio.gather(speak(0, CUSTOMERS, 0.01), listen(CUSTOMERS))  # every conversation is taken
    out.clear()
    back.clear()
    cpu = time.process_time()
    began = time.monotonic()
    await asyncio.gather(speak(CUSTOMERS, TURNS, PACE), listen(TURNS))
    share = (time.process_time() - cpu) / (time.monotonic() - began)
    await desk.close()
    await inbox.close()
    await child.end()
    both = [one + other for one, other in zip(out, back, strict=True)]
    return {"there and back": both, "to the agent": out, "back": back, "share of a core": [share]}


async def echoed(server: Prosody) -> Times:
    """The library alone: each message goes back to its sender."""
    component = ComponentXMPP(ECHO, SECRET, "127.0.0.1", server.component)
    component.add_event_handler("message", lambda message: message.reply(message["body"]).send())
    started = asyncio.Event()
    component.add_event_handler("session_start", lambda _: started.set())
    component.connect()
    await started.wait()
    child = Child(server, "ask")
    await child.line()
    cpu = time.process_time()
    began = time.monotonic()
    times = json.loads(await child.line())
    share = (time.process_time() - cpu) / (time.monotonic() - began)
    await child.end()
    await component.disconnect()
    forget(component)
    return {"there and back": times, "share of a core": [share]}


def summed(rounds: list[Times]) -> dict[str, float]:
    """Medians and the slowest hundredth, in milliseconds."""
    found = {"share of a core": statistics.median(share for each in rounds for share in each["share of a core"])}
    for what in rounds[0].keys() - {"share of a core"}:
        ordered = statistics.quantiles((time for each in rounds for time in each[what]), n=100)
        found |= {f"{what}, median ms": ordered[49] * 1000, f"{what}, 99th percentile ms": ordered[98] * 1000}
    return found


async def agents(way: str, c2s: int) -> None:
    """The child: ten agents who answer what they see, or ask and wait for the echo."""
    server = Prosody(run=Path(), c2s=c2s, component=0, http=0)
    team = [Agent(server, name) for name in NAMES]
    times: list[float] = []
    done = asyncio.Event()

    def answering(agent: Agent, window: str, text: str) -> None:
        if not text.startswith("[bridge]"):
            agent.say(window, f"re {text} {time.monotonic()}")

    def noting(text: str) -> None:
        times.append(time.monotonic() - float(text))
        if len(times) == TURNS:
            done.set()

    for agent in team:
        if way == "answer":
            agent.on_words(lambda window, text, agent=agent: answering(agent, window, text))
        else:
            agent.on_words(lambda _window, text: noting(text))
        await agent.log_in()
    print("ready", flush=True)
    if way == "ask":
        at = time.monotonic()
        for number in range(TURNS):
            at += PACE
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            team[number % AGENTS].say(f"c{number % CUSTOMERS}@{ECHO}", f"{time.monotonic()}")
        await done.wait()
        print(json.dumps(times), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for agent in team:
        await agent.log_out()


async def measured() -> Results:
    """Both in turn, on the same server."""
    bridge: list[Times] = []
    echo: list[Times] = []
    with prosody(*NAMES) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            echo.append(await echoed(server))
            bridge.append(await bridged(server, Path(folder) / str(number)))
    return {"bridge": summed(bridge), "slixmpp echo": summed(echo)}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    if sys.argv[1:2] == ["agents"]:
        asyncio.run(agents(sys.argv[2], int(sys.argv[3])))
        return
    tell(asyncio.run(measured()))


if __name__ == "__main__":
    main()
