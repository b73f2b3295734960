"""Takes a new channel into the configuration: its stanza and its credentials are written where nothing stands yet."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bridge.app.place import Place
from bridge.config import Complaints, load
from bridge.config.adapters import adapter
from bridge.config.form import Said, secrets, stanza
from bridge.config.parts import Written, part
from bridge.config.stanzas import ChannelStanza
from bridge.core.complaint import Complaint

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class CannotEnrol(ValueError):
    """A new channel cannot be written as asked; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """The files that were written."""

    stanza: Path
    credentials: tuple[Path, ...]


def vacancy(place: Place, name: str) -> Path:
    """The file that a new channel's stanza goes to; raises CannotEnrol where the name or the file is taken."""
    if not _NAME.fullmatch(name):
        raise CannotEnrol("a new channel's name has small letters, digits, dashes and underscores, at most 40")
    if not (place.configuration / "bridge.toml").is_file():
        raise CannotEnrol(f"there is no bridge.toml in {place.configuration}: name the configuration with --config DIR")
    file = place.configuration / "channels.d" / f"{name}.toml"
    if file.exists():
        raise CannotEnrol(f"{file} is there already: edit it, or choose another name")
    found = load(place.configuration, place.credentials)
    if not isinstance(found, Complaints) and name in found.channels:
        raise CannotEnrol(f"there is a channel {name} in {found.channels[name].file}: choose another name")
    return file


def wrong(kind: str, name: str, told: Said) -> tuple[Complaint, ...]:
    """What is wrong with what was said, each by its key."""
    given = Written(word="channel", name=name, table={"kind": kind, **told}, file="")
    found = part(given, ChannelStanza, None)
    return found if isinstance(found, tuple) else ()


def enrol(place: Place, kind: str, name: str, *, told: Said) -> Enrolled:
    """Write the credentials, then the stanza that names them; never over a file. Raises CannotEnrol and OSError."""
    file = vacancy(place, name)
    directory = place.credentials or place.configuration / "credentials"
    hidden = {directory / credential: secret.reveal() for credential, secret in secrets(name, told)}
    taken = [path for path in hidden if path.exists()]
    if taken:
        raise CannotEnrol(f"{taken[0]} is there already: move it away, or choose another name")
    directory.mkdir(mode=0o700, exist_ok=True)
    for path, secret in hidden.items():
        _written(path, f"{secret}\n", mode=0o600)
    file.parent.mkdir(exist_ok=True)
    _written(file, stanza(adapter("channels", kind).settings, kind, name, told=told), mode=0o644)
    return Enrolled(stanza=file, credentials=tuple(hidden))


def _written(path: Path, text: str, *, mode: int) -> None:
    """A new file with its rights from the first moment on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
