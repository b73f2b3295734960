"""What every stanza of the configuration shares: strictness, secrets from credentials, durations."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")


class Stanza(BaseModel):
    """A table of the configuration: unknown keys are errors and nothing changes after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Secret:
    """A secret from the credentials directory; it prints as stars wherever it turns up (threat-model 4.12)."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept `{ credential = "NAME" }` and nothing else: a literal secret in a file is an error (G05)."""
        return core_schema.with_info_plain_validator_function(
            _credential, serialization=core_schema.plain_serializer_function_ser_schema(lambda _: "***")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: object) -> dict[str, object]:
        """The shape that editors check."""
        return {
            "type": "object",
            "properties": {"credential": {"type": "string"}},
            "required": ["credential"],
            "additionalProperties": False,
        }


def _credential(given: object, info: ValidationInfo) -> Secret:
    """Read a named credential; the directory comes with the validation context as `credentials`."""
    if isinstance(given, Secret):
        return given
    if not isinstance(given, dict) or set(given) != {"credential"} or not isinstance(given["credential"], str):
        raise ValueError('a secret is named, never written down: { credential = "NAME" }')
    name: str = given["credential"]
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", name) or name.startswith("."):
        raise ValueError("a credential's name has letters, digits, dots, dashes and underscores only")
    directory = (info.context or {}).get("credentials")
    if directory is None:
        raise ValueError(f"no credentials directory is set, so credential {name!r} cannot be read")
    return Secret(_text(Path(directory) / name, name).strip())


def _text(file: Path, name: str) -> str:
    """What a credential says; a problem is raised outside of its handler, for it may hold the secret (law 7)."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as problem:
        trouble = f"cannot be read: {(problem.strerror or '').lower()}"
    except UnicodeDecodeError:
        trouble = "is not UTF-8 text"
    raise ValueError(f"credential {name!r} {trouble}")


def _duration(given: object) -> object:
    """Durations are written as people say them: `90s`, `5m`, `1h 30m`, `2d`."""
    if not isinstance(given, str):
        return given
    text = given.strip().lower()
    if not re.fullmatch(rf"(?:{_DURATION.pattern}\s*)+", text):
        raise ValueError("a duration is a number with ms, s, m, h, d or w, for example 90s, 5m or 2d")
    try:
        return timedelta(seconds=sum(float(count) * _UNITS[unit] for count, unit in _DURATION.findall(text)))
    except OverflowError:
        raise ValueError("a duration is longer than can be reckoned with") from None


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A length of time: `90s`, `5m`, `1h 30m`, `2d`."""
