"""Markdown for Reddit: what an agent wrote is shown exactly, as a CommonMark reader of its own proves, and is found again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bridge.channels._reddit.words import counted, escaped, plain
from bridge.channels._text import same_words

READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
PLAIN_MARKS = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "text_special"}

MARKS = st.text(st.sampled_from("\\`*_{}[]()#+-.!:|&<>/^~=1a \n"), max_size=60)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=80)


def shown(markdown: str) -> str:
    """What a reader sees; a mark that means anything is a failure."""
    parts = []
    for block in READER.parse(markdown):
        assert block.type in PLAIN_MARKS, block.type
        for token in block.children or ():
            assert token.type in PLAIN_MARKS, token.type
            parts.append("\n" if token.type in {"softbreak", "hardbreak"} else token.content)
        parts.append("\n")
    return "".join(parts)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Thank you.", "Thank you."),
        ("Use *this* and _that_", r"Use \*this\* and \_that\_"),
        ("one\ntwo", "one  \ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("1. Switch it off\n2) and on", "1\\. Switch it off  \n2\\) and on"),
        ("- a\n+ b\n# c\n> d", "\\- a  \n\\+ b  \n\\# c  \n\\> d"),
        ("Title\n====", "Title  \n&#61;==="),
        ("    code", "&nbsp;&nbsp;&nbsp;&nbsp;code"),
        ("a ^ b | c ~~d~~ `e`", r"a \^ b \| c \~\~d\~\~ \`e\`"),
        ("&copy; A&B", r"\&copy; A&B"),
        ("C:\\new", r"C:\\new"),
        ("[a](https://acme.test/b_c_d)", r"\[a\](https://acme.test/b_c_d)"),
        ("see https://acme.test/a_b?x=1&copy=2, or not", "see https://acme.test/a_b?x=1&copy=2, or not"),
    ],
)
def test_marks_are_escaped_and_addresses_stay(text: str, markdown: str) -> None:
    assert escaped(text) == markdown
    assert same_words(plain(markdown)) == same_words(text)
    assert counted(text) == len(markdown)


@given(MARKS | WORDS)
@example("- https://a.test/_b_")
@example("https://a.test/&#1;")
@example("www.a.test_*b*")
def test_what_was_escaped_is_found_again(text: str) -> None:
    assert same_words(plain(escaped(text))) == same_words(text)


@given(MARKS)
def test_a_reader_sees_the_very_words(text: str) -> None:
    assert same_words(shown(escaped(text))) == same_words(text)


@given(MARKS)
def test_lines_stay_lines(text: str) -> None:
    """And none is joined with the one before it."""
    lines = [same_words(line) for line in text.split("\n") if line.strip()]
    assert [same_words(line) for line in shown(escaped(text)).split("\n") if line.strip()] == lines


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        (r"my\_router \*is\* down", "my_router *is* down"),
        ("a &amp; b&#x200B;", "a & b\u200b"),
        ("[link](https://acme.test/a_b)", "[link](https://acme.test/a_b)"),
        ("**bold** https://acme.test/?a=1&copy=2", "**bold** https://acme.test/?a=1&copy=2"),
    ],
)
def test_customers_words_lose_their_backslashes(markdown: str, words: str) -> None:
    assert plain(markdown) == words


def test_a_star_ends_an_address() -> None:
    assert escaped("https://acme.test/a*b") == "https://acme.test/a\\*b"
