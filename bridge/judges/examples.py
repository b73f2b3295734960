"""Labelled posts as JSON lines: what people train with and measure by."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_LINE = 1_000_000
"""Octets of one line."""
MOST = 1_000_000
"""Examples of one file that are read."""


class UnusableExamples(Exception):
    """A line is no labelled post; the text says which one and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text and the label that a person gave it."""

    text: str
    label: str
    task: str = ""
    """Of its own line; empty where it names none."""
    lang: str = ""


def examples(lines: Iterable[bytes]) -> Iterator[Example]:
    """The examples; raises UnusableExamples for a line that is none, with its number."""
    for number, line in enumerate(lines, start=1):
        if number > MOST:
            raise UnusableExamples(f"line {number}: there are more lines than {MOST}")
        if line.strip():
            yield _example(line, number)


def _example(line: bytes, number: int) -> Example:
    if len(line) > LONGEST_LINE:
        raise UnusableExamples(f"line {number}: is longer than {LONGEST_LINE} bytes")
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise UnusableExamples(f"line {number}: is not JSON") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise UnusableExamples(f'line {number}: is not an object with a "text"')
    if not isinstance(given.get("label"), str | int | bool):
        raise UnusableExamples(f'line {number}: has no "label"')
    label = str(given["label"]).partition("|")[0]
    return Example(text=given["text"], label=label, task=str(given.get("task", "")), lang=str(given.get("lang", "")))
