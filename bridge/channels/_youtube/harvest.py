"""What one poll saw of comment threads: their replies are asked for where YouTube's own few do not show them all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bridge.channels._api import decoded
from bridge.channels._entries import read_entries
from bridge.channels._newest_first import Portion
from bridge.channels._youtube.asking import Asking
from bridge.channels._youtube.shapes import Comment, Thread, kept_back
from bridge.core.events import Gap
from bridge.ports import LoginProblem, PermanentProblem

_PAGES = 10
"""Pages of replies that are read of one thread."""

_THREADS = 30
"""Threads whose replies one poll asks for; the rest is asked for by the next ones."""

_CONTEXT = 3
"""Replies before one that are shown with it."""

KEPT = 500
"""The newest known threads that are looked at again for new replies, edits and deletions."""


@dataclass(slots=True, kw_only=True)
class Harvest:
    """The threads that a poll saw, and how many replies were known of each before."""

    asking: Asking
    before: Mapping[str, int]
    is_first: bool
    """At the first contact what is there is history, so nothing is asked for."""
    threads: dict[str, Thread] = field(default_factory=dict)
    told: dict[str, list[msgspec.Raw]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """How many replies those have that were read whole."""
    gaps: list[Gap] = field(default_factory=list)
    """What lies between a comment and the oldest of its replies that was read."""
    behind: dict[str, Thread] = field(default_factory=dict)
    """Threads in which something is kept back."""
    held: set[str] = field(default_factory=set)
    """Comments that YouTube keeps back at the moment: they are hidden, and not gone."""

    def take(self, raws: Sequence[msgspec.Raw]) -> None:
        """Note what a page shows."""
        for entry in read_entries(raws, Thread)[0]:
            self.note(entry.value)

    def hold(self, raws: Sequence[msgspec.Raw], status: str) -> list[msgspec.Raw]:
        """The comments that are kept back in these threads; what cannot be read comes as it is."""
        found: list[msgspec.Raw] = []
        for raw in raws:
            thread = decoded(bytes(raw), Thread)
            found += [raw] if thread is None else kept_back(raw, thread, status)
            self.behind |= {} if thread is None else {thread.key: thread}
        self.held |= {entry.value.key for entry in read_entries(found, Comment)[0]}
        return found

    def thread_of(self, comment: Comment) -> Thread | None:
        """The thread of a comment, where this poll saw it."""
        return self.threads.get(comment.thread) or self.behind.get(comment.thread)

    def note(self, thread: Thread) -> None:
        """Note one of them."""
        self.threads[thread.key] = thread
        self.told[thread.key] = thread.shown

    async def replies(self, _cursor: str) -> Portion:
        """All replies of these threads, as far as they are news."""
        grown = [thread for thread in self.threads.values() if self._has_grown(thread)]
        waiting = {thread.key for thread in grown}
        for thread in grown[:_THREADS]:
            await self._read(thread)
        known = (thread for key, thread in self.threads.items() if key not in waiting)
        self.counts |= {thread.key: thread.snippet.total_reply_count for thread in known}
        return Portion(raws=[raw for raws in self.told.values() for raw in raws], cursor="")

    def _has_grown(self, thread: Thread) -> bool:
        """Whether it has other replies than were known, and more than it shows."""
        count = thread.snippet.total_reply_count
        return not self.is_first and count != self.before.get(thread.key, 0) and count > len(thread.shown)

    async def _read(self, thread: Thread) -> None:
        """All its replies; a thread that went meanwhile is found gone by the next poll."""
        raws: list[msgspec.Raw] = []
        cursor = ""
        for _ in range(_PAGES):
            try:
                page = await self.asking.replies(thread.key, cursor)
            except LoginProblem:
                raise
            except PermanentProblem:
                return
            raws += page.items
            cursor = page.next_page_token or ""
            if not cursor:
                break
        self.told[thread.key] = raws
        if cursor:
            self.gaps.append(Gap(since=thread.key, until=_last(raws)))
        self.counts[thread.key] = thread.snippet.total_reply_count

    def after(self) -> Mapping[str, int]:
        """The counts to be remembered, those of the newest threads last."""
        known = {key: count for key, count in self.before.items() if key not in self.counts}
        return dict([*known.items(), *reversed(self.counts.items())][-KEPT:])

    def above(self, reply: Comment) -> Iterator[Comment]:
        """What stands above a reply: the comment, and the replies right before it; above a comment nothing does."""
        thread = self.thread_of(reply)
        if thread is None or thread.key == reply.key:
            return
        yield thread.top
        others = [other for raw in self.told.get(reply.thread, ()) if (other := decoded(bytes(raw), Comment))]
        earlier = sorted((other for other in others if other.second < reply.second), key=lambda other: other.second)
        yield from earlier[-_CONTEXT:]


def _last(raws: Sequence[msgspec.Raw]) -> str:
    """The last reply that can be read."""
    return next((reply.key for raw in reversed(raws) if (reply := decoded(bytes(raw), Comment))), "")
