"""Links of strangers: where they really lead, in letters that cannot look like others (E05)."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'\u00ab\u00bb\u201c-\u201f]{1,2000}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_MAX_URL = 2000
_MAX_NAMED = 5
_SAFE = "/:?#[]@!$&'()*+,;=%~-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that a reader may follow: http or https, ASCII only, no name and password in it."""

    href: str
    host: str
    """The real host, in punycode where it has other letters."""


def link(url: str) -> Link | None:
    """The link that a reader may follow, or None where it is another kind of thing or not to be read."""
    parts = _parts(url)
    if parts is None or "@" in parts.netloc:
        return None
    host = _host(parts)
    if not host:
        return None
    rest = parts._replace(scheme="", netloc="").geturl()
    port = f":{parts.port}" if parts.port else ""
    return Link(href=f"{parts.scheme.lower()}://{host}{port}{quote(rest, safe=_SAFE)}", host=host)


def disguised(text: str) -> tuple[str, ...]:
    """Real hosts of the links in a text whose look can deceive: other letters than ASCII, or something before an @."""
    found = {host: None for match in _LINK.finditer(text) if (host := _disguise(match[0]))}
    return tuple(found)[:_MAX_NAMED]


def _disguise(url: str) -> str:
    """The real host of a link that may deceive; empty for all others."""
    parts = _parts(url if "://" in url[:8] else f"http://{url}")
    if parts is None or (parts.netloc.isascii() and "@" not in parts.netloc):
        return ""
    return _host(parts)


def _parts(url: str) -> SplitResult | None:
    """The parts of an http address; None for anything else."""
    if len(url) > _MAX_URL or url[:4].lower() != "http":
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def _host(parts: SplitResult) -> str:
    """The host in ASCII; empty where it has no such form."""
    name = parts.hostname or ""
    if ":" in name:
        name = f"[{name}]"
    try:
        host = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        host = ".".join(_label(label) for label in name.split("."))
    return host if _HOST.fullmatch(host) else ""


def _label(label: str) -> str:
    """One label in punycode, for names that today's rules do not allow."""
    return label if label.isascii() else "xn--" + label.encode("punycode", "replace").decode("ascii").lower()
