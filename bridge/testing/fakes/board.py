"""What a forum knows: members, topics, posts and direct messages, all folded from its journal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.testing.fakes.journal import Entry, Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Someone who writes; the name may change, the id never does."""

    id: str
    name: str
    since: datetime


NEW = 0
"""Instead of a topic's id: begin another private topic between the same two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post about to be written.

    Without `to` it is public: in a topic, or a new one where `topic` is None.
    With `to` it is a message to one member: in the standing conversation of the two where `topic` is None, in a
    private topic of theirs, or in a new one where `topic` is NEW.
    """

    author: str
    text: str
    title: str = ""
    topic: int | None = None
    parent: int | None = None
    to: str = ""
    media: str = ""
    """Addresses of uploaded files, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One post as it stands now."""

    id: int
    topic: int
    """The id of the topic's first post; for a direct message the first one between the two."""
    number: int
    """Counts within the topic, from 1."""
    author: Member
    to: Member | None
    parent: int | None
    title: str
    text: str
    media: tuple[str, ...]
    at: datetime
    edited: datetime | None = None
    version: int = 1
    deleted: bool = False

    @property
    def private(self) -> bool:
        """Whether only two members can read it."""
        return self.to is not None

    def shown_to(self, member: str) -> bool:
        """Whether that member can read it."""
        return self.to is None or member in {self.author.id, self.to.id}


class Board:
    """The state of a forum; every change is an entry of the journal first."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._members: dict[str, Member] = {}
        self._names: dict[str, str] = {}
        self._items: dict[int, Item] = {}
        self._threads: dict[tuple[str, ...], list[int]] = defaultdict(list)
        """Ids of each topic's posts and of each pair's messages, in order."""
        for entry in journal:
            self._apply(entry)

    def member(self, name: str) -> Member:
        """The member of that name, who joins when first named."""
        if name not in self._names:
            self._record("joined", member=f"m{len(self._members) + 1}", name=name)
        return self._members[self._names[name]]

    def by_id(self, member: str) -> Member | None:
        """The member with that id."""
        return self._members.get(member)

    def rename(self, member: str, name: str) -> None:
        """Give a member another name (F07)."""
        self._record("renamed", member=member, name=name)

    def write(self, draft: Draft) -> Item:
        """Add a post; raises LookupError where it answers something that is not there."""
        if draft.parent is not None and self.item(draft.parent).deleted:
            raise LookupError("the post is gone")
        if draft.topic and draft.topic not in self._items:
            raise LookupError("there is no such topic")
        if draft.to and draft.to not in self._members:
            raise LookupError("there is no such member")
        number = len(self._items) + 1
        self._record(
            "written",
            id=number,
            author=draft.author,
            text=draft.text,
            title=draft.title,
            topic=draft.topic,
            parent=draft.parent,
            to=draft.to,
            media=draft.media,
        )
        return self._items[number]

    def edit(self, number: int, text: str) -> Item:
        """Change the words of a post."""
        self._record("edited", id=self.item(number).id, text=text)
        return self._items[number]

    def delete(self, number: int) -> None:
        """Take a post away; its place stays."""
        self._record("deleted", id=self.item(number).id)

    def item(self, number: int) -> Item:
        """The post with that id; raises LookupError where there is none."""
        return self._items[number]

    def shown_to(self, member: str) -> Sequence[Item]:
        """All that a member can read, oldest first."""
        return [item for item in self.everything() if item.shown_to(member)]

    def everything(self) -> Sequence[Item]:
        """All there is, oldest first; copied in one step, since a test may look from a thread while the board is written to."""
        return list(self._items.values())

    def topic(self, topic: int) -> Sequence[Item]:
        """The posts of a public topic, oldest first."""
        return [self._items[number] for number in self._threads.get((str(topic),), ())]

    def between(self, one: str, other: str) -> Sequence[Item]:
        """The direct messages of two members, oldest first."""
        return [self._items[number] for number in self._threads.get(tuple(sorted((one, other))), ())]

    def private_topic(self, topic: int) -> Sequence[Item]:
        """The messages of a private topic, oldest first."""
        first = self.item(topic)
        pair = self.between(first.author.id, first.to.id) if first.to is not None else ()
        return [item for item in pair if item.topic == topic]

    def top(self) -> int:
        """The highest id that was given out."""
        return len(self._items)

    def topics(self) -> Sequence[Item]:
        """The first posts of all public topics, oldest first."""
        return [item for item in self._items.values() if item.id == item.topic and not item.private]

    def _record(self, what: str, **fields: str | int | bool | None) -> None:
        self._apply(self.journal.append(what, **fields))

    def _apply(self, entry: Entry) -> None:
        """Fold one entry into the state."""
        fields = entry.fields
        match entry.what:
            case "joined":
                member = Member(id=str(fields["member"]), name=str(fields["name"]), since=entry.at)
                self._members[member.id] = member
                self._names[member.name] = member.id
            case "renamed":
                self._rename(str(fields["member"]), str(fields["name"]))
            case "written":
                item = self._written(entry)
                self._items[item.id] = item
                self._threads[_thread(item)].append(item.id)
            case "edited":
                old = self._items[_number(fields["id"])]
                new = replace(old, text=str(fields["text"]), version=old.version + 1, edited=entry.at)
                self._items[old.id] = new
            case "deleted":
                old = self._items[_number(fields["id"])]
                self._items[old.id] = replace(old, deleted=True, version=old.version + 1, edited=entry.at)

    def _rename(self, member: str, name: str) -> None:
        renamed = replace(self._members[member], name=name)
        del self._names[self._members[member].name]
        self._names[name] = member
        self._members[member] = renamed
        for item in list(self._items.values()):
            if item.author.id == member:
                self._items[item.id] = replace(item, author=renamed)

    def _written(self, entry: Entry) -> Item:
        """The post that a `written` entry tells of."""
        fields = entry.fields
        number = _number(fields["id"])
        author = self._members[str(fields["author"])]
        to = self._members[str(fields["to"])] if fields["to"] else None
        topic, parent = fields["topic"], fields["parent"]
        if to is not None:
            siblings: Sequence[Item] = [i for i in self.between(author.id, to.id) if topic is None or i.topic == topic]
        else:
            siblings = [] if topic is None else self.topic(_number(topic))
        return Item(
            id=number,
            topic=siblings[0].topic if siblings else number,
            number=len(siblings) + 1,
            author=author,
            to=to,
            parent=None if parent is None else _number(parent),
            title=str(fields["title"]),
            text=str(fields["text"]),
            media=tuple(str(fields["media"]).split()),
            at=entry.at,
        )


def _thread(item: Item) -> tuple[str, ...]:
    """What the posts of a topic, or the messages of a pair, have in common."""
    return (str(item.topic),) if item.to is None else tuple(sorted((item.author.id, item.to.id)))


def newest(items: Iterable[Item]) -> int:
    """The highest id, 0 where there is none."""
    return max((item.id for item in items), default=0)


def _number(value: object) -> int:
    """A number as the journal keeps it."""
    if not isinstance(value, int):
        raise TypeError("the journal holds something else than a number")
    return value
