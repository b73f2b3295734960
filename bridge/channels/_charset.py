"""Any XML document as UTF-8, whatever it says of itself: charset trouble ends here."""

import codecs
import re

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_SEVEN_BIT = ("iso-2022", "iso2022", "hz", "utf-7", "utf7")
"""Encodings whose bytes all look like ASCII, so that they pass for UTF-8."""

_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"})
"""Codecs of Python's that no document is written in; some of them take time by the square of its length."""

_FALLBACK = "windows-1252"


def to_utf8(body: bytes, charset: str) -> bytes:
    """The document in UTF-8 with a declaration that says so; `charset` is what the server said, empty for nothing.

    Marks at the start come first, then what is valid UTF-8 is UTF-8 whatever is declared, then the declarations.
    """
    encoding = _encoding(body, charset)
    if encoding == "utf-8" and _declares(body) in {"", "utf-8", "utf8"}:
        return body.lstrip()
    text = body.decode(encoding, "replace")
    return _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).lstrip().encode("utf-8", "replace")


def _encoding(body: bytes, charset: str) -> str:
    """The name of a codec that Python has."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    declared = [name for name in (_known(charset), _known(_declares(body))) if name]
    if declared and declared[0].startswith(_SEVEN_BIT):
        return declared[0]
    if _is_utf8(body):
        return "utf-8"
    return next((name for name in declared if name not in {"utf-8", "ascii"}), _FALLBACK)


def _declares(body: bytes) -> str:
    """The encoding in the XML declaration, lower case."""
    found = _DECLARED.match(body)
    return found[1].decode("ascii").lower() if found else ""


def _known(name: str) -> str:
    """Python's name of a text encoding; empty for names that it does not know, and for codecs that are none."""
    try:
        found = codecs.lookup(name.strip().lower()).name if name else ""
        b"x".decode(found or "utf-8", "replace")
    except (LookupError, ValueError):
        return ""
    return "" if found in _NO_CHARSETS else found


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
