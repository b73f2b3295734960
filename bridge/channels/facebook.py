"""Facebook: visitors' posts, comments, tags, recommendations and Messenger in; answers, private replies and messages out."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import msgspec

from bridge.channels._cursor import packed, unpacked
from bridge.channels._facebook.named import look
from bridge.channels._facebook.posts import INBOX, View
from bridge.channels._facebook.reading import Places, Reader
from bridge.channels._facebook.said import MAX_COMMENT, MAX_MESSAGE, PrivateSpeaker, PublicSpeaker
from bridge.channels._facebook.settings import Settings
from bridge.channels._graph.bell import Bell, Stand, below, remembered
from bridge.channels._graph.call import Graph
from bridge.channels._graph.deeds import HIDDEN_ON_FACEBOOK, Hand
from bridge.channels._graph.known import Known
from bridge.channels._graph.messages import Messages
from bridge.channels._graph.named import Named
from bridge.channels._graph.token import TokenWatch, act_as_page
from bridge.channels._graph.voices import Voices
from bridge.channels._stanza import SPARE
from bridge.channels._to_each import by_name
from bridge.core.deeds import Deed
from bridge.core.events import Page, Quarantined
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings

__all__ = ["Facebook", "Settings", "build"]

_NEEDS = ("pages_read_engagement", "pages_read_user_content", "pages_manage_engagement")
_NEEDS_PRIVATE = ("pages_messaging",)


class Facebook:
    """One Page."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self.limits = _limits(settings)
        self._settings = settings
        self._clock = fittings.clock
        self._graph = Graph(settings, fittings)
        needs = _NEEDS + (_NEEDS_PRIVATE if settings.private else ())
        self._token = TokenWatch(self._graph, app_id=settings.app_id, version=settings.version, needs=needs)
        self._view = View(channel=name, account=settings.account, now=fittings.clock.now())
        messages = self._messages()
        self._reader = Reader(
            graph=self._graph,
            account=settings.account,
            messages=messages if settings.private else None,
            tagged=settings.tagged,
            ratings=settings.ratings,
            watch=settings.watch,
            lookups=settings.lookups,
            unlisted=set(),
        )
        self._bell = Bell(
            Stand(
                sort="page",
                account=settings.account,
                app_secret=settings.app_secret,
                webhook=settings.webhook,
                net=settings.net,
                unread=self._graph.unread,
                now=fittings.clock.now,
            )
        )
        self._hand = Hand(graph=self._graph, account=settings.account, hidden=HIDDEN_ON_FACEBOOK)
        self._voices = Voices(
            public=PublicSpeaker(graph=self._graph, account=settings.account),
            private=PrivateSpeaker(graph=self._graph, messages=messages),
        )

    def _messages(self) -> Messages:
        settings = self._settings
        return Messages(
            graph=self._graph,
            page=settings.account,
            account=settings.account,
            platform="messenger",
            channel=self.name,
            human_agent=settings.human_agent,
            by_hand=INBOX,
        )

    async def open(self) -> Account:
        """Check whose token it is, and what it may."""
        page = self._settings.account
        name = await act_as_page(self._graph, page, whose=f"Page {page}")
        self._token.again()
        await self._token.look(self._clock.now())
        return Account(id=page, handle=name, own=frozenset({page}))

    async def poll(self, cursor: str | None) -> Page:
        """New posts, comments and messages, edits and deletions; the oldest first."""
        now, bell = self._clock.now(), self._bell
        await bell.start()
        before = None if cursor is None else unpacked(cursor, Places)
        hints = bell.waiting(before.heard) if before else ()
        if cursor is not None and bell.is_quiet(cursor, now):
            return self._token.told(Page(sightings=(), cursor=cursor), now=now, read=bell.well)
        self._graph.pace.admit(now)
        await self._token.look(now)
        bell.answer()
        places, view = before or await self._beginning(), self._view.at(now)
        harvest, after = await self._reader.news(places, view, below=below(hints))
        named = Named(look=partial(look, self._graph, view), exists=self._graph.is_there)
        read = await named.read(hints, harvest)
        after = msgspec.structs.replace(after, heard=remembered(places.heard, read, now))
        harvest.troubles += bell.troubles()
        page = harvest.page(packed(after))
        await bell.rest(page.cursor, now, more=page.more or len(read) < len(hints))
        if cursor is None and not self._settings.backfill:
            page = replace(page, sightings=(), quarantined=(), deleted=(), gap=None, first=True)
        return self._token.told(page, now=now, read=[*harvest.read, *bell.well])

    async def _beginning(self) -> Places:
        """Where the first contact begins: now, or as far back as the backfill asks for (C18)."""
        now = self._clock.now()
        backfill = self._settings.backfill
        began = int((now - backfill).timestamp()) if backfill else await self._reader.began(now)
        start = Known(floor=began)
        return Places(began=began, feed=start, tagged=start, ratings=start)

    def unreadable(self) -> Sequence[Quarantined]:
        """Whole answers of the platform that could not be read since the last time."""
        return self._graph.unread.handed_over()

    async def publish(self, publication: Publication) -> Posted:
        """Say it once; what is private has no way into public."""
        now = self._clock.now()
        self._graph.pace.admit(now)
        return await self._voices.say(publication, now)

    async def find(self, publication: Publication) -> Posted | None:
        """Look where it would be; every failure leaves it uncertain."""
        return await self._voices.find(publication, self._clock.now())

    async def act(self, deed: Deed, target: str) -> None:
        """Hide or like a visitor's post or comment, or take a comment of ours away."""
        self._graph.pace.admit(self._clock.now())
        await self._hand.act(deed, target)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._bell.stop()
        await self._graph.close()


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_length=MAX_COMMENT,
        max_private_length=MAX_MESSAGE,
        count=len,
        to_each=by_name,
        max_media=1,
        deeds=frozenset(Deed),
        read_back=ReadBack.BY_PARENT,
        request_timeout=3 * settings.timeout + SPARE,
    )


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Facebook(name, settings, fittings)
