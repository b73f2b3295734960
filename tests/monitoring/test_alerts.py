"""The shipped alerts fire when something is wrong and keep still when nothing is, as Prometheus' own promtool sees them."""

import json
import re
import subprocess
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bridge.app.metrics import FAMILIES

RULES = Path(__file__).parents[2] / "docs" / "monitoring" / "alerts.rules.yml"
TEXT = RULES.read_text(encoding="utf-8")
ALERTS = re.findall(r"- alert: (\w+)", TEXT)

Require = Callable[[Collection[str], Collection[str]], None]

WELL = {'bridge_info{job="bridge", instance="one", version="1", rules="a"}': "1x300"}
"""What a node that runs always says; a value, then how often it is said again, once a minute."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was measured minute by minute, and how many alerts of that name fire after so many minutes."""

    alert: str
    series: dict[str, str]
    minute: int
    firing: int


def one(metric: str, values: str, **labels: str) -> dict[str, str]:
    named = {"job": "bridge", "instance": "one", **labels}
    inner = ", ".join(f'{name}="{value}"' for name, value in named.items())
    return {f"{metric}{{{inner}}}": values}


def publication(state: str, values: str) -> dict[str, str]:
    return one("bridge_outbox_oldest_seconds", values, effect="publish", state=state)


def waits(effect: str, state: str, values: str) -> dict[str, str]:
    return one("bridge_outbox_oldest_seconds", values, effect=effect, state=state)


def held_letters_seen_by_two(values: str) -> dict[str, str]:
    return one("bridge_letters_held", values) | one("bridge_letters_held", values, instance="two")


def failing(up: str, failures: str) -> dict[str, str]:
    named = {"name": "channel forum"}
    return one("bridge_connection_up", up, **named) | one("bridge_connection_failures", failures, **named)


def left(allowance: str, values: str) -> dict[str, str]:
    return one("bridge_channel_allowance_left_ratio", values, channel="x-acme", allowance=allowance)


def case(alert: str, minute: int, firing: int, series: dict[str, str]) -> Case:
    return Case(alert=alert, series=WELL | series, minute=minute, firing=firing)


