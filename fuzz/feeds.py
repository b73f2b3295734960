"""Fuzz target: any bytes that a feed's server sends are read or refused, and the quick way never says something else than the thorough one."""

from datetime import UTC, datetime

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge", "fastfeedparser", "feedparser"]):
    from bridge.channels._feed.model import MAX_ENTRIES, NotAFeed
    from bridge.channels._feed.parse import parse, parse_if_easy
    from bridge.testing.fakes.feed_formats import FORMATS, FeedItem

CHARSETS = ("", "utf-8", "windows-1251", "utf-16", "iso-2022-jp", "no-such-charset")

ITEMS = [
    FeedItem(id=f"https://blog.test/{n}", link=f"https://blog.test/{n}", author="Jane", title=f"Post {n} & more", text=f"Où est <b>ça</b>? {n}", at=datetime(2026, 3, n, tzinfo=UTC))
    for n in range(1, 4)
]  # fmt: skip


def once(octets: bytes) -> None:
    """The first byte chooses what the server says of the charset."""
    charset, body = CHARSETS[octets[0] % len(CHARSETS)] if octets else "", octets[1:]
    try:
        whole = parse(body, charset)
    except NotAFeed:
        return
    assert len(whole.entries) <= MAX_ENTRIES
    easy = parse_if_easy(body, charset)
    assert easy is None or easy == whole


if __name__ == "__main__":
    drive(
        "feeds",
        once,
        [b"\0" + write(ITEMS, broken=broken) for _, write in FORMATS.values() for broken in (False, True)],
    )
