"""Stack Exchange: questions with chosen tags or words, and what the community answers; a person answers there by hand."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Self

import msgspec
from pydantic import Field, StringConstraints, model_validator
from yarl import URL

from bridge.channels._api import Api, decoded
from bridge.channels._cursor import packed, unpacked
from bridge.channels._entries import read_entries
from bridge.channels._gaps import joined
from bridge.channels._html import text_of
from bridge.channels._http import Answer
from bridge.channels._lookouts import Lookouts, Reading
from bridge.channels._newest_first import Flow, Listing, Place, Portion, Shown, first, following, since_then
from bridge.channels._problems import LONGEST_WAIT, Problem
from bridge.channels._stackexchange_shapes import Answered, Owner, Question, Refusal, Wrapper
from bridge.channels._stanza import Endpoint, client
from bridge.channels._text import clean, line
from bridge.core.events import Page, Sighting
from bridge.core.model import Account, Author, Kind, Post, Visibility
from bridge.core.policy import Limits
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Duration, Secret, Stanza

__all__ = ["Settings", "StackExchange", "build"]

_PAGE = 100
_OVERLAP = 3600
_KEPT = 500
_THROTTLED = 502
_DEAD = frozenset({401, 402, 403, 405, 406})
"""access_token_required, invalid_access_token, access_denied, key_required, access_token_compromised."""

_PASSING = frozenset({500, 503})
"""internal_error, temporarily_unavailable."""

_SECONDS = re.compile(r"in (\d{1,6}) seconds")
_READS_ONLY = "Stack Exchange is only read here: answer by hand, in your own name"


class Settings(Stanza):
    """The keys of a Stack Exchange channel."""

    site: str = Field(
        pattern=r"^[a-z0-9.-]{1,60}$", description="The site as the API names it: stackoverflow, superuser, …"
    )
    tags: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9#.+-]{1,35}$")], ...] = Field(
        default=(), max_length=10, description="Tags whose questions are read, each on its own."
    )
    search: tuple[Annotated[str, StringConstraints(min_length=2, max_length=200)], ...] = Field(
        default=(), max_length=10, description="Words to look for in questions."
    )
    key: Secret | None = Field(
        default=None, description="A key of stackapps.com: 10,000 requests a day instead of 300."
    )
    endpoint: Endpoint = Field(default="https://api.stackexchange.com", description="The server of the API.")
    allow_private: bool = Field(default=False, description="Let the endpoint be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if not (self.tags or self.search):
            raise ValueError("name tags or words to look for: set tags or search")
        return self


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    others: dict[str, Place] = {}
    promised: dict[str, int] = {}


@dataclass(slots=True)
class _Allowance:
    """What the API said of its limits since the poll began."""

    wait: int = 0
    left: int | None = None
    most: int | None = None

    def note(self, wrapper: Wrapper) -> None:
        self.wait = max(self.wait, wrapper.backoff)
        self.left = wrapper.quota_remaining if wrapper.quota_remaining is not None else self.left
        self.most = wrapper.quota_max if wrapper.quota_max is not None else self.most

    @property
    def words(self) -> str:
        if self.left is None or not self.most:
            return ""
        return f"{self.left:,} of {self.most:,} requests until midnight UTC"

    @property
    def share(self) -> Mapping[str, float]:
        return {"requests": max(self.left, 0) / self.most} if self.left is not None and self.most else {}


_READING: Reading[Listing[Question], Place, Flow[Question]] = Reading(
    first=first, following=following, since_then=since_then
)


class StackExchange:
    """Questions of one site."""

    limits = Limits(max_length=0, count=len)

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self._settings = settings
        self._clock = fittings.clock
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        endpoint = URL(settings.endpoint)
        self._api = Api(http=self._http, endpoint=endpoint, headers={}, now=fittings.clock.now, judge=_judge)
        listings = [
            *(self._listing(f"[{tag}]", "/questions", tagged=tag) for tag in settings.tags),
            *(self._listing(text, "/search/advanced", q=text) for text in settings.search),
        ]
        self._lookouts = Lookouts(listings=listings, backfill=settings.backfill, reading=_READING)
        self._troubled: frozenset[str] = frozenset()
        self._allowance = _Allowance()

    def _listing(self, name: str, path: str, **query: str) -> Listing[Question]:
        fetch = partial(self._fetch, path, query)
        return Listing(
            name=name, shape=Question, fetch=fetch, look=self._look, most=_PAGE, overlap=_OVERLAP, kept=_KEPT
        )

    async def open(self) -> Account:
        """Nobody in particular: reading needs no account."""
        return Account(id="")

    async def poll(self, cursor: str | None) -> Page:
        """New questions, edits and deletions, and what the community answers; the oldest first."""
        self._allowance = _Allowance()
        now = self._clock.now()
        before = None if cursor is None else unpacked(cursor, Places)
        looked = await self._lookouts.read(before, now)
        if looked.problem is not None:
            raise looked.problem
        failing = frozenset(trouble.part for trouble in looked.troubles)
        recovered, self._troubled = tuple(sorted(self._troubled - failing)), failing
        flows = list(looked.flows.values())
        shown = {each.entry.key: each for flow in flows for each in flow.fresh}
        questions = sorted(shown.values(), key=lambda each: each.entry.second)
        answers = await self._answers([each.entry for each in questions if each.entry.answer_count])
        sightings = [*(self._question(each) for each in questions), *answers]
        return Page(
            sightings=tuple(sorted(sightings, key=lambda sighting: sighting.post.at)),
            cursor=packed(Places(others=dict(looked.places), promised=dict(looked.promised))),
            deleted=tuple(dict.fromkeys(key for flow in flows for key in flow.gone)),
            gap=joined([flow.gap for flow in flows if flow.gap is not None]),
            quarantined=tuple(each for flow in flows for each in flow.quarantined),
            troubles=tuple(looked.troubles),
            recovered=recovered,
            wait=float(self._allowance.wait) if self._allowance.wait else None,
            allowance=self._allowance.words,
            left=self._allowance.share,
            first=cursor is None and not self._settings.backfill,
        )

    async def _fetch(self, path: str, query: Mapping[str, str], cursor: str) -> Portion:
        """A page of questions, newest first."""
        page = int(cursor or "1")
        wrapper = await self._asked(path, {**query, "sort": "creation", "order": "desc", "page": str(page)})
        return Portion(raws=wrapper.items, cursor=str(page + 1) if wrapper.has_more else "")

    async def _asked(self, path: str, query: Mapping[str, str]) -> Wrapper:
        key = {"key": self._settings.key.reveal()} if self._settings.key else {}
        common = {"site": self._settings.site, "filter": "withbody", "pagesize": str(_PAGE), **key}
        wrapper = await self._api.ask(f"/2.3{path}", {**common, **query}, Wrapper)
        self._allowance.note(wrapper)
        return wrapper

    async def _look(self, keys: Sequence[str]) -> Mapping[str, Shown[Question]] | None:
        """Questions as they stand now; None where that cannot be told, which keeps nothing else from coming."""
        try:
            wrapper = await self._asked(f"/questions/{';'.join(keys)}", {})
        except LoginProblem:
            raise
        except (TemporaryProblem, PermanentProblem):
            return None
        good, broken = read_entries(wrapper.items, Question)
        return None if broken else {each.value.key: Shown(entry=each.value, raw=each.raw) for each in good}

    async def _answers(self, questions: Sequence[Question]) -> list[Sighting]:
        """What the community says to these; what cannot be had now comes with the next change."""
        found: list[Sighting] = []
        for start in range(0, len(questions), _PAGE):
            keys = ";".join(question.key for question in questions[start : start + _PAGE])
            try:
                wrapper = await self._asked(f"/questions/{keys}/answers", {"sort": "creation", "order": "desc"})
            except LoginProblem:
                raise
            except (TemporaryProblem, PermanentProblem):
                return found
            entries, _ = read_entries(wrapper.items, Answered)
            found += [Sighting(post=self._answer(each.value), raw=each.raw) for each in entries]
        return found

    def _question(self, shown: Shown[Question]) -> Sighting:
        entry = shown.entry
        post = Post(
            channel=self.name,
            id=entry.key,
            kind=Kind.TOPIC,
            visibility=Visibility.PUBLIC,
            thread=entry.key,
            author=_author(entry.owner, entry.key),
            title=line(html.unescape(entry.title)),
            text=clean(text_of(entry.body)),
            at=entry.at,
            url=_link(entry.link),
            answer_url=_link(entry.link) or f"https://{self._settings.site}.com/questions/{entry.key}",
        )
        return Sighting(post=post, raw=shown.raw)

    def _answer(self, answer: Answered) -> Post:
        return Post(
            channel=self.name,
            id=str(answer.answer_id),
            kind=Kind.COMMENT,
            visibility=Visibility.PUBLIC,
            thread=str(answer.question_id),
            parent=str(answer.question_id),
            author=_author(answer.owner, str(answer.answer_id)),
            text=clean(text_of(answer.body)),
            at=answer.at,
            url=_link(answer.link),
            answer_url=_link(answer.link) or f"https://{self._settings.site}.com/a/{answer.answer_id}",
        )

    async def publish(self, publication: Publication) -> Posted:  # noqa: ARG002 - the port's name
        """Never: the sites want people, not brands' machines."""
        raise PermanentProblem(_READS_ONLY)

    async def find(self, publication: Publication) -> Posted | None:  # noqa: ARG002 - the port's name
        """Nothing is ever said here, so nothing can be looked for."""
        raise UncertainProblem(_READS_ONLY)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._http.close()


