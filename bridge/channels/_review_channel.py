"""The channel of an app's reviews: what every app store has in common, over what one store's own calls can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from yarl import URL

from bridge.channels._api import Api
from bridge.channels._cursor import packed, unpacked
from bridge.channels._http import Answer, Http
from bridge.channels._newest_first import Dated, Listing, Portion, Shown, first, following
from bridge.channels._problems import Problem, still_uncertain
from bridge.channels._reviews import ANSWER, Places, Review, posts
from bridge.channels._stanza import SPARE, client
from bridge.channels._text import same_words
from bridge.core.events import Page, Sighting
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, PrivateAnswer, Publication
from bridge.ports import Clock, Fittings, LoginProblem, PermanentProblem, TemporaryProblem

OVERLAP = 7 * 86_400
"""Seconds: stores show a review days after it was written, when they have looked at it."""

KEPT = 2000


class DatedReview(Review, Dated, Protocol):
    """A review as a listing shows it."""


Entry = TypeVar("Entry", bound=DatedReview)


class Store(Protocol[Entry]):
    """One app in one store."""

    @property
    def shape(self) -> type[Entry]:
        """An entry's shape."""
        ...

    @property
    def account(self) -> str:
        """The app's own id: who answers is always its developer."""
        ...

    async def check(self) -> None:
        """Ask whether the login is good for the app; raises LoginProblem where it is not."""
        ...

    async def page(self, cursor: str) -> Portion:
        """Reviews below a cursor, or the newest ones."""
        ...

    async def review(self, key: str) -> Shown[Entry] | None:
        """One review as it stands now; None where it is gone."""
        ...

    async def answer(self, key: str, text: str) -> None:
        """Put the one answer below a review; raises the problems of saying."""
        ...

    def is_key(self, given: str) -> bool:
        """Whether a text may be a review's id."""
        ...

    def address(self, key: str) -> str:
        """Where a person answers by hand."""
        ...


@dataclass(kw_only=True)
class ReviewChannel(Generic[Entry]):
    """Reads an app's reviews, and answers each of them once."""

    name: str
    store: Store[Entry] = field(repr=False)
    http: Http = field(repr=False)
    clock: Clock = field(repr=False)
    backfill: timedelta
    limits: Limits
    most: int
    """Reviews that one poll looks up for deletions."""
    forgets: bool
    """Whether the store shows no old review any more, so that a missing one need not be deleted."""

    async def open(self) -> Account:
        """Check the login, and that it is good for the app."""
        await self.store.check()
        return Account(id=self.store.account, own=frozenset({self.store.account}))

    async def poll(self, cursor: str | None) -> Page:
        """New and changed reviews and what became of others; the oldest first."""
        now, since = self.clock.now(), self.clock.now() - self.backfill if self.backfill else None
        listing = self._listing()
        place = None if cursor is None else unpacked(cursor, Places).reviews
        flow = await (first(listing, since, now) if place is None else following(listing, place))
        return Page(
            sightings=tuple(sighting for shown in flow.fresh for sighting in self._sightings(shown)),
            cursor=packed(Places(reviews=flow.place)),
            deleted=flow.gone,
            gap=flow.gap,
            quarantined=flow.quarantined,
            first=cursor is None and not self.backfill,
        )

    def _listing(self) -> Listing[Entry]:
        return Listing(
            name="reviews",
            shape=self.store.shape,
            fetch=self.store.page,
            look=self._look,
            most=self.most,
            overlap=OVERLAP,
            kept=KEPT,
        )

    def _sightings(self, shown: Shown[Entry]) -> Sequence[Sighting]:
        entry = shown.entry
        found = posts(entry, channel=self.name, account=self.store.account, url=self.store.address(entry.key))
        return [Sighting(post=post, raw=shown.raw) for post in found]

    async def _look(self, keys: Sequence[str]) -> Mapping[str, Shown[Entry]] | None:
        """Reviews as they stand now; None where that cannot be told, which keeps nothing else from coming."""
        try:
            found = [await self.store.review(key) for key in keys]
        except LoginProblem:
            raise
        except (TemporaryProblem, PermanentProblem):
            return None
        if self.forgets and None in found:
            return None
        return {each.entry.key: each for each in found if each is not None}

    async def publish(self, publication: Publication) -> Posted:
        """Answer once: another answer would take the place of the first, so one that stands there is left alone."""
        self._check(publication)
        shown = await self.store.review(publication.parent)
        if shown is None:
            raise PermanentProblem("the review is gone")
        if shown.entry.answered is not None:
            raise PermanentProblem(
                "the review has its answer already, and takes one only: change it by hand in the store"
            )
        await self.store.answer(publication.parent, publication.text)
        return self._posted(publication)

    async def find(self, publication: Publication) -> Posted | None:
        """Look at the review; every failure leaves it uncertain."""
        return await still_uncertain(self._find(publication))

    async def _find(self, publication: Publication) -> Posted | None:
        shown = await self.store.review(publication.parent)
        answered = shown.entry.answered if shown else None
        if answered is None or same_words(answered.text) != same_words(publication.text):
            return None
        return self._posted(publication)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self.http.close()

    def _posted(self, publication: Publication) -> Posted:
        return Posted(id=f"{publication.parent}/{ANSWER}", url=self.store.address(publication.parent))

    def _check(self, publication: Publication) -> None:
        """What can be told before anything is asked."""
        if isinstance(publication, PrivateAnswer):
            raise PermanentProblem("a review can be answered in public only")
        if not self.store.is_key(publication.parent):
            raise PermanentProblem("the review to be answered has no id that the store knows")
        if publication.media:
            raise PermanentProblem("no files go with an answer to a review")
        longest = self.limits.max_length
        if not publication.text.strip() or self.limits.count(publication.text) > longest:
            raise PermanentProblem(f"the store takes 1 to {longest} characters")


def limits(longest: int, timeout: timedelta) -> Limits:
    """What a store with answers of this length lets us do."""
    return Limits(
        max_length=longest,
        count=len,
        one_answer=True,
        read_back=ReadBack.BY_PARENT,
        request_timeout=2 * timeout + SPARE,
    )


def door(endpoint: str, *, allow_private: bool, timeout: timedelta, fittings: Fittings) -> tuple[Http, Api]:
    """The way to a store: its client, and its API without a login."""
    http = client(
        endpoint, allow_private=allow_private, user_agent=fittings.user_agent, timeout=timeout.total_seconds()
    )
    return http, Api(http=http, endpoint=URL(endpoint), headers={}, now=fittings.clock.now, judge=_by_status)


def _by_status(_answer: Answer) -> Problem | None:
    """The status says it all."""
    return None
