"""Authentication-Results (RFC 8601): what our own receiving server found out about a mail's sender."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_FIELD = 8_192
"""Longest field that is read, in characters."""

_MAX_HEAD_WORDS = 2
_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<escaped>\\.)|(?P<mark>[()=;])|(?P<space>\s+)|(?P<word>[^()\s";=\\]+)|(?P<other>.)',
    re.DOTALL,
)
_PROPERTY = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9_-]*")
_METHOD = re.compile(r"([a-z][a-z0-9-]*)(?:/\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One method's result, for example dkim, pass, {header.d: example.org}; all in lower case."""

    method: str
    outcome: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One field: who wrote it and what it says."""

    authserv_id: str
    results: tuple[Result, ...]


def read_results(field: str) -> Results | None:
    """The field's content; None where it is not well formed, because senders put words of their own into quotes and comments."""
    pieces = _pieces(field)
    if pieces is None:
        return None
    head, *statements = _split(pieces)
    words = [piece for piece in head if piece != " "]
    if not words or "=" in words or len(words) > _MAX_HEAD_WORDS:
        return None
    read = [_result(statement) for statement in statements if any(piece != " " for piece in statement)]
    sound = tuple(result for result in read if result is not None)
    if len(sound) != len(read):
        return None
    return Results(authserv_id=words[0].strip('"').lower(), results=sound)


def _pieces(field: str) -> list[str] | None:
    """The field without comments, white space as single spaces, quoted strings whole; None where brackets or quotes do not pair.

    A quote inside a comment is refused: there it has no meaning, and not every reader knows that.
    """
    if len(field) > MAX_FIELD:
        return None
    pieces: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(field):
        kind, text = match.lastgroup, match[0]
        misplaced = kind == "quoted" or text == '"' if depth else kind in {"other", "escaped"} or text == ")"
        if misplaced:
            return None
        depth += (text == "(") - (text == ")")
        if depth == 0:
            pieces.append(" " if kind == "space" or text == ")" else text)
    return None if depth else pieces


def _split(pieces: list[str]) -> list[list[str]]:
    """The pieces between the semicolons."""
    parts: list[list[str]] = [[]]
    for piece in pieces:
        if piece == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _result(pieces: list[str]) -> Result | None:
    """`none`, or `method=outcome [reason=…] [property=value]…`; None where it is anything else."""
    if "".join(pieces).strip().lower() == "none":
        return Result(method="none", outcome="", properties={})
    pairs = _pairs(pieces)
    if not pairs:
        return None
    (name, outcome), *rest = pairs
    method = _METHOD.fullmatch(name)
    if not method or not outcome or len({key for key, _ in rest}) != len(rest):
        return None
    return Result(
        method=method[1], outcome=outcome, properties={key: value for key, value in rest if _PROPERTY.fullmatch(key)}
    )


def _pairs(pieces: list[str]) -> list[tuple[str, str]]:
    """Names and values in lower case; empty where a word stands without its other half.

    A value goes on to the next space: envelope addresses with `=` are often written without quotes.
    """
    pairs: list[tuple[str, str]] = []
    waiting = pieces[::-1]
    while waiting := _without_space(waiting):
        name = waiting.pop()
        waiting = _without_space(waiting)
        if name == "=" or not waiting or waiting.pop() != "=":
            return []
        value = ""
        waiting = _without_space(waiting)
        while waiting and waiting[-1] != " ":
            value += waiting.pop()
        if not value:
            return []
        pairs.append((name.lower(), value.strip('"').lower()))
    return pairs


def _without_space(reversed_pieces: list[str]) -> list[str]:
    """The pieces, to be taken from the end, without the space that comes first."""
    while reversed_pieces and reversed_pieces[-1] == " ":
        reversed_pieces.pop()
    return reversed_pieces
