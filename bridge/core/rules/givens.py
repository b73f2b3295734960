"""Looks for conditions on languages and labels that an installation never gives, so that they can never hold."""

from collections.abc import Collection, Iterator

from bridge.core.complaint import Complaint
from bridge.core.rules.judging import RuleSet
from bridge.core.rules.vocabulary import Route, Rule

UNDETERMINED = "und"
"""The language that every installation gives."""


def never_given(rules: RuleSet, *, languages: Collection[str], labels: Collection[str]) -> tuple[Complaint, ...]:
    """Conditions that cannot hold, in the order of the files; no languages means all of them, no labels means none."""
    entries: list[Rule | Route] = [*rules.rules, *rules.routes]
    found = (complaint for entry in entries for complaint in (*_languages(entry, languages), *_labels(entry, labels)))
    return tuple(found)


def _languages(entry: Rule | Route, languages: Collection[str]) -> Iterator[Complaint]:
    """A list of languages of which the bridge tells none."""
    wanted = entry.when.lang
    if wanted and languages and set(wanted).isdisjoint({*languages, UNDETERMINED}):
        what = f"can never hold: {' or '.join(wanted)} is not among the languages of [bridge], so no post is told to be in it"
        yield _complaint(entry, "when.lang", what)


def _labels(entry: Rule | Route, labels: Collection[str]) -> Iterator[Complaint]:
    """Labels that no model gives; a label that is not there holds no condition."""
    for label in entry.when.labels:
        if not labels:
            yield _complaint(entry, "when.labels", "can never hold: the model is switched off")
        elif label not in labels:
            what = f"can never hold: no model gives {label}; there are {', '.join(sorted(labels))}"
            yield _complaint(entry, "when.labels", what)


def _complaint(entry: Rule | Route, key: str, what: str) -> Complaint:
    word = "rule" if isinstance(entry, Rule) else "route"
    return Complaint(file=entry.file, key=f"{word}.{entry.name}.{key}", what=what)
