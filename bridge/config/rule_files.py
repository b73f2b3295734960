"""Rule files: their `[[rule]]`, `[[route]]` and `[[test]]` tables to the core's values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bridge.config.conditions import Conditions
from bridge.config.files import Table
from bridge.config.rule_stanzas import ExampleExpect, ExamplePost, ExampleStanza, RouteStanza, RuleStanza
from bridge.config.validating import meant, validated
from bridge.core.complaint import Complaint
from bridge.core.model import PRIVATE_KINDS, Author, Media, Post, Visibility
from bridge.core.rules.vocabulary import Example, Expectation, Route, Rule, Situation, When

_SORTS: Mapping[str, type[BaseModel]] = {"rule": RuleStanza, "route": RouteStanza, "test": ExampleStanza}


@dataclass(slots=True, kw_only=True)
class RuleFiles:
    """What was read so far, in order, and what was wrong with it."""

    lists: Mapping[str, str]
    """Texts of the list files by their paths."""
    zone: ZoneInfo
    rules: list[Rule] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """The file of each rule and route."""

    def add(self, file: str, table: Table) -> None:
        """Take up everything of one file."""
        for word, entries in table.items():
            if word not in _SORTS:
                self._complain(file, word, f"is not a known table here{meant(word, list(_SORTS))}")
            elif not isinstance(entries, list):
                self._complain(file, word, f"is a list of tables: write [[{word}]], with two brackets")
            else:
                for number, entry in enumerate(entries, 1):
                    self._add(file, word, key=_key(word, number, entry), entry=entry)

    def _add(self, file: str, word: str, *, key: str, entry: object) -> None:
        stanza = validated(_SORTS[word], entry, file=file, key=key, credentials=None)
        conditions = Conditions(file=file, key=key, lists=self.lists, zone=self.zone, complaints=self.complaints)
        if isinstance(stanza, tuple):
            self.complaints += stanza
        elif isinstance(stanza, RuleStanza):
            self._add_rule(stanza, conditions)
        elif isinstance(stanza, RouteStanza):
            self._add_route(stanza, conditions)
        elif isinstance(stanza, ExampleStanza):
            self._add_test(stanza, file, key)

    def _add_rule(self, stanza: RuleStanza, conditions: Conditions) -> None:
        before = len(self.complaints)
        when = conditions.when(stanza.when)
        if when == When() and len(self.complaints) == before:
            self._complain(
                conditions.file, f"{conditions.key}.when", "asks for nothing and so hits every post: name a condition"
            )
        self._unique("rule", stanza.name, conditions)
        self.rules.append(
            Rule(name=stanza.name, when=when, points=stanza.points, tags=stanza.tags, file=conditions.file)
        )

    def _add_route(self, stanza: RouteStanza, conditions: Conditions) -> None:
        if stanza.leave and stanza.when.labels:
            what = "a model's label may not silence a post (B18): leave by words, tags or authors"
            self._complain(conditions.file, f"{conditions.key}.when.labels", what)
        self._unique("route", stanza.name, conditions)
        self.routes.append(
            Route(
                name=stanza.name,
                when=conditions.route_when(stanza.when),
                desk=stanza.desk,
                priority=stanza.priority,
                target=stanza.target,
                approve_by=stanza.approve_by,
                hold_for=stanza.hold_for,
                hold_hours=conditions.hours(stanza.hold_hours),
                helped_by=conditions.listed("helped_by", stanza.helped_by),
                fold=stanza.fold,
                defer_in_storm=stanza.defer_in_storm,
                auto_answer=stanza.auto_answer.strip().lower(),
                auto_in_storm=stanza.auto_answer_in_storm,
                file=conditions.file,
            )
        )

    def _add_test(self, stanza: ExampleStanza, file: str, key: str) -> None:
        self.examples.append(
            Example(
                name=stanza.name or key,
                post=_post(stanza.post),
                situation=_situation(stanza.post),
                expect=_expectation(stanza.expect),
                file=file,
            )
        )

    def _unique(self, word: str, name: str, conditions: Conditions) -> None:
        first = self.names.get((word, name))
        if first is None:
            self.names[word, name] = conditions.file
        else:
            what = f"the name is taken by another one in {first}: give each its own"
            self._complain(conditions.file, f"{conditions.key}.name", what)

    def _complain(self, file: str, key: str, what: str) -> None:
        self.complaints.append(Complaint(file=file, key=key, what=what))


def _key(word: str, number: int, entry: object) -> str:
    """How complaints call an entry: by its name, or by its place in the file."""
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"{word}.{name}" if isinstance(name, str) and name else f"{word}.#{number}"


def _post(given: ExamplePost) -> Post:
    """The made-up post of a test."""
    author = Author(
        id=given.author_id,
        handle=given.author.removeprefix("@"),
        reach=given.reach,
        since=given.at - given.account_age if given.account_age else None,
    )
    return Post(
        channel=given.channel,
        id="test",
        kind=given.kind,
        visibility=Visibility.PRIVATE if given.kind in PRIVATE_KINDS else Visibility.PUBLIC,
        thread="test",
        author=author,
        text=given.text,
        title=given.title,
        at=given.at,
        lang=given.lang,
        media=(Media(url="test:"),) * given.media,
        rating=given.rating,
        is_repost=given.is_repost,
    )


def _situation(given: ExamplePost) -> Situation:
    return Situation(now=given.at, thread_open=given.thread_open, labels=given.labels, lang=given.lang)


def _expectation(given: ExampleExpect) -> Expectation:
    return Expectation(
        route="" if given.left else given.route,
        desk=given.desk,
        priority=given.priority,
        points=given.points,
        tags=given.tags,
        rules=given.rules,
        not_rules=given.not_rules,
        auto_answer=given.auto_answer,
    )
