"""A daemon that really runs says nothing on /metrics that promtool has to complain about."""

import subprocess
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bridge.app.metrics import FAMILIES
from bridge.testing.fakes.forum import Forum
from bridge.testing.node import Node, free_port, page
from bridge.testing.town import HELP_RULES, Town


@pytest.fixture
async def metrics(tmp_path: Path, forum: Forum) -> AsyncIterator[str]:
    """What a daemon says after its first poll."""
    town, listen = Town(root=tmp_path), f"127.0.0.1:{free_port()}"
    more = f'\n[bridge.status]\nlisten = "{listen}"\n'
    town.write(endpoint=forum.url, account=forum.brand.id, token=forum.token, more=more)
    town.rules(HELP_RULES)
    node = Node(town.configuration, log=tmp_path / "node.log")
    await node.start()
    try:
        await page(f"http://{listen}/readyz", node=node)
        yield await page(f"http://{listen}/metrics", node=node)
    finally:
        assert await node.stop() == 0


def test_promtool_has_no_complaint_about_a_running_daemon(
    require: Callable[[Collection[str], Collection[str]], None], metrics: str
) -> None:
    require({"promtool"}, {"prometheus"})
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_running_daemon_tells_of_every_family(metrics: str) -> None:
    """Whatever alerts and boards ask for is on the page from the start."""
    told = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in text_string_to_metric_families(metrics)
    }

    assert set(told) == set(FAMILIES)
    assert {sample.labels["name"] for sample in told["bridge_connection_up"].samples} >= {"channel forum"}
