"""Writes config/schema.json, and the tables of keys into docs/configuration.md; run it after changing a key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bridge.config import schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "config" / "schema.json"
PAGE = Path(__file__).parent / "configuration.md"
MARK = "<!-- below: python docs/make_configuration.py -->\n"

Node = dict[str, Any]


def schema_text() -> str:
    """The JSON Schema as its file holds it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def reference(whole: Node) -> str:
    """Every table of the configuration with every key, from the schema alone."""
    properties = whole["properties"]
    sections = [_section("[bridge]", properties["bridge"], whole)]
    for word in ("channel", "desk", "inbox"):
        for form in properties[word]["additionalProperties"]["anyOf"]:
            kind = form["properties"]["kind"]["const"]
            sections.append(_section(f'[{word}.NAME], kind = "{kind}"', form, whole))
    sections += [_section(f"[[{word}]]", properties[word]["items"], whole) for word in ("rule", "route", "test")]
    return "\n".join(sections)


def page(text: str) -> str:
    """The page with its tables renewed; what stands above the mark is written by hand."""
    return text.partition(MARK)[0] + MARK + "\n" + reference(schema())


def _section(title: str, node: Node, whole: Node) -> str:
    rows = "\n".join(_rows("", node, whole))
    words = node.get("description", "").strip()
    return f"## `{title}`\n\n{words}\n\n| key | what | default |\n| --- | --- | --- |\n{rows}\n"


def _rows(prefix: str, node: Node, whole: Node) -> Iterator[str]:
    """A row for each key, and for the keys of the tables inside it."""
    required = node.get("required", [])
    for name, given in node["properties"].items():
        if name == "kind" and "const" in given:
            continue
        shown = "**needed**" if name in required else _default(given)
        words = " ".join(given.get("description", "").split()).replace("|", "\\|")
        yield f"| `{prefix}{name}` | {words} | {shown} |"
        for inner in _tables(given, whole):
            yield from _rows(f"{prefix}{name}.", inner, whole)


def _tables(given: Node, whole: Node) -> Iterator[Node]:
    """The tables that may stand as a key's value, or in its list."""
    if "$ref" in given:
        yield from _tables(whole["$defs"][given["$ref"].removeprefix("#/$defs/")], whole)
    elif set(given.get("properties", {})) == {"credential"}:
        return
    elif "properties" in given:
        yield given
    for part in (*given.get("anyOf", ()), *given.get("allOf", ()), *([given["items"]] if "items" in given else [])):
        yield from _tables(part, whole)


def _default(given: Node) -> str:
    """The default as a file would say it; nothing for tables and empty values."""
    value = given.get("default")
    if value is None or value in ("", [], {}) or isinstance(value, dict):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
