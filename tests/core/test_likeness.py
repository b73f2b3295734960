"""Nearly the same is found whatever stands around it; what only resembles is not, and the marks find what is alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import likeness
from bridge.core.likeness import Lead, marks, nearest, step
from bridge.testing.making import post

DOWN = "The whole site is down again since ten o'clock and nobody tells us anything"


def lead(text):
    return Lead(post=post("lead", text, thread="t9"), conversation="c" * 16)


@pytest.mark.parametrize(
    "text",
    [
        DOWN,
        DOWN.upper(),
        f"RT @jane: {DOWN}",
        f"@acme @acme_help {DOWN} https://t.example/xyz",
        f"{DOWN}!!! 😡",
        "The whole site is down again since ten o\u2019clock and nobody tells us anything...",
        "the whole síte is down again since ten oclock, and nobody tells us anything",
        "The whole site is down again since 10 o'clock and nobody tells us anything",
    ],
)
def test_nearly_the_same(text) -> None:
    said = post("p9", text)

    assert nearest(said, [lead("something else entirely, about a parcel"), lead(DOWN)]) == lead(DOWN)
    assert set(marks(said, "s")) & set(marks(post("x", DOWN), "s"))


@pytest.mark.parametrize(
    "text",
    [
        "The whole site is beautiful again and nobody tells us why it became so quick since ten o'clock",
        "My order 4711 did not arrive, please tell me where it is",
        "down again",
        "",
        "\ud800\udfff",
        "😡" * 50,
    ],
)
def test_something_else(text) -> None:
    assert nearest(post("p9", text), [lead(DOWN)]) is None


@pytest.mark.parametrize("text", ["It does not work", "help!!!", "故障", ""])
def test_what_says_too_little_is_never_alike(text) -> None:
    assert marks(post("p9", text), "s") == ()
    assert nearest(post("p9", text), [lead(text)]) is None


def test_scripts_without_spaces_are_alike_too() -> None:
    said = "昨日からサイトにまったくつながりません、誰か何が起きているのか教えてください"

    assert nearest(post("p9", f"@acme {said}！"), [lead(said)]) is not None


def test_another_scope_has_other_marks() -> None:
    assert not set(marks(post("p", DOWN), "forum")) & set(marks(post("p", DOWN), "x"))


def test_a_hostile_length_costs_no_more() -> None:
    assert len(likeness.runs(post("p", "down " * 100_000))) < 2000


@given(st.text(min_size=1, max_size=300))
def test_every_text_is_like_itself_or_says_too_little(text) -> None:
    said = post("p", text)

    assert (nearest(said, [Lead(post=said, conversation="c")]) is not None) is bool(marks(said, "s"))


@pytest.mark.parametrize(
    ("count", "told"), [(1, 1), (2, 2), (4, 2), (5, 5), (9, 5), (10, 10), (19, 10), (20, 20), (499, 200), (500, 500)]
)
def test_round_numbers_are_told(count, told) -> None:
    assert step(count) == told
