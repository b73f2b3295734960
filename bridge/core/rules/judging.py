"""Judges posts by rules and routes, and says why: the rules that hit, and on demand those that nearly did."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridge.core.model import Post, Priority, Reason, Verdict
from bridge.core.rules.checks import Check
from bridge.core.rules.compiling import Engine, engine
from bridge.core.rules.subject import Subject
from bridge.core.rules.vocabulary import Example, Route, Rule, Situation

_LEFT = Reason(rule="", hit=False, detail="no route takes it")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules, routes and their examples, compiled once; a reload swaps the whole value."""

    rules: tuple[Rule, ...]
    routes: tuple[Route, ...]
    examples: tuple[Example, ...]
    version: str
    """Short hash of everything that decides."""
    engine: Engine = field(compare=False, repr=False)


def compile_rules(rules: Sequence[Rule], routes: Sequence[Route], examples: Sequence[Example] = ()) -> RuleSet:
    """The rule set, ready to judge; raises RefusedPattern for a pattern that cannot be used."""
    written = repr((tuple(rules), tuple(routes))).encode("utf-8", "backslashreplace")
    return RuleSet(
        rules=tuple(rules),
        routes=tuple(routes),
        examples=tuple(examples),
        version=hashlib.sha256(written).hexdigest()[:16],
        engine=engine(rules, routes),
    )


def judge(rules: RuleSet, post: Post, situation: Situation) -> Verdict:
    """The verdict with the rules that hit and the route that took the post; the same for the same arguments."""
    subject = Subject(post, situation, rules.engine.finder)
    return _verdict(rules, subject, why=_hits(rules.engine, subject))


def explain(rules: RuleSet, post: Post, situation: Situation) -> Verdict:
    """The same verdict; its reasons also name the near misses and the routes that were passed by."""
    subject = Subject(post, situation, rules.engine.finder)
    verdict = _verdict(rules, subject, why=_hits(rules.engine, subject))
    misses = (*_near_misses(rules.engine, subject), *_passed_by(rules.engine, subject))
    return replace(verdict, why=(*verdict.why, *misses))


def _hits(compiled: Engine, subject: Subject) -> list[Reason]:
    """Reasons of the rules that hit; their points and tags are left with the subject."""
    why = []
    for clause in compiled.candidates(subject):
        detail = _detail(clause.checks, subject)
        if detail is not None:
            subject.points += clause.points
            subject.tags.update(clause.tags)
            why.append(Reason(rule=clause.name, hit=True, detail=detail, file=clause.file))
    return why


def _detail(checks: tuple[Check, ...], subject: Subject) -> str | None:
    """What of the post meets all of the checks; None where one of them does not hold."""
    parts = []
    for check in checks:
        seen = check.evidence(subject)
        if seen is None:
            return None
        if seen:
            parts.append(f"{check.key}: {seen}")
    return "; ".join(parts) or "always"


def _verdict(rules: RuleSet, subject: Subject, *, why: list[Reason]) -> Verdict:
    """What the first route that takes the post makes of it."""
    situation = subject.situation
    route, reason = _taken(rules.engine, subject)
    return Verdict(
        route=route.name if route and route.desk else None,
        desk=route.desk if route else None,
        priority=route.priority if route else Priority.NORMAL,
        points=subject.points,
        tags=tuple(subject.tags),
        labels=situation.labels,
        lang=situation.lang,
        target=route.target if route else None,
        approve_by=route.approve_by if route else (),
        hold_for=_held(route, situation.now) if route else None,
        helped_by=route.helped_by if route else (),
        fold=route.fold if route else None,
        defer_in_storm=route.defer_in_storm if route else None,
        auto_answer=route.auto_answer if route else "",
        auto_in_storm=route.auto_in_storm if route else False,
        why=(*why, reason),
        rules=rules.version,
        model=situation.model,
    )


def _held(route: Route, now: datetime) -> timedelta | None:
    """How long the community may answer first: the route's time, and on until somebody is there to take over."""
    if route.hold_for is None or route.hold_hours is None:
        return route.hold_for
    return route.hold_hours.opening(now + route.hold_for) - now


def _taken(compiled: Engine, subject: Subject) -> tuple[Route | None, Reason]:
    """The first route whose checks all hold, and why."""
    for path in compiled.paths:
        detail = _detail(path.checks, subject)
        if detail is not None:
            return path.route, Reason(rule=path.route.name, hit=True, detail=f"route; {detail}", file=path.route.file)
    return None, _LEFT


def _near_misses(compiled: Engine, subject: Subject) -> Iterator[Reason]:
    """Rules of which something telling holds and something does not."""
    for clause in compiled.clauses:
        met = [check for check in clause.checks if check.evidence(subject) is not None]
        if len(met) < len(clause.checks) and any(check.telling for check in met):
            yield Reason(rule=clause.name, hit=False, detail=_lacks(clause.checks, subject), file=clause.file)


def _passed_by(compiled: Engine, subject: Subject) -> Iterator[Reason]:
    """Routes that stand before the one that took the post, and what each of them lacked."""
    for path in compiled.paths:
        lacks = _lacks(path.checks, subject)
        if not lacks:
            return
        yield Reason(rule=path.route.name, hit=False, detail=f"route; {lacks}", file=path.route.file)


def _lacks(checks: tuple[Check, ...], subject: Subject) -> str:
    """What the post meets of the checks, and what it does not; empty where it meets them all."""
    seen = [(check, check.evidence(subject)) for check in checks]
    missing = [f"not {check.key}: {check.wanted}" for check, evidence in seen if evidence is None]
    return "; ".join([f"{check.key}: {evidence}" for check, evidence in seen if evidence] + missing) if missing else ""
