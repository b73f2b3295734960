"""What stands in a proxy, chosen and cleaned once; the plain and the HTML part only lay it out."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.core import languages, links, showing
from bridge.core.captions import COMMANDS, FOOT, KINDS, WARNINGS
from bridge.core.links import Link
from bridge.core.model import Kind, Media, Post, Priority, Quote, Verdict
from bridge.core.notes import day, moment
from bridge.core.proxies import Contact, Proxy
from bridge.letters.delimiter import delimiter
from bridge.letters.ready import Ready

MAX_NAME = 80
MAX_TITLE = 300
MAX_MEDIA = 10
MAX_REASONS = 8
MAX_STARS = 5
SPECIAL = frozenset({Priority.URGENT, Priority.HIGH})
"""Priorities that are shown beside the time."""
MAX_LABELS = 3


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the agent must know."""

    label: str
    text: str
    warns: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said before."""

    who: str
    when: str
    text: str
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All words of a proxy: clean for any text, not yet escaped for HTML."""

    delimiter: str
    name: str
    who: str
    """The name, and the handle where it says more."""
    did: str
    when: str
    title: str
    text: str
    stars: str
    media: tuple[str, ...]
    link: Link | None
    facts: tuple[str, ...]
    notes: tuple[Note, ...]
    thread: tuple[Said, ...]
    contacts: tuple[Said, ...]
    route: tuple[str, ...]
    reasons: tuple[str, ...]
    ready: tuple[Ready, ...]
    foot: str
    priority: Priority
    kind: Kind


def sheet(proxy: Proxy, *, brand: str, ready: tuple[Ready, ...]) -> Sheet:
    """Choose and clean what the agent sees."""
    post, verdict = proxy.post, proxy.verdict
    platform = showing.line(proxy.platform or post.channel, MAX_NAME)
    return Sheet(
        delimiter=delimiter(proxy.delimiter),
        name=showing.line(post.author.name or post.author.handle, MAX_NAME) or "Someone",
        who=_who(post),
        did=KINDS[post.kind].format(platform=platform),
        when=moment(post.at),
        title=showing.line(post.title, MAX_TITLE),
        text=showing.block(post.text, showing.MAX_TEXT).strip("\n"),
        stars=_stars(post.rating),
        media=tuple(map(_media, post.media[:MAX_MEDIA])),
        link=links.link(post.url),
        facts=tuple(_facts(post, verdict)),
        notes=tuple(map(_note, proxy.notes)),
        thread=tuple(map(_said, proxy.thread)),
        contacts=tuple(map(_contact, proxy.contacts)),
        route=tuple(_route(verdict)),
        reasons=tuple(_reasons(verdict)),
        ready=ready,
        foot=_foot(post, brand),
        priority=proxy.priority,
        kind=post.kind,
    )


def _who(post: Post) -> str:
    """The author's name, and the handle where it says more."""
    name, handle = showing.line(post.author.name, MAX_NAME), showing.line(post.author.handle, MAX_NAME).lstrip("@")
    if not name or name == handle:
        return f"@{handle}" if handle else "Someone"
    return f"{name} (@{handle})" if handle else name


def _facts(post: Post, verdict: Verdict) -> Iterator[str]:
    """What is known of the author, the immutable id last: names prove nothing (threat-model 4.9)."""
    author = post.author
    if author.reach is not None:
        yield f"reach {author.reach:,}"
    if author.since is not None:
        yield f"account since {author.since.year}"
    language = languages.name(post.lang) or languages.name(verdict.lang)
    if language:
        yield f"writes {language}"
    if post.kind is not Kind.SMS:
        yield f"id {showing.line(author.id, MAX_NAME)}"


def _media(media: Media) -> str:
    """An attachment by its address and description; nothing of it is fetched (E04)."""
    link = links.link(media.url)
    where = link.href if link else showing.line(media.url, MAX_TITLE)
    alt = showing.line(media.alt, MAX_TITLE)
    return f"{showing.line(media.type, MAX_NAME) or 'file'}: {where}{f' ({alt})' if alt else ''}"


def _note(note: str) -> Note:
    label, _, text = note.partition(": ")
    return Note(label, showing.line(text, 600), label in WARNINGS)


def _said(quote: Quote) -> Said:
    when = moment(quote.at) if quote.at else ""
    text = showing.block(quote.text, showing.MAX_TEXT).strip("\n")
    return Said(showing.line(quote.author, MAX_NAME), when, text, quote.ours)


def _contact(contact: Contact) -> Said:
    return Said(
        f"{contact.channel}, {contact.phase}", day(contact.at), showing.line(contact.text, MAX_TITLE), ours=False
    )


def _route(verdict: Verdict) -> Iterator[str]:
    """What triage made of the post."""
    yield f"route {verdict.route}"
    yield f"priority {verdict.priority}"
    yield from (showing.line(tag, MAX_NAME) for tag in verdict.tags)
    if verdict.points:
        yield f"{verdict.points} point{'s' if abs(verdict.points) != 1 else ''}"
    for label, share in sorted(verdict.labels.items(), key=lambda item: -item[1])[:MAX_LABELS]:
        yield f"{showing.line(label, MAX_NAME)} {share:.0%}"


def _reasons(verdict: Verdict) -> Iterator[str]:
    """The rules that hit, with the words that they hit upon."""
    for reason in verdict.said[:MAX_REASONS]:
        yield showing.line(reason, MAX_TITLE)
    if len(verdict.said) > MAX_REASONS:
        yield f"and {len(verdict.said) - MAX_REASONS} more"


def _foot(post: Post, brand: str) -> str:
    return f"{FOOT.format(brand=brand)} {COMMANDS}" if post.answers else FOOT.format(brand=brand)


def _stars(rating: int | None) -> str:
    """A review's stars; empty for anything that is no number of stars."""
    if rating is None or not 0 < rating <= MAX_STARS:
        return ""
    return "★" * rating + "☆" * (MAX_STARS - rating)
