"""The form of a kind: what a person must say of a new channel, and the commented stanza that comes out of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bridge.config.schema import said
from bridge.config.stanzas import ChannelStanza
from bridge.stanza import Secret

Said = Mapping[str, object]
"""What a person said: texts, numbers, secrets, lists of texts, and such tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """One key to fill in."""

    key: str
    purpose: str
    needed: bool
    """Without it the stanza says nothing; others may be left out."""
    holds: Any
    """A text, a secret, a number, or a table's model."""
    many: bool
    """Whether several are meant."""

    @property
    def table(self) -> type[BaseModel] | None:
        """The model of a key that is a table of its own."""
        return self.holds if isinstance(self.holds, type) and issubclass(self.holds, BaseModel) else None


def blanks(model: type[BaseModel]) -> tuple[Blank, ...]:
    """The keys that have no value of their own, in the model's order: nobody but the person knows them."""
    return tuple(_blank(key, field) for key, field in model.model_fields.items() if _open(field))


def blank(model: type[BaseModel], key: str) -> Blank | None:
    """One key of a kind, also one that has a default; None where there is no such key."""
    field = model.model_fields.get(key)
    return _blank(key, field) if field else None


def stanza(settings: type[BaseModel], kind: str, name: str, *, told: Said) -> str:
    """The stanza of a new channel: what was said, and every other key behind a mark with its meaning and its default."""
    head = (
        f"# What each key is for also stands in docs/channels/{kind}.md; take the mark off what you want to set.",
        "",
        f"[channel.{_key(name)}]",
        f"kind = {toml(kind)}",
    )
    return "\n".join((*head, *_lines(settings, name, told), *_lines(ChannelStanza, name, told))) + "\n"


def value(blank: Blank, text: str) -> object:
    """What a typed line means for a key; whether it is right is the validation's question."""
    if blank.many:
        return [part.strip() for part in text.split(",") if part.strip()]
    if blank.holds is Secret:
        return Secret(text)
    if blank.holds is bool:
        return text.lower() in {"y", "yes", "true"}
    return int(text) if blank.holds is int and text.isdecimal() else text


def secrets(name: str, told: Said) -> Iterator[tuple[str, Secret]]:
    """Each secret that was said, with the name of the credential that the stanza gives it."""
    for key, value in told.items():
        if isinstance(value, Secret):
            yield _credential(name, key), value
        elif isinstance(value, Mapping):
            yield from secrets(f"{name}-{key}", value)


def toml(value: object, credential: str = "") -> str:
    """A value as it stands in a file; a secret is named and never written down."""
    match value:
        case Secret():
            return f"{{ credential = {toml(credential)} }}"
        case bool():
            return "true" if value else "false"
        case timedelta():
            return toml(said(value))
        case BaseModel():
            return toml({key: inner for key, inner in value if inner is not None}, credential)
        case Mapping():
            pairs = (f"{key} = {toml(inner, _credential(credential, key))}" for key, inner in value.items())
            return f"{{ {', '.join(pairs)} }}"
        case tuple() | list() | frozenset():
            return f"[{', '.join(toml(inner) for inner in value)}]"
        case str() | Path():
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case _:
            return str(value)


def _lines(model: type[BaseModel], name: str, told: Said) -> Iterator[str]:
    """Each key below its meaning; what nobody said stays behind a mark."""
    for key, field in model.model_fields.items():
        if key == "kind":
            continue
        yield ""
        yield f"# {field.description or key}"
        value = told.get(key)
        if value is not None:
            yield f"{key} = {toml(value, _credential(name, key))}"
        else:
            yield f"# {key} = {toml(_example(_blank(key, field), field), _credential(name, key))}"


def _example(blank: Blank, field: FieldInfo) -> object:
    """What stands behind a mark: the default, or the shape where there is none."""
    if not _open(field):
        return field.default
    if blank.table:
        return {inner.key: _shape(inner) for inner in blanks(blank.table) if inner.needed}
    return [] if blank.many else _shape(blank)


def _shape(blank: Blank) -> object:
    return Secret("") if blank.holds is Secret else ""


def _open(field: FieldInfo) -> bool:
    return field.is_required() or field.default is None


def _blank(key: str, field: FieldInfo) -> Blank:
    kind = _kernel(field.annotation)
    many = get_origin(kind) in {tuple, list, frozenset}
    return Blank(
        key=key,
        purpose=field.description or "",
        needed=field.is_required(),
        holds=_kernel(get_args(kind)[0]) if many else kind,
        many=many,
    )


def _kernel(kind: Any) -> Any:
    """The type without its notes and without None."""
    if get_origin(kind) is Annotated:
        return _kernel(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return _kernel(next(one for one in get_args(kind) if one is not type(None)))
    return kind


def _credential(name: str, key: str) -> str:
    return f"{name}-{key}".replace("_", "-")


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else toml(name)
