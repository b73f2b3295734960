"""The corpus of people's answers: exactly their words, and what is not sure is said to be unsure (B01, B02, B07).

The counts of every source stand in a table that a change must update, so that nobody makes one source worse in silence.
"""

import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read
from bridge.letters.normal import normal

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("BRIDGE_CORPUS", ROOT.parent / "shared" / "corpus"))
REPLIES = CORPUS / "replies"
COUNTS = Path(__file__).parent / "replies_counts.toml"
pytestmark = pytest.mark.skipif(
    not REPLIES.is_dir() and os.environ.get("CI") != "true", reason="no corpus: set BRIDGE_CORPUS to its directory"
)
HEAD = "Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"


def cases() -> Iterator[dict[str, str]]:
    for line in (REPLIES / "manifest.jsonl").read_text().splitlines():
        yield json.loads(line)


def mail(case: dict[str, str]) -> bytes:
    content = (REPLIES / case["mail"]).read_bytes()
    if case["form"] == "eml":
        return content
    return HEAD.format(kind="html" if case["form"] == "html" else "plain").encode() + content


def folded(text: str) -> str:
    """White space as one space, and the forms of Unicode that are published (threat-model 5.3.5)."""
    return " ".join(normal(text).split())


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", normal(text).casefold()))


def judged(case: dict[str, str], found: Extraction) -> Counter[str]:
    """What is true of one case, each counted as 1."""
    accepted = [(REPLIES / case[key]).read_text() for key in ("expected", "expected_alt") if case[key]]
    exact = folded(found.text) in {folded(text) for text in accepted}
    lost = not exact and bool(words(accepted[0]) - words(found.text))
    leaked = not exact and all(words(found.text) - words(text) for text in accepted)
    return Counter(
        mails=1,
        exact=exact,
        unsure=not found.confident,
        confident_exact=found.confident and exact,
        confident_lost=found.confident and lost,
        confident_leaked=found.confident and leaked,
    )


@cache
def counted() -> dict[str, Counter[str]]:
    """The counts of every source."""
    sources: dict[str, Counter[str]] = {}
    for case in cases():
        source = case["id"].partition("/")[0]
        sources.setdefault(source, Counter()).update(judged(case, extract(read(mail(case)), ())))
    return sources


def test_the_counts_of_every_source_are_those_of_the_table() -> None:
    expected = {source: Counter(counts) for source, counts in tomllib.loads(COUNTS.read_text()).items()}
    assert {source: +counts for source, counts in counted().items()} == {s: +counts for s, counts in expected.items()}


def test_the_goals_are_met() -> None:
    total = sum(counted().values(), Counter[str]())
    confident = total["mails"] - total["unsure"]
    assert total["exact"] >= 0.92 * total["mails"]
    assert total["confident_exact"] >= 0.97 * confident
    assert total["confident_leaked"] <= 0.01 * total["mails"]
    assert total["confident_lost"] <= 0.005 * total["mails"]
    assert total["unsure"] <= 0.06 * total["mails"]


CLIENTS = {
    "alpine-reply.eml": "Hi Jané, we found your bag. 🧳\nIt is on its way.",
    "neomutt-reply.eml": "Hi Jané, we found your bag. 🧳\nIt is on its way.",
    "s-nail-reply-bottom.eml": "Hi Jané, we found your bag. 🧳\nIt is on its way.",
    "rt5-agent-web.eml": "Hello Jane,\nwe have found your bag & it is on its way.",
    "roundup-agent-rest.eml": "Your bag is on its way.",
}


@pytest.mark.parametrize("name", CLIENTS)
def test_what_real_clients_and_ticket_systems_sent(name: str) -> None:
    found = extract(read((CORPUS / "clients" / name).read_bytes()), ())
    assert folded(found.text) == folded(CLIENTS[name])
    assert found.confident
