"""Files that an agent means to publish: attached on purpose, of a kind that platforms show, told by their first octets."""

import re
from collections.abc import Iterable

from bridge.core.publications import Attachment
from bridge.letters.leaf import Part
from bridge.letters.mime import Mail

MAX_FILES = 10

_MARKS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", "png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", "jpg"),
    (re.compile(rb"GIF8[79]a"), "image/gif", "gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", "webp"),
    (re.compile(rb".{4}ftyp(?:isom|iso2|mp4|avc1|M4V|dash|MSNV)", re.DOTALL), "video/mp4", "mp4"),
)
"""What files begin with, their type and ending: what a mail says about them is not believed (E12)."""

_SHOWN_INSIDE = re.compile(r"cid:([^\s\"'<>)]{1,300})", re.IGNORECASE)


def enclosures(mail: Mail) -> tuple[Attachment, ...]:
    """The pictures and films that are attached, without those that the HTML shows in place: logos of signatures do (B06).

    Names are made here and hold nothing of the sender's (E13).
    """
    inside = {match[1].lower() for part in mail.parts for match in _SHOWN_INSIDE.finditer(_markup(part))}
    return shown(part.payload for part in mail.parts if _is_enclosed(part, inside))[:MAX_FILES]


def shown(files: Iterable[bytes]) -> tuple[Attachment, ...]:
    """Those of the files that platforms show."""
    return tuple(_numbered(files))


def _numbered(files: Iterable[bytes]) -> Iterable[Attachment]:
    for number, content in enumerate(files, 1):
        for mark, content_type, ending in _MARKS:
            if mark.match(content):
                yield Attachment(name=f"file-{number}.{ending}", type=content_type, content=content)
                break


def _is_enclosed(part: Part, inside: set[str]) -> bool:
    """Whether a part is a file of its own."""
    if part.content_type.startswith(("text/", "message/")) or not part.payload:
        return False
    return part.content_id.lower() not in inside or not part.content_id


def _markup(part: Part) -> str:
    return (part.text or "") if part.content_type == "text/html" else ""
