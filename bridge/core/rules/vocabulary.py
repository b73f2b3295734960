"""The closed vocabulary of rules and routes: what an admin can ask of a post, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo

from bridge.core.model import Post, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of numbers, both ends included; None leaves an end open."""

    at_least: float | None = None
    at_most: float | None = None

    def holds(self, number: float) -> bool:
        """Whether the number lies in it."""
        low = self.at_least is None or number >= self.at_least
        return low and (self.at_most is None or number <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How old an account is, both ends included; None leaves an end open."""

    at_least: timedelta | None = None
    at_most: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Words that stand close together: all of them within so many words, in any order."""

    words: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Texts that a post shall resemble, and how much: 1 is the same, 0 has nothing in common."""

    texts: tuple[str, ...]
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A part of the day on the clock of one time zone; `until` before `since` runs over midnight."""

    since: time
    until: time
    zone: tzinfo
    zone_name: str

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it; `since` is included and `until` is not."""
        clock = moment.astimezone(self.zone).time().replace(tzinfo=None)
        if self.since <= self.until:
            return self.since <= clock < self.until
        return clock >= self.since or clock < self.until

    def opening(self, moment: datetime) -> datetime:
        """The moment itself where it lies in it, else when it next begins."""
        if self.holds(moment):
            return moment
        local = moment.astimezone(self.zone)
        begin = datetime.combine(local.date(), self.since, self.zone)
        begin = begin if begin > local else datetime.combine(local.date() + timedelta(days=1), self.since, self.zone)
        return begin.astimezone(moment.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a post must be like, all of it; what is None or empty asks nothing."""

    any_word: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    not_word: tuple[str, ...] = ()
    near: Near | None = None
    matches: tuple[str, ...] = ()
    """RE2 patterns; one of them must be found."""
    not_matches: tuple[str, ...] = ()
    similar_to: Alike | None = None
    lang: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    """Handles, platform ids, or `channel/id`."""
    not_author: tuple[str, ...] = ()
    reach: Span | None = None
    rating: Span | None = None
    account_age: Age | None = None
    media: bool | None = None
    links: bool | None = None
    is_repost: bool | None = None
    is_question: bool | None = None
    thread_open: bool | None = None
    hours: Hours | None = None
    labels: Mapping[str, Span] = field(default_factory=dict)
    min_points: int | None = None
    """Routes only, like all that follows."""
    max_points: int | None = None
    tag: tuple[str, ...] = ()
    """One of them."""
    all_tags: tuple[str, ...] = ()
    not_tag: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a kind of post is worth: its points and tags where all of its conditions hold."""

    name: str
    when: When
    points: int = 0
    tags: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which posts go to which desk and how; the first route whose conditions hold takes the post."""

    name: str
    when: When
    desk: str | None
    """None leaves the post alone."""
    priority: Priority = Priority.NORMAL
    target: timedelta | None = None
    approve_by: tuple[str, ...] = ()
    hold_for: timedelta | None = None
    hold_hours: Hours | None = None
    """In which part of the day that time may end; at any hour where it is None."""
    helped_by: tuple[str, ...] = ()
    """Whose answers count meanwhile: see bridge.core.community."""
    fold: timedelta | None = None
    defer_in_storm: timedelta | None = None
    auto_answer: str = ""
    auto_in_storm: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a rule may know besides the post itself."""

    now: datetime
    thread_open: bool = False
    labels: Mapping[str, float] = field(default_factory=dict)
    """What a learned model says; empty without one."""
    lang: str = "und"
    model: str = ""
    """Version of the learned model, empty without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What an example's post shall come to; None asks nothing, an empty `route` means that the post is left."""

    route: str | None = None
    desk: str | None = None
    priority: str | None = None
    points: int | None = None
    tags: tuple[str, ...] | None = None
    """All of them, whatever else is there."""
    rules: tuple[str, ...] | None = None
    """All of them, whatever else hits."""
    not_rules: tuple[str, ...] = ()
    auto_answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A `[[test]]` of a rule file: a post and what must become of it."""

    name: str
    post: Post
    situation: Situation
    expect: Expectation
    file: str = ""
