"""Checks of what a post says: words, closeness, patterns, likeness."""

from collections.abc import Iterator

from bridge.core.rules.checks import Check, Gate
from bridge.core.rules.finder import Index, Pattern
from bridge.core.rules.subject import Subject, grams, likeness
from bridge.core.rules.vocabulary import Alike, Near, When
from bridge.core.rules.words import tokens

_SHOWN = 60
"""Characters of a matched piece that are shown."""
_LISTED = 8
"""Words of a list that are shown where none of them was found."""
_KEYWORD = 3
"""Letters of a word that make it worth looking at likeness."""


def word_checks(when: When, index: Index) -> Iterator[Check]:
    """The checks of words, rarest gates first."""
    if when.all_words:
        yield _all_words(when.all_words, index)
    if when.near:
        yield _near(when.near, index)
    if when.any_word:
        yield _any_word(when.any_word, index)
    if when.similar_to:
        yield _alike(when.similar_to, index)
    if when.not_word:
        yield _not_word(when.not_word, index)
    if when.matches:
        yield _matches(when.matches, index)
    if when.not_matches:
        yield _not_matches(when.not_matches, index)


def listed(words: tuple[str, ...]) -> str:
    """A list for people, cut where it is long."""
    more = len(words) - _LISTED
    return ", ".join(words[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _numbered(words: tuple[str, ...], index: Index) -> dict[int, str]:
    """The words by their numbers, as they were written; words of which nothing can be found are left out."""
    numbers = {index.word(word): word for word in reversed(words)}
    return {number: word for number, word in reversed(numbers.items()) if number is not None}


def _any_word(words: tuple[str, ...], index: Index) -> Check:
    names = _numbered(words, index)
    numbers = frozenset(names)

    def evidence(subject: Subject) -> str | None:
        hit = numbers & subject.words
        return ", ".join(sorted(names[number] for number in hit)) if hit else None

    gate = Gate(words=tuple(names))
    return Check(key="any_word", wanted=listed(words), evidence=evidence, gate=gate, telling=True)


def _all_words(words: tuple[str, ...], index: Index) -> Check:
    numbers = frozenset(_numbered(words, index))
    shown = ", ".join(words)

    def evidence(subject: Subject) -> str | None:
        return shown if numbers <= subject.words else None

    longest = index.word(max(words, key=len))
    gate = Gate(words=() if longest is None else (longest,))
    return Check(key="all_words", wanted=listed(words), evidence=evidence, gate=gate, telling=True)


def _not_word(words: tuple[str, ...], index: Index) -> Check:
    numbers = frozenset(_numbered(words, index))

    def evidence(subject: Subject) -> str | None:
        return "" if numbers.isdisjoint(subject.words) else None

    return Check(key="not_word", wanted=listed(words), evidence=evidence)


def _near(near: Near, index: Index) -> Check:
    numbers = tuple(_numbered(near.words, index))
    shown = " … ".join(near.words)

    def evidence(subject: Subject) -> str | None:
        if not subject.words.issuperset(numbers):
            return None
        return shown if _closest(subject, numbers) <= near.within else None

    gate = Gate(words=numbers[:1])
    wanted = f"{listed(near.words)} within {near.within} words"
    return Check(key="near", wanted=wanted, evidence=evidence, gate=gate, telling=True)


def _closest(subject: Subject, numbers: tuple[int, ...]) -> int:
    """The fewest words between the first and the last of one occurrence of each."""
    events = sorted((place, number) for number in numbers for place in subject.places[number])
    latest: dict[int, int] = {}
    best = len(subject.spaced)
    for place, number in events:
        latest[number] = place
        if len(latest) == len(numbers):
            best = min(best, place - min(latest.values()))
    return best


def _alike(alike: Alike, index: Index) -> Check:
    samples = [(text, grams(text)) for text in alike.texts]
    words = (index.word(word) for text in alike.texts for word in tokens(text) if _is_keyword(word))
    numbers = tuple(dict.fromkeys(number for number in words if number is not None))

    def evidence(subject: Subject) -> str | None:
        best, text = max((likeness(sample, seen), text) for text, sample in samples for seen in subject.grams)
        return f"{best:.2f} like “{text[:_SHOWN]}”" if best >= alike.at_least else None

    wanted = f"{alike.at_least} like {listed(alike.texts)}"
    return Check(key="similar_to", wanted=wanted, evidence=evidence, gate=Gate(words=numbers), telling=True)


def _is_keyword(word: str) -> bool:
    """Whether sharing the word is a reason to compare: longer than an article, or of another script."""
    return len(word) >= _KEYWORD or not word.isascii()


def _matches(sources: tuple[str, ...], index: Index) -> Check:
    patterns = [index.pattern(source) for source in sources]

    def evidence(subject: Subject) -> str | None:
        return next((piece for pattern in patterns if (piece := _piece(pattern, subject)) is not None), None)

    gate = Gate(
        literals=tuple(number for pattern in patterns for number in pattern.gates),
        loose=tuple(pattern.loose for pattern in patterns if pattern.loose is not None),
    )
    return Check(key="matches", wanted=listed(sources), evidence=evidence, gate=gate, telling=True)


def _not_matches(sources: tuple[str, ...], index: Index) -> Check:
    patterns = [index.pattern(source) for source in sources]

    def evidence(subject: Subject) -> str | None:
        return None if any(_piece(pattern, subject) is not None for pattern in patterns) else ""

    return Check(key="not_matches", wanted=listed(sources), evidence=evidence)


def _piece(pattern: Pattern, subject: Subject) -> str | None:
    """What the pattern matches in the post; the cheap signs are asked first."""
    if pattern.loose is None and subject.literals.isdisjoint(pattern.gates):
        return None
    found = pattern.expression.search(subject.encoded)
    return None if found is None else found.group().decode("utf-8", "replace").strip()[:_SHOWN]