CASES = [
    case("BridgeDown", 10, 1, one("up", "0x60")),
    case("BridgeDown", 10, 0, one("up", "1x60")),
    case("BridgeDown", 10, 0, one("up", "1x8 0 0 1x60")),
    Case(alert="BridgeAbsent", series=one("up", "1x60"), minute=10, firing=1),
    case("BridgeAbsent", 10, 0, {}),
    case("BridgePublicationsInDoubt", 60, 1, publication("unsure", "0+60x100")),
    case("BridgePublicationsInDoubt", 20, 0, publication("unsure", "0+60x100")),
    case("BridgePublicationsInDoubt", 60, 0, publication("ready", "0+60x100")),
    case("BridgePublicationsHeld", 20, 1, publication("held", "0+60x100")),
    case("BridgePublicationsHeld", 10, 0, publication("held", "0+60x100")),
    case("BridgeOutboxStuck", 90, 1, waits("inject", "ready", "0+60x200")),
    case("BridgeOutboxStuck", 90, 0, waits("inject", "ready", "0x200")),
    case("BridgeOutboxStuck", 90, 0, waits("inject", "held", "0+60x200")),
    case("BridgePostsUnjudged", 30, 1, one("bridge_posts_unjudged", "3x100")),
    case("BridgePostsUnjudged", 30, 0, one("bridge_posts_unjudged", "3x10 0x100")),
    case("BridgeNeedsPerson", 10, 1, one("bridge_connection_needs_person", "1x60", name="channel forum")),
    case("BridgeNeedsPerson", 10, 0, one("bridge_connection_needs_person", "0x60", name="channel forum")),
    case("BridgeConnectionFailing", 30, 1, failing("0x100", "0+1x100")),
    case("BridgeConnectionFailing", 30, 0, failing("1x100", "0x100")),
    case("BridgeConnectionFailing", 30, 0, failing("0x100", "1x100")),
    case("BridgeLettersHeld", 60, 1, held_letters_seen_by_two("2x100")),
    case("BridgeLettersHeld", 60, 0, held_letters_seen_by_two("0x100")),
    case("BridgePublishingPaused", 90, 1, one("bridge_publishing_paused", "1x200")),
    case("BridgePublishingPaused", 30, 0, one("bridge_publishing_paused", "1x200")),
    case("BridgePublishingPaused", 90, 0, one("bridge_publishing_paused", "0x200")),
    case("BridgeAllowanceLow", 20, 1, left("money", "0.05x60")),
    case("BridgeAllowanceLow", 20, 0, left("money", "0.3x60")),
    case("BridgeAllowanceLow", 20, 0, left("platform", "0.05x60")),
    case("BridgePostsLost", 90, 1, one("bridge_channel_gaps", "1x80 2x100", channel="forum")),
    case("BridgePostsLost", 90, 0, one("bridge_channel_gaps", "1x200", channel="forum")),
    case("BridgeItemsQuarantined", 90, 1, one("bridge_channel_quarantined", "0x80 4x100", channel="forum")),
    case("BridgeItemsQuarantined", 90, 0, one("bridge_channel_quarantined", "4x200", channel="forum")),
    case("BridgeConfigurationRejected", 10, 1, one("bridge_config_last_reload_successful", "0x60")),
    case("BridgeConfigurationRejected", 10, 0, one("bridge_config_last_reload_successful", "1x60")),
    case("BridgeMissesPosts", 90, 1, one("bridge_left_missed_ratio", "0.2x200") | one("bridge_left_judged", "40x200")),
    case("BridgeMissesPosts", 90, 0, one("bridge_left_missed_ratio", "0.2x200") | one("bridge_left_judged", "5x200")),
    case("BridgeMissesPosts", 90, 0, one("bridge_left_missed_ratio", "0.05x200") | one("bridge_left_judged", "40x200")),
    case("BridgeNodesDiffer", 30, 1, one("bridge_info", "1x60", instance="two", version="1", rules="b")),
    case("BridgeNodesDiffer", 30, 0, one("bridge_info", "1x60", instance="two", version="1", rules="a")),
]


@pytest.fixture(autouse=True)
def _promtool(require: Require) -> None:
    require({"promtool"}, {"prometheus"})


def promtool(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)


def test_prometheus_takes_the_rules() -> None:
    done = promtool("check", "rules", str(RULES))

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_has_a_case_that_fires_and_one_that_does_not(alert: str) -> None:
    assert {bool(case.firing) for case in CASES if case.alert == alert} == {True, False}


def group(case: Case) -> dict[str, object]:
    expression = f'count(ALERTS{{alertname="{case.alert}", alertstate="firing"}})'
    samples = [{"labels": "{}", "value": case.firing}] if case.firing else []
    return {
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": f"{case.minute}m", "exp_samples": samples}],
    }


def promtool_tests(directory: Path, cases: list[Case]) -> "subprocess.CompletedProcess[str]":
    """All in one run, which takes no longer than one; promtool names each that is not as it should be."""
    file = directory / "alerts.test.yml"
    told = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [group(case) for case in cases]}
    file.write_text(json.dumps(told), encoding="utf-8")  # JSON is YAML
    return promtool("test", "rules", str(file))


def test_each_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    done = promtool_tests(tmp_path, CASES)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_that_never_fires_would_be_noticed(alert: str, tmp_path: Path) -> None:
    wrong = [replace(case, firing=1 - case.firing) for case in CASES if case.alert == alert]
    done = promtool_tests(tmp_path, wrong)

    assert done.returncode != 0
    assert done.stdout.count(alert) + done.stderr.count(alert) >= len(wrong)


def test_alerts_name_only_metrics_that_there_are() -> None:
    named = set(re.findall(r"\bbridge_[a-z_]+", TEXT))

    assert named <= set(FAMILIES)


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    blocks = TEXT.split("- alert: ")[1:]

    assert [block.split()[0] for block in blocks if not re.search(r"severity: (page|ticket) ", block)] == []
    assert [block.split()[0] for block in blocks if "summary: " not in block or "action: " not in block] == []
