"""The parts of DKIM that are text: canonical forms, tag lists and the choice of header fields (RFC 6376, 3)."""

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WSP_RUN = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_B_VALUE = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
_TAG_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Source:
    """A mail's octets, its lines ended by CRLF: the header fields as they stand, with their line ends, and the body."""

    fields: tuple[tuple[bytes, bytes], ...]
    """Name in lower case and the whole field."""
    body: bytes


def source(raw: bytes) -> Source:
    """The octets of a mail, cut into header fields and body; a mailbox that stores bare LF gets its CRs back."""
    text = re.sub(rb"\r?\n", b"\r\n", raw)
    head, _, body = (b"\r\n" + text).partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)[1:]
    named = ((field.partition(b":")[0].strip().lower(), field + b"\r\n") for field in fields if b":" in field)
    return Source(fields=tuple(named), body=body)


def canonical_body(body: bytes, form: str) -> bytes:
    """The body as it is hashed in the form `simple` or `relaxed`."""
    if form == "relaxed":
        body = _WSP_RUN.sub(b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    end = len(body)
    while body[end - 2 : end] == b"\r\n":
        end -= 2
    return body[:end] + b"\r\n" if end or form == "simple" else b""


def canonical_field(field: bytes, form: str) -> bytes:
    """A header field as it is hashed in the form `simple` or `relaxed`, with its line end."""
    if form == "simple":
        return field
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + _WSP_RUN.sub(b" ", _FOLD.sub(b"", value)).strip() + b"\r\n"


def signed_octets(fields: Sequence[tuple[bytes, bytes]], names: Sequence[str], signature: bytes, *, form: str) -> bytes:
    """What a signature is made over: the named fields, each name taken from the bottom, and the signature without its `b`."""
    waiting: dict[bytes, list[bytes]] = {}
    for name, field in fields:
        waiting.setdefault(name, []).append(field)
    chosen = [waiting[name.encode()].pop() for name in names if waiting.get(name.encode())]
    bare = canonical_field(without_b(signature), form).removesuffix(b"\r\n")
    return b"".join(canonical_field(field, form) for field in chosen) + bare


def without_b(signature: bytes) -> bytes:
    """A signature field with an empty `b` tag."""
    name, colon, value = signature.partition(b":")
    return name + colon + _B_VALUE.sub(rb"\1", value, count=1).removesuffix(b"\r\n") + b"\r\n"


def tags(text: str) -> Mapping[str, str]:
    """A tag list as a mapping; raises ValueError where it is malformed or names a tag twice."""
    found: dict[str, str] = {}
    for item in text.split(";"):
        if not item.strip():
            continue
        name, equals, value = item.partition("=")
        name = name.strip()
        if not equals or not _TAG_NAME.fullmatch(name) or name in found:
            raise ValueError("a tag list is malformed")
        found[name] = value.strip()
    return found


def base64_octets(text: str) -> bytes:
    """The octets of base64 with white space in it; raises ValueError."""
    return b64decode("".join(text.split()), validate=True)
