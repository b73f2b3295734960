"""Finds the adapter of a kind by its name, and says which package or spelling is missing."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel

from bridge.config.validating import meant

Room = Literal["channels", "desks", "inboxes"]
"""Where adapters live: `kind = "feed"` of a channel is the module bridge.channels.feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A kind's module: the model of its own keys, and what builds it."""

    settings: type[BaseModel]
    build: Callable[..., Any]


class NoAdapter(ValueError):
    """No adapter answers to a kind; the text says what to do."""


def adapter(room: Room, kind: str) -> Adapter:
    """The adapter of a kind; a dotted kind is somebody else's module. Raises NoAdapter."""
    module = _module(room, kind)
    settings, build = getattr(module, "Settings", None), getattr(module, "build", None)
    if not (isinstance(settings, type) and issubclass(settings, BaseModel)) or not callable(build):
        raise NoAdapter(f"module {module.__name__} is no adapter: it needs a class Settings and a function build")
    return Adapter(settings=settings, build=build)


def kinds(room: Room) -> tuple[str, ...]:
    """The kinds that this installation brings along."""
    package = importlib.import_module(f"bridge.{room}")
    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))
    )


def _module(room: Room, kind: str) -> ModuleType:
    name = kind if "." in kind else f"bridge.{room}.{kind}"
    if "." not in kind and kind not in kinds(room):
        raise NoAdapter(f"there is no kind {kind} among the {room}{meant(kind, kinds(room))}")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as problem:
        raise NoAdapter(_missing(name, kind, problem.name or "")) from None
    except ImportError:
        raise NoAdapter(f"module {name} does not load: install what it needs{_extra(kind)}") from None


def _missing(name: str, kind: str, missing: str) -> str:
    """What to install, or that the module itself is not there."""
    if name == missing or name.startswith(f"{missing}."):
        return f"there is no module {name}: install the package that brings it"
    return f"kind {kind} needs the library {missing}{_extra(kind)}"


def _extra(kind: str) -> str:
    """The command that installs what a kind needs."""
    extras = metadata.metadata("bridge").get_all("Provides-Extra") or []
    return f": pip install 'bridge[{kind if kind in extras else 'all'}]'"
