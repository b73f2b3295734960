"""A model as a file: a line that names the format, a header in JSON, compressed sections; never code, never half read."""

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAGIC = b"bridge-model 1\n"
"""First line of every model file; another number is another format."""
LARGEST = 64_000_000
"""Octets of a file that is read at all, and of all its sections unpacked."""
_LONGEST_HEADER = 1_000_000


class UnusableModel(Exception):
    """The file is not a model, or not whole, or of another kind; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """What a model file holds."""

    kind: str
    """What it is for: `labels` or `languages`."""
    about: Mapping[str, Any]
    """The part of the header that belongs to the kind."""
    sections: Mapping[str, bytes] = field(repr=False)
    version: str
    """The first sixteen hex digits of the SHA-256 of everything in it: same content, same version."""


def packed(kind: str, about: Mapping[str, Any], sections: Mapping[str, bytes]) -> bytes:
    """The file's bytes; the same for the same arguments."""
    squeezed = [zlib.compress(section, 9) for section in sections.values()]
    body = b"".join(squeezed)
    sizes = [[name, len(s), len(raw)] for (name, raw), s in zip(sections.items(), squeezed, strict=True)]
    inner = {"kind": kind, "about": about, "sections": sizes}
    header = json.dumps({"sha256": _digest(inner, body), **inner}, sort_keys=True, ensure_ascii=True).encode()
    return b"%s%s\n%s" % (MAGIC, header, body)


def unpacked(content: bytes, kind: str) -> ModelFile:
    """The model in a file's bytes; raises UnusableModel for anything but a whole file of the kind."""
    if len(content) > LARGEST:
        raise UnusableModel("is larger than a model may be")
    if not content.startswith(MAGIC):
        raise UnusableModel("is not a model of this program, or of another version of it")
    end = content.find(b"\n", len(MAGIC), len(MAGIC) + _LONGEST_HEADER)
    if end < 0:
        raise UnusableModel("has no header")
    header, body = _header(content[len(MAGIC) : end]), content[end + 1 :]
    digest = header.pop("sha256", "")
    if digest != _digest(header, body):
        raise UnusableModel("is not as it was written: its hash does not fit")
    if header["kind"] != kind:
        raise UnusableModel(f"is a model for {header['kind']}, not for {kind}")
    return ModelFile(kind=kind, about=header["about"], sections=_sections(header, body), version=digest[:16])


def read(path: Path, kind: str) -> ModelFile:
    """The model in a file; raises UnusableModel for one that cannot be used, OSError for one that cannot be read."""
    with path.open("rb") as file:
        size = os.fstat(
            file.fileno()
        ).st_size  # room for the largest one there could be would be laid out before reading
        return unpacked(file.read(min(size, LARGEST) + 1), kind)


def write(path: Path, content: bytes) -> None:
    """Put the bytes there whole or not at all: readers meet the old file or the new one."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _digest(inner: Mapping[str, Any], body: bytes) -> str:
    named = json.dumps(inner, sort_keys=True, ensure_ascii=True).encode()
    return hashlib.sha256(named + b"\n" + body).hexdigest()


def _header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        raise UnusableModel("has a header that is not JSON") from None
    if not isinstance(header, dict) or not {"kind", "about", "sections"} <= header.keys():
        raise UnusableModel("has a header without the parts that every model has")
    return header


def _sections(header: Mapping[str, Any], body: bytes) -> dict[str, bytes]:
    """The sections, unpacked to exactly the sizes that the header names."""
    found: dict[str, bytes] = {}
    at = 0
    try:
        if sum(abs(size) for _name, _packed, size in header["sections"]) > LARGEST:
            raise UnusableModel("unpacks to more than a model may hold")
        for name, length, size in header["sections"]:
            found[name] = zlib.decompressobj().decompress(body[at : at + length], size + 1)
            if len(found[name]) != size:
                raise UnusableModel("has a section of another size than its header says")
            at += length
    except (TypeError, ValueError, zlib.error):
        raise UnusableModel("has sections that cannot be unpacked") from None
    return found
