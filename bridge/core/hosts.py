"""Hosts that a text names: where its links lead, as platforms see links, and which are nobody else's business."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, ip_network

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://(?:[^\s/@<>\"']*@)?([^\s/:?#<>\"']+)", re.IGNORECASE)
_SCHEME_ONLY = re.compile(r"\b(?:mailto|javascript|xmpp|sips?):(?=[^\s])", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\w@.\-/:])({_LABEL}(?:\.{_LABEL})+)(?![\w@-])(\.?[/:?]\w?)?")
_GENERIC = frozenset({
    "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "name", "pro", "mobi", "aero", "coop", "museum",
    "asia", "cat", "jobs", "tel", "travel", "post", "app", "dev", "page", "web", "online", "site", "shop", "store",
    "blog", "cloud", "tech", "xyz", "club", "live", "news", "media", "agency", "digital", "email", "link", "click",
    "help", "support", "services", "solutions", "systems", "network", "software", "games", "academy", "company",
    "center", "city", "world", "life", "today", "space", "zone", "work", "berlin", "hamburg", "koeln", "bayern",
    "wien", "paris", "london", "amsterdam", "nyc", "tokyo", "eu", "io", "ai", "co", "tv", "me", "gg", "ly", "fm",
    "to",
})  # fmt: skip
"""Endings that platforms turn into links even without a path; country endings need a path or a name before them (twitter-text)."""
_COUNTRY = re.compile(r"[a-z]{2}|xn--[a-z0-9-]+", re.IGNORECASE)
_INTERNAL = re.compile(
    rf"(?<![\w@.-]){_LABEL}(?:\.{_LABEL})*\.(?:local|localdomain|lan|internal|intern|intranet|corp|private|home\.arpa)(?![\w-])"
    r"|(?<![\w.-])localhost(?![\w.-])"
    r"|(?<!\\)\\\\[\w.-]{2,}\\[\w$.-]+",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"[^\W_]\.[^\W_]")
"""In every host of two names or more."""
_LONE = re.compile(r"localhost|\\\\", re.IGNORECASE)
"""In every internal host of one name."""
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_VERSION_BEFORE = re.compile(r"(?:\bv|version|firmware|release|build|update|fritz!?os|stand)\W{0,3}$", re.IGNORECASE)
_OFFICE = (ip_network("10.0.0.0/8"), ip_network("172.16.0.0/12"))
_OCTET = 255
_ROUTERS = frozenset({1, 138, 254})
"""Last numbers of the addresses at which customers find their own router."""


def linked(text: str) -> Iterator[str]:
    """The hosts to which a text links, in lower case; the name of the scheme for links that have no host."""
    if "." not in text and ":" not in text:
        return
    for match in _URL.finditer(text) if "://" in text else ():
        yield _plain(match[1])
    for match in _SCHEME_ONLY.finditer(text) if ":" in text else ():
        yield match[0].rstrip(":").lower()
    if not _DOTTED.search(text):
        return
    for match in _BARE.finditer(_URL.sub(" ", text)):
        if _is_linked(match[1], has_path=bool(match[2])):
            yield _plain(match[1])


def within(host: str, allowed: Sequence[str]) -> bool:
    """Whether a host is one of the allowed or below one of them; `*` allows all that has a host."""
    return any(
        (entry == "*" and "." in host) or host == entry.lower() or host.endswith(f".{entry.lower().removeprefix('*.')}")
        for entry in allowed
    )


def names(text: str, host: str) -> bool:
    """Whether a text holds exactly this host, alone, in a link or in an address."""
    return bool(host) and re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w-]|\.\w)", text, re.IGNORECASE) is not None


def internal(text: str) -> bool:
    """Whether a text names a host of a private network; home routers are the customer's own."""
    if not _DOTTED.search(text) and not _LONE.search(text):
        return False
    return _INTERNAL.search(text) is not None or any(_is_office(match) for match in _ADDRESS.finditer(text))


def _is_linked(host: str, *, has_path: bool) -> bool:
    """Whether a platform would make a link of a name without a scheme."""
    *before, ending = host.split(".")
    if host[:4].lower() == "www." or ending in _GENERIC:
        return True
    return (
        ending.islower()
        and _COUNTRY.fullmatch(ending) is not None
        and _is_name(before)
        and (has_path or len(before) > 1)
    )


def _is_name(labels: list[str]) -> bool:
    """Whether the labels before a country's ending are more than the letters of an abbreviation."""
    return max(map(len, labels)) > 1


def _plain(host: str) -> str:
    return host.lower().strip(".,;:!?)]}'\"")


def _is_office(match: re.Match[str]) -> bool:
    """Whether four numbers are an address inside a company's network and no version."""
    numbers = [int(number) for number in match[0].split(".")]
    if max(numbers) > _OCTET or numbers[3] in _ROUTERS or _VERSION_BEFORE.search(match.string, 0, match.start()):
        return False
    return any(IPv4Address(match[0]) in network for network in _OFFICE)
