"""What the platform says of our token: whose it is, how long it lives, what it may (F01, F02)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from bridge.channels._graph.call import Graph
from bridge.channels._graph.shapes import TIMES, Who
from bridge.core.events import Page, Trouble
from bridge.ports import LoginProblem, PermanentProblem
from bridge.stanza import Secret

WARN_BEFORE = timedelta(days=7)
"""How long before its end a login is a trouble that the operator hears of."""

EVERY = timedelta(days=1)
"""How often the platform is asked."""

PART = "login"


class Told(msgspec.Struct, frozen=True):
    """What `debug_token` answers."""

    class Token(msgspec.Struct, frozen=True):
        """The token; times are seconds since 1970, 0 and times in no year that we know for never."""

        is_valid: bool = False
        app_id: str | int = ""
        expires_at: int = 0
        data_access_expires_at: int = 0
        scopes: list[str] = []

        @property
        def ends(self) -> datetime | None:
            """When it, or its access to people's data, ends."""
            times = [time for time in (self.expires_at, self.data_access_expires_at) if time > 0 and time in TIMES]
            return datetime.fromtimestamp(min(times), UTC) if times else None

    data: Token


class PageToken(msgspec.Struct, frozen=True):
    """A Page as one who may act for it sees it."""

    id: str | int
    access_token: str = ""


async def act_as_page(graph: Graph, page: str, *, whose: str) -> str:
    """Make sure that calls are made as the Page, whose name comes back; raises LoginProblem where they cannot be (F03).

    The configured token may be the Page's own, or one of a system user or person who may act for it.
    """
    me = await graph.ask("me", {"fields": "id,name"}, Who)
    if me.key == page:
        return me.name
    try:
        told = await graph.ask(page, {"fields": "id,access_token"}, PageToken)
    except PermanentProblem:
        told = PageToken(id="")
    if str(told.id) != page or not told.access_token:
        raise LoginProblem(f"the token belongs to {me.key}, not to {whose}")
    graph.act_with(Secret(told.access_token))
    return (await graph.ask("me", {"fields": "id,name"}, Who)).name


class TokenWatch:
    """Asks once a day, and remembers what is wrong with the token in between."""

    def __init__(self, graph: Graph, *, app_id: str, version: str, needs: Collection[str]) -> None:
        self._graph = graph
        self._app_id = app_id
        self._version = version
        self._needs = frozenset(needs)
        self._asked: datetime | None = None
        self._token: Told.Token | None = None
        self._sick = {PART}
        """Parts that may have a trouble on record: the login from a former run, others since they were told."""

    async def look(self, now: datetime) -> None:
        """Ask, at most once a day; raises LoginProblem where the token is dead or another app's."""
        if self._asked is not None and now - self._asked < EVERY:
            return
        token = (await self._graph.about_token(Told)).data
        if not token.is_valid:
            raise LoginProblem("the platform says that the token is not valid any more")
        if str(token.app_id) != self._app_id:
            raise LoginProblem(f"the token was made for app {token.app_id}, not for {self._app_id}")
        self._asked, self._token = now, token

    def again(self) -> None:
        """Ask at the next look, whatever was answered before."""
        self._asked = None

    def told(self, page: Page, *, now: datetime, read: Collection[str]) -> Page:
        """The page with what is wrong with the login and what is well again, told once, and with what is left of limits."""
        troubles = (*page.troubles, *self.troubles(now))
        parts = {trouble.part for trouble in troubles}
        well = tuple(sorted(self._sick.intersection({PART, *read}) - parts))
        self._sick = (self._sick | parts) - set(well)
        pace = self._graph.pace
        return replace(
            page,
            wait=pace.wait,
            troubles=troubles,
            recovered=well,
            allowance=f"{pace.left:.0%} of Meta's limits",
            left={"platform": pace.left},
        )

    def troubles(self, now: datetime) -> tuple[Trouble, ...]:
        """What a person must see to before it hurts: the token's end, a missing permission, a version that ended (F05)."""
        token = self._token
        if token is None:
            return ()
        missing = sorted(self._needs.difference(token.scopes))
        if token.ends is not None and token.ends - now < WARN_BEFORE:
            reason = f"the login ends on {token.ends:%Y-%m-%d}: renew the token before that"
        elif missing:
            reason = f"the token lacks permissions: {', '.join(missing)}"
        elif self._graph.served not in {"", self._version}:
            reason = (
                f"the platform answers with version {self._graph.served} instead of {self._version}: "
                "set `version` to a newer one"
            )
        else:
            return ()
        return (Trouble(part=PART, reason=reason, lasting=True),)
