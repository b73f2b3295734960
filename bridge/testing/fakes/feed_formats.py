"""The formats of feeds, written by hand from their specifications."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.sax.saxutils import escape as xml_escape


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One entry."""

    id: str
    link: str
    title: str
    text: str
    author: str
    at: datetime
    edited: datetime | None = None
    answers: str = ""


def _rss20(items: Sequence[FeedItem], *, broken: bool) -> bytes:
    """RSS 2.0 with Dublin Core authors and encoded content; the newest entry without its guid and link if broken."""
    entries = [_rss_item(item, lacks_key=broken and number == 0) for number, item in enumerate(items)]
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Talk</title>'
        f"<link>https://feeds.test/</link><description>Talk</description>{''.join(entries)}</channel></rss>"
    ).encode()


def _rss_item(item: FeedItem, *, lacks_key: bool) -> str:
    key = "" if lacks_key else f'<link>{item.link}</link><guid isPermaLink="false">{item.id}</guid>'
    return (
        f"<item><title>{_xml(item.title)}</title>{key}<dc:creator>{_xml(item.author)}</dc:creator>"
        f"<pubDate>{format_datetime(item.at, usegmt=True)}</pubDate>"
        f"<content:encoded>{_xml(_paragraph(item.text))}</content:encoded></item>"
    )


def _rss091(items: Sequence[FeedItem], *, broken: bool) -> bytes:
    """RSS 0.91 with its document type: entries have a link and no id, no author and no date."""
    entries = "".join(
        f"<item><title>{_xml(item.title)}</title>"
        f"{'' if broken and number == 0 else f'<link>{item.link}</link>'}"
        f"<description>{_xml(item.text)}</description></item>"
        for number, item in enumerate(items)
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Talk</title>'
        f"<link>https://feeds.test/</link><description>Talk</description>{entries}</channel></rss>"
    ).encode()


def _rss10(items: Sequence[FeedItem], *, broken: bool) -> bytes:
    """RSS 1.0 (RDF)."""
    entries = "".join(_rdf_item(item, lacks_key=broken and number == 0) for number, item in enumerate(items))
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
        f'<channel rdf:about="https://feeds.test/"><title>Talk</title></channel>{entries}</rdf:RDF>'
    ).encode()


def _rdf_item(item: FeedItem, *, lacks_key: bool) -> str:
    about, link = ("", "") if lacks_key else (f' rdf:about="{item.id}"', f"<link>{item.link}</link>")
    return (
        f"<item{about}><title>{_xml(item.title)}</title>{link}"
        f"<dc:creator>{_xml(item.author)}</dc:creator><dc:date>{item.at.isoformat()}</dc:date>"
        f"<description>{_xml(item.text)}</description></item>"
    )


def _atom(items: Sequence[FeedItem], *, broken: bool) -> bytes:
    """Atom (RFC 4287) with threads (RFC 4685)."""
    entries = [_atom_entry(item, lacks_key=broken and number == 0) for number, item in enumerate(items)]
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:feeds.test,2026:feed</id><title>Talk</title>'
        f"<updated>2026-01-01T00:00:00Z</updated>{''.join(entries)}</feed>"
    ).encode()


def _atom_entry(item: FeedItem, *, lacks_key: bool) -> str:
    key = "" if lacks_key else f'<id>{item.id}</id><link href="{item.link}"/>'
    thread = f'<thr:in-reply-to ref="{item.answers}"/>' if item.answers else ""
    return (
        f"<entry>{key}<title>{_xml(item.title)}</title><author><name>{_xml(item.author)}</name></author>"
        f"<published>{item.at.isoformat()}</published><updated>{(item.edited or item.at).isoformat()}</updated>"
        f'{thread}<content type="html">{_xml(_paragraph(item.text))}</content></entry>'
    )


def _json(items: Sequence[FeedItem], *, broken: bool) -> bytes:
    """JSON Feed 1.1."""
    entries: list[dict[str, object]] = [
        {
            "id": item.id,
            "url": item.link,
            "title": item.title,
            "content_text": item.text,
            "date_published": item.at.isoformat(),
            "authors": [{"name": item.author}],
        }
        for item in items
    ]
    if broken:
        entries[0] = {"id": ["no", "id"], "content_text": 7}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Talk", "items": entries}).encode()


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _xml(text: str) -> str:
    """Escaped, as a careless server does it: control characters stay."""
    return xml_escape(text)


Render = Callable[..., bytes]

FORMATS: dict[str, tuple[str, Render]] = {
    "rss": ("application/rss+xml; charset=utf-8", _rss20),
    "rss091": ("text/xml", _rss091),
    "rdf": ("application/rdf+xml", _rss10),
    "atom": ("application/atom+xml; charset=utf-8", _atom),
    "json": ("application/feed+json", _json),
}
"""Content type and writer by the ending of the address."""
