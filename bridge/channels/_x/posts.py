"""What X shows, as the core's posts; what can be answered, and how, is reckoned here and nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.channels._text import clean, line
from bridge.channels._x.shapes import Attachments, Medium, Message, User, Wire
from bridge.channels._x.wire import Included
from bridge.channels._x.words import message_words, words
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

SITE = "https://x.com"
_MOST_MEDIA = 20
_PUBLIC, _PRIVATE = frozenset({Visibility.PUBLIC}), frozenset({Visibility.PRIVATE})
_NEITHER: frozenset[Visibility] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one account sees X."""

    channel: str
    account: int
    handle: str
    messages: bool
    """Whether the account may write direct messages."""
    any_post: bool
    """Whether the app may answer any post, as Enterprise apps may."""
    parents: int

    def post(self, wire: Wire, along: Included) -> Post:
        """A public post; its id is that of its first version, so that an edit is the same post."""
        author = along.users.get(wire.author_id)
        parent = wire.referring("replied_to")
        first = wire.versions[0]
        return Post(
            channel=self.channel,
            id=str(first),
            kind=self._kind(wire, along),
            visibility=Visibility.PUBLIC,
            thread=f"c{wire.conversation_id or first}",
            author=_author(wire.author_id, author),
            text=clean(words(wire, self.handle)),
            at=wire.created_at,
            url=address(author.username if author else "", first),
            parent=str(parent or ""),
            lang="" if wire.lang in {None, "und", "zxx", "qme"} else line(wire.lang or "", 16),
            media=tuple(_media(wire.attachments, along)),
            is_repost=wire.referring("retweeted") is not None,
            about=_about(wire, along),
            answers=self._answers(wire, author, along),
            answer_url=f"{SITE}/intent/post?in_reply_to={wire.id}",
            context=tuple(self._context(wire, along)),
        )

    def message(self, wire: Message, along: Included) -> Post:
        """A direct message; a group's is answered to its author alone."""
        sender = wire.sender_id or 0
        text = message_words(wire.text or "", wire.entities.urls if wire.entities else ())
        return Post(
            channel=self.channel,
            id=f"m{wire.id}",
            kind=Kind.DIRECT,
            visibility=Visibility.PRIVATE,
            thread=f"d{line(wire.dm_conversation_id, 60) or f'with-{sender}'}",
            author=_author(sender, along.users.get(sender)),
            text=clean(text),
            at=wire.created_at,
            media=tuple(_media(wire.attachments, along)),
            answers=_PRIVATE,
            answer_url=f"{SITE}/messages",
        )

    def is_ours(self, wire: Wire) -> bool:
        """Whether we wrote it."""
        return wire.author_id == self.account

    def _kind(self, wire: Wire, along: Included) -> Kind:
        if self._summons(wire, along):
            return Kind.MENTION
        return Kind.TOPIC if wire.referring("replied_to") is None else Kind.COMMENT

    def _summons(self, wire: Wire, along: Included) -> bool:
        """Whether its author mentions us or quotes a post of ours: what X wants before an app may answer."""
        if any(m.id == self.account or m.username.lower() == self.handle.lower() for m in wire.mentions):
            return True
        quoted = along.posts.get(wire.referring("quoted") or 0)
        return quoted is not None and self.is_ours(quoted)

    def _answers(self, wire: Wire, author: User | None, along: Included) -> frozenset[Visibility]:
        """What X accepts from us; a refusal that nobody could foresee is told when it comes."""
        if wire.referring("retweeted") is not None:
            return _NEITHER
        open_to_all = self.any_post and (wire.reply_settings or "everyone") == "everyone"
        public = open_to_all or self._summons(wire, along)
        private = self.messages and author is not None and author.receives_your_dm is True
        return (_PUBLIC if public else _NEITHER) | (_PRIVATE if private else _NEITHER)

    def _context(self, wire: Wire, along: Included) -> Iterator[Quote]:
        """What it quotes and what it answers, as far up as was fetched, the oldest first."""
        above: list[Wire] = []
        parent = along.posts.get(wire.referring("replied_to") or 0)
        while parent is not None and len(above) < self.parents and parent not in above:
            above.append(parent)
            parent = along.posts.get(parent.referring("replied_to") or 0)
        quoted = along.posts.get(wire.referring("quoted") or 0)
        for shown in (*reversed(above), *((quoted,) if quoted else ())):
            yield self._quote(shown, along)

    def _quote(self, wire: Wire, along: Included) -> Quote:
        author = along.users.get(wire.author_id)
        return Quote(
            author=line(f"@{author.username}" if author else str(wire.author_id)),
            text=clean(words(wire, self.handle)),
            at=wire.created_at,
            url=address(author.username if author else "", wire.id),
            ours=self.is_ours(wire),
        )


def _about(wire: Wire, along: Included) -> str:
    """The first version of what it reposts or quotes, by which it is known; as X names it where that was not sent along."""
    number = wire.referring("retweeted") or wire.referring("quoted")
    shown = along.posts.get(number or 0)
    return str(shown.versions[0] if shown else number or "")


def address(username: str, number: int) -> str:
    """Where a post is; X finds it by its number under any name."""
    return f"{SITE}/{username or 'i'}/status/{number}"


def _author(number: int, user: User | None) -> Author:
    if user is None:
        return Author(id=str(number), url=f"{SITE}/i/user/{number}")
    return Author(
        id=str(number),
        handle=line(user.username),
        name=line(user.name),
        url=f"{SITE}/{user.username}",
        reach=user.public_metrics.followers_count if user.public_metrics else None,
        since=user.created_at,
    )


def _media(attachments: Attachments | None, along: Included) -> Iterator[Media]:
    for key in (attachments.media_keys if attachments else [])[:_MOST_MEDIA]:
        medium = along.media.get(key)
        if medium is not None and (url := _best(medium)):
            yield Media(url=url, type=line(medium.type, 40), alt=line(medium.alt_text or "", 1000))


def _best(medium: Medium) -> str:
    """The picture itself, the film with the most bits, else the still of a film."""
    films = sorted(medium.variants or (), key=lambda variant: variant.bit_rate or 0)
    return medium.url or (films[-1].url if films else "") or medium.preview_image_url or ""
