"""The weekly sample of what was left alone: its week, the posts that are drawn, the mail that shows them, and how many were missed."""

import heapq
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256

from bridge.core import showing
from bridge.core.decision import Decision, Fact
from bridge.core.model import Post, PostKey, Reason, Verdict
from bridge.core.moment import Moment
from bridge.core.notes import BECAUSE, moment
from bridge.core.policy import Sampler
from bridge.core.proxies import Audience, Notice

OPENING = timedelta(hours=7)
"""When on a Monday, by the installation's own time, the week before is looked at."""

NEAR, MODEL, NOTHING = "near", "model", "nothing"
"""Why posts were left alone: rules hit but brought too few points, the model thought otherwise, nothing spoke for them."""

LEAVING = "route "
"""Begins the name of the reason where a route left them alone."""

SAMPLED, REVIEWED = "sampled", "reviewed"
"""Kinds of facts: that a sample went out, and what an admin said of one of its posts."""

SHOULD, RIGHT = "should", "right"

ROUTE = "sample"
"""The route of posts that a person brought to a desk after all."""

_OF, _WHY = "of ", "why "
"""Begin the keys of a sample's fact: posts left alone for a reason, and the reason of a numbered post."""

_LONGEST = 700
"""Characters of each post that the mail shows."""

_LIKELY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week of an installation, from Monday to Monday."""

    name: str
    """ISO 8601, as in 2026-W09."""
    since: datetime
    until: datetime

    @property
    def id(self) -> str:
        """Names its sample where conversations have their ids: sixteen lower-case base32 characters."""
        return b32encode(sha256(f"sample\x1f{self.name}".encode()).digest()[:10]).decode().lower()

    @property
    def once(self) -> str:
        """The natural key of its sample."""
        return f"{SAMPLED}|{self.name}"


def finished(now: datetime, zone: tzinfo) -> Week:
    """The last week that is over, and whose Monday morning has come."""
    local = now.astimezone(zone) - OPENING
    monday = datetime(local.year, local.month, local.day, tzinfo=zone) - timedelta(days=local.weekday())
    year, number, _ = (monday - timedelta(days=7)).isocalendar()
    since = (monday - timedelta(days=7)).astimezone(UTC)
    return Week(name=f"{year}-W{number:02}", since=since, until=monday.astimezone(UTC))


def before(week: Week, zone: tzinfo, count: int) -> tuple[Week, ...]:
    """The week and those before it, so many in all."""
    noons = (week.until + OPENING + timedelta(hours=5) - timedelta(days=7 * back) for back in range(count))
    return tuple(finished(noon, zone) for noon in noons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What of a verdict says why a post was left alone."""

    points: int = 0
    labels: Mapping[str, float] = field(default_factory=dict)
    why: tuple[Reason, ...] = ()

    @property
    def stratum(self) -> str:
        """The reason in one word: of each there are some in every sample."""
        if self.why and self.why[-1].hit:
            return f"{LEAVING}{self.why[-1].rule}"
        if self.points > 0:
            return NEAR
        return MODEL if self.labels.get("actionable", 0.0) >= _LIKELY else NOTHING


class Lot:
    """Draws while posts go by, so that a week of a million needs no more memory than one of ten.

    The same week and posts always give the same draw, in whatever order they come.
    """

    def __init__(self, week: Week, most: int) -> None:
        self._week = week
        self._most = most
        self._count: Counter[str] = Counter()
        self._best: dict[str, list[tuple[int, str, str]]] = {}

    def add(self, key: PostKey, stratum: str) -> None:
        """One post that was left alone."""
        self._count[stratum] += 1
        rank = int.from_bytes(sha256(f"{self._week.name}\x1f{key}".encode("utf-8", "replace")).digest()[:8])
        best = self._best.setdefault(stratum, [])
        (heapq.heappush if len(best) < self._most else heapq.heappushpop)(best, (-rank, key.channel, key.id))

    def drawn(self) -> "Draw":
        """The near misses twice in every round, each other reason once, until there are enough."""
        waiting = {stratum: sorted(self._best[stratum], reverse=True) for stratum in self._order()}
        turns = [stratum for stratum in waiting for _ in range(2 if stratum in {NEAR, MODEL} else 1)]
        picked: list[Pick] = []
        while any(waiting.values()) and len(picked) < self._most:
            for stratum in turns:
                if waiting[stratum] and len(picked) < self._most:
                    _, channel, native = waiting[stratum].pop(0)
                    picked.append(Pick(key=PostKey(channel=channel, id=native), stratum=stratum))
        return Draw(picks=tuple(picked), of=dict(self._count))

    def _order(self) -> list[str]:
        """The near misses first, then what was left alone most often."""
        return sorted(self._count, key=lambda stratum: (stratum not in {NEAR, MODEL}, -self._count[stratum], stratum))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One post of a sample."""

    key: PostKey
    stratum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A sample, and of how many posts it was drawn, by the reason."""

    picks: tuple[Pick, ...]
    of: Mapping[str, int]


def notice_key(sample: str) -> str:
    """The natural key of a sample's mail."""
    return f"tell|{ROUTE}|{sample}"


