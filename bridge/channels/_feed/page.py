"""One page from the answers of many feeds."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from bridge.channels._cursor import packed
from bridge.channels._feed.fetch import Failed, Fetched, Outcome, Sort, Unchanged
from bridge.channels._feed.place import FeedPlace, FeedPlaces, News, compare, raw_of
from bridge.channels._feed.posts import view
from bridge.channels._feed.sources import Beat
from bridge.core.events import Gap, Page, Quarantined, Sighting, Trouble

MAX_BACKFILL = 200
"""Entries of one feed that a first contact brings at most."""


class FeedPage:
    """Takes answers one after another; a page holds one gap, so an answer with a second one waits for the next page."""

    def __init__(
        self, places: FeedPlaces, *, channel: str, beats: Mapping[str, Beat], now: datetime, backfill: timedelta
    ) -> None:
        self._channel = channel
        self._beats = beats
        self._now = now
        self._backfill = backfill
        self._feeds: dict[str, FeedPlace] = {name: place for name, place in places.feeds.items() if name in beats}
        self._sightings: list[Sighting] = []
        self._quarantined: list[Quarantined] = []
        self._troubles: list[Trouble] = []
        self._recovered: list[str] = []
        self._gap: Gap | None = None

    def take(self, name: str, outcome: Outcome) -> bool:
        """Put an answer on the page; False where it must wait for the next one."""
        match outcome:
            case Failed():
                self._failed(name, outcome)
            case Unchanged(asked=asked):
                self._unchanged(name, asked, outcome.floor)
            case Fetched():
                return self._fetched(name, outcome)
        return True

    def page(self, *, first: bool, more: bool, wait: float | None) -> Page:
        """What was taken, the oldest first."""
        return Page(
            sightings=tuple(sorted(self._sightings, key=lambda sighting: sighting.post.at)),
            cursor=packed(FeedPlaces(feeds=self._feeds)),
            more=more,
            gap=self._gap,
            quarantined=tuple(self._quarantined),
            troubles=tuple(self._troubles),
            recovered=tuple(self._recovered),
            wait=wait,
            first=first and not self._sightings,
        )

    def _failed(self, name: str, failed: Failed) -> None:
        """The cursor of this feed stays, unless the server took the feed away for good."""
        beat = self._beats[name]
        beat.went_wrong(self._now.timestamp(), failed.why, after=failed.after)
        lasting = failed.sort is not Sort.PASSING
        self._troubles.append(Trouble(part=beat.source.label, reason=failed.why, lasting=lasting))
        if failed.sort is Sort.GONE:
            beat.gone = True
            self._feeds[name] = msgspec.structs.replace(self._feeds.get(name, FeedPlace()), gone=True)

    def _unchanged(self, name: str, asked: tuple[str, str], floor: float) -> None:
        """Nothing is new, if the question was about the document that this cursor stands for."""
        place = self._feeds.get(name, FeedPlace())
        if asked != (place.etag, place.modified):
            self._beats[name].due = 0.0
            return
        self._went_well(name, news=False, gap=False, floor=floor)

    def _fetched(self, name: str, fetched: Fetched) -> bool:
        """A document: what is new in it, and how far this feed is read now."""
        known = self._feeds.get(name)
        news = compare(known or FeedPlace(), fetched.parsed, feed=name)
        if news.gap is not None and self._gap is not None:
            return False
        self._gap = self._gap or news.gap
        self._went_well(name, news=bool(news.fresh), gap=news.gap is not None, floor=fetched.floor)
        self._feeds[name] = msgspec.structs.replace(
            news.place, etag=fetched.etag, modified=fetched.modified, moved=fetched.moved
        )
        self._quarantined += news.quarantined if known is not None else ()
        self._sightings += self._seen(name, fetched, news, first=known is None)
        return True

    def _seen(self, name: str, fetched: Fetched, news: News, *, first: bool) -> list[Sighting]:
        """The new entries as posts; at the first contact only what the backfill asks for (C18)."""
        if news.place.kind is None or (first and not self._backfill):
            return []
        look = view(fetched.parsed, news.place.kind, channel=self._channel, feed=name, base=fetched.base, now=self._now)
        seen = [Sighting(post=look.post(keyed), raw=raw_of(keyed.entry)) for keyed in news.fresh]
        if not first:
            return seen
        since = self._now - self._backfill
        return [sighting for sighting in seen if sighting.post.at >= since][-MAX_BACKFILL:]

    def _went_well(self, name: str, *, news: bool, gap: bool, floor: float) -> None:
        beat = self._beats[name]
        if beat.went_well(self._now.timestamp(), news=news, gap=gap, floor=floor):
            self._recovered.append(beat.source.label)
