"""The JSON Schema of the configuration's files, for editors that complete and check while an admin writes."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from bridge.config.adapters import NoAdapter, Room, adapter, kinds
from bridge.config.bridge_stanza import BridgeStanza
from bridge.config.rule_stanzas import ExampleStanza, RouteStanza, RuleStanza, listed, span
from bridge.config.stanzas import ChannelStanza, DeskStanza, InboxStanza, agent

_ALSO: dict[object, JsonSchemaValue] = {
    listed: {"type": "string"},
    agent: {"type": "string"},
    span: {"type": "number"},
}
"""What may be written in short: the function that spells it out, and the short form."""
_DURATION: JsonSchemaValue = {"type": "string", "pattern": r"^(\s*\d+(\.\d+)?\s*(ms|s|m|h|d|w))+\s*$"}

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
"""Milliseconds of each unit, longest first."""


class _Generator(GenerateJsonSchema):
    """Pydantic's generator with TOML's habits: durations as people say them, short forms beside long ones."""

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:  # noqa: ARG002 - pydantic's name
        """`90s`, not ISO 8601."""
        return dict(_DURATION)

    def encode_default(self, dft: object) -> Any:
        """Defaults as they would be written in a file, inside of tables too."""
        if isinstance(dft, BaseModel):
            return {name: self.encode_default(value) for name, value in dft}
        return said(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        """Beside what comes out of the function stands what may go in."""
        inner = super().function_before_schema(schema)
        short = _ALSO.get(schema["function"]["function"])
        return inner if short is None else {"anyOf": [short, inner]}


def said(length: timedelta) -> str:
    """A duration as people write it: the fewest units that say it exactly."""
    left = round(length.total_seconds() * 1000)
    parts = []
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def schema() -> JsonSchemaValue:
    """One schema for every TOML file of the configuration, with the keys of every adapter that is installed."""
    definitions: dict[str, Any] = {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of the bridge",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "bridge": _described(BridgeStanza, definitions),
            "channel": _named(ChannelStanza, "channels", definitions),
            "desk": _named(DeskStanza, "desks", definitions),
            "inbox": _named(InboxStanza, "inboxes", definitions),
            "rule": {"type": "array", "items": _described(RuleStanza, definitions)},
            "route": {"type": "array", "items": _described(RouteStanza, definitions)},
            "test": {"type": "array", "items": _described(ExampleStanza, definitions)},
        },
        "$defs": dict(sorted(definitions.items())),
    }


def _described(model: type[BaseModel], definitions: dict[str, Any], prefix: str = "") -> JsonSchemaValue:
    """The schema of one model; the models inside it go to the definitions, under the prefix."""
    found = model.model_json_schema(ref_template=f"#/$defs/{prefix}{{model}}", schema_generator=_Generator)
    for name, inner in found.pop("$defs", {}).items():
        definitions[f"{prefix}{name}"] = inner
    return found


def _named(common: type[BaseModel], room: Room, definitions: dict[str, Any]) -> JsonSchemaValue:
    """Tables with names of the admin's choice, each of one of the kinds."""
    general = _described(common, definitions)
    forms = [form for kind in kinds(room) if (form := _form(general, room, kind, definitions)) is not None]
    return {"type": "object", "additionalProperties": {"anyOf": forms}}


def _form(general: JsonSchemaValue, room: Room, kind: str, definitions: dict[str, Any]) -> JsonSchemaValue | None:
    """The table of one kind: the common keys and its own; None where it is not installed."""
    try:
        own = _described(adapter(room, kind).settings, definitions, prefix=f"{room}.{kind}.")
    except NoAdapter:
        return None
    properties = {**own.get("properties", {}), **general["properties"], "kind": {"const": kind}}
    required = sorted({*own.get("required", []), *general.get("required", [])})
    return {
        "title": f"{room}: {kind}",
        "description": own.get("description", ""),
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }
