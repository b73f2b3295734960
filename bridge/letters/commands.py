"""Commands: the lines at the top of a reply that start with # and tell the bridge what to do."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bridge.core.replies import Command

FLAGS = frozenset({
    "private", "close", "reopen", "ignore", "spam", "split", "media", "approve", "cancel", "release", "done",
    "hide", "unhide", "like", "delete", "all",
})  # fmt: skip
"""Commands that stand alone."""

NAMING = frozenset({"escalate", "use"})
"""Commands that a name follows."""

SAYING = frozenset({"note", "reject"})
"""Commands that the rest of their line belongs to."""

KNOWN = FLAGS | NAMING | SAYING

MARKS = frozenset({"should", "right"})
"""What an admin says of a sample's posts, with their numbers on the rest of the line."""

_MAX_TOLD = 60
_MAX_IN_LINE = 8
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe0f]")
_HASHES = str.maketrans("＃﹟♯", "###")
_ATTEMPT = re.compile(
    r"#[#\s]*+(?![\d\u20e3])[^\w\s]*+\s*+([^\W\d_][\w-]*+)[\s.:;,!?\u2026\u2013\u2014-]*+(.*)", re.DOTALL
)
_SENTENCE_END = " \t.,:;!?\u2026\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What stood at the top of a reply, and what is left of it."""

    commands: tuple[Command, ...]
    unknown: tuple[str, ...]
    """Beginnings of lines at the top that look like commands and are none; they also stand in `rest`. The caller holds."""
    misplaced: tuple[str, ...]
    """Known commands that stand alone on a line further down: not obeyed, but hardly meant for the customer."""
    rest: str


def split_commands(text: str) -> Commands:
    """Take the commands from the top of an answer; words with a # further down are the customer's to read."""
    return _split(text, _commands)


def split_marks(text: str) -> Commands:
    """The same of an answer to a sample, where a line says of numbered posts what should have become of them."""
    return _split(text, _marks)


def _split(text: str, read: Callable[[str], list[Command]]) -> Commands:
    lines = text.splitlines()
    top = _height(lines)
    commands: list[Command] = []
    unknown: list[str] = []
    for line in lines[:top]:
        found = read(_plain(line))
        commands.extend(found)
        if not found and line.strip():
            unknown.append(line)
    below = [_plain(line) for line in lines[top:] if "#" in line.translate(_HASHES)]
    return Commands(
        commands=tuple(commands),
        unknown=tuple(_plain(line)[:_MAX_TOLD] for line in unknown),
        misplaced=tuple(line[:_MAX_TOLD] for line in below if _stands_alone(line)),
        rest="\n".join([*unknown, *lines[top:]]).strip("\n"),
    )


def _height(lines: list[str]) -> int:
    """How many lines at the top are blank or try to be commands."""
    for number, line in enumerate(lines):
        plain = _plain(line)
        if plain and not _ATTEMPT.fullmatch(plain):
            return number
    return len(lines)


def _plain(line: str) -> str:
    """The line without what keyboards and mail programs add: other spaces, invisible marks, full-width signs."""
    return " ".join(_INVISIBLE.sub("", line).translate(_HASHES).split())


def _commands(line: str) -> list[Command]:
    """The commands of a line that consists of nothing else; empty where it does not."""
    found: list[Command] = []
    while line:
        attempt = _ATTEMPT.fullmatch(line)
        name = attempt[1].casefold().replace("-", "") if attempt else ""
        if attempt is None or name not in KNOWN:
            return []
        argument, line = _argument(name, attempt[2])
        found.append(Command(name=name, argument=argument))
        if len(found) > _MAX_IN_LINE:
            return []
    return found


def _marks(line: str) -> list[Command]:
    """The marks of a line that consists of nothing else; empty where it does not."""
    found: list[Command] = []
    while line:
        attempt = _ATTEMPT.fullmatch(line)
        name = attempt[1].casefold() if attempt else ""
        if attempt is None or name not in MARKS or len(found) == _MAX_IN_LINE:
            return []
        numbers, mark, others = attempt[2].partition("#")
        found.append(Command(name=name, argument=numbers.strip(_SENTENCE_END)))
        line = mark + others
    return found


def _argument(name: str, words: str) -> tuple[str, str]:
    """What belongs to a command, and what of the line is still to be read."""
    if name in SAYING:
        return words.strip(), ""
    if name in FLAGS:
        return "", words
    named, mark, others = words.partition(" #")
    return _name(named), mark.strip() + others


def _name(words: str) -> str:
    """A name without the quotes and full stops around it, and without the word "to" before it."""
    name = words.strip(_SENTENCE_END)
    before, _, after = name.partition(" ")
    return after if after and before.casefold() == "to" else name


def _stands_alone(line: str) -> bool:
    """Whether a line is one known command and no more."""
    found = _commands(line)
    return len(found) == 1 and not found[0].argument