def sampled(
    week: Week,
    draw: Draw,
    posts: Mapping[PostKey, tuple[Post, Verdict | None]],
    *,
    sampler: Sampler,
    delimiter: str,
    at: Moment,
) -> Decision:
    """Send the week's sample, once; posts that are gone meanwhile are not in it, and of nothing there is no mail."""
    picks = [pick for pick in draw.picks if pick.key in posts]
    detail = {f"{_OF}{stratum}": str(count) for stratum, count in draw.of.items()}
    for number, pick in enumerate(picks, start=1):
        detail |= {str(number): str(pick.key), f"{_WHY}{number}": pick.stratum}
    fact = Fact(key=week.once, kind=SAMPLED, at=at.now, conversation=week.id, detail=detail)
    shown = [(*posts[pick.key], pick.stratum) for pick in picks]
    notice = Notice(
        key=notice_key(week.id),
        desk=sampler.desk,
        audience=Audience.ADMIN,
        to=sampler.to,
        reason=ROUTE,
        subject=f"Rightly left alone? {len(picks)} of {sum(draw.of.values()):,} posts, week {week.name}",
        text="\n\n".join(_parts(week, shown, sum(draw.of.values()))),
        conversation=week.id,
        made=at.now,
        delimiter=delimiter,
        drawn=tuple(pick.key for pick in picks),
    )
    return Decision(once=week.once, facts=(fact,), intents=at.tell(notice) if picks else ())


def _parts(week: Week, shown: list[tuple[Post, Verdict | None, str]], total: int) -> Iterator[str]:
    yield (
        f"In week {week.name}, {total:,} public posts were left alone. "
        f"These {len(shown)} were drawn from them by lot, so that near misses and every reason are among them."
    )
    yield (
        "Please answer this mail, and say on its first lines by number which of them should have been answered "
        "and which were rightly left alone, for example:\n\n"
        "    write: #should 3 7\n"
        "    write: #right rest"
    )
    yield (
        "Posts that should have been answered go to their desk at once, and the model learns from every word. "
        "Nothing of your mail is published."
    )
    for number, (post, verdict, stratum) in enumerate(shown, start=1):
        yield _shown(number, post, verdict, stratum)


def _shown(number: int, post: Post, verdict: Verdict | None, stratum: str) -> str:
    who = showing.line(post.author.handle or post.author.name, 80) or "somebody"
    words = showing.marked(showing.block(post.words, _LONGEST).strip())
    place = showing.line(post.url, 500)
    lines = [
        f"{number}. {who} on {post.channel}, {moment(post.at)}",
        words,
        f"Left alone: {_why(verdict, stratum)}",
        place,
    ]
    return "\n".join(line for line in lines if line)


def _why(verdict: Verdict | None, stratum: str) -> str:
    """In words, with the rules that hit."""
    hits = showing.line("; ".join(verdict.said), 300) if verdict else ""
    if stratum.startswith(LEAVING):
        return f"by {stratum}"
    if stratum == NEAR:
        return f"too few points ({hits})"
    words = "nothing spoke for it" if stratum == NOTHING else "no rule asked for it, though the model would have"
    return f"{words} ({hits})" if hits else words


def wanted(verdict: Verdict, desk: str) -> Verdict:
    """The verdict on a post that a person wants at a desk: where the rules leave it alone it goes there, and without delay."""
    if not desk:
        return verdict
    return replace(
        verdict,
        route=verdict.route or ROUTE,
        desk=verdict.desk or desk,
        hold_for=None,
        fold=None,
        defer_in_storm=None,
        auto_answer="",
        why=(*verdict.why, BECAUSE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What an admin said of one sample."""

    of: Mapping[str, int]
    """Posts that were left alone, by the reason."""
    said: tuple[tuple[str, bool], ...]
    """Of each post that was judged: its reason, and whether it should have been answered."""


def tally(sample: Mapping[str, str], words: Iterable[Mapping[str, str]]) -> Tally:
    """From the details of a sample's fact and of what was said, in the order in which it was: the last word counts."""
    last = {word.get("number", ""): word.get("label", "") == SHOULD for word in words}
    of = {key.removeprefix(_OF): int(count) for key, count in sample.items() if key.startswith(_OF)}
    said = tuple((sample[f"{_WHY}{number}"], should) for number, should in last.items() if f"{_WHY}{number}" in sample)
    return Tally(of=of, said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How many of the posts that were left alone should not have been, as far as admins said."""

    judged: int
    """Posts that somebody looked at."""
    should: int
    """Those of them that should have been answered."""
    share: float | None
    """Of all that was left alone, by the weight of each reason; None where nobody looked at any."""


def missed(tallies: Iterable[Tally]) -> Missed:
    """Near misses are drawn more often than there are of them, so each reason counts by how many posts it left alone."""
    judged = should = 0
    weight = wrong = 0.0
    for each in tallies:
        for stratum in sorted({stratum for stratum, _ in each.said}):
            said = [no for reason, no in each.said if reason == stratum]
            judged, should = judged + len(said), should + sum(said)
            weight += each.of.get(stratum, 0)
            wrong += each.of.get(stratum, 0) * sum(said) / len(said)
    return Missed(judged=judged, should=should, share=wrong / weight if weight else None)
