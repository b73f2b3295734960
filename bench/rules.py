"""Posts judged each second on one core by many rules, beside `re` in a loop and RE2's Filter in the same run.

Every post is fresh, of 200 characters, and judged whole: words folded, rules, points, route, reasons.
The peers only search their patterns.
"""

import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import re2

from bridge.core.model import Post
from bridge.core.rules import RuleSet, compile_rules, judge
from bridge.core.rules.patterns import options
from bridge.core.rules.vocabulary import Route, Rule, Situation, When
from bridge.testing import making

ROUNDS = 3
POSTS = 5_000
SLOW_POSTS = 50
"""For `re` in a loop, which would take minutes for more."""
SIZES = (10, 1_000, 10_000)
SITUATION = Situation(now=making.NOW, lang="en")
CHANCE = random.Random(7)


def word() -> str:
    """A made-up word of four to ten letters."""
    return "".join(CHANCE.choice("abcdefghijklmnoprstuvwz") for _ in range(CHANCE.randint(4, 10)))


WORDS = [word() for _ in range(100_000)]
EXTRAS = {"english": "", "with accents and emoji": " déjà vu, it’s so 😡 "}


def posts(extra: str) -> list[Post]:
    """Fresh posts: each a new drawing of words."""
    return [making.post(str(number), fresh(extra)) for number in range(POSTS)]


def fresh(extra: str) -> str:
    """200 characters."""
    text = extra
    while len(text) < 200:
        text += CHANCE.choice(WORDS) + CHANCE.choice([" ", " ", " ", ", ", ". "])
    return text[:200]


def patterns(size: int) -> list[str]:
    """As admins write them: a word, its plural, a verb after it."""
    return [rf"\b{name}s?\s+(?:is|was|are)\s+\w+\b" for name in CHANCE.sample(WORDS, size)]


def rule_set(whens: Sequence[When]) -> RuleSet:
    """A rule for each, and a route that takes what has a point."""
    rules = [Rule(name=f"rule {number}", when=when, points=1, tags=("hit",)) for number, when in enumerate(whens)]
    return compile_rules(rules, [Route(name="hit", when=When(min_points=1), desk="support")])


def contestants(size: int) -> dict[str, tuple[Callable[[Post], object], int]]:
    """What is measured, by name, and with how many posts."""
    sources = patterns(size)
    matching = rule_set([When(matches=(source,)) for source in sources])
    words = rule_set([When(any_word=(name,), not_word=("never",)) for name in CHANCE.sample(WORDS, size)])
    loop = [re.compile(source, re.IGNORECASE) for source in sources]
    filtered = re2.Filter()
    for source in sources:
        filtered.Add(source, options())
    filtered.Compile()
    return {
        "bridge: patterns": (lambda post: judge(matching, post, SITUATION), POSTS),
        "bridge: words": (lambda post: judge(words, post, SITUATION), POSTS),
        "re2.Filter": (lambda post: filtered.Match(post.text), POSTS),
        "re in a loop": (lambda post: [one for one in loop if one.search(post.text)], SLOW_POSTS),
    }


def rates(size: int, extra: str) -> dict[str, float]:
    """Posts each second of CPU time: the median of rounds in which all take turns, each with fresh posts."""
    field = contestants(size)
    times: dict[str, list[float]] = {name: [] for name in field}
    for _ in range(ROUNDS):
        batch = posts(extra)
        for name, (search, count) in field.items():
            start = time.process_time()
            for post in batch[:count]:
                search(post)
            times[name].append(count / (time.process_time() - start))
    return {name: round(statistics.median(all_rounds)) for name, all_rounds in times.items()}


def measure() -> dict[str, dict[str, float]]:
    """All results."""
    return {f"{size:,} rules, {kind}": rates(size, extra) for size in SIZES for kind, extra in EXTRAS.items()}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    results = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    for case, table in results.items():
        slowest = min(table.values())
        for name, rate in table.items():
            print(f"{case:38} {name:18} {rate:8,.0f} posts/s {rate / slowest:8.1f} x")


if __name__ == "__main__":
    main()
