"""The sandbox: the demo's forum as a channel, and the reference for how a channel is written."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Self

import aiohttp
import msgspec
from pydantic import Field, model_validator
from yarl import URL

from bridge.channels._api import Api, decoded
from bridge.channels._cursor import packed, unpacked
from bridge.channels._entries import read_entries
from bridge.channels._http import Answer
from bridge.channels._overlap import Place, Shown, sift, with_odd
from bridge.channels._problems import Problem, still_uncertain, the_one
from bridge.channels._sandbox_posts import Item, Listed, Thread, View
from bridge.channels._stanza import SPARE, Endpoint, client, guard_login
from bridge.channels._text import same_words
from bridge.channels._to_each import by_handle
from bridge.core.events import Gap, Page, Sighting
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Attachment, Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Duration, Secret, Stanza

MAX_LENGTH = 2000
"""Characters that the forum takes."""

_PAGE = 100
_BACKFILL_PAGES = 10
_SEARCH_PAGES = 40
_BEYOND = 2**53
"""Above every id."""

_TOPIC = re.compile(r"t\d{1,15}")
_MEMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"\d{1,15}")


class Settings(Stanza):
    """The keys of a sandbox channel."""

    endpoint: Endpoint = Field(description="The forum's address.")
    account: str = Field(description="Id of the account that answers; another one behind the token is refused.")
    token: Secret = Field(description="The account's token.")
    allow_private: bool = Field(default=False, description="Let the forum be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    in_flight: Duration = Field(
        default=timedelta(seconds=90),
        ge=timedelta(seconds=1),
        description="How long the forum may still accept an answer whose request broke off; then it is looked for.",
    )
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self


class _Me(msgspec.Struct, frozen=True):
    id: str
    name: str


class _Upload(msgspec.Struct, frozen=True):
    url: str


class _Said(msgspec.Struct, frozen=True):
    id: int
    url: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    error: str


class _Answer(msgspec.Struct, frozen=True):
    text: str
    parent: int
    media: list[str]


class Sandbox:
    """One account of the forum."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self.limits = Limits(
            max_length=MAX_LENGTH,
            max_private_length=MAX_LENGTH,
            count=len,
            to_each=by_handle,
            max_media=4,
            read_back=ReadBack.BY_PARENT,
            request_timeout=2 * settings.timeout + SPARE,
            in_flight=settings.in_flight,
        )
        self._settings = settings
        self._clock = fittings.clock
        self._view = View(channel=name, account=settings.account, endpoint=settings.endpoint)
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        self._api = Api(
            http=self._http,
            endpoint=URL(settings.endpoint),
            headers={"Authorization": f"Bearer {settings.token.reveal()}"},
            now=fittings.clock.now,
            judge=_judge,
        )

    async def open(self) -> Account:
        """Ask who the token belongs to."""
        me = await self._api.ask("/api/me", {}, _Me)
        if me.id != self._settings.account:
            raise LoginProblem(f"the token belongs to account {me.id!r}, not to {self._settings.account!r}")
        self._view = self._view.named(me.name)
        return Account(id=me.id, handle=me.name, own=frozenset({me.id}))

    async def poll(self, cursor: str | None) -> Page:
        """The next hundred posts, with the newest known ones read again."""
        return await (self._first() if cursor is None else self._next(unpacked(cursor, Place)))

    async def _first(self) -> Page:
        """Learn what is there; emit only what the backfill asks for (C18)."""
        raws = await self._newest_pages(_BACKFILL_PAGES if self._settings.backfill else 1)
        since = self._clock.now() - self._settings.backfill
        page = self._page(Place(), raws, emits=lambda item: bool(self._settings.backfill) and item.at >= since)
        return replace(page, first=not self._settings.backfill)

    async def _newest_pages(self, count: int) -> list[msgspec.Raw]:
        """So many pages back from the newest post, oldest first."""
        raws: list[msgspec.Raw] = []
        before = _BEYOND
        for _ in range(count):
            listed = await self._api.ask("/api/posts", {"before": str(before), "limit": str(_PAGE)}, Listed)
            raws = [*listed.posts, *raws]
            before = min((entry.value.id for entry in read_entries(listed.posts, Item)[0]), default=0)
            if before <= listed.oldest or len(listed.posts) < _PAGE:
                break
        return raws

    async def _next(self, place: Place) -> Page:
        """What came since, and what became of the newest known ones."""
        query = {"after": str(place.floor), "limit": str(_PAGE)}
        listed = await self._api.ask("/api/posts", query, Listed)
        if listed.newest < place.newest:
            raise TemporaryProblem("the forum's ids went back behind what was read: was it restored from a backup?")
        page = self._page(place, listed.posts, emits=lambda _: True)
        return replace(page, more=len(listed.posts) >= _PAGE, gap=_gap(place, listed))

    def _page(self, place: Place, raws: Sequence[msgspec.Raw], *, emits: Callable[[Item], bool]) -> Page:
        """The new ones among the listed posts, and the cursor behind them."""
        entries, broken = read_entries(raws, Item)
        numbered = [Shown(id=b.number, version=b.version) for b in broken if b.number is not None]
        sifted = sift(place, [*(entry.value.shown for entry in entries), *numbered])
        odd = [b.digest for b in broken if b.number is None]
        return Page(
            sightings=tuple(
                Sighting(post=self._view.post(entry.value), raw=entry.raw)
                for entry in entries
                if entry.value.id in sifted.fresh and emits(entry.value)
            ),
            cursor=packed(with_odd(sifted.place, odd)),
            deleted=tuple(str(number) for number in sifted.gone),
            quarantined=tuple(
                b.quarantined()
                for b in broken
                if (b.digest not in place.odd if b.number is None else b.number in sifted.fresh)
            ),
        )

    async def publish(self, publication: Publication) -> Posted:
        """Say it once; files go first, since nobody sees them before the post does."""
        path, parent = self._place(publication), self._parent(publication)
        if not 0 < self.limits.count(publication.text) <= MAX_LENGTH:
            raise PermanentProblem(f"the answer is empty or longer than {MAX_LENGTH} characters")
        media = [await self._upload(attachment) for attachment in publication.media]
        said = await self._api.say(path, _Answer(text=publication.text, parent=parent, media=media), _Said)
        return Posted(id=str(said.id), url=self._settings.endpoint + said.url if said.url else "")

    async def _upload(self, attachment: Attachment) -> str:
        form = aiohttp.FormData()
        form.add_field("file", attachment.content, content_type=attachment.type, filename="item")
        return (await self._api.bring("/api/uploads", form, _Upload)).url

    async def find(self, publication: Publication) -> Posted | None:
        """Look through the thread for our words under the same post; every failure leaves it uncertain."""
        return await still_uncertain(self._find(publication))

    async def _find(self, publication: Publication) -> Posted | None:
        """The one answer of ours with these words, None where there is none."""
        parent, words = self._parent(publication), same_words(publication.text)
        ours = [item for item in await self._thread(self._place(publication)) if self._is_ours(item, parent)]
        if any(item.deleted for item in ours):
            raise UncertainProblem("an answer of ours to this post was deleted: it cannot be told which one")
        found = the_one([item for item in ours if same_words(item.text) == words], "answers")
        return self._posted(found) if found else None

    async def _thread(self, path: str) -> list[Item]:
        """The whole thread; raises UncertainProblem where it cannot be read to its end."""
        items: list[Item] = []
        for _ in range(_SEARCH_PAGES):
            after = max((item.id for item in items), default=0)
            listed = await self._api.ask(path, {"after": str(after), "limit": str(_PAGE)}, Thread)
            entries, broken = read_entries(listed.posts, Item)
            if broken or (listed.more and not entries):
                raise UncertainProblem("a post of the thread cannot be read: it may be the one that is looked for")
            items += [entry.value for entry in entries]
            if not listed.more:
                return items
        raise UncertainProblem("the thread is too long to be looked through")

    def _is_ours(self, item: Item, parent: int) -> bool:
        return item.author.id == self._settings.account and item.parent == parent

    def _posted(self, item: Item) -> Posted:
        return Posted(id=str(item.id), url=self._settings.endpoint + item.url if item.url else "")

    def _place(self, publication: Publication) -> str:
        """Where it goes: a public answer can reach a topic only, a private one its reader only (law 9)."""
        match publication:
            case PublicAnswer(thread=thread):
                if not _TOPIC.fullmatch(thread):
                    raise PermanentProblem("a private conversation cannot be answered in public")
                return f"/api/topics/{thread[1:]}/posts"
            case PrivateAnswer(author=author):
                if not _MEMBER.fullmatch(author.id):
                    raise PermanentProblem("the customer's id cannot be written to")
                return f"/api/messages/{author.id}/posts"

    def _parent(self, publication: Publication) -> int:
        if not _NUMBER.fullmatch(publication.parent):
            raise PermanentProblem("the post to be answered has no id that the forum knows")
        return int(publication.parent)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()


def _gap(place: Place, listed: Listed) -> Gap | None:
    """What the forum no longer lists between the last post that was read and the oldest that it shows (C16)."""
    if place.newest and listed.oldest > place.newest + 1:
        return Gap(since=str(place.newest), until=str(listed.oldest))
    return None


def _judge(answer: Answer) -> Problem | None:
    """The forum's own words for a copy: probably an earlier attempt of ours."""
    refusal = decoded(answer.body, _Refusal)
    if refusal is not None and refusal.error == "duplicate":
        return UncertainProblem("the forum says that these words are already there")
    return None


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Sandbox(name, settings, fittings)
