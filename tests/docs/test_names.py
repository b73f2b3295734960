"""Short names lead somewhere: cases, faults, promises, sections and laws that the code names stand on a page in docs."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DELIVERY = (DOCS / "delivery.md").read_text(encoding="utf-8")
THREATS = (DOCS / "threat-model.md").read_text(encoding="utf-8")
HOUSE = (DOCS / "house.md").read_text(encoding="utf-8")

_CASE = re.compile(r"\b(?:[A-J]\d\d|FT\d\d|P\d)\b")
_IN_A_TEST = re.compile(r"\btest_((?:(?:[a-j]|ft)\d\d_)+)")
_SECTION = re.compile(r"\b(delivery\.md|threat-model) (\d+(?:\.\d+)*)(?:(?: and | to |, )(\d+(?:\.\d+)*))?")
_LAW = re.compile(r"\b[Ll]aws? (\d+)(?: (?:and|to) (\d+))?\b|\btest_law_(\d+)_")
_PAGE = re.compile(r"\b([a-z-]+\.md|DESIGN)(?: \d|:)|\bdocs/((?:[a-z-]+/)*[a-z-]+\.md)\b")

Named = list[tuple[str, str]]
"""Where a name was met, and the name."""


def sources() -> Iterator[tuple[str, str]]:
    """Files that people read, with their place in the repository; not this one, which holds made-up names."""
    for room in ("bridge", "tests", "config", "docs", "bench", "fuzz", "training"):
        for file in sorted((ROOT / room).rglob("*")):
            if file.suffix in {".py", ".toml", ".json", ".md"} and file != Path(__file__):
                yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


TEXTS = tuple(sources())


def cases(text: str) -> set[str]:
    """IDs of cases, faults and promises, also those in the names of tests."""
    spelled = chain.from_iterable(names.upper().split("_") for names in _IN_A_TEST.findall(text))
    return {*_CASE.findall(text), *spelled} - {""}


def listed(*pages: str) -> list[str]:
    """What the rows of a page's tables begin with."""
    return [name for page in pages for name in re.findall(r"(?m)^\| ([A-Z]+\d+) \|", page)]


def sections(page: str) -> set[str]:
    """The numbers of a page's headings, and of the points of numbered lists below them."""
    found, here = set(), ""
    for line in page.splitlines():
        if heading := re.match(r"#+ (\d+(?:\.\d+)*)\.? ", line):
            here = heading[1]
            found.add(here)
        elif point := re.match(r"(\d+)\. ", line):
            found.add(f"{here}.{point[1]}")
    return found


def astray(named: Named, known: set[str]) -> list[str]:
    """Where names stand that no page explains."""
    return [f"{place}: {name}" for place, name in named if name not in known]


def numbers(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, ...]]:
    return (tuple(part for part in match if part) for match in pattern.findall(text))


def test_every_case_that_is_named_is_explained() -> None:
    named = [(place, name) for place, text in TEXTS for name in sorted(cases(text))]

    assert astray(named, set(listed(DELIVERY, THREATS))) == []


def test_every_case_is_explained_once() -> None:
    rows = listed(DELIVERY, THREATS)

    assert sorted(rows) == sorted(set(rows))


def test_every_section_that_is_named_has_its_heading() -> None:
    known = {f"delivery.md {number}" for number in sections(DELIVERY)}
    known |= {f"threat-model {number}" for number in sections(THREATS)}
    named = [
        (place, f"{page} {number}")
        for place, text in TEXTS
        for page, *parts in numbers(_SECTION, text)
        for number in parts
    ]

    assert astray(named, known) == []


def test_every_law_that_is_named_is_listed() -> None:
    known = set(re.findall(r"(?m)^(\d+)\. ", HOUSE))
    named = [(place, law) for place, text in TEXTS for laws in numbers(_LAW, text) for law in laws]

    assert astray(named, known) == []


def test_every_page_that_is_named_by_its_section_or_its_place_exists() -> None:
    pages = list(DOCS.rglob("*.md"))
    known = {page.name for page in pages} | {str(page.relative_to(DOCS)) for page in pages}
    named = [(place, page) for place, text in TEXTS for found in numbers(_PAGE, text) for page in found]

    assert astray(named, known) == []


@pytest.mark.parametrize("page", [DELIVERY, THREATS], ids=["delivery", "threat-model"])
def test_the_files_that_prove_something_exist(page: str) -> None:
    named = set(re.findall(r"`((?:bridge|tests|fuzz)/[\w/]+\.py)", page))

    assert sorted(name for name in named if not (ROOT / name).exists()) == []
    assert named


def test_a_name_that_is_nowhere_is_found() -> None:
    """The checks of this file, on names that were made up."""
    assert cases("def test_a77_b78_somebody_speaks(): (FT79, C14) P8, UTF8, A4") == {"A77", "B78", "FT79", "C14", "P8"}
    assert list(numbers(_SECTION, "(threat-model 9.9.9) and delivery.md 4 and 6")) == [
        ("threat-model", "9.9.9"),
        ("delivery.md", "4", "6"),
    ]
    assert list(numbers(_LAW, "laws 5 and 16, test_law_11_it")) == [("5", "16"), ("11",)]
    assert list(numbers(_PAGE, "(elsewhere.md 3), docs/no/where.md")) == [("elsewhere.md",), ("no/where.md",)]
    assert astray([("here", "A77"), ("there", "A01")], {"A01"}) == ["here: A77"]
