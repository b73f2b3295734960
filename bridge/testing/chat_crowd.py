"""Many customers and several agents in chat at once: every text bears a tag, and only the far ends are looked at."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.core.proxies import Sealed
from bridge.core.replies import LetterOutcome
from bridge.ports import Desk, Inbox
from bridge.testing.chatter import Agent

_WAIT = timedelta(seconds=1)


@dataclass(slots=True)
class Crowd:
    """What each customer said and was told, by the signed address of their conversation."""

    turns: int
    """How often each customer speaks; the next words come when the ones before were answered."""
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    out: list[float] = field(default_factory=list)
    """Seconds from a customer's words to the agent's window."""
    back: list[float] = field(default_factory=list)
    """Seconds from an agent's words to the inbox."""
    _began: dict[str, float] = field(default_factory=dict)

    def listen(self, agent: Agent) -> None:
        """Let an agent answer every customer's words with the same words, marked."""

        def answer(window: str, text: str) -> None:
            if text.startswith("[bridge]"):
                return
            self.out.append(time.perf_counter() - self._began[text])
            self._began[f"re {text}"] = time.perf_counter()
            agent.say(window, f"re {text}")

        agent.on_words(answer)

    async def speak(self, desk: Desk, customers: int, make: Callable[[int, int], Sealed], inbox: Inbox) -> None:
        """Everyone begins at once, and goes on until each was answered to the end."""
        last = customers * self.turns
        names: dict[str, int] = {}

        async def say(number: int, turn: int) -> None:
            sealed = make(number, turn)
            text = json.loads(sealed.content)["post"]["text"]
            names[sealed.recipients[0]] = number
            self.said[sealed.recipients[0]].append(text)
            self._began[text] = time.perf_counter()
            await desk.inject(sealed)

        saying: set[asyncio.Task[None]] = {asyncio.create_task(say(number, 0)) for number in range(customers)}
        while last:
            for letter in await inbox.fetch(_WAIT):
                turn = json.loads(letter.raw)
                await inbox.file(letter, LetterOutcome.ANSWER)
                self.back.append(time.perf_counter() - self._began[turn["text"]])
                self.told[turn["address"]].append(turn["text"])
                last -= 1
                if (count := len(self.told[turn["address"]])) < self.turns:
                    saying.add(asyncio.create_task(say(names[turn["address"]], count)))
        await asyncio.gather(*saying)

    @property
    def faults(self) -> list[str]:
        """Conversations in which an answer is missing, doubled, out of its order, or somebody else's."""
        wrong = []
        for address, said in self.said.items():
            expected = [f"re {text}" for text in said]
            if self.told[address] != expected:
                wrong.append(f"expected {expected}, told {self.told[address]}")
        return wrong + [f"{texts} told to nobody" for address, texts in self.told.items() if address not in self.said]


def seen_by(agents: list[Agent]) -> dict[str, list[str]]:
    """What stood in each customer's window, at whichever agent it was."""
    found: dict[str, list[str]] = defaultdict(list)
    for agent in agents:
        for window in list(agent.windows):
            found[window] += agent.words(window)
    return {window: words for window, words in found.items() if words}
