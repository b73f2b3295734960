"""Which labeller an installation has: the shipped model with the site's own over it, or languages alone."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bridge.app.feedback import desk_label
from bridge.app.place import state
from bridge.config import Loaded
from bridge.judges import modelfile
from bridge.judges.labeller import LanguageOnly, ModelLabeller
from bridge.judges.leanings import LABELS
from bridge.judges.model import KIND, Model, load, shipped
from bridge.judges.modelfile import UnusableModel
from bridge.judges.rules import Labeller

log = structlog.get_logger("bridge.app")

KEPT = 10
"""Versions that are kept to go back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Which of the site's own models judge, newest last."""

    versions: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The one that judges; empty where there is only the shipped one."""
        return self.versions[-1] if self.versions else ""


def models(loaded: Loaded) -> Path:
    """The folder of the site's own models."""
    return state(loaded) / "models"


def live(folder: Path) -> Live:
    """What the folder says; nothing where nothing was ever trained. Raises UnusableModel where it cannot be read."""
    try:
        told = (folder / "live.json").read_text(encoding="utf-8")
        return Live(versions=tuple(map(str, json.loads(told)["versions"])))
    except FileNotFoundError:
        return Live()
    except OSError:
        raise UnusableModel("live.json cannot be read") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnusableModel("live.json is no list of versions") from None


def go_live(folder: Path, content: bytes) -> str:
    """Keep a model and let it judge; the version. Raises UnusableModel before anything was changed."""
    version = modelfile.unpacked(content, KIND).version
    folder.mkdir(parents=True, exist_ok=True)
    modelfile.write(folder / f"{version}.model", content)
    versions = [*(one for one in live(folder).versions if one != version), version]
    _tell(folder, versions[-KEPT:])
    for old in versions[:-KEPT]:
        (folder / f"{old}.model").unlink(missing_ok=True)
    return version


def roll_back(folder: Path) -> Live | None:
    """Let the version before judge again, the shipped one where there is none; None where there is nothing to undo."""
    versions = live(folder).versions
    if not versions:
        return None
    _tell(folder, versions[:-1])
    return live(folder)


def _tell(folder: Path, versions: "list[str] | tuple[str, ...]") -> None:
    told = {"versions": list(versions), "changed": datetime.now(UTC).isoformat(timespec="seconds")}
    modelfile.write(folder / "live.json", json.dumps(told).encode())


def own(folder: Path) -> Model | None:
    """The site's own model that judges; the newest one that can be read where the live one cannot."""
    try:
        versions = live(folder).versions
    except UnusableModel as problem:
        _refused("live.json", problem)
        return None
    for version in reversed(versions):
        try:
            return load(folder / f"{version}.model")
        except (UnusableModel, OSError) as problem:
            _refused(f"{version}.model", problem)
    return None


def _refused(file: str, problem: Exception) -> None:
    reason = str(problem) if isinstance(problem, UnusableModel) else "cannot be read"
    log.error("model_refused", file=file, reason=reason)


def labeller(loaded: Loaded) -> Labeller:
    """The labeller that the configuration asks for."""
    if loaded.bridge.model == "off":
        return LanguageOnly(loaded.bridge.languages)
    return ModelLabeller(stack(loaded), loaded.bridge.languages)


def stack(loaded: Loaded) -> tuple[Model, ...]:
    """The models that judge, the site's own after the shipped one."""
    found = own(models(loaded))
    return (shipped(), found) if found else (shipped(),)


def labels(loaded: Loaded) -> frozenset[str]:
    """Every label that posts can get: by words, by trained heads, by what agents teach; none where the model is off."""
    if loaded.bridge.model == "off":
        return frozenset()
    trained = {label for model in stack(loaded) for head in model.heads for label in head.told}
    return frozenset({*LABELS, *trained, *map(desk_label, loaded.desks)})
