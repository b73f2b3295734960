"""What Mastodon shows, as the core's posts; what can be answered, and how widely, is reckoned here and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.channels._mastodon.count import can_be_mentioned
from bridge.channels._mastodon.shapes import Account, Id, Medium, Status
from bridge.channels._mastodon.words import words
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

_BOTH = frozenset({Visibility.PUBLIC, Visibility.PRIVATE})
_ALONE = frozenset({Visibility.PRIVATE})
_MOST_MEDIA = 20
_DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one account sees the network."""

    channel: str
    endpoint: str
    host: str
    """Of the server that counts the ids."""
    home: str
    """The part of the names on this server behind the @."""
    account: str
    acct: str

    @property
    def names(self) -> frozenset[str]:
        """How others may mention us, in lower case."""
        return frozenset({self.acct.lower(), f"{self.acct}@{self.home}".lower()})

    def person(self, identifier: Id) -> str:
        """The name of an account that never changes: ids are counted by each server anew, so its host belongs to it."""
        return f"{identifier}@{self.host}"

    def is_ours(self, status: Status) -> bool:
        """Whether we wrote it."""
        return str(status.account.id) == self.account

    def post(self, status: Status, *, thread: str, context: Sequence[Quote]) -> Post:
        """The post as the bridge knows it; `thread` is the first post of its thread."""
        visibility = Visibility.PUBLIC if status.is_open else Visibility.PRIVATE
        return Post(
            channel=self.channel,
            id=status.key,
            kind=self._kind(status),
            visibility=visibility,
            thread=thread_name(thread, visibility),
            parent=status.parent,
            about=quoted.key if (quoted := status.quoted) is not None else "",
            author=self._author(status.account),
            title=line(status.spoiler_text or ""),
            text=clean(words(status, self.names)),
            at=status.created_at,
            url=_address(status.url) or _address(status.uri),
            answer_url=self._answered_at(status),
            lang=line(status.language or "", 16),
            answers=_BOTH if status.is_open else _ALONE,
            media=tuple(_media(status.media_attachments)),
            context=tuple(context),
        )

    def quote(self, status: Status) -> Quote:
        """A post as context of another one."""
        return Quote(
            author=line(f"@{status.account.acct}"),
            text=clean(words(status, self.names)),
            at=status.created_at,
            url=_address(status.url) or _address(status.uri),
            ours=self.is_ours(status),
        )

    def _answered_at(self, status: Status) -> str:
        """Where a person who is logged in can answer by hand."""
        acct = status.account.acct
        return f"{self.endpoint}/@{acct}/{status.key}" if can_be_mentioned(acct) else ""

    def _kind(self, status: Status) -> Kind:
        if status.visibility == _DIRECT:
            return Kind.DIRECT
        quoted = status.quoted
        summons = any(str(mention.id) == self.account for mention in status.mentions)
        if summons or (quoted is not None and self.is_ours(quoted)):
            return Kind.MENTION
        return Kind.COMMENT if status.parent else Kind.TOPIC

    def _author(self, account: Account) -> Author:
        name = line(account.display_name or "")
        return Author(
            id=self.person(account.id),
            handle=line(account.acct),
            name=f"{name or line(account.acct)} (automated)" if account.bot else name,
            url=_address(account.url),
            reach=account.followers_count if (account.followers_count or 0) >= 0 else None,
            since=account.since,
            picture=_address(account.avatar),
        )


def thread_name(first: str, visibility: Visibility) -> str:
    """A thread's name; what is said in it in private makes another thread than what everybody can read."""
    return f"{'t' if visibility is Visibility.PUBLIC else 'd'}{first}"


def _media(media: Sequence[Medium]) -> Iterator[Media]:
    for medium in media[:_MOST_MEDIA]:
        url = _address(medium.url) or _address(medium.remote_url)
        if url:
            yield Media(url=url, type=line(medium.type or "", 40), alt=line(medium.description or "", 1000))


def _address(given: str | None) -> str:
    """An address that may be shown as a link; everything else that strangers' servers say is left out."""
    address = line(given or "", 2000)
    return address if address.startswith(("https://", "http://")) and " " not in address else ""
