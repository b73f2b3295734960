"""A reload: what the files say now is adopted whole, or what there is stays; what only a restart takes up is named."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from bridge.app.compose import Current
from bridge.app.notify import notify
from bridge.config import Complaints, Loaded, load
from bridge.config.parts import ROOMS
from bridge.core.rules import failed_tests

log = structlog.get_logger("bridge.app")

BUILT: Mapping[str, tuple[str, ...]] = {
    "bridge": ("reply_keys", "reply_domain", "resolver", "status", "log", "database", "state"),
    "channel": ("kind",),
    "desk": ("kind", "inbox"),
    "inbox": ("kind", "delivered"),
}
"""Keys that only the start reads, by their tables; an adapter's own settings are of the same sort."""


def reload(current: Current, configuration: Path, credentials: Path | None) -> bool:
    """Adopt what the files say now, whole, or keep what there is and say why (G01)."""
    notify("RELOADING=1")
    try:
        current.reload_fine = _adopted(current, load(configuration, credentials))
    except Exception as problem:
        current.reload_fine = False
        log.exception("configuration_rejected", file="", key="", what=f"{type(problem).__name__} while it was taken up")
    finally:
        notify("READY=1")
    return current.reload_fine


def _adopted(current: Current, found: Loaded | Complaints) -> bool:
    complaints = found.complaints if isinstance(found, Complaints) else failed_tests(found.rules)
    if complaints or isinstance(found, Complaints):
        for complaint in complaints:
            log.error("configuration_rejected", file=complaint.file, key=complaint.key, what=complaint.what)
        return False
    kept = [*_changed_keys(current.loaded, found), *_changed_parts(current.loaded, found)]
    current.adopt(found)
    log.info("configuration_adopted", version=found.version, rules=found.rules.version)
    if kept:
        log.warning("restart_needed", parts=kept)
    return True


def _changed_keys(before: Loaded, after: Loaded) -> Iterator[str]:
    """Keys of the installation itself that differ."""
    keys = BUILT["bridge"]
    return (f"bridge {key}" for key in keys if getattr(before.bridge, key) != getattr(after.bridge, key))


def _changed_parts(before: Loaded, after: Loaded) -> Iterator[str]:
    """Names of channels, desks and inboxes that came, left, or would be built otherwise."""
    for word, room in ROOMS.items():
        old, new = _built(before, word, room), _built(after, word, room)
        yield from (f"{word} {name}" for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))


def _built(loaded: Loaded, word: str, room: str) -> dict[str, tuple[Any, ...]]:
    """What each part of a room was or would be built from."""
    parts = getattr(loaded, room)
    return {name: (part.settings, *(getattr(part.common, key) for key in BUILT[word])) for name, part in parts.items()}
