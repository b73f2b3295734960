"""FT20: a daemon under load reloads again and again, half of the time what is broken; every post meets one whole set of rules."""

import json
import os
import signal
from collections.abc import Iterator
from itertools import cycle, groupby, islice
from pathlib import Path

import pytest
from faults.life import Life, village_life

from bridge.testing.town import HELP_RULES

pytestmark = [pytest.mark.timeout(3600)]

RELOADS = {"ci": 100, "release": 5000}[os.environ.get("BRIDGE_FAULTS", "ci")]
EVERY = 5
"""Reloads between two posts."""

BROKEN = (
    HELP_RULES.replace("points = 3", 'points = "three"'),
    HELP_RULES.replace("any_word", "any_words"),
    HELP_RULES.replace('desk = "support"', 'desk = "nowhere"'),
    HELP_RULES.replace("[[route]]", "[[route]"),
    HELP_RULES[: len(HELP_RULES) // 2] + "[[rule]]\nname =",
    f'{HELP_RULES}\n[[rule]]\nname = "help"\nwhen = {{ any_word = ["twice"] }}\n',
    f'{HELP_RULES}\n[[test]]\npost = {{ text = "hello" }}\nexpect = {{ route = "support" }}\n',
    '[[rule]]\nname = "x"\nwhen = { pattern = "(" }\npoints = 1\n',
)
"""Sets of which nothing may be taken up."""


def sets() -> Iterator[str]:
    """Good ones in turn, each with a route of its own, and a broken one after each."""
    for number, broken in enumerate(cycle(BROKEN)):
        yield HELP_RULES.replace('name = "support"', f'name = "{"even" if number % 2 else "odd"}"')
        yield broken


async def test_no_post_meets_half_a_set(tmp_path: Path) -> None:
    async with village_life(tmp_path, undo="0s") as one:
        await one.start_again()
        await one.until(lambda: one.is_met)
        for number, rules in enumerate(islice(sets(), RELOADS)):
            if number % EVERY == 0:
                one.write()
            (one.root / "config" / "rules.d" / "10-town.toml").write_text(rules)
            os.kill(one.node.pid, signal.SIGHUP)
            await one.until(lambda number=number: len(reloads(one)) > number)
        await one.until(one.step)
        assert await one.node.stop() == 0

    assert reloads(one) == ["configuration_adopted", "configuration_rejected"] * (RELOADS // 2)
    routes = {(line["rules"], line["route"]) for line in lines(one) if line["event"] == "post_judged"}
    assert {route for _rules, route in routes} >= {"odd", "even"}
    assert len(dict(routes)) == len(routes), "one version of the rules gave two routes"
    assert one.broken() == ()


def lines(one: Life) -> list[dict[str, str]]:
    return [json.loads(line) for line in one.node.said().splitlines() if line.startswith("{")]


def reloads(one: Life) -> list[str]:
    """How each reload ended; a set with several mistakes is rejected once."""
    ends = (line["event"] for line in lines(one) if line["event"].startswith("configuration_"))
    return [end for end, _mistakes in groupby(ends)]
