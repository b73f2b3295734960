"""The look of our mails: colours for day and dark, and pieces of HTML that every mail program can show.

Tables and inline styles, because Outlook on Windows lays mails out with Word.
Inline colours are for the day; the style sheet turns them in the dark, and a program that ignores it stays readable.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from bridge.core.model import Priority

ACCENTS = {Priority.URGENT: "#c81e1e", Priority.HIGH: "#c2570c", Priority.NORMAL: "#1d4ed8", Priority.LOW: "#64748b"}
"""By priority; white letters on each have a contrast of at least 4.5 (WCAG 1.4.3)."""

_DARK = {
    "background": {".bg": "#0f1216", ".card": "#1b2027", ".soft": "#262d37", ".warn": "#3a2b14", ".key": "#2b5fd9"},
    "color": {".ink": "#e9ebee", ".dim": "#a4adba", ".hot": "#fcd9a5"},
    "border-color": {".rule": "#434c59"},
}
_OUTLOOK = {"background": "[data-ogsb] ", "border-color": "[data-ogsb] ", "color": "[data-ogsc] "}
"""What Outlook on the web and on phones marks mails with in the dark instead of answering the media query."""


def _sheet(before: dict[str, str]) -> str:
    return "".join(
        f"{before.get(what, '')}{where}{{{what}:{colour}!important}}"
        for what, places in _DARK.items()
        for where, colour in places.items()
    )


_TABLE = '<table role="presentation" cellpadding="0" cellspacing="0" border="0"'
_HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title></title>\n<style>:root{color-scheme:light dark}"
    f"\n@media(prefers-color-scheme:dark){{{_sheet({})}}}{_sheet(_OUTLOOK)}</style></head>\n"
    '<body class="bg" style="margin:0;padding:0;background:#eef1f5">'
    f'{_TABLE} class="bg" width="100%" bgcolor="#eef1f5" style="background:#eef1f5">'
    '<tr><td align="center" style="padding:10px 8px 28px">'
    f'<!--[if mso]>{_TABLE} width="600"><tr><td><![endif]-->'
    f'{_TABLE} width="100%" style="max-width:600px;margin:0 auto">'
)
_TAIL = "</table><!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>\n"


@dataclass(frozen=True, slots=True)
class Ink:
    """A kind of writing: the class that the dark turns, and everything inline, because Outlook's cells inherit nothing."""

    name: str
    colour: str
    size: int
    line: int
    more: str = ""

    def attributes(self, more: str) -> str:
        """Class and style of an element that is written so."""
        return (
            f'class="{self.name}" style="font-family:\'Segoe UI\',Arial,sans-serif;font-size:{self.size}px;'
            f'line-height:{self.line}px;color:{self.colour};{self.more}{more}"'
        )


WORDS = Ink("ink", "#1b2430", 17, 26, "word-break:break-word;")
STRONG = Ink("ink", "#1b2430", 15, 22)
PLAIN = Ink("ink", "#1b2430", 14, 21, "word-break:break-word;")
SMALL = Ink("dim", "#5d6775", 13, 19, "word-break:break-word;")
AMBER = Ink("hot", "#7a4a06", 14, 21, "word-break:break-word;")
STARS = Ink("hot", "#8a5a00", 20, 26, "letter-spacing:2px;")
HEADING = Ink("dim", "#5d6775", 11, 16, "font-weight:700;letter-spacing:.6px;text-transform:uppercase;")
FINE = Ink("dim", "#5d6775", 12, 18, "text-align:center;")


def whole(above: str, rows: Iterable[str], *, foot: str, priority: Priority) -> str:
    """The document: a line above the card where there is one, the card with its rows, and the small print."""
    card = (
        '\n<tr><td class="card" bgcolor="#ffffff" style="background:#ffffff;border-radius:8px;padding:0 0 20px;'
        f'border-top:5px solid {ACCENTS[priority]}">{_TABLE} width="100%">'
    )
    head = row(FINE, text(above), "0 4px 8px") if above else ""
    return "".join([_HEAD, head, card, *rows, "\n</table></td></tr>", row(FINE, text(foot), "14px 24px 0"), _TAIL])


def row(ink: Ink, inner: str, padding: str) -> str:
    """One row over the width of the card; `inner` is HTML."""
    return f"\n<tr><td {ink.attributes(f'padding:{padding}')}>{inner}</td></tr>"


