"""Signs that web mails spell in ASCII where they make the plain text of their HTML: what was typed is put back."""

from bridge.letters.bodies import Twin
from bridge.letters.draft import Draft

_SPELLED = {
    "\u2013": "-", "\u2014": "--", "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2026": "...", "\u20ac": "EUR",
    "\u00a9": "(c)", "\u00ae": "(R)", "\u2122": "(tm)", "\u2022": "*",
}  # fmt: skip
"""As Roundcube's converter and its relatives do (program/lib/Roundcube/rcube_html2text.php)."""
_LETTERED = frozenset("\u20ac\u00a9\u00ae\u2122")
"""Those that become letters, so that the two texts seem to say different things; dashes and quotes alone are let be."""
_TABLE = str.maketrans(_SPELLED)


def spelled(text: str) -> str:
    """The text with such signs in ASCII."""
    return text if text.isascii() else text.translate(_TABLE)


def is_spelled(draft: Draft, twin: Twin) -> bool:
    """Whether the HTML holds signs that became letters in the plain text."""
    page = "\n".join(twin.page.lines)
    shown = [] if page.isascii() else [sign for sign in _LETTERED if sign in page]
    if not shown:
        return False
    text = "\n".join(draft.bare[place] for place in twin.where)
    return any(page.count(sign) > text.count(sign) for sign in shown)


def put_back(draft: Draft, twin: Twin, page: Draft) -> None:
    """The own lines as the HTML shows them, where they are the same in all but such signs; else nothing is changed."""
    own = [place for place in twin.where if draft.is_own(place)]
    typed = [" ".join(line.split()) for place, line in enumerate(page.bare) if page.is_own(place)]
    kept = [" ".join(draft.bare[place].split()) for place in own]
    if list(map(spelled, typed)) == list(map(spelled, kept)):
        for place, line in zip(own, typed, strict=True):
            draft.bare[place] = line
