"""A platform in memory: customers write, answers are accepted as a test says, and its own record of them never lies."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.core.events import Page, Sighting
from bridge.core.model import Account, Author, Kind, Post, Visibility
from bridge.core.policy import Limits
from bridge.core.publications import Posted, PrivateAnswer, Publication
from bridge.ports import Clock, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.footing import Footing

PAGE = 3
"""Entries of a page: few, so that a turn has several."""

BRAND = Author(id="brand", handle="acme", name="Acme")
_BOTH = frozenset(Visibility)
_ALONE = frozenset({Visibility.PRIVATE})


class Fate(StrEnum):
    """What becomes of a publication, and what its sender hears."""

    ACCEPTED = "accepted"
    ANSWER_LOST = "answer_lost"
    """Accepted; the sender hears nothing."""
    LATE = "late"
    """The sender hears nothing; accepted while the request is still on its way."""
    VANISHED = "vanished"
    """The sender hears nothing, and nothing happened."""
    NONSENSE = "nonsense"
    """Accepted; the adapter breaks over the answer."""
    REFUSED = "refused"
    BUSY = "busy"
    NO_LOGIN = "no_login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as the platform has it."""

    id: str
    publication: Publication
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flying:
    """A request on its way, which nobody waits for any more."""

    publication: Publication
    lands: datetime


@dataclass(slots=True, kw_only=True)
class Plaza:
    """The platform; `said` and `entries` only grow."""

    clock: Clock
    limits: Limits
    refuses_copies: bool = False
    lag: timedelta = timedelta(0)
    """How late its listings show what it accepted; no later than `limits.read_back_lag`."""
    late: timedelta = timedelta(seconds=89)
    """How long a request may be on its way, which nobody waits for any more."""
    said: list[Said] = field(default_factory=list)
    entries: list[tuple[datetime, Sighting | str]] = field(default_factory=list)
    """What listings show: posts and their edits, and the ids of posts that are gone."""
    flying: list[Flying] = field(default_factory=list)
    fates: deque[Fate] = field(default_factory=deque)
    """Of the next publications; accepted where there is none."""
    blind: int = 0
    """How many of the next looks fail."""

    def write(self, number: int, text: str, *, thread: str, author: Author, visibility: Visibility) -> Post:
        """A customer writes."""
        private = visibility is Visibility.PRIVATE
        post = Post(
            channel="forum",
            id=f"p{number}",
            kind=Kind.DIRECT if private else Kind.COMMENT,
            visibility=visibility,
            thread=thread,
            author=author,
            text=text,
            at=self.clock.now(),
            answers=_ALONE if private else _BOTH,
        )
        self.entries.append((post.at, Sighting(post=post)))
        return post

    def edit(self, post: Post, text: str) -> Post:
        """The customer changes the words."""
        edited = replace(post, text=text)
        self.entries.append((self.clock.now(), Sighting(post=edited)))
        return edited

    def delete(self, post: Post) -> None:
        """The customer takes it away."""
        self.entries.append((self.clock.now(), post.id))

    def accept(self, publication: Publication) -> Said:
        """Put an answer on record; raises UncertainProblem for a copy where the platform knows them."""
        if self.refuses_copies and any(_same(said.publication, publication) for said in self.said):
            raise UncertainProblem("these words are already there")
        said = Said(id=f"a{len(self.said) + 1}", publication=publication, at=self.clock.now())
        self.said.append(said)
        self.entries.append((said.at, Sighting(post=_as_post(said))))
        return said

    def land(self) -> None:
        """Let everything arrive whose time has come."""
        now = self.clock.now()
        for one in [flying for flying in self.flying if flying.lands <= now]:
            self.flying.remove(one)
            if not (self.refuses_copies and any(_same(said.publication, one.publication) for said in self.said)):
                self.accept(one.publication)

    def page(self, cursor: str | None) -> Page:
        """The next few entries, as far as the listing has come."""
        start = int(cursor or 0)
        shown = [entry for at, entry in self.entries if at <= self.clock.now() - self.lag]
        chosen = shown[start : start + PAGE]
        return Page(
            sightings=tuple(entry for entry in chosen if isinstance(entry, Sighting)),
            deleted=tuple(entry for entry in chosen if isinstance(entry, str)),
            cursor=str(start + len(chosen)),
            more=len(shown) > start + len(chosen),
        )

    def found(self, publication: Publication) -> list[Said]:
        """What a listing shows of an answer."""
        seen = self.clock.now() - self.lag
        return [said for said in self.said if said.at <= seen and _same(said.publication, publication)]


class PlazaChannel:
    """One process's account on the platform."""

    def __init__(self, name: str, plaza: Plaza, footing: Footing) -> None:
        self.name = name
        self.limits = plaza.limits
        self._plaza = plaza
        self._footing = footing

    async def open(self) -> Account:
        """Log in."""
        await self._footing.cross()
        return Account(id=BRAND.id, handle=BRAND.handle, own=frozenset({BRAND.id}))

    async def poll(self, cursor: str | None) -> Page:
        """The next page."""
        await self._footing.cross()
        page = self._plaza.page(cursor)
        await self._footing.cross()
        return page

    async def publish(self, publication: Publication) -> Posted:
        """Meet the next fate."""
        await self._footing.cross()
        plaza = self._plaza
        fate = plaza.fates.popleft() if plaza.fates else Fate.ACCEPTED
        if problem := _REFUSALS.get(fate):
            raise problem
        if fate is Fate.LATE:
            plaza.flying.append(Flying(publication=publication, lands=plaza.clock.now() + plaza.late))
        elif fate is not Fate.VANISHED:
            said = plaza.accept(publication)
            await self._footing.cross()
            if fate is Fate.ACCEPTED:
                return Posted(id=said.id)
        if fate is Fate.NONSENSE:
            raise KeyError("id")
        await self._footing.cross()
        raise UncertainProblem("the answer was lost")

    async def find(self, publication: Publication) -> Posted | None:
        """Look for it as far as the listing has come."""
        await self._footing.cross()
        if self._plaza.blind:
            self._plaza.blind -= 1
            raise UncertainProblem("the listing failed")
        found = self._plaza.found(publication)
        await self._footing.cross()
        if len(found) > 1:
            raise UncertainProblem("it stands there more than once")
        return Posted(id=found[0].id) if found else None

    async def close(self) -> None:
        """Nothing to give back."""


_REFUSALS = {
    Fate.REFUSED: PermanentProblem("the platform does not want it"),
    Fate.BUSY: TemporaryProblem("the platform wants us to wait", after=30.0),
    Fate.NO_LOGIN: LoginProblem("the platform does not know us any more"),
}


def _same(one: Publication, other: Publication) -> bool:
    return one.parent == other.parent and one.text == other.text


def _as_post(said: Said) -> Post:
    """Our own answer, as a listing shows it."""
    publication = said.publication
    private = isinstance(publication, PrivateAnswer)
    return Post(
        channel=publication.channel,
        id=said.id,
        kind=Kind.DIRECT if private else Kind.COMMENT,
        visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        thread=publication.thread,
        author=BRAND,
        text=publication.text,
        at=said.at,
        parent=publication.parent,
    )