def beside(left: str, right: str) -> str:
    """Two cells beside each other."""
    return f'\n<tr><td style="padding:18px 24px 0">{_TABLE}><tr>{left}{right}</tr></table></td></tr>'


def disc(sign: str, colour: str) -> str:
    """A cell with one large sign, which keeps its height where the text beside it is taller."""
    ink = Ink("disc", "#ffffff", 19, 44, "font-weight:700;border-radius:22px;display:inline-block;text-align:center;")
    look = ink.attributes(f"background:{colour};width:44px;height:44px")
    return f'<td width="44" valign="top"><span {look}>{sign}</span></td>'


def chip(words: str, colour: str) -> str:
    """A small coloured label."""
    style = f"background:{colour};color:#ffffff;border-radius:9px;padding:1px 8px;font-size:11px;font-weight:700"
    return f'<span style="{style}">&nbsp;{words}&nbsp;</span>'


def boxed(lines: Iterable[tuple[str, str]], *, warns: bool) -> str:
    """A tinted box of labels and sentences; amber where the agent must not overlook it."""
    kind, ground, ink = ("warn", "#fff1d6", AMBER) if warns else ("soft", "#f2f5f9", PLAIN)
    label, sentence = ink.attributes("padding:2px 14px 2px 0;font-weight:700"), ink.attributes("padding:2px 0")
    cells = "".join(
        f'\n<tr><td valign="top" nowrap {label}>{text(name)}</td><td {sentence}>{text(words)}</td></tr>'
        for name, words in lines
    )
    return (
        f'\n<tr><td style="padding:14px 24px 0">{_TABLE} width="100%"><tr><td class="{kind}" bgcolor="{ground}" '
        f'style="background:{ground};border-radius:6px;padding:9px 14px">{_TABLE}>{cells}</table></td></tr></table></td></tr>'
    )


def heading(words: str) -> str:
    """A small heading over a group of rows."""
    return row(HEADING, text(words), "22px 24px 0")


def quoted(head: str, words: str, *, ours: bool) -> str:
    """Words of a person beside a line, blue where they are ours, under a head of HTML."""
    side = start(words)
    edge = (
        ' style="border-{side}:3px solid #3b82f6;' if ours else ' class="rule" style="border-{side}:3px solid #d3dae4;'
    )
    top = f"<div {SMALL.attributes('')}>{head}</div>" if head else ""
    return (
        f'\n<tr><td style="padding:9px 24px 0">{_TABLE} width="100%"><tr><td dir="{direction(words)}" align="{side}"'
        f'{edge.replace("{side}", side)}padding:0 12px">{top}<div {PLAIN.attributes("")}>{text(words)}</div></td></tr></table></td></tr>'
    )


def button(label: str, href: str) -> str:
    """A link that looks like a button everywhere; its cell is filled, since Word knows no padding on links."""
    return (
        f'\n<tr><td style="padding:16px 24px 2px">{_TABLE}><tr>'
        '<td class="key" bgcolor="#1d4ed8" style="background:#1d4ed8;border-radius:6px;padding:8px 18px">'
        f'<a href="{escape(href)}" {Ink("key", "#ffffff", 14, 20).attributes("font-weight:600;text-decoration:none")}>'
        f"{text(label)}</a></td></tr></table></td></tr>"
    )


def link(label: str, href: str) -> str:
    """A link among small words, underlined, in their colour."""
    return f'<a href="{escape(href)}" {SMALL.attributes("text-decoration:underline")}>{text(label)}</a>'


def directed(words: str) -> str:
    """Words in their own reading direction, so that a line of Arabic does not turn what stands beside it."""
    if direction(words) == "ltr":
        return text(words)
    return f'<div dir="rtl" style="text-align:right">{text(words)}</div>'


def text(words: str) -> str:
    """Words of anybody as HTML: nothing in them can be markup, and their lines stay lines."""
    return escape(words).replace("\n", "<br>\n")


def direction(words: str) -> str:
    """`rtl` where the first letter with a direction is Arabic or Hebrew; `dir=auto` is not known to every program."""
    if words.isascii():
        return "ltr"
    strong = (kind for letter in words[:200] if (kind := unicodedata.bidirectional(letter)) in {"L", "R", "AL"})
    return "ltr" if next(strong, "L") == "L" else "rtl"


def start(words: str) -> str:
    """The side where such words begin."""
    return "left" if direction(words) == "ltr" else "right"
