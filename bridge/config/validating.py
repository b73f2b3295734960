"""Validates tables against models and turns every problem into a complaint that says what to do."""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bridge.config.files import Table
from bridge.core.complaint import Complaint

Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], table: object, *, file: str, key: str, credentials: Path | None
) -> Model | tuple[Complaint, ...]:
    """The table as a value of the model, or everything that is wrong with it."""
    if not isinstance(table, dict):
        return (Complaint(file=file, key=key, what=f"must be a table: write [{key}] and its keys below"),)
    booleans = tuple(_accidental_booleans(model, table, file=file, key=key))
    try:
        value = model.model_validate(table, context={"credentials": credentials})
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
        found = [_complaint(error, model, table, file=file, key=key) for error in errors if not _follows(error, errors)]
        return tuple(sorted({(c.file, c.key): c for c in (*found, *booleans)}.values()))
    return booleans or value


def meant(given: str, known: Collection[str]) -> str:
    """A hint at the known word that was probably meant, or the list of all where it is short."""
    near = get_close_matches(given, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(sorted(known))}" if known else ""


def _follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Whether a list is only too short because its entries are wrong, which is told already."""
    place = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][:-1][: len(place)] == place for other in errors)


def _complaint(error: ErrorDetails, model: type[BaseModel], table: Table, *, file: str, key: str) -> Complaint:
    """One problem in the admin's words: the value itself is never repeated, it may be a secret."""
    place = list(_place(error["loc"], table))
    return Complaint(file=file, key=".".join([key, *place] if key else place), what=_what(error, model))


def _place(steps: tuple[int | str, ...], table: object) -> Iterator[str]:
    """The keys on the way to a problem; a number only where the file has a list there."""
    here: Any = table
    for step in steps:
        if isinstance(step, int):
            if isinstance(here, list):
                here = here[step]
                yield str(step)
        elif not _is_union_step(step):
            here = here.get(step) if isinstance(here, dict) else None
            yield step


def _is_union_step(part: str) -> bool:
    """Whether a step of the location is pydantic's own name for a branch and not a key."""
    return part.endswith(("]", ")")) or part in {"str", "int", "bool", "float"} or part[:1].isupper()


def _what(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"is not a known key{meant(str(error['loc'][-1]), _known_at(model, error['loc'][:-1]))}"
    if kind == "missing":
        return f"is missing: set it{_purpose(model, error['loc'])}"
    if kind in {"value_error", "assertion_error"}:
        return str(context.get("error", error["msg"]))
    if kind in _SIMPLY:
        return _MILLISECONDS.sub(r"\1 ms", _SIMPLY[kind].format(**context))
    text = error["msg"]
    for theirs, ours in (("Input should be", "must be"), ("Value should be", "must be"), ("Tuple", "list")):
        text = text.replace(theirs, ours)
    return f"{text[:1].lower()}{text[1:]}, {_kind_of(error['input'])}"


_MILLISECONDS = re.compile(r"(\d+)000 microseconds")
"""How pydantic says a bound below one second."""

_SIMPLY = {
    "bool_type": "must be true or false, without quotes",
    "bool_parsing": "must be true or false, without quotes",
    "string_pattern_mismatch": "must have the form {pattern}",
    "too_short": "must have {min_length} entries or more",
    "too_long": "must have {max_length} entries or fewer",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
}
"""Problems that can be said in fewer words than pydantic's."""


def _kind_of(given: object) -> str:
    """What a value is, in TOML's words."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return f"and this is {names.get(type(given), 'something else')}"


def _purpose(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """What a missing key is for, from the model's own description."""
    owner = _model_at(model, place[:-1])
    field = owner.model_fields.get(str(place[-1])) if owner else None
    return f" ({field.description.rstrip('.')})" if field and field.description else ""


def _known_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    owner = _model_at(model, place)
    return list(owner.model_fields) if owner else []


def _model_at(model: type[BaseModel], place: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model of the table at a place inside a model."""
    owner: type[BaseModel] | None = model
    for step in place:
        if owner is None:
            return None
        field = owner.model_fields.get(str(step))
        if field is not None:
            owner = next(models_in(field.annotation), None)
    return owner


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that a type mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from models_in(part)


def _accidental_booleans(model: type[BaseModel], table: Table, *, file: str, key: str) -> Iterator[Complaint]:
    """Values that pydantic would bend: `yes` for true, true for 1."""
    for name, given in table.items():
        field = model.model_fields.get(name)
        if field is None:
            continue
        here = f"{key}.{name}" if key else name
        if isinstance(given, dict):
            for inner in models_in(field.annotation):
                yield from _accidental_booleans(inner, given, file=file, key=here)
        elif isinstance(given, bool) and not _takes_bool(field.annotation):
            yield Complaint(file=file, key=here, what="must not be a boolean: write the value itself")
        elif field.annotation is bool and not isinstance(given, bool):
            yield Complaint(file=file, key=here, what="must be true or false, without quotes")


def _takes_bool(annotation: Any) -> bool:
    """Whether a type has room for a boolean."""
    if get_origin(annotation) in {Union, UnionType, Annotated}:
        return any(_takes_bool(part) for part in get_args(annotation))
    return annotation in {bool, Any, object} or annotation is Mapping
