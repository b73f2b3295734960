"""Writes config/schema.json, and the tables of keys into docs/configuration.md; run it after changing a key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bridge.config import schema
from bridge.config.stanzas import ChannelStanza, DeskStanza, InboxStanza

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "config" / "schema.json"
PAGE = Path(__file__).parent / "configuration.md"
MARK = "<!-- below: python docs/make_configuration.py -->\n"

COMMON: dict[str, type[BaseModel]] = {"channel": ChannelStanza, "desk": DeskStanza, "inbox": InboxStanza}

Node = dict[str, Any]


def schema_text() -> str:
    """The JSON Schema as its file holds it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def reference(whole: Node) -> str:
    """Every table of the configuration with every key, from the schema alone."""
    properties = whole["properties"]
    sections = [_section("[bridge]", properties["bridge"], whole)]
    for word in ("channel", "desk", "inbox"):
        sections += _sort(word, properties[word]["additionalProperties"]["anyOf"], whole)
    sections += [_section(f"[[{word}]]", properties[word]["items"], whole) for word in ("rule", "route", "test")]
    return "\n".join(sections)


def _sort(word: str, forms: list[Node], whole: Node) -> Iterator[str]:
    """What all channels, desks or inboxes share, then each kind's own keys."""
    common = COMMON[word].model_json_schema()["properties"]
    shared = {name: given for name, given in forms[0]["properties"].items() if name in common and name != "kind"}
    kinds = ", ".join(f"`{form['properties']['kind']['const']}`" for form in forms)
    words = f"{COMMON[word].__doc__} `kind` is {kinds}, or the dotted name of a module of your own."
    required = forms[0].get("required", [])
    yield _section(f"[{word}.NAME]", {"description": words, "properties": shared, "required": required}, whole)
    for form in forms:
        own = {name: given for name, given in form["properties"].items() if name not in common}
        kind = form["properties"]["kind"]["const"]
        yield _section(f'[{word}.NAME] with kind = "{kind}"', {**form, "properties": own}, whole)


def page() -> str:
    """The page with its tables renewed; what stands above the mark is written by hand."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "\n" + reference(schema())


def _section(title: str, node: Node, whole: Node) -> str:
    rows = "\n".join(_rows("", node, whole))
    table = f"| key | what | default |\n| --- | --- | --- |\n{rows}\n" if rows else "It has no keys of its own.\n"
    return f"## `{title}`\n\n{node.get('description', '').strip()}\n\n{table}"


def _rows(prefix: str, node: Node, whole: Node) -> Iterator[str]:
    """A row for each key, and for the keys of the tables inside it."""
    required = node.get("required", [])
    for name, given in node["properties"].items():
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
    PAGE.write_text(page(), encoding="utf-8")
