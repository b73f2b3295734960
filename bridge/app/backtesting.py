"""Replays stored posts against other rules: what would be decided otherwise, counted and listed; nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bridge.app.asking import ask
from bridge.config import Loaded
from bridge.core.model import Verdict, Visibility
from bridge.core.rules import RuleSet, judge
from bridge.core.rules.vocabulary import Situation
from bridge.store import replaying
from bridge.store.replaying import JudgedPost

MOST_LISTED = 10_000
"""Changed posts that are listed one by one; all are counted."""
_SHOWN = 100
"""Characters of a public post that are shown."""
_ROUTE = "route; "
"""What the reason of a route begins with, where the others are rules'."""

Progress = Callable[[float], None]
"""Told the share of the work that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What matters of a verdict to the people behind the desks."""

    route: str
    """Empty where the post is left alone."""
    desk: str
    priority: str
    target: timedelta | None
    approve_by: tuple[str, ...]
    tags: tuple[str, ...]
    """In alphabetical order."""
    auto_answer: str
    """The standard response that its route names, which may go out without an agent; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A post that would be judged otherwise."""

    post: str
    """CHANNEL/ID, as `bridge explain` takes it."""
    before: Decided
    after: Decided
    text: str
    """Its first words; empty for a private one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """So many posts would go from one route to another; an empty name is for those that are left alone."""

    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A rule that would hit another number of posts."""

    rule: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What other rules would change."""

    since: datetime
    rules: str
    """Version of the rules that were replayed."""
    posts: int
    """Posts that were judged anew."""
    skipped: int
    """Posts that were never judged, or that their authors deleted."""
    changed: int
    newly_forwarded: int
    newly_left: int
    moved: int
    """Forwarded by another route, or to another desk."""
    otherwise: int
    """Forwarded or left as before, with another priority, target, approval, automatic answer or tags."""
    moves: tuple[Move, ...]
    """The most frequent ones first."""
    hits: tuple[Hits, ...]
    """Only rules whose number changes; the largest changes first."""
    changes: tuple[Change, ...]
    """Oldest first, at most MOST_LISTED."""


async def replayed(loaded: Loaded, since: timedelta, *, progress: Progress) -> Replay:
    """Judge what came in that time by the configuration's rules, beside the verdicts of then; raises CannotOpen."""
    start = datetime.now(UTC) - since
    return await ask(loaded, lambda connection: replay(connection, loaded.rules, start, progress=progress))


def replay(connection: Connection, rules: RuleSet, start: datetime, *, progress: Progress) -> Replay:
    """The same on a connection that is open."""
    tally, total, done = _Tally(), replaying.count(connection, start), 0
    for spanned, page in replaying.pages(connection, start):
        tally.take(rules, page)
        done += spanned
        progress(min(1.0, done / total) if total else 1.0)
    return tally.told(start, rules.version, done)


@dataclass(slots=True)
class _Tally:
    """What was counted so far."""

    posts: int = 0
    open: set[bytes] = field(default_factory=set)
    """Conversations of which a route took an earlier post."""
    kinds: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    hits: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    changes: list[Change] = field(default_factory=list)

    def take(self, rules: RuleSet, page: Iterable[JudgedPost]) -> None:
        """Judge the posts of a page anew."""
        for one in page:
            verdict = judge(rules, one.post, _situation(one, is_open=one.conversation in self.open))
            if verdict.route is not None:
                self.open.add(one.conversation)
            self.posts += 1
            for hits, reasons in zip(self.hits, (one.verdict.why, verdict.why), strict=True):
                hits.update(why.rule for why in reasons if why.hit and not why.detail.startswith(_ROUTE))
            self._compare(one, decided(one.verdict), decided(verdict))

    def _compare(self, one: JudgedPost, before: Decided, after: Decided) -> None:
        if before == after:
            return
        self.kinds[_kind(before, after)] += 1
        self.moves[before.route, after.route] += 1
        if len(self.changes) < MOST_LISTED:
            text = " ".join(one.post.text.split())[:_SHOWN] if one.post.visibility is Visibility.PUBLIC else ""
            self.changes.append(Change(post=str(one.post.key), before=before, after=after, text=text))

    def told(self, start: datetime, version: str, seen: int) -> Replay:
        """The result."""
        moves = sorted(self.moves.items(), key=lambda move: (-move[1], move[0]))
        return Replay(
            since=start,
            rules=version,
            posts=self.posts,
            skipped=seen - self.posts,
            changed=self.kinds.total(),
            newly_forwarded=self.kinds["newly_forwarded"],
            newly_left=self.kinds["newly_left"],
            moved=self.kinds["moved"],
            otherwise=self.kinds["otherwise"],
            moves=tuple(Move(before=before, after=after, count=count) for (before, after), count in moves),
            hits=self._hits(),
            changes=tuple(self.changes),
        )

    def _hits(self) -> tuple[Hits, ...]:
        before, after = self.hits
        found = [Hits(rule=rule, before=before[rule], after=after[rule]) for rule in before | after]
        told = [one for one in found if one.before != one.after]
        return tuple(sorted(told, key=lambda one: (-abs(one.after - one.before), one.rule)))


def _situation(one: JudgedPost, *, is_open: bool) -> Situation:
    """As it was when the post was judged: its time, and the language and labels that the model gave it then."""
    then = one.verdict
    return Situation(now=one.judged, thread_open=is_open, labels=then.labels, lang=then.lang, model=then.model)


def decided(verdict: Verdict) -> Decided:
    """What matters of a verdict."""
    return Decided(
        route=verdict.route or "",
        desk=verdict.desk or "",
        priority=str(verdict.priority),
        target=verdict.target,
        approve_by=verdict.approve_by,
        tags=tuple(sorted(verdict.tags)),
        auto_answer=verdict.auto_answer,
    )


def _kind(before: Decided, after: Decided) -> str:
    if bool(before.route) != bool(after.route):
        return "newly_forwarded" if after.route else "newly_left"
    return "moved" if (before.route, before.desk) != (after.route, after.desk) else "otherwise"
