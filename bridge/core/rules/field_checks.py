"""Checks of who, where, when and what kind a post is, of labels and of what the rules made of it."""

from collections.abc import Callable, Iterator, Mapping

from bridge.core.authors import author_key
from bridge.core.rules.checks import Check, Gate
from bridge.core.rules.subject import Subject
from bridge.core.rules.vocabulary import Age, Hours, Span, When
from bridge.core.rules.word_checks import listed


def field_checks(when: When) -> Iterator[Check]:
    """The checks of everything but words, rarest gates first."""
    if when.author:
        yield _author(when.author)
    if when.not_author:
        yield _not_author(when.not_author)
    yield from _one_ofs(when)
    yield from _spans(when)
    yield from _flags(when)
    if when.hours:
        yield _hours(when.hours)
    yield from (_label(name, span) for name, span in when.labels.items())
    yield from _sums(when)


def _author(entries: tuple[str, ...]) -> Check:
    keys = frozenset(map(author_key, entries))

    def evidence(subject: Subject) -> str | None:
        return None if keys.isdisjoint(subject.author_keys) else subject.post.author.handle or subject.post.author.id

    gate = Gate(keys=tuple(("author", key) for key in sorted(keys)))
    return Check(key="author", wanted=listed(entries), evidence=evidence, gate=gate, telling=True)


def _not_author(entries: tuple[str, ...]) -> Check:
    keys = frozenset(map(author_key, entries))
    return Check(
        key="not_author",
        wanted=listed(entries),
        evidence=lambda subject: "" if keys.isdisjoint(subject.author_keys) else None,
    )


_ONE_OF: Mapping[str, Callable[[Subject], str]] = {
    "channel": lambda subject: subject.post.channel,
    "kind": lambda subject: subject.post.kind,
    "lang": lambda subject: subject.situation.lang,
}


def _one_ofs(when: When) -> Iterator[Check]:
    for key, get in _ONE_OF.items():
        values: tuple[str, ...] = getattr(when, key)
        if values:
            yield _one_of(key, values, get)


def _one_of(key: str, values: tuple[str, ...], get: Callable[[Subject], str]) -> Check:
    allowed = frozenset(values)
    return Check(
        key=key,
        wanted=listed(values),
        evidence=lambda subject: value if (value := get(subject)) in allowed else None,
        gate=Gate(keys=tuple((key, value) for value in values)),
    )


def _spans(when: When) -> Iterator[Check]:
    if when.reach:
        yield _span("reach", when.reach, lambda subject: subject.post.author.reach)
    if when.rating:
        yield _span("rating", when.rating, lambda subject: subject.post.rating)
    if when.account_age:
        yield _age(when.account_age)


def _span(key: str, span: Span, get: Callable[[Subject], float | None]) -> Check:
    """A number within its span; a post that does not say the number does not meet the check."""

    def evidence(subject: Subject) -> str | None:
        number = get(subject)
        return None if number is None or not span.holds(number) else f"{number:g}"

    return Check(key=key, wanted=_ends(span.at_least, span.at_most), evidence=evidence, telling=True)


def _age(age: Age) -> Check:
    def evidence(subject: Subject) -> str | None:
        since = subject.post.author.since
        if since is None:
            return None
        now = subject.situation.now - since
        young = age.at_least is not None and now < age.at_least
        old = age.at_most is not None and now > age.at_most
        return None if young or old else f"{now.days} days"

    return Check(key="account_age", wanted=_ends(age.at_least, age.at_most), evidence=evidence, telling=True)


def _ends(least: object, most: object) -> str:
    """A span for people."""
    parts = (f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else "")
    return " and ".join(part for part in parts if part)


_FLAGS: Mapping[str, Callable[[Subject], bool]] = {
    "media": lambda subject: bool(subject.post.media),
    "links": lambda subject: subject.has_link,
    "is_repost": lambda subject: subject.post.is_repost,
    "is_question": lambda subject: subject.is_question,
    "thread_open": lambda subject: subject.situation.thread_open,
}


def _flags(when: When) -> Iterator[Check]:
    for key, get in _FLAGS.items():
        wanted: bool | None = getattr(when, key)
        if wanted is not None:
            yield _flag(key, get, wanted=wanted)


def _flag(key: str, get: Callable[[Subject], bool], *, wanted: bool) -> Check:
    shown = "yes" if wanted else "no"
    return Check(key=key, wanted=shown, evidence=lambda subject: shown if get(subject) is wanted else None)


def _hours(hours: Hours) -> Check:
    wanted = f"{hours.since:%H:%M} to {hours.until:%H:%M} {hours.zone_name}"
    return Check(
        key="hours",
        wanted=wanted,
        evidence=lambda subject: wanted if hours.holds(subject.situation.now) else None,
    )


def _label(name: str, span: Span) -> Check:
    """A label's probability within its span; without a model no label meets anything."""

    def evidence(subject: Subject) -> str | None:
        value = subject.situation.labels.get(name)
        return None if value is None or not span.holds(value) else f"{name} {value:.2f}"

    wanted = f"{name} {_ends(span.at_least, span.at_most)}"
    return Check(key="labels", wanted=wanted, evidence=evidence, telling=True)


def _sums(when: When) -> Iterator[Check]:
    """What routes ask of the rules' points and tags."""
    least, most = when.min_points, when.max_points
    if least is not None:
        yield _points("min_points", least, lambda points: points >= least)
    if most is not None:
        yield _points("max_points", most, lambda points: points <= most)
    if when.tag:
        yield _any_tag(frozenset(when.tag), listed(when.tag))
    if when.all_tags:
        yield _all_tags(frozenset(when.all_tags), listed(when.all_tags))
    if when.not_tag:
        yield _not_tag(frozenset(when.not_tag), listed(when.not_tag))


def _points(key: str, limit: int, holds: Callable[[int], bool]) -> Check:
    return Check(
        key=key,
        wanted=str(limit),
        evidence=lambda subject: str(subject.points) if holds(subject.points) else None,
    )


def _any_tag(wanted: frozenset[str], shown: str) -> Check:
    def evidence(subject: Subject) -> str | None:
        return ", ".join(tag for tag in subject.tags if tag in wanted) or None

    return Check(key="tag", wanted=shown, evidence=evidence)


def _all_tags(wanted: frozenset[str], shown: str) -> Check:
    return Check(
        key="all_tags",
        wanted=shown,
        evidence=lambda subject: shown if wanted <= subject.tags.keys() else None,
    )


def _not_tag(unwanted: frozenset[str], shown: str) -> Check:
    return Check(
        key="not_tag",
        wanted=shown,
        evidence=lambda subject: "" if unwanted.isdisjoint(subject.tags) else None,
    )
