"""The structure of ordinary mails at a third of the standard library's price: one body, or parts that have no parts of their own.

Whatever is not ordinary is left to the standard library; what is read here is read to the same message, which a property test holds up.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from itertools import pairwise

_FIELD = re.compile(r"[!-9;-~]+:")
_END = re.compile(r"\n\r?\n")


def quick_parse(text: str, make: Callable[[], Message]) -> Message | None:
    """The message of an ordinary mail, octets beyond ASCII as surrogates; None where the standard library must read it.

    `make` gives an empty message each time it is called, and may raise to stop at a limit.
    """
    if text.count("\r") != text.count("\r\n"):
        return None
    found = _entity(text, make)
    if found is None:
        return None
    message, body, kind = found
    if kind.startswith("message/"):
        return None
    if kind.startswith("multipart/"):
        return _with_parts(message, body, make) if kind != "multipart/digest" else None
    message.set_payload(body)
    return message


def _entity(text: str, make: Callable[[], Message]) -> tuple[Message, str, str] | None:
    """A header's fields in a message, the body behind it, and the content type; None where a line of the header is no field."""
    if text.startswith(("\n", "\r\n")):
        head, body = "", text[1 + text.startswith("\r") :]
    else:
        end = _END.search(text)
        if end is None:
            return None
        head, body = text[: end.start() + 1], text[end.end() :]
    message = make()
    lines: list[str] = []
    for line in [f"{each}\n" for each in head.split("\n")[:-1]]:
        if line[0] in " \t" and lines:
            lines.append(line)
            continue
        if _FIELD.match(line) is None:
            return None
        _set(message, lines)
        lines = [line]
    _set(message, lines)
    return message, body, message.get_content_type()


def _set(message: Message, lines: list[str]) -> None:
    if lines:
        message.set_raw(*message.policy.header_source_parse(lines))


def _with_parts(message: Message, body: str, make: Callable[[], Message]) -> Message | None:
    """The message with its parts; None where they have parts themselves, or something stands before, between or behind them."""
    boundary = message.get_boundary()
    if not boundary or str(message.get("content-transfer-encoding", "8bit")).lower() not in {"7bit", "8bit", "binary"}:
        return None
    marks = _marks(body, f"--{boundary}")
    if len(marks) < 2 or marks[0].start or marks[-1].end < len(body):  # noqa: PLR2004 - one opens, one closes
        return None
    if any(mark.closes for mark in marks[:-1]) or not marks[-1].closes:
        return None
    for above, below in pairwise(marks):
        found = _entity(body[above.end : below.start], make)
        if found is None or found[2].startswith(("multipart/", "message/")):
            return None
        part, text, _ = found
        part.set_payload(text[: -1 - text.endswith("\r\n")] if text.endswith("\n") else text)
        message.attach(part)
    message.epilogue = ""
    return message


@dataclass(frozen=True, slots=True)
class _Mark:
    """A boundary's line: from where to where, and whether it is the last."""

    start: int
    end: int
    closes: bool


def _marks(body: str, separator: str) -> list[_Mark]:
    """The boundary's lines in order."""
    marks: list[_Mark] = []
    start = 0 if body.startswith(separator) else body.find(f"\n{separator}") + 1 or -1
    while start >= 0:
        after = start + len(separator)
        line_end = body.find("\n", after) + 1 or len(body)
        tail = body[after:line_end]
        if tail.removeprefix("--").strip(" \t") in {"", "\n", "\r\n"}:
            marks.append(_Mark(start, line_end, tail.startswith("--")))
        start = body.find(f"\n{separator}", max(line_end - 1, start)) + 1 or -1
    return marks
