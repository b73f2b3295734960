"""What `bridge check` finds: everything that can be found before a start, all at once."""

from dataclasses import dataclass
from pathlib import Path

from bridge.app import labelling
from bridge.app.place import place
from bridge.config import Complaints, Loaded, load
from bridge.config.bridge_stanza import BridgeStanza
from bridge.core.complaint import Complaint
from bridge.core.rules import (
    Protections,
    asked_beside,
    failed_tests,
    idle_protections,
    lint,
    never_given,
    run_tests,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a check."""

    exit: int
    summary: str
    complaints: tuple[Complaint, ...] = ()
    """Mistakes: the configuration may not be used."""
    failures: tuple[Complaint, ...] = ()
    """Rules' tests that do not come out as expected."""
    warnings: tuple[Complaint, ...] = ()


def checked(configuration: Path | None) -> Report:
    """Check the configuration in a directory."""
    where = place(configuration)
    found = load(where.configuration, where.credentials)
    if isinstance(found, Complaints):
        summary = f"{where.configuration}: not usable, {_count(len(found.complaints), 'mistake')}"
        return Report(exit=78, summary=summary, complaints=found.complaints)
    outcomes, failures = run_tests(found.rules), failed_tests(found.rules)
    parts = (
        _count(len(found.channels), "channel"),
        _count(len(found.desks), "desk"),
        _count(len(found.rules.rules), "rule"),
        f"{sum(not o.surprises for o in outcomes)} of {_count(len(outcomes), 'test')} pass",
    )
    summary = f"{where.configuration}: {'fine' if not failures else 'tests fail'}, {', '.join(parts)}"
    warnings = (*found.warnings, *_questionable(found))
    return Report(exit=1 if failures else 0, summary=summary, failures=failures, warnings=warnings)


def _questionable(found: Loaded) -> tuple[Complaint, ...]:
    """What the rules, and what the configuration says beside them, cannot mean."""
    labels, protections = labelling.labels(found), _protections(found.bridge)
    return (
        *lint(found.rules, asked_beside(found.rules, protections)),
        *never_given(found.rules, languages=found.bridge.languages, labels=labels),
        *idle_protections(found.rules, protections, labels=labels),
    )


def _protections(bridge: BridgeStanza) -> Protections:
    storms, answers = bridge.storms, bridge.auto_answers
    return Protections(
        storm_tags=storms.protect_tags,
        storm_labels=storms.protect_labels,
        people_tags=answers.never_tags,
        written=[
            *(f"storms.{key}" for key in storms.model_fields_set),
            *(f"auto_answers.{key}" for key in answers.model_fields_set),
        ],
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
