"""A `winmail.dat` among a mail's parts: what Outlook packed into it, as parts like any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bridge.letters import tnef
from bridge.letters.leaf import Part

MAX_STREAMS = 3
"""That are opened; a mail has one."""

_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NONE = MappingProxyType[str, str]({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail's parts with what was packed."""

    parts: tuple[Part, ...]
    message_class: str
    """What kind of item Outlook says that it is; empty where nothing says so."""
    sealed: bool
    """Whether something packed could not be opened; it stays one part then."""


def opened(parts: tuple[Part, ...]) -> Opened:
    """The parts, of a packed one what it holds; its body only where the mail shows none beside it."""
    packed = [part for part in parts if part.content_type in _TYPES or part.filename.lower() == "winmail.dat"]
    if not packed:
        return Opened(parts=parts, message_class="", sealed=False)
    streams = {id(part): _stream(part) for part in packed[:MAX_STREAMS]}
    with_body = not any(part.is_shown for part in parts)
    found = [streams.get(id(part)) for part in packed]
    return Opened(
        parts=tuple(_replaced(parts, streams, with_body=with_body)),
        message_class=next((stream.message_class for stream in found if stream), ""),
        sealed=None in found,
    )


def _stream(part: Part) -> tnef.Packed | None:
    try:
        return tnef.unpacked(part.payload)
    except tnef.Unpackable:
        return None


def _replaced(parts: Sequence[Part], streams: dict[int, tnef.Packed | None], *, with_body: bool) -> Iterator[Part]:
    free = max(part.alternative for part in parts) + 1
    for part in parts:
        stream = streams.get(id(part))
        if stream is None:
            yield part
            continue
        if with_body:
            yield from _bodies(stream, alternative=free)
            free += 1
        yield from map(_file, stream.files)


def _bodies(stream: tnef.Packed, *, alternative: int) -> Iterator[Part]:
    """Both forms of the body, as alternatives of each other."""
    for kind, body in (("text/plain", stream.plain), ("text/html", stream.html)):
        if body is not None:
            yield Part(
                content_type=kind, parameters=_NONE, disposition="", filename="", content_id="", payload=body.text.encode("utf-8", "replace"),
                text=body.text, charset_sure=body.sure, alternative=alternative,
            )  # fmt: skip


def _file(packed: tnef.PackedFile) -> Part:
    """An attachment; what it holds is never read as text."""
    kind = packed.content_type if packed.content_type.partition("/")[0] not in {"text", "multipart", "message"} else ""
    return Part(
        content_type=kind or "application/octet-stream", parameters=_NONE, disposition="attachment", filename=packed.name.replace("\\", "/").rsplit("/", 1)[-1],
        content_id=packed.content_id.strip("<> "), payload=packed.content, text=None, charset_sure=True, alternative=0,
    )  # fmt: skip
