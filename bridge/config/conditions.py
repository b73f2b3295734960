"""What stands after `when`, from the admin's table to the core's value: lists put in, zones filled in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bridge.config.rule_stanzas import AgeStanza, HoursStanza, RouteWhenStanza, SpanStanza, WhenStanza
from bridge.config.validating import meant
from bridge.core.complaint import Complaint
from bridge.core.rules.vocabulary import Age, Alike, Hours, Near, Span, When
from bridge.core.rules.words import needle

_LIST = "@file:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Reads the conditions of one rule or route; what is wrong with them goes into `complaints`."""

    file: str
    key: str
    lists: Mapping[str, str]
    """Texts of the list files by their paths."""
    zone: ZoneInfo
    complaints: list[Complaint]

    def when(self, stanza: WhenStanza) -> When:
        """The conditions as the core knows them."""
        return When(
            any_word=self.listed("when.any_word", stanza.any_word),
            all_words=self.listed("when.all_words", stanza.all_words),
            not_word=self.listed("when.not_word", stanza.not_word),
            near=Near(words=stanza.near.words, within=stanza.near.within) if stanza.near else None,
            matches=stanza.matches,
            not_matches=stanza.not_matches,
            similar_to=Alike(texts=stanza.similar_to.texts, at_least=stanza.similar_to.at_least)
            if stanza.similar_to
            else None,
            lang=stanza.lang,
            channel=stanza.channel,
            kind=tuple(kind.value for kind in stanza.kind),
            author=self.listed("when.author", stanza.author),
            not_author=self.listed("when.not_author", stanza.not_author),
            reach=_span(stanza.reach),
            rating=_span(stanza.rating),
            account_age=_age(stanza.account_age),
            media=stanza.media,
            links=stanza.links,
            is_repost=stanza.is_repost,
            is_question=stanza.is_question,
            thread_open=stanza.thread_open,
            hours=self.hours(stanza.hours),
            labels={name: Span(at_least=span.at_least, at_most=span.at_most) for name, span in stanza.labels.items()},
        )

    def route_when(self, stanza: RouteWhenStanza) -> When:
        """The conditions of a route: points and tags too."""
        return replace(
            self.when(stanza),
            min_points=stanza.min_points,
            max_points=stanza.max_points,
            tag=stanza.tag,
            all_tags=stanza.all_tags,
            not_tag=stanza.not_tag,
        )

    def hours(self, stanza: HoursStanza | None) -> Hours | None:
        """A part of the day, on the clock of its zone."""
        if stanza is None:
            return None
        zone = stanza.zone or self.zone
        return Hours(since=stanza.since, until=stanza.until, zone=zone, zone_name=zone.key)

    def listed(self, name: str, entries: Iterable[str]) -> tuple[str, ...]:
        """The entries of a key, with those of list files in the place of `@file:NAME`."""
        return tuple(dict.fromkeys(found for entry in entries for found in self._expanded(name, entry)))

    def _expanded(self, name: str, entry: str) -> Iterator[str]:
        if not entry.startswith(_LIST):
            yield entry
            return
        path = f"lists/{entry.removeprefix(_LIST)}"
        if path not in self.lists:
            known = [found.removeprefix("lists/") for found in self.lists]
            self._complain(name, f"there is no file {path}{meant(entry.removeprefix(_LIST), known)}")
            return
        found = list(lines(self.lists[path]))
        if not found or ("word" in name and not all(needle(word).strip() for word in found)):
            self._complain(name, f"file {path} is empty or has a line without letters: write one entry on each line")
        yield from found

    def _complain(self, name: str, what: str) -> None:
        self.complaints.append(Complaint(file=self.file, key=f"{self.key}.{name}", what=what))


def expanded(entries: Iterable[str], lists: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The entries with those of list files in the place of `@file:NAME`, and the names of files that are not there."""
    found: list[str] = []
    missing = []
    for entry in entries:
        path = f"lists/{entry.removeprefix(_LIST)}"
        if not entry.startswith(_LIST):
            found.append(entry)
        elif path in lists:
            found += lines(lists[path])
        else:
            missing.append(path)
    return tuple(dict.fromkeys(found)), tuple(missing)


def lines(text: str) -> Iterator[str]:
    """The entries of a list file: one a line; lines that begin with a hash and a space are remarks."""
    for line in text.splitlines():
        entry = line.strip()
        if entry and entry != "#" and not entry.startswith("# "):
            yield entry


def _span(stanza: SpanStanza | None) -> Span | None:
    return None if stanza is None else Span(at_least=stanza.at_least, at_most=stanza.at_most)


def _age(stanza: AgeStanza | None) -> Age | None:
    return None if stanza is None else Age(at_least=stanza.at_least, at_most=stanza.at_most)
