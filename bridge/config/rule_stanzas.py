"""The tables of rule files: `[[rule]]`, `[[route]]` and `[[test]]`, as an admin writes them."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, model_validator

from bridge.config.bridge_stanza import Approver, Language, Zone
from bridge.config.stanzas import Moment
from bridge.core.likeness import LONGEST_FOLD
from bridge.core.model import Kind, Priority
from bridge.core.rules.patterns import RefusedPattern, prepared
from bridge.core.rules.words import needle
from bridge.stanza import Duration, Stanza

MAX_WORD = 200
"""Characters of one word or phrase."""
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_NAME = re.compile(r"[^\s\x00-\x1f\"](?:[^\x00-\x1f\"]{0,98}[^\s\x00-\x1f\"])?")
_TAG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,49}")


def listed(given: object) -> object:
    """One text may stand where a list of texts may."""
    return [given] if isinstance(given, str) else given


def _word(given: str) -> str:
    if len(given) > MAX_WORD:
        raise ValueError(f"is longer than {MAX_WORD} characters: a word or short phrase finds more")
    if not needle(given).strip():
        raise ValueError("has no letter, digit or sign that could be found in a post: leave it out")
    return given


def _pattern(given: str) -> str:
    try:
        prepared(given)
    except RefusedPattern as problem:
        raise ValueError(f"pattern {given[:60]} cannot be used: {problem}") from None
    return given


def _tag(given: str) -> str:
    if not _TAG.fullmatch(given):
        raise ValueError("is no tag: write up to 50 small letters, digits, dots, dashes and underscores")
    return given


def _name(given: str) -> str:
    if not _NAME.fullmatch(given):
        raise ValueError("is no name: write up to 100 characters on one line, without quotes and outer spaces")
    return given


def _clock(given: object) -> object:
    if isinstance(given, time):
        return given
    found = _CLOCK.fullmatch(given) if isinstance(given, str) else None
    if not found:
        raise ValueError('must be a time of day, for example "22:00"')
    return time(int(found[1]), int(found[2]))


def span(given: object) -> object:
    """A number alone is the least that is wanted."""
    return {"at_least": given} if isinstance(given, int | float) and not isinstance(given, bool) else given


Word = Annotated[str, AfterValidator(_word)]
Words = Annotated[tuple[Word, ...], BeforeValidator(listed)]
Texts = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(listed)]
Approvers = Annotated[tuple[Approver, ...], BeforeValidator(listed)]
Patterns = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], BeforeValidator(listed)]
Tag = Annotated[str, AfterValidator(_tag)]
Tags = Annotated[tuple[Tag, ...], BeforeValidator(listed)]
Langs = Annotated[tuple[Language, ...], BeforeValidator(listed)]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(listed)]
Clock = Annotated[time, BeforeValidator(_clock)]
Name = Annotated[str, AfterValidator(_name)]


class SpanStanza(Stanza):
    """A stretch of numbers, both ends included."""

    at_least: float | None = Field(default=None, description="The smallest number that counts.")
    at_most: float | None = Field(default=None, description="The largest number that counts.")

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("asks for nothing: set at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("can never hold: at_least is larger than at_most")
        return self


class AgeStanza(Stanza):
    """A stretch of ages, both ends included."""

    at_least: Duration | None = Field(default=None, description="The youngest age that counts.")
    at_most: Duration | None = Field(default=None, description="The oldest age that counts.")

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("asks for nothing: set at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("can never hold: at_least is longer than at_most")
        return self


class NearStanza(Stanza):
    """Words that stand close together."""

    words: Annotated[tuple[Word, ...], Field(min_length=2)] = Field(description="Two or more words, in any order.")
    within: StrictInt = Field(ge=1, le=50, description="How many words from the first of them to the last, at most.")


class AlikeStanza(Stanza):
    """Texts that a post shall resemble."""

    texts: Annotated[tuple[Annotated[str, Field(min_length=8, max_length=500)], ...], Field(min_length=1)] = Field(
        description="Samples of 8 to 500 characters; the most similar counts."
    )
    at_least: float = Field(default=0.6, gt=0, le=1, description="How similar: 1 is the same.")


class HoursStanza(Stanza):
    """A part of the day."""

    since: Clock = Field(description='When it begins, as in "22:00".')
    until: Clock = Field(description="When it ends; before `since` it is the next day's.")
    zone: Zone | None = Field(default=None, description="Time zone; the installation's own where it is not set.")


class WhenStanza(Stanza):
    """The conditions of a rule; all of them must hold."""

    any_word: Words = Field(default=(), description="One of these words or phrases stands in the post.")
    all_words: Words = Field(default=(), description="All of these words or phrases stand in the post.")
    not_word: Words = Field(default=(), description="None of these words or phrases stands in the post.")
    near: NearStanza | None = Field(default=None, description="These words stand close together.")
    matches: Patterns = Field(default=(), description="One of these RE2 patterns matches the post, whatever its case.")
    not_matches: Patterns = Field(default=(), description="None of these RE2 patterns matches the post.")
    similar_to: AlikeStanza | None = Field(
        default=None, description="The post, or one of its sentences, resembles a sample."
    )
    lang: Langs = Field(default=(), description="The post is in one of these languages; und is an unknown one.")
    channel: Texts = Field(default=(), description="The post came through one of these channels.")
    kind: Kinds = Field(default=(), description="The post is of one of these kinds.")
    author: Texts = Field(default=(), description="The author is one of these: handle, id, channel/id or @file:LIST.")
    not_author: Texts = Field(default=(), description="The author is none of these.")
    reach: Annotated[SpanStanza | None, BeforeValidator(span)] = Field(
        default=None, description="Followers of the author."
    )
    rating: Annotated[SpanStanza | None, BeforeValidator(span)] = Field(default=None, description="Stars of a review.")
    account_age: AgeStanza | None = Field(default=None, description="How long the author's account exists.")
    media: StrictBool | None = Field(default=None, description="Whether something is attached.")
    links: StrictBool | None = Field(default=None, description="Whether the text has a link.")
    is_repost: StrictBool | None = Field(default=None, description="Whether it only repeats somebody else's post.")
    is_question: StrictBool | None = Field(default=None, description="Whether it asks something.")
    thread_open: StrictBool | None = Field(
        default=None, description="Whether its conversation is with an agent already."
    )
    hours: HoursStanza | None = Field(default=None, description="The time of day when it is judged.")
    labels: dict[str, Annotated[SpanStanza, BeforeValidator(span)]] = Field(
        default={}, description="Probabilities of the learned model; without a model none of them holds."
    )


class RouteWhenStanza(WhenStanza):
    """The conditions of a route: those of rules, and what the rules made of the post."""

    min_points: StrictInt | None = Field(default=None, description="The least sum of the points of all rules that hit.")
    max_points: StrictInt | None = Field(default=None, description="The largest sum of points.")
    tag: Tags = Field(default=(), description="One of these tags was given.")
    all_tags: Tags = Field(default=(), description="All of these tags were given.")
    not_tag: Tags = Field(default=(), description="None of these tags was given.")


class RuleStanza(Stanza):
    """A kind of post, and what it is worth."""

    name: Name = Field(description="Unique name; reasons and tests call the rule by it.")
    when: WhenStanza = Field(description="What a post must be like.")
    points: StrictInt = Field(
        default=0, ge=-1000, le=1000, description="Added to the post's points where the rule hits."
    )
    tags: Tags = Field(default=(), description="Given to the post where the rule hits.")


class RouteStanza(Stanza):
    """Which posts go to which desk; the first route whose conditions hold takes the post."""

    name: Name = Field(description="Unique name; reasons, tests and metrics call the route by it.")
    when: RouteWhenStanza = Field(
        default=RouteWhenStanza(), description="What a post must be like; any where it is not set."
    )
    desk: str | None = Field(default=None, description="The desk that gets the post.")
    leave: bool = Field(default=False, description="Leave the post alone, instead of a desk.")
    priority: Priority = Field(default=Priority.NORMAL, description="urgent, high, normal or low.")
    target: Duration | None = Field(
        default=None, gt=timedelta(0), description="How soon the customer should have an answer."
    )
    approve_by: Approvers = Field(
        default=(), description="Of whom one must approve every answer: mailboxes, or leads for those of the desk."
    )
    hold_for: Duration | None = Field(default=None, gt=timedelta(0), description="How long others may answer first.")
    hold_hours: HoursStanza | None = Field(
        default=None, description="In which part of the day that time may end; at any hour where it is not set."
    )
    helped_by: Texts = Field(
        default=(),
        description="Whose answers count meanwhile: accepted, liked, handles, ids, channel/id or @file:LIST; everybody's where empty.",
    )
    fold: Duration | None = Field(
        default=None,
        gt=timedelta(0),
        le=LONGEST_FOLD,
        description="How long posts that say nearly the same join the ticket of the first one.",
    )

    defer_in_storm: Duration | None = Field(
        default=None,
        gt=timedelta(0),
        le=timedelta(days=1),
        description="How long the post waits where its channel is in a storm.",
    )

    auto_answer: str = Field(
        default="",
        max_length=100,
        description="Standard response that is published without an agent, where `[bridge.auto_answers]` is on.",
    )
    auto_answer_in_storm: bool = Field(
        default=False, description="Publish it also while the channel is in a storm, as for an outage."
    )

    @model_validator(mode="after")
    def _answers_only_what_it_knows(self) -> Self:
        if self.auto_answer_in_storm and not self.auto_answer:
            raise ValueError("has auto_answer_in_storm and no auto_answer")
        if not self.auto_answer:
            return self
        if self.leave or self.fold is not None or self.approve_by:
            raise ValueError(
                "has auto_answer beside leave, fold or approve_by: what is left, stands for many or needs a lead is answered by people"
            )
        when = self.when
        if not (when.any_word or when.all_words or when.near or when.matches or when.similar_to):
            raise ValueError(
                "has auto_answer without any_word, all_words, near, matches or similar_to: say which words it fits"
            )
        return self

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.desk is None) is not self.leave:
            raise ValueError("goes nowhere or to two places: set either desk or leave = true")
        if self.defer_in_storm is not None and self.priority in {Priority.URGENT, Priority.HIGH}:
            raise ValueError("has defer_in_storm and is urgent or high: what cannot wait is never deferred")
        if self.hold_for is None and (self.hold_hours is not None or self.helped_by):
            raise ValueError("has hold_hours or helped_by without hold_for: say how long others may answer first")
        if self.fold is not None and self.hold_for is not None:
            raise ValueError(
                "has fold and hold_for: a ticket that others answered first cannot stand for all: take one out"
            )
        return self


class ExamplePost(Stanza):
    """A made-up post."""

    text: str = Field(description="What the customer wrote.")
    title: str = Field(default="", description="The headline, where the platform has one.")
    lang: str = Field(default="und", description="Language, as the model would find it.")
    kind: Kind = Field(default=Kind.MENTION, description="What it is on its platform.")
    channel: str = Field(default="test", description="The channel that it came through.")
    author: str = Field(default="someone", description="Handle of the author.")
    author_id: str = Field(default="1", description="The platform's id of the author.")
    reach: StrictInt | None = Field(default=None, description="Followers of the author.")
    account_age: Duration | None = Field(default=None, description="How long the account exists.")
    rating: StrictInt | None = Field(default=None, ge=1, le=5, description="Stars of a review.")
    media: StrictInt = Field(default=0, ge=0, le=20, description="How many things are attached.")
    is_repost: bool = Field(default=False, description="Whether it repeats somebody else's post.")
    thread_open: bool = Field(default=False, description="Whether an agent has the conversation already.")
    labels: dict[str, float] = Field(default={}, description="What the model would say.")
    at: Moment = Field(default=datetime(2024, 1, 1, 12, tzinfo=UTC), description="When it is judged.")


class ExampleExpect(Stanza):
    """What must become of the post; what is not set is not asked."""

    route: str | None = Field(default=None, description="The route that takes it.")
    left: bool = Field(default=False, description="That it is left alone, instead of a route.")
    desk: str | None = Field(default=None, description="The desk that gets it.")
    priority: Priority | None = Field(default=None, description="Its priority.")
    points: StrictInt | None = Field(default=None, description="Its points.")
    tags: Tags | None = Field(default=None, description="Tags that it must have, among others.")
    rules: Texts | None = Field(default=None, description="Rules that must hit, among others.")
    not_rules: Texts = Field(default=(), description="Rules that must not hit.")
    auto_answer: str | None = Field(default=None, description="The standard response that it asks for.")


class ExampleStanza(Stanza):
    """A post and what must become of it: run by `bridge check` and `bridge rules test`."""

    name: str = Field(default="", description="What the test shows.")
    post: ExamplePost = Field(description="The post.")
    expect: ExampleExpect = Field(description="What must become of it.")
