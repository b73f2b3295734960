"""The JSON Schema that editors use: kept with the example, and true to what the loader takes."""

import json
import re
import runpy
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.config import schema
from bridge.config.schema import said

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in ROOT.glob("config/**/*.toml"))


def test_the_kept_schema_is_the_exported_one() -> None:
    kept = json.loads((ROOT / "config" / "schema.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(schema())), "run: python docs/make_configuration.py"


def test_the_page_has_every_key_and_says_what_it_is() -> None:
    drawn = runpy.run_path(str(ROOT / "docs" / "make_configuration.py"))["page"]()
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == drawn, (
        "run: python docs/make_configuration.py"
    )
    rows = [line.split(" | ") for line in drawn.splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if not row[1].strip()] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_key_of_the_shipped_example_is_in_the_schema(file: Path) -> None:
    whole = schema()
    unknown = list(_unknown(tomllib.loads(file.read_text(encoding="utf-8")), whole, whole, ""))
    assert unknown == []


def _unknown(value: Any, node: Any, whole: Any, key: str) -> Iterator[str]:
    """Keys that no branch of the schema knows."""
    forms = list(_forms(node, whole))
    if isinstance(value, list):
        items = [form["items"] for form in forms if "items" in form]
        for number, entry in enumerate(value):
            yield from _best([list(_unknown(entry, item, whole, f"{key}.{number}")) for item in items] or [[]])
    elif isinstance(value, dict) and forms:
        tables = [form for form in forms if form.get("type") == "object"]
        yield from _best([list(_table(value, form, whole, key)) for form in tables] or [[key]])


def _table(value: dict[str, Any], form: Any, whole: Any, key: str) -> Iterator[str]:
    for name, inner in value.items():
        node = form.get("properties", {}).get(name, form.get("additionalProperties", False))
        if node is False:
            yield f"{key}.{name}"
        else:
            yield from _unknown(inner, node, whole, f"{key}.{name}")


def _forms(node: Any, whole: Any) -> Iterator[Any]:
    if "$ref" in node:
        yield from _forms(whole["$defs"][node["$ref"].removeprefix("#/$defs/")], whole)
    elif "anyOf" in node:
        for part in node["anyOf"]:
            yield from _forms(part, whole)
    else:
        yield node


def _best(found: list[list[str]]) -> list[str]:
    return min(found, key=len)


def test_every_default_is_a_value_that_its_own_schema_takes() -> None:
    whole = schema()
    defaults = list(_defaults(whole, "", whole))
    assert len(defaults) > 100
    assert [key for key, value, node in defaults if not _takes(node, value, whole)] == []


def _defaults(node: Any, key: str, whole: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every default in the schema: where it stands, the value, and the schema beside it."""
    if isinstance(node, list):
        for number, part in enumerate(node):
            yield from _defaults(part, f"{key}.{number}", whole)
    elif isinstance(node, dict):
        if "default" in node and ("title" in node or "$ref" in node):
            yield key, node["default"], node
        for name, part in node.items():
            if name != "default":
                yield from _defaults(part, f"{key}.{name}", whole)


def _takes(node: Any, value: Any, whole: Any) -> bool:
    """Whether a schema takes a value, by the words that ours is made of."""
    return any(_fits(form, value, whole) for form in _forms(node, whole))


def _fits(form: Any, value: Any, whole: Any) -> bool:
    if form.get("type") not in {None, *_types(value)} or value not in form.get("enum", [form.get("const", value)]):
        return False
    if isinstance(value, dict):
        known = form.get("properties", {})
        nodes = [(known.get(name, form.get("additionalProperties", {})), inner) for name, inner in value.items()]
        return set(form.get("required", ())) <= set(value) and all(
            node is not False and _takes(node, inner, whole) for node, inner in nodes
        )
    if isinstance(value, list):
        return all(_takes(form.get("items", {}), inner, whole) for inner in value)
    return not isinstance(value, str) or re.search(form.get("pattern", ""), value) is not None


def _types(value: Any) -> set[str]:
    """What JSON Schema calls the type of a value."""
    names = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null", float: "number"}
    return {"integer", "number"} if type(value) is int else {names[type(value)]}


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=60), "1m"),
        (timedelta(days=1, hours=2), "1d 2h"),
        (timedelta(milliseconds=500), "500ms"),
        (timedelta(0), "0s"),
        (timedelta(seconds=90), "1m 30s"),
    ],
)
def test_durations_are_written_as_people_say_them(length: timedelta, text: str) -> None:
    assert said(length) == text
