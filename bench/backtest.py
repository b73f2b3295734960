"""How long 100,000 stored posts take to be replayed against the shipped rules, and against 1,000 patterns besides.

The posts are fresh, of 200 characters, and stand in a store with their verdicts; the time includes reading and comparing them.
The goal is less than a minute.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.app.backtesting import replay
from bridge.config.rule_files import RuleFiles
from bridge.core.decision import Decision, Judged
from bridge.core.events import Sighting
from bridge.core.model import Author, Post
from bridge.core.rules import RuleSet, compile_rules, judge
from bridge.core.rules.vocabulary import Route, Rule, Situation, When
from bridge.store.open import open_store, reading
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

CONFIG = Path(__file__).parents[1] / "config"
POSTS = 100_000
PAGE = 500
CHANCE = random.Random(7)
SITUATION = Situation(now=making.NOW, lang="en")
TELLING = ("down", "refund", "broken", "help", "please", "when", "thanks", "love", "crash", "order", "support", "why")


def word() -> str:
    """A made-up word of four to ten letters."""
    return "".join(CHANCE.choice("abcdefghijklmnoprstuvwz") for _ in range(CHANCE.randint(4, 10)))


WORDS = [*(word() for _ in range(20_000)), *(TELLING * 200)]


def shipped() -> RuleFiles:
    """The example's rules, with the example's lists."""
    lists = {f"lists/{file.name}": file.read_text(encoding="utf-8") for file in (CONFIG / "lists").glob("*.txt")}
    files = RuleFiles(lists=lists, zone=ZoneInfo("UTC"))
    for file in sorted((CONFIG / "rules.d").glob("*.toml")):
        files.add(file.name, tomllib.loads(file.read_text(encoding="utf-8")))
    return files


def rule_sets() -> dict[str, RuleSet]:
    """What is replayed against."""
    files = shipped()
    patterns = [rf"\b{name}s?\s+\w+\b" for name in CHANCE.sample(WORDS[:20_000], 1000)]
    more = [Rule(name=f"p{at}", when=When(matches=(one,)), points=1, tags=("p",)) for at, one in enumerate(patterns)]
    last = Route(name="p", when=When(tag=("p",)), desk="support")
    return {
        "shipped rules": compile_rules(files.rules, files.routes),
        "and 1,000 patterns": compile_rules([*files.rules, *more], [*files.routes, last]),
    }


def post(number: int) -> Post:
    """200 characters by one of a thousand customers."""
    text = " ".join(CHANCE.choices(WORDS, k=40))[:200]
    return making.post(f"p{number}", text, thread=f"t{number}", author=Author(id=str(number % 1000)))


async def fill(store: SqlStore, rules: RuleSet) -> None:
    """Store the posts with their verdicts."""
    for start in range(0, POSTS, PAGE):
        posts = [post(number) for number in range(start, start + PAGE)]
        judged = tuple(Judged(post=one.key, verdict=judge(rules, one, SITUATION)) for one in posts)
        await store.apply(Decision(sightings=tuple(Sighting(post=one, raw=b"{}") for one in posts), judged=judged))


def measure() -> dict[str, dict[str, float]]:
    """Seconds for all posts, posts each second, and how many would change."""
    found = {}
    sets = rule_sets()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bridge.db"
        store = open_store(place, clock=MovableClock(), create=True, platforms={})
        asyncio.run(fill(store, sets["shipped rules"]))
        store.close()
        for name, rules in sets.items():
            with reading(place) as connection:
                begun = time.monotonic()
                came = replay(connection, rules, making.NOW.replace(year=2000), progress=lambda _done: None)
                seconds = time.monotonic() - begun
            found[name] = {
                "seconds": round(seconds, 1),
                "posts/s": round(came.posts / seconds),
                "changed": came.changed,
            }
    return found


def main() -> None:
    """Print a table, or JSON with `--json`."""
    results = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    for name, row in results.items():
        print(f"{name:20} {row['seconds']:6.1f} s {row['posts/s']:8,.0f} posts/s {row['changed']:8,.0f} changed")


if __name__ == "__main__":
    main()
