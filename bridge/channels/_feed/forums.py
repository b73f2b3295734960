"""What forum software puts around people's names and words in its feeds."""

import html
import re

_LINKED = re.compile(
    r"""\s*<a\s[^<>]{0,300}?href=["']([^"'<>]{1,1000})["'][^<>]{0,300}>([^<>]{1,300})</a>\s*""", re.IGNORECASE
)
_SIGNED = re.compile(
    r"<p>[^<>]{1,80}<a\s[^<>]{0,500}memberlist\.php\?mode=viewprofile[^<>]{0,500}>[^<>]{0,200}</a>[^<>]{0,200}</p>"
    r"|<p>Statistics: Posted by [^<>]{1,300}</p>",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*<hr\s*/?>\s*", re.IGNORECASE)


def named(author: str) -> tuple[str, str]:
    """A name and the address of its profile: MyBB writes names as links to them (its `class_feedgeneration.php`)."""
    found = _LINKED.fullmatch(author)
    return (html.unescape(found[2]), html.unescape(found[1])) if found else (author, "")


def unsigned(body: str) -> str:
    """HTML without the line, in whatever language, that phpBB puts below each post: by whom it is, and since when."""
    start = body.rfind("<p>")
    found = _SIGNED.match(body, start) if start >= 0 else None
    return body[:start] if found and _RULE.fullmatch(body, found.end()) else body
