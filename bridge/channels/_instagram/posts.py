"""What people write on Instagram, as the bridge understands it."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.channels._graph.messages import PRIVATE_REPLY
from bridge.channels._instagram.shapes import Medium, MentionedRemark, Remark
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

SITE = "https://www.instagram.com"
INBOX = "https://business.facebook.com/latest/inbox/instagram"
"""Where a person reads and answers messages by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where the posts are seen."""

    channel: str
    account: str
    handle: str
    now: datetime

    def at(self, now: datetime) -> "View":
        """The same at another time: what can be answered depends on it."""
        return replace(self, now=now)

    def named(self, handle: str) -> "View":
        """The same with the account's present name, by which it is mentioned."""
        return replace(self, handle=handle)

    def writer(self, remark: Remark) -> str:
        """The writer's id; ours where the platform tells no id but our name."""
        if self.handle and remark.writer.lower() == f"@{self.handle.lower()}":
            return self.account
        return remark.writer or f"?{remark.key}"

    def remark(self, remark: Remark, medium: str, *, url: str, context: tuple[Quote, ...]) -> Post:
        """A comment below a post of ours, or an answer to one."""
        name = remark.username or (remark.from_.username if remark.from_ else "")
        private = self.now - remark.at < PRIVATE_REPLY and remark.from_ is not None
        return Post(
            channel=self.channel,
            id=remark.key,
            kind=Kind.COMMENT,
            visibility=Visibility.PUBLIC,
            thread=f"p:{medium}",
            parent=remark.parent or medium,
            author=_author(self.writer(remark), name),
            text=clean(remark.text),
            at=remark.at,
            url=url,
            answer_url=url or SITE,
            context=context,
            answers=frozenset({Visibility.PUBLIC, Visibility.PRIVATE} if private else {Visibility.PUBLIC}),
            private_until=remark.at + PRIVATE_REPLY,
        )

    def tag(self, medium: Medium) -> Post:
        """A picture of somebody who tagged us; only one whose caption names us takes an answer."""
        named = self.handle and re.search(
            rf"(?<![\w@.])@{re.escape(self.handle)}(?![\w.]*\w)", medium.caption, re.IGNORECASE
        )
        return Post(
            channel=self.channel,
            id=medium.key,
            kind=Kind.MENTION,
            visibility=Visibility.PUBLIC,
            thread=f"p:{medium.key}",
            author=_author(f"@{medium.username}" if medium.username else f"?{medium.key}", medium.username),
            text=clean(medium.caption),
            at=medium.at,
            url=medium.permalink,
            answer_url=medium.permalink or SITE,
            media=(Media(url=medium.media_url, type=line(medium.media_type)),) if medium.media_url else (),
            answers=frozenset({Visibility.PUBLIC} if named else ()),
        )

    def named_by(self, medium: Medium) -> Post:
        """A picture of somebody whose caption names us, as the platform says itself: it takes an answer."""
        return replace(self.tag(medium), answers=frozenset({Visibility.PUBLIC}))

    def named_in(self, remark: MentionedRemark, medium: str, above: Medium | None) -> Post:
        """A comment of somebody, below somebody's picture, that names us; who wrote it the platform does not tell."""
        url = above.permalink if above else ""
        return Post(
            channel=self.channel,
            id=remark.key,
            kind=Kind.MENTION,
            visibility=Visibility.PUBLIC,
            thread=f"n:{medium}",
            parent=medium,
            author=Author(id=f"?{remark.key}"),
            text=clean(remark.text),
            at=remark.at,
            url=url,
            answer_url=url or SITE,
            context=(self._theirs(above),) if above is not None and above.caption else (),
            answers=frozenset({Visibility.PUBLIC}),
        )

    def _theirs(self, medium: Medium) -> Quote:
        return Quote(
            author=line(medium.username) or "?", text=clean(medium.caption), at=medium.at, url=medium.permalink
        )

    def above(self, remark: Remark) -> Quote:
        """A comment as context of its answers."""
        ours = self.writer(remark) == self.account
        return Quote(author=line(remark.username) or "?", text=clean(remark.text), at=remark.at, ours=ours)

    def caption(self, medium: Medium) -> Quote:
        """Our post as context of its comments."""
        return Quote(
            author=self.handle or "?", text=clean(medium.caption), at=medium.at, url=medium.permalink, ours=True
        )


def _author(name: str, handle: str) -> Author:
    shown = line(handle)
    return Author(id=name, handle=shown, url=f"{SITE}/{shown}/" if re.fullmatch(r"[A-Za-z0-9_.]+", shown) else "")