def _author(owner: Owner, post: str) -> Author:
    """Somebody whose account is gone is known by nothing but the post."""
    return Author(
        id=str(owner.user_id) if owner.user_id is not None else f"gone-{post}",
        name=line(html.unescape(owner.display_name)),
        url=_link(owner.link),
        reach=owner.reputation if (owner.reputation or 0) > 0 else None,
    )


def _link(given: str) -> str:
    address = line(given, 2000)
    return address if address.startswith("https://") and " " not in address else ""


def _judge(answer: Answer) -> Problem | None:
    """Refusals come with a number of their own, mostly under status 400."""
    refusal = None if answer.good else decoded(answer.body, Refusal)
    if refusal is None:
        return None
    if refusal.error_id == _THROTTLED:
        return TemporaryProblem("Stack Exchange wants us to wait", _wait(refusal.error_message))
    if refusal.error_id in _PASSING:
        return TemporaryProblem("Stack Exchange cannot answer at the moment")
    if refusal.error_id in _DEAD:
        return LoginProblem("Stack Exchange does not accept the key: make a new one at stackapps.com")
    return None


def _wait(message: str) -> float | None:
    found = _SECONDS.search(message)
    return min(float(found[1]), LONGEST_WAIT) if found else None


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return StackExchange(name, settings, fittings)
