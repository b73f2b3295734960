"""One poll of X: what its parts bring, put together into one page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from bridge.channels._cursor import packed
from bridge.channels._entries import Broken, Entry
from bridge.channels._overlap import GONE
from bridge.channels._x.elders import as_text, ids
from bridge.channels._x.events import Heard
from bridge.channels._x.listing import Flow
from bridge.channels._x.messages import Letters
from bridge.channels._x.place import KEPT_ODD, Place, Reach, Spent, mended, newest_of, sift
from bridge.channels._x.posts import View
from bridge.channels._x.shapes import Wire
from bridge.channels._x.wire import Included
from bridge.core.events import Gap, Page, Quarantined, Sighting, Trouble

_KEPT_THREADS = 120


class Round:
    """Gathers parts one after another; a part that failed leaves its place where it was."""

    def __init__(self, place: Place, view: View, *, reposts: bool) -> None:
        self._place = place
        self._view = view
        self._reposts = reposts
        self._fresh: dict[int, Entry[Wire]] = {}
        self._along = Included()
        self._letters: list[Sighting] = []
        self._gone: list[int] = []
        self._quarantined: list[Quarantined] = []
        self._gaps: list[Gap] = []
        self._more = False
        self._elders = set(ids(place.elders)) | {number for number, v in place.known.items() if mended(v)}
        self._edited = {**place.edited, **_edited(place.known)}
        self.troubles: list[Trouble] = []

    @property
    def place(self) -> Place:
        """How far it has come."""
        return self._place

    @property
    def fresh(self) -> Sequence[Wire]:
        """New posts and newer versions so far."""
        return [entry.value for entry in self._fresh.values()]

    @property
    def along(self) -> Included:
        """What came along with them."""
        return self._along

    def reach(self, name: str) -> Reach | None:
        """How far a part was read; None before its first contact."""
        return self._place.reach.get(name)

    def take(self, name: str, flow: Flow) -> int:
        """Add what a listing brought; gives back how many posts of it were not known."""
        known, begin = {**self._edited, **self._place.known}, flow.reach.begin
        entries = [e for e in flow.entries if e.value.versions[0] > begin or e.value.versions[0] in known]
        broken = [b for b in flow.broken if b.number is None or b.number > begin]
        self._learn([entry.value for entry in flow.entries if self._view.is_ours(entry.value)])
        self.add(entries, flow.included, broken=broken)
        self._place = msgspec.structs.replace(self._place, reach={**self._place.reach, name: flow.reach})
        self._gaps += [flow.gap] if flow.gap else []
        self._more = self._more or flow.more
        return sum(known.get(entry.value.versions[0]) not in {entry.value.id, GONE} for entry in flow.entries)

    def add(self, entries: Sequence[Entry[Wire]], along: Included, *, broken: Sequence[Broken]) -> None:
        """Add posts that need no place of their own."""
        unwanted = {e.value.versions[0] for e in entries if not self._reposts and e.value.referring("retweeted")}
        wanted = [entry for entry in entries if entry.value.versions[0] not in unwanted]
        told = sift({**self._edited, **self._place.known}, self._place.odd, wanted, broken)
        known = {**told.known, **dict.fromkeys(unwanted, GONE)}
        self._elders |= {entry.value.versions[0] for entry in told.fresh}
        self._edited |= _edited({entry.value.versions[0]: entry.value.id for entry in told.fresh})
        self._fresh.update({entry.value.versions[0]: entry for entry in told.fresh})
        self._along = along.with_posts(self._along.posts, self._along.users)
        self._along = replace(self._along, media={**self._along.media, **along.media})
        self._quarantined += [entry.quarantined() for entry in told.broken]
        self._place = msgspec.structs.replace(self._place, known=newest_of(known), odd=told.odd)

    def hear(self, event: Heard) -> None:
        """Add what the Activity stream told."""
        if event.post is not None:
            self.add([event.post], event.along, broken=())
        if event.broken is not None:
            self.add([], event.along, broken=[event.broken])
        if event.message is not None:
            number = event.message.value.id
            reach = self._place.reach.get("messages", Reach())
            known = newest_of({**self._place.messages, number: 1})
            self.take_letters(Letters(reach=reach, known=known, fresh=(event.message,), included=event.along))

    def take_letters(self, letters: Letters) -> None:
        """Add direct messages; our own are no news."""
        for entry in letters.fresh:
            if entry.value.sender_id not in {None, self._view.account}:
                self._letters.append(Sighting(post=self._view.message(entry.value, letters.included), raw=entry.raw))
        odd = [b for b in letters.broken if b.number is None and b.digest not in self._place.odd]
        numbered = [b for b in letters.broken if b.number is not None]
        self._quarantined += [replace(b.quarantined(), id=f"m{b.number}") for b in numbered]
        self._quarantined += [b.quarantined() for b in odd]
        self._gaps += [letters.gap] if letters.gap else []
        self._place = msgspec.structs.replace(
            self._place,
            reach={**self._place.reach, "messages": letters.reach},
            messages=dict(letters.known),
            odd=(*self._place.odd, *(b.digest for b in odd))[-KEPT_ODD:],
        )

    def lose(self, numbers: Sequence[int]) -> None:
        """Posts that are gone: told once, and never news again."""
        known = dict(self._place.known)
        lost = {number for number in numbers if number in self._elders or known.get(number, GONE) != GONE}
        self._gone += sorted(lost)
        self._elders -= lost
        known.update(dict.fromkeys((n for n in numbers if n in known), GONE))
        for number in numbers:
            self._fresh.pop(number, None)
        self._place = msgspec.structs.replace(self._place, known=newest_of(known))

    def begin(self, names: Sequence[str], number: int) -> None:
        """Parts that have no place yet begin after this id."""
        start = Reach(newest=number, begin=number)
        self._place = msgspec.structs.replace(self._place, reach={**dict.fromkeys(names, start), **self._place.reach})

    def standing(self, after: int) -> Sequence[int]:
        """Posts to be looked up, the oldest first: not those that were just read, nor our own."""
        left_out = {*self._place.said, *self._fresh}
        return sorted(number for number in self._elders - left_out if number > after)

    def version(self, number: int) -> int:
        """The newest known version of a post."""
        return self._place.known.get(number, self._edited.get(number, number))

    def turned(self, number: int) -> None:
        """Posts up to this one were looked up in the present round."""
        self._place = msgspec.structs.replace(self._place, turn=number)

    def checked(self, at: int) -> None:
        """The round is over."""
        self._place = msgspec.structs.replace(self._place, checked=at, turn=0)

    def enrich(self, posts: Mapping[int, Wire], along: Included) -> None:
        """Add posts that are context only."""
        self._along = self._along.with_posts({**along.posts, **posts}, along.users)

    def _learn(self, own: Sequence[Wire]) -> None:
        """In which conversations we take part, and which posts can be quoted."""
        newest = sorted(own, key=lambda wire: wire.id, reverse=True)
        threads = dict.fromkeys((*(w.conversation_id or w.id for w in newest), *self._place.threads))
        said = dict.fromkeys((*(wire.versions[0] for wire in newest), *self._place.said))
        self._place = msgspec.structs.replace(
            self._place,
            threads=tuple(sorted(threads, reverse=True))[:_KEPT_THREADS],
            said=tuple(sorted(said, reverse=True))[:_KEPT_THREADS],
        )

    def page(self, spent: Spent, *, watched: int, first: bool, wait: float | None, recovered: Sequence[str]) -> Page:
        """Everything, the oldest first; posts up to `watched` are looked up no longer."""
        elders = {number for number in self._elders if number > watched} - self._place.known.keys()
        edited = {number: version for number, version in sorted(self._edited.items()) if number in elders}
        place = msgspec.structs.replace(self._place, spent=spent, elders=as_text(elders), edited=edited)
        firsts = {version: first for first, version in self._edited.items()}
        posts = [self._sighting(entry, firsts) for _, entry in sorted(self._fresh.items())]
        sightings = sorted((*posts, *self._letters), key=lambda sighting: sighting.post.at)
        return Page(
            sightings=tuple(sightings),
            cursor=packed(place),
            more=self._more,
            deleted=tuple(str(number) for number in sorted(self._gone)),
            gap=_one(self._gaps),
            quarantined=tuple(self._quarantined),
            troubles=tuple(self.troubles),
            recovered=tuple(recovered),
            wait=wait,
            first=first,
        )

    def _sighting(self, entry: Entry[Wire], firsts: Mapping[int, int]) -> Sighting:
        """A post, whose parent is named by its first version, as everything else names it."""
        post = self._view.post(entry.value, self._along)
        parent = firsts.get(int(post.parent)) if post.parent else None
        return Sighting(post=replace(post, parent=str(parent)) if parent else post, raw=entry.raw)


def _edited(versions: Mapping[int, int]) -> dict[int, int]:
    """Those whose newest version is not their first."""
    return {first: version for first, version in versions.items() if mended(version) and version != first}


def stored(place: Place, event: Heard) -> bool:
    """Whether a stored cursor knows what the stream told, or it is from before the first contact."""
    if event.post is not None:
        first = event.post.value.versions[0]
        newest = place.known.get(first, place.edited.get(first, 0))
        return first <= place.reach["mentions"].begin or newest >= event.post.value.id
    if event.message is not None:
        number = event.message.value.id
        return number <= place.reach.get("messages", Reach()).begin or number in place.messages
    return event.broken is None or event.broken.digest in place.odd or event.broken.number in place.known


def _one(gaps: Sequence[Gap]) -> Gap | None:
    """One gap for a page."""
    if len(gaps) < 2:  # noqa: PLR2004 - one or none needs no joining
        return gaps[0] if gaps else None
    return Gap(since=", ".join(gap.since for gap in gaps), until=", ".join(gap.until for gap in gaps))
