"""Words on Reddit: its markdown for what agents wrote, so that it is shown exactly, and back (github.com/reddit/snudown, CommonMark)."""

import html
import re

TAKEN_AWAY = frozenset({"[deleted]", "[removed]"})
"""What stands in place of words: taken away by the author, and by moderators."""

_LAST = r"[^\s<>\[\]\\*`|^{}\".,;:!?')(~]"
_ADDRESS = rf"(?:https?://|www\.)[^\s<>\[\]\\*`|^{{}}\"]*{_LAST}"
"""Is shown as it stands, so a mark inside would be seen."""

_MARK = re.compile(rf"({_ADDRESS})|([\\`*_~^|\[\]<>]|&(?=#?\w{{1,31}};))", re.IGNORECASE)
_BEGINNING = re.compile(r"([#+-]|\d{1,9}[.)])")
_UNMARK = re.compile(rf"({_ADDRESS})|\\([!-/:-@\[-`{{-~])|(&#?\w{{1,31}};)", re.IGNORECASE)


def escaped(text: str) -> str:
    """The markdown that shows exactly these words, with their lines and indents; blanks in a row are shown as one."""
    lines = [_line(line.rstrip()) for line in text.split("\n")]
    return "".join(line + _end(line, after) for line, after in zip(lines, [*lines[1:], None], strict=True))


def counted(text: str) -> int:
    """The length of a text as it is sent."""
    return len(escaped(text))


def plain(markdown: str) -> str:
    """Markdown without its backslashes and entities; links and stars stay, since they say something."""
    return _UNMARK.sub(lambda found: found[1] or found[2] or html.unescape(found[3]), markdown)


def _line(line: str) -> str:
    """A line that begins no heading, list, rule or code, whatever it begins with."""
    words = line.lstrip()
    indent = "&nbsp;" * len(line[: len(line) - len(words)].expandtabs(4))
    if words and not words.strip("="):
        return f"{indent}&#61;{words[1:]}"
    beginning = _BEGINNING.match(words)
    marked = _MARK.sub(lambda found: found[1] or f"\\{found[2]}", words)
    if beginning is None:
        return indent + marked
    at = beginning.end() - 1
    return f"{indent}{marked[:at]}\\{marked[at:]}"


def _end(line: str, after: str | None) -> str:
    """Lines within a paragraph are broken by two blanks."""
    if after is None:
        return ""
    return "  \n" if line and after else "\n"
