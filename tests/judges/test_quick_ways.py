"""The quick ways of the triage call tell what the plain ones do: on any text, and on every post of the corpus."""

import json
import os
import re
import unicodedata
from array import array
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.rules.questions import is_question
from bridge.core.rules.words import has_link
from bridge.judges.model import shipped
from bridge.judges.rows import Rows
from bridge.judges.scorer import Scorer
from bridge.judges.signs import hints, signs
from bridge.judges.terms import pieces, terms
from bridge.judges.tokens import LONGEST_TEXT, has_letters, tokens

CORPUS = Path(os.environ.get("BRIDGE_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "triage"
WRITTEN = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="abz AZ09_@#<>.,:'!?\n\t\x1c/w'’hHtTpPſß", max_size=80),
    st.lists(
        st.sampled_from(
            [
                "http://",
                "www.",
                "WWW.x",
                "httpſ://x",
                "aaa",
                "!!!!",
                "1,000.5",
                "@bob",
                "don't",
                " ",
                "é",
                "中文",
                "\ud800",
            ]
        )
    ).map("".join),
)


def plain_tokens(text: str) -> list[str]:
    """What tokens are, without any shortcut but the bound of their number."""
    low = unicodedata.normalize("NFKC", text[:LONGEST_TEXT].lower())
    low = re.sub(r"(?:https?://|www\.)\S+", " <link> ", low if low.isascii() else low.replace("\u2019", "'"))
    found = re.findall(
        r"<link>|@\w+|[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\w\s]", re.sub(r"([^\d\s])\1{2,}", r"\1\1", low)
    )
    return [said(token) for token in found[:300]]


def said(token: str) -> str:
    """What stands for a handle or number."""
    if token[0] in "0123456789":
        return f"<number{min(len(token), 12)}>"
    return "<handle>" if token[0] == "@" and len(token) > 1 else token


def plain_pieces(token: str) -> list[int]:
    """A word's pieces, letter by letter."""
    whole = f" {token[:30]} "
    spans = [(at, at + length) for length in (3, 4, 5) for at in range(len(whole) - length + 1)]
    return [crc32(b"c" + whole[at:end].encode("utf-8", "replace")) for at, end in spans] if has_letters(token) else []


@given(WRITTEN)
def test_tokens_of_any_text(text: str) -> None:
    assert tokens(text) == plain_tokens(text)


@given(st.one_of(st.text(min_size=1, max_size=40), st.text(alphabet="ab'é中\ud800", min_size=1, max_size=40)))
def test_pieces_of_any_word(word: str) -> None:
    assert pieces(word) == plain_pieces(word)


@given(WRITTEN)
def test_links_of_any_text(text: str) -> None:
    assert has_link(text) is (re.search(r"(?:https?://|www\.)\S+", text, re.IGNORECASE) is not None)


@given(WRITTEN.map(lambda text: text[:80]))
def test_questions_are_the_same_behind_whom_they_are_put_to(text: str) -> None:
    assert is_question(text) is is_question(f", {text}")


@given(st.lists(st.integers(0, 300), max_size=60), st.lists(st.integers(0, 300), max_size=60))
def test_rows_are_what_a_dictionary_would_tell(kept: list[int], asked: list[int]) -> None:
    rows, plain = Rows(array("I", kept)), {term: kept.index(term) for term in kept}
    assert [rows.get(term) for term in asked] == [plain.get(term) for term in asked]
    assert rows.known(asked) == [plain[term] for term in asked if term in plain]


def longest(text: bytes, plain: dict[bytes, int]) -> Iterator[int]:
    """The row of the longest term that ends at each place."""
    for end in range(2, len(text) + 1):
        ending = (text[start:end] for start in range(max(0, end - 5), end - 1))
        yield from [plain[piece] for piece in ending if piece in plain][:1]


@given(
    st.lists(st.text("abc ", min_size=2, max_size=5).map(str.encode), unique=True, max_size=40),
    st.text("abc d", max_size=40).map(str.encode),
)
def test_the_longest_term_that_ends_at_each_place(kept: list[bytes], text: bytes) -> None:
    rows = Rows(array("Q", [int.from_bytes(term, "big") for term in kept]))
    assert list(rows.endings(text)) == list(longest(text, {term: row for row, term in enumerate(kept)}))


@pytest.mark.timeout(300)
@pytest.mark.skipif(
    not CORPUS.is_dir() and os.environ.get("CI") != "true", reason="no corpus: set BRIDGE_CORPUS to its directory"
)
@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.jsonl")), ids=lambda file: file.stem)
def test_every_post_of_the_corpus(file: Path) -> None:
    scorer = Scorer(shipped().heads)
    for line in file.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        found = tokens(text)
        assert found == plain_tokens(text)
        told = hints(text, found, signs(text, found))
        plain = terms(found, told)
        for head, score in scorer.scores(found, told):
            assert score == pytest.approx(head.score(plain), abs=1e-6)
