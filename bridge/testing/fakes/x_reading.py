"""What a small X shows: listings from the newest to the past, look-ups, direct messages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from aiohttp import web

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.x_asked import NEWER, OLDER, Spelling, check, refused
from bridge.testing.fakes.x_search import compiled
from bridge.testing.fakes.x_shapes import NEWER as NEWER_NAMES
from bridge.testing.fakes.x_shapes import OLDER as OLDER_NAMES
from bridge.testing.fakes.x_shapes import Json, Names, included, message, missing, post, user
from bridge.testing.fakes.x_world import Told, Whispered, World

_TIMELINE = frozenset(["since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token", "exclude"])
_SEARCH = frozenset(
    [
        "query",
        "since_id",
        "until_id",
        "start_time",
        "end_time",
        "max_results",
        "next_token",
        "pagination_token",
        "sort_order",
    ]
)
_MESSAGES = frozenset(["max_results", "pagination_token", "event_types"])
_WINDOW = timedelta(days=7)
_EPOCH = 1_288_834_974_657
_BATCH = 100


class Reading:
    """The account's view."""

    def __init__(self, world: World, faults: Faults, *, account: int, now: Callable[[], datetime]) -> None:
        self._world = world
        self._faults = faults
        self._account = account
        self._now = now
        self.newer_names = False
        self.understands_both = False
        self.stranger = 0
        self.search_lag = timedelta(seconds=30)
        """X's searches end so long before now."""

    @property
    def _names(self) -> Names:
        return NEWER_NAMES if self.newer_names else OLDER_NAMES

    @property
    def _spelling(self) -> Spelling:
        return NEWER if self.newer_names else OLDER

    async def me(self, request: web.Request) -> web.Response:
        """Who the login belongs to."""
        check(request.query, self._spelling, allowed=(), most=None)
        number = self.stranger if self._faults.take(Mode.WRONG_ACCOUNT) else self._account
        return web.json_response({"data": user(self._world.people[number])})

    async def mentions(self, request: web.Request) -> web.Response:
        """Posts that name the account, 800 back."""
        check(request.query, self._spelling, allowed=_TIMELINE, most=range(5, 101))
        self._own_only(request)
        shown = [told for told in self._world.standing() if told.author != self._account and self._names_us(told)]
        return self._listed(self._windowed(shown)[-800:], request.query, after="pagination_token", broken=True)

    async def own(self, request: web.Request) -> web.Response:
        """Posts of the account, 3,200 back."""
        check(request.query, self._spelling, allowed=_TIMELINE, most=range(5, 101))
        self._own_only(request)
        shown = [told for told in self._world.standing() if told.author == self._account]
        return self._listed(shown[-3200:], request.query, after="pagination_token", broken=False)

    async def search(self, request: web.Request) -> web.Response:
        """The last seven days."""
        query = request.query
        check(query, self._spelling, allowed=_SEARCH, most=range(10, 101))
        oldest = self._now() - _WINDOW
        self._within(query, oldest)
        try:
            fits = compiled(query.get("query", ""), self._world)
        except ValueError as problem:
            raise refused(str(problem)) from None
        newest = self._now() - self.search_lag
        shown = [told for told in self._world.standing() if oldest <= told.at <= newest and fits(told)]
        return self._listed(shown, query, after="next_token", broken=False)

    def _within(self, query: Mapping[str, str], oldest: datetime) -> None:
        """X refuses what begins before its window."""
        begins = _snowflake(oldest)
        if int(query.get("since_id", begins)) < begins:
            raise refused("'since_id' must be a tweet id created after the beginning of the window")
        if "start_time" in query and datetime.fromisoformat(query["start_time"]) < oldest:
            raise refused("'start_time' must be on or after the beginning of the window")

    async def lookup(self, request: web.Request) -> web.Response:
        """Posts by their ids; the missing ones are errors beside the data."""
        check(request.query, self._spelling, allowed={"ids"}, most=None)
        ids = request.query.get("ids", "").split(",")
        if not 0 < len(ids) <= _BATCH or not all(number.isdigit() for number in ids):
            raise refused("The `ids` query parameter value is not valid")
        found = [told for number in ids if (told := self._world.shown(int(number))) is not None]
        there = {str(told.id) for told in found}
        faults = [missing(number, hidden=self._hidden(number)) for number in ids if number not in there]
        body: Json = {"data": [self._post(told) for told in found]} if found else {}
        body["includes"] = self._included(found)
        return web.json_response({**body, **({"errors": faults} if faults else {})})

    async def messages(self, request: web.Request) -> web.Response:
        """All direct messages of the account, thirty days back."""
        check(request.query, self._spelling, allowed=_MESSAGES, most=range(1, 101))
        return self._letters(self._world.messages, request)

    async def messages_with(self, request: web.Request) -> web.Response:
        """Direct messages with one person."""
        check(request.query, self._spelling, allowed=_MESSAGES, most=range(1, 101))
        person = int(request.match_info["person"])
        return self._letters([m for m in self._world.messages if person in {m.sender, m.to}], request)

    def _letters(self, letters: Sequence[Whispered], request: web.Request) -> web.Response:
        mine = [m for m in letters if self._account in {m.sender, m.to} and m.at > self._now() - timedelta(days=30)]
        if lag := self._faults.take(Mode.LISTING_LAG):
            mine = [m for m in mine if m.at <= self._now() - timedelta(seconds=lag.amount)]
        before = _before(request.query.get("pagination_token"))
        size = int(request.query.get("max_results", "100"))
        older = [m for m in reversed(mine) if before is None or m.id < before]
        page = older[:size]
        body: Json = {"data": [message(m) for m in page]} if page else {}
        if page and "expansions" in request.query:
            people = sorted({m.sender for m in page})
            body["includes"] = {"users": [user(self._world.people[number]) for number in people]}
        token = {"next_token": _token(page[-1].id)} if len(older) > size else {}
        return web.json_response({**body, "meta": {"result_count": len(page), **token}})

    def _listed(self, shown: Sequence[Told], query: Mapping[str, str], *, after: str, broken: bool) -> web.Response:
        """A page, the newest post first."""
        since, until = int(query.get("since_id", 0)), int(query.get("until_id", 1 << 63))
        if self._faults.take(Mode.IDS_BACK):
            shown, since = shown[: len(shown) // 2], 0
        if lag := self._faults.take(Mode.LISTING_LAG):
            shown = [told for told in shown if told.at <= self._now() - timedelta(seconds=lag.amount)]
        start = datetime.fromisoformat(query["start_time"]) if "start_time" in query else None
        before = _before(query.get(after)) or until
        older = [t for t in reversed(shown) if since < t.id < before and (start is None or t.at >= start)]
        size = int(query.get("max_results", "10" if after == "next_token" else "100"))
        page = older[:size]
        body: Json = {"data": self._rendered(page, broken=broken)} if page else {}
        if page and "expansions" in query:
            body["includes"] = self._included(page)
        ends: Json = {"newest_id": str(page[0].id), "oldest_id": str(page[-1].id)} if page else {}
        more = {"next_token": _token(page[-1].id)} if len(older) > size else {}
        return web.json_response({**body, "meta": {"result_count": len(page), **ends, **more}})

    def _windowed(self, shown: Sequence[Told]) -> Sequence[Told]:
        window = self._faults.take(Mode.SHORT_WINDOW)
        return shown[-int(window.amount) :] if window else shown

    def _rendered(self, page: Sequence[Told], *, broken: bool) -> list[Json]:
        rendered = [self._post(told) for told in page]
        if rendered and broken and self._faults.take(Mode.BROKEN_ITEM):
            rendered[0] = {"id": rendered[0]["id"], "text": ["not", "a", "text"], "author_id": None}
        return rendered

    def _post(self, told: Told) -> Json:
        return post(told, self._world, self._names)

    def _included(self, shown: Sequence[Told]) -> Json:
        return included(shown, self._world, self._names, alts=self._world.alts)

    def _names_us(self, told: Told) -> bool:
        return any(person.id == self._account for person in self._world.mentioned(told))

    def _hidden(self, number: str) -> bool:
        told = self._world.posts.get(int(number))
        return told is not None and not told.gone

    def _own_only(self, request: web.Request) -> None:
        if request.match_info["account"] != str(self._account):
            raise refused("the account is another")


def _token(number: int) -> str:
    """X's tokens are long and say nothing."""
    return f"7140dibdnow9c7btw{number:020}"


def _before(token: str | None) -> int | None:
    if token is None:
        return None
    if not token.startswith("7140dibdnow9c7btw"):
        raise refused("The `pagination_token` query parameter value is not valid")
    return int(token.removeprefix("7140dibdnow9c7btw"))


def _snowflake(at: datetime) -> int:
    return (int(at.timestamp() * 1000) - _EPOCH) << 22
