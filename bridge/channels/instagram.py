"""Instagram: comments, tags and messages in; answers, private replies and messages out."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import msgspec

from bridge.channels._cursor import packed, unpacked
from bridge.channels._graph.bell import Bell, Stand, below, remembered
from bridge.channels._graph.call import Graph
from bridge.channels._graph.deeds import HIDDEN_ON_INSTAGRAM, Hand
from bridge.channels._graph.known import Known
from bridge.channels._graph.messages import Messages
from bridge.channels._graph.named import Named
from bridge.channels._graph.token import TokenWatch, act_as_page
from bridge.channels._graph.voices import Voices
from bridge.channels._instagram.named import look
from bridge.channels._instagram.posts import INBOX, View
from bridge.channels._instagram.reading import Places, Reader
from bridge.channels._instagram.said import MAX_MESSAGE, MAX_REMARK, PrivateSpeaker, PublicSpeaker
from bridge.channels._instagram.settings import Settings
from bridge.channels._instagram.shapes import Me
from bridge.channels._stanza import SPARE
from bridge.channels._to_each import by_handle
from bridge.core.deeds import Deed
from bridge.core.events import Page, Quarantined
from bridge.core.model import Account
from bridge.core.policy import Limits, ReadBack
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem

__all__ = ["Instagram", "Settings", "build"]

_NEEDS = ("instagram_basic", "instagram_manage_comments", "pages_read_engagement")
_NEEDS_PRIVATE = ("instagram_manage_messages", "pages_messaging")
_SKEW = 60
"""Seconds that the beginning lies before our own clock, which may be ahead of the platform's."""


class Instagram:
    """One professional account."""

    def __init__(self, name: str, settings: Settings, fittings: Fittings) -> None:
        self.name = name
        self.limits = _limits(settings)
        self._settings = settings
        self._clock = fittings.clock
        self._graph = Graph(settings, fittings)
        needs = _NEEDS + (_NEEDS_PRIVATE if settings.private else ())
        self._token = TokenWatch(self._graph, app_id=settings.app_id, version=settings.version, needs=needs)
        self._view = View(channel=name, account=settings.account, handle="", now=fittings.clock.now())
        messages = self._messages()
        self._reader = Reader(
            graph=self._graph,
            account=settings.account,
            messages=messages if settings.private else None,
            tagged=settings.tagged,
            media=settings.media,
            lookups=settings.lookups,
            unlisted=set(),
        )
        self._bell = Bell(
            Stand(
                sort="instagram",
                account=settings.account,
                app_secret=settings.app_secret,
                webhook=settings.webhook,
                net=settings.net,
                unread=self._graph.unread,
                now=fittings.clock.now,
            )
        )
        self._hand = Hand(graph=self._graph, account=settings.account, hidden=HIDDEN_ON_INSTAGRAM)
        self._voices = Voices(
            public=PublicSpeaker(graph=self._graph, account=settings.account),
            private=PrivateSpeaker(graph=self._graph, messages=messages),
        )

    def _messages(self) -> Messages:
        settings = self._settings
        return Messages(
            graph=self._graph,
            page=settings.page,
            account=settings.account,
            platform="instagram",
            channel=self.name,
            human_agent=settings.human_agent,
            by_hand=INBOX,
        )

    async def open(self) -> Account:
        """Check whose token it is, which account is linked, and what the token may."""
        account, page = self._settings.account, self._settings.page
        await act_as_page(self._graph, page, whose=f"Page {page} of account {account}")
        fields = {"fields": "id,instagram_business_account{id,username}"}
        linked = (await self._graph.ask(page, fields, Me)).instagram_business_account
        if linked is None or str(linked.id) != account:
            found = "no account" if linked is None else f"account {linked.id}"
            raise LoginProblem(f"the Page is linked to {found}, not to {account}")
        self._token.again()
        await self._token.look(self._clock.now())
        self._view = self._view.named(linked.username)
        return Account(id=str(linked.id), handle=linked.username, own=frozenset({str(linked.id)}))

    async def poll(self, cursor: str | None) -> Page:
        """New comments, tags and messages, and deletions; the oldest first."""
        now, bell = self._clock.now(), self._bell
        await bell.start()
        before = None if cursor is None else unpacked(cursor, Places)
        hints = bell.waiting(before.heard) if before else ()
        if cursor is not None and bell.is_quiet(cursor, now):
            return self._token.told(Page(sightings=(), cursor=cursor), now=now, read=bell.well)
        self._graph.pace.admit(now)
        await self._token.look(now)
        bell.answer()
        view = self._view.at(now)
        places = before or await self._beginning(view)
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

    async def _beginning(self, view: View) -> Places:
        """Where the first contact begins: now, or as far back as the backfill asks for (C18)."""
        backfill = self._settings.backfill
        if backfill:
            began = int((view.now - backfill).timestamp())
            return Places(began=began, tagged=Known(floor=began))
        began = int(view.now.timestamp()) - _SKEW
        return Places(began=began, tagged=Known(floor=began), media=await self._reader.start(began, view))

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
        """Hide a comment, show it again, or take one of ours away."""
        if deed is Deed.LIKE:
            raise PermanentProblem("Instagram lets no app like a comment")
        self._graph.pace.admit(self._clock.now())
        await self._hand.act(deed, target)

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        await self._bell.stop()
        await self._graph.close()


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_length=MAX_REMARK,
        max_private_length=MAX_MESSAGE,
        count=len,
        to_each=by_handle,
        deeds=frozenset({Deed.HIDE, Deed.UNHIDE, Deed.DELETE}),
        read_back=ReadBack.BY_PARENT,
        request_timeout=3 * settings.timeout + SPARE,
    )


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return Instagram(name, settings, fittings)
