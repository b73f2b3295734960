"""What YouTube shows, as the core's posts; what can be answered is reckoned here and nowhere else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.channels._text import clean, line
from bridge.channels._youtube.shapes import KEY, Comment
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

SITE = "https://www.youtube.com"
_NAME = re.compile(r"@[\w.·-]{1,60}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_PICTURE = re.compile(r"https://[a-z0-9.-]{1,100}/[^\s<>\"]{1,1000}")
_KEPT_BACK = (
    "This comment is kept back: only the channel's owner sees it. An answer is possible once it is shown (deed unhide)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one channel sees the site."""

    channel: str
    account: str
    handle: str
    """With its @; empty where the channel has none."""

    def post(self, comment: Comment, above: Iterable[Comment], *, video: str, held: bool, closed: bool) -> Post:
        """The post as the bridge knows it; `above` is what stands before it in its thread."""
        url = self.address(comment.id, video)
        hint = (Quote(author="YouTube", text=_KEPT_BACK),) if held else ()
        return Post(
            channel=self.channel,
            id=comment.id,
            kind=Kind.MENTION if self._names_us(comment.words) else Kind.COMMENT,
            visibility=Visibility.PUBLIC,
            thread=comment.thread,
            parent=comment.thread if comment.thread != comment.id else "",
            author=_author(comment),
            text=clean(comment.words).strip(),
            at=comment.snippet.published_at,
            url=url,
            answer_url=url,
            answers=frozenset() if closed else frozenset({Visibility.PUBLIC}),
            media=tuple(Media(url=url, type="image") for url in _pictures(comment)),
            context=(*hint, *(self._quote(each, video) for each in above)),
        )

    def address(self, key: str, video: str) -> str:
        """Where a person sees it; below a channel's own posts no address is known but the channel's."""
        if _ID.fullmatch(video) and re.fullmatch(KEY, key):
            return f"{SITE}/watch?v={video}&lc={key}"
        return f"{SITE}/channel/{self.account}"

    def is_ours(self, comment: Comment) -> bool:
        """Whether we wrote it."""
        return comment.author == self.account

    def _names_us(self, words: str) -> bool:
        return bool(self.handle) and bool(
            re.search(rf"(?<![\w@]){re.escape(self.handle)}(?![\w.·-])", words, re.IGNORECASE)
        )

    def _quote(self, comment: Comment, video: str) -> Quote:
        return Quote(
            author=line(comment.snippet.author_display_name or "?", 60),
            text=clean(comment.words).strip(),
            at=comment.snippet.published_at,
            url=self.address(comment.id, video),
            ours=self.is_ours(comment),
        )


def _author(comment: Comment) -> Author:
    """Somebody whose channel is gone is known by nothing but the comment."""
    name = line(comment.snippet.author_display_name or "", 60)
    if not comment.author:
        return Author(id=f"gone-{comment.id}", name=name)
    url = f"{SITE}/channel/{comment.author}" if _ID.fullmatch(comment.author) else ""
    handle = name.removeprefix("@") if _NAME.fullmatch(name) else ""
    picture = comment.snippet.author_profile_image_url or ""
    return Author(
        id=comment.author,
        handle=handle,
        name="" if handle else name,
        url=url,
        picture=picture if _PICTURE.fullmatch(picture) else "",
    )


def _pictures(comment: Comment) -> list[str]:
    """A comment's picture by reference."""
    given = comment.snippet.image_url or ""
    return [given] if _PICTURE.fullmatch(given) else []
