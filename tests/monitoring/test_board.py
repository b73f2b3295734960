"""The shipped Grafana board is whole and asks for nothing that is not there."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bridge.app.metrics import FAMILIES

BOARD = json.loads((Path(__file__).parents[2] / "docs" / "monitoring" / "grafana.json").read_text(encoding="utf-8"))
PANELS = BOARD["panels"]


def expressions() -> Iterator[tuple[str, str]]:
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.mark.parametrize(("title", "expression"), list(expressions()))
def test_a_panel_names_only_metrics_that_there_are(title: str, expression: str) -> None:
    assert set(re.findall(r"\bbridge_[a-z_]+", expression)) <= set(FAMILIES)


def test_every_metric_is_on_the_board() -> None:
    shown = {name for _, expression in expressions() for name in re.findall(r"\bbridge_[a-z_]+", expression)}

    assert shown == set(FAMILIES)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_legend_names_only_labels_of_its_metrics(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        metrics = re.findall(r"\bbridge_[a-z_]+", target["expr"])
        known = {label for metric in metrics for label in FAMILIES[metric][1]} | {"instance", "job"}
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= known


def test_panels_have_their_own_ids_and_places() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations((panel["gridPos"] for panel in PANELS), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below


def test_the_board_is_bound_to_no_data_source_of_ours() -> None:
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert [variable["type"] for variable in BOARD["templating"]["list"]] == ["datasource"]
