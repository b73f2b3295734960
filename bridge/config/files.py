"""Reads the configuration's files once into memory, and notices when somebody writes them meanwhile (G02)."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bridge.core.complaint import Complaint

Table = Mapping[str, object]
"""A parsed TOML table."""

FOLDERS = {
    "channels.d": ".toml",
    "desks.d": ".toml",
    "inboxes.d": ".toml",
    "rules.d": ".toml",
    "lists": ".txt",
    "responses": ".md",
    "templates": ".txt",
}
"""Folders of the configuration, and how the names of their files end."""

MAX_FILE = 16 << 20
"""Bytes of one file."""
MAX_FILES = 2_000
"""Files of the whole configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The text of every file by its path below the configuration directory."""

    texts: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()

    @property
    def version(self) -> str:
        """Short hash of all names and texts."""
        digest = hashlib.sha256()
        for name, text in sorted(self.texts.items()):
            digest.update(f"{name}\0{text}\0".encode())
        return digest.hexdigest()[:16]

    def below(self, folder: str) -> Mapping[str, str]:
        """The texts of one folder by their paths, in order."""
        return {name: text for name, text in sorted(self.texts.items()) if name.startswith(f"{folder}/")}


def read(directory: Path) -> Files:
    """All files of a directory; a file that cannot be read, or that changed meanwhile, is a complaint."""
    if not directory.is_dir():
        what = "there is no such directory: name the one that holds bridge.toml with --config DIR"
        return Files(complaints=(Complaint(file=str(directory), key="", what=what),))
    before = list(_contents(directory))
    if before != list(_contents(directory)):
        what = "the files changed while they were read: load them again when they are finished"
        return Files(complaints=(Complaint(file=str(directory), key="", what=what),))
    return Files(
        texts={name: found for name, found in before if isinstance(found, str)},
        complaints=tuple(found for _, found in before if isinstance(found, Complaint)),
    )


def parsed(name: str, text: str) -> Table | Complaint:
    """A file's table, or what is wrong with its TOML and in which line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        what = f"this is not TOML: {str(problem)[:1].lower()}{str(problem)[1:]}"
        return Complaint(file=name, key="", what=what)
    except RecursionError:
        return Complaint(file=name, key="", what="values are nested too deeply: write them flatter")


def _contents(directory: Path) -> Iterator[tuple[str, str | Complaint]]:
    """Each file's path and text, or the complaint that stands for it."""
    paths = list(_paths(directory))
    if len(paths) > MAX_FILES:
        what = f"there are more than {MAX_FILES} files: put several rules into one"
        yield "", Complaint(file=str(directory), key="", what=what)
        return
    for path in paths:
        name = path.relative_to(directory).as_posix()
        yield name, _text(path, name)


def _paths(directory: Path) -> Iterator[Path]:
    """The files that count: hidden ones and editors' copies do not."""
    main = directory / "bridge.toml"
    if main.exists():
        yield main
    for folder, ending in FOLDERS.items():
        for path in sorted((directory / folder).glob(f"*{ending}")):
            if not path.name.startswith(".") and path.is_file():
                yield path


def _text(path: Path, name: str) -> str | Complaint:
    try:
        if path.stat().st_size > MAX_FILE:
            return Complaint(file=name, key="", what=f"the file is larger than {MAX_FILE >> 20} MiB: split it")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        what = f"this is not UTF-8 from byte {problem.start} on: save the file as UTF-8"
        return Complaint(file=name, key="", what=what)
    except OSError as problem:
        return Complaint(file=name, key="", what=f"the file cannot be read: {(problem.strerror or '').lower()}")
