"""Bytes of a mail to text: declared charsets as mailers really mean them, guesses marked as guesses."""

import codecs
import re
from functools import lru_cache

_MEANT: dict[str, str] = {
    # what browsers and mailers mean by these labels (WHATWG Encoding, sections 4.2 and 9 to 13)
    "ansi_x3.110-1983": "cp1252",
    "ansi_x3.4-1968": "us-ascii",
    "ascii": "us-ascii",
    "big5": "big5hkscs",
    "cp-850": "cp850",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-euc-jp": "euc-jp",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
}
_UNDECLARED = frozenset({"", "8bit", "binary", "default", "none", "unknown", "unknown-8bit", "us-ascii", "x-unknown"})
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"})
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


@lru_cache(maxsize=256)
def codec(declared: str) -> str | None:
    """Python's name for a declared charset; None where there is no such charset."""
    name = declared.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_MEANT.get(name, name)).name
    except (LookupError, ValueError):
        return None
    return None if found.replace("_", "-") in _NO_CHARSETS else found


def declared_in_html(payload: bytes) -> str:
    """The charset of an HTML page's own meta element, looked for in its first 2,048 bytes."""
    found = _META.search(payload[:2048])
    return found[1].decode("ascii") if found else ""


def decode(payload: bytes, declared: str) -> tuple[str, bool]:
    """The text, and whether its charset is sure: declared (or plainly UTF-8) and without one broken character."""
    if payload.isascii() and not _is_shifted(declared):
        return payload.decode("ascii"), True
    if declared.strip().strip("\"'").lower() in _UNDECLARED:
        return _guess(payload)
    name = codec(declared)
    if name is None:
        return _guess(payload)
    return _strictly(payload, name)


def _is_shifted(declared: str) -> bool:
    """Whether ASCII bytes may mean other letters in this charset."""
    return (
        declared.strip()
        .strip("\"'")
        .lower()
        .startswith(("iso-2022", "utf-7", "hz", "unicode-1-1", "utf-16", "csiso2022"))
    )


def _strictly(payload: bytes, name: str) -> tuple[str, bool]:
    try:
        text = payload.decode(name)
    except (UnicodeError, LookupError, ValueError):
        if name == "cp1252":
            return payload.decode("latin-1"), _is_no_utf8(payload)
        return _guess(payload)
    return text, "\ufffd" not in text and (name not in {"cp1252", "latin-1"} or _is_no_utf8(payload))


def _is_no_utf8(payload: bytes) -> bool:
    """False where bytes declared as Latin-1 are really UTF-8: the text would come out as mojibake."""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _guess(payload: bytes) -> tuple[str, bool]:
    """UTF-8 where the bytes are valid UTF-8, which no other text is by chance; else a guess."""
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("cp1252", "replace"), False
    return text, "\ufffd" not in text
