"""Nearly the same is found whatever stands around it; what only resembles is not, and the marks find what is alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import likeness
from bridge.core.likeness import Lead, joined, marks, nearest, step, topics
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


def about(number: int, of: str, text: str = "lol", **changes: object):
    return post(f"q{number}", text, thread=f"q{number}", about=of, **changes)


OWN = "My own account is locked since yesterday, please open it for me again"


@pytest.mark.parametrize(
    ("said", "flood", "joins"),
    [
        (about(1, "lead"), False, True),
        (about(1, "lead", ""), False, True),
        (about(1, "other"), False, False),
        (about(1, "lead", DOWN), False, True),
        (about(1, "lead", OWN), False, False),
        (about(1, "lead", OWN), True, True),
        (about(1, "other", OWN), True, False),
        (about(1, "lead", f"RT @jane: {DOWN[:40]}", is_repost=True), False, True),
        (about(1, "other", f"RT @jane: {OWN}", is_repost=True), True, False),
        (post("q1", "lol"), True, False),
        (about(1, "lead", channel="x"), False, False),
    ],
)
def test_who_passes_a_post_on_joins_it_unless_they_add_to_it(said, flood, joins) -> None:
    known = lead(DOWN)
    assert (joined(said, [known], flood=flood) is not None) is joins
    if joins and not flood:
        assert likeness.alike(said, known.post)


def test_who_passes_on_the_same_post_joins_whoever_did_so_first() -> None:
    first = Lead(post=about(1, "ours", "oh dear"), conversation="c" * 16)
    assert joined(about(2, "ours"), [lead(DOWN), first], flood=False) is first
    assert set(topics(about(2, "ours"), "s")) & set(topics(first.post, "s"))
    assert set(topics(about(2, "lead"), "s")) & set(topics(lead(DOWN).post, "s"))
    assert not set(topics(about(2, "ours"), "s")) & set(topics(first.post, "other"))


def test_in_a_flood_an_answer_to_all_is_not_for_whoever_said_something_else() -> None:
    assert not likeness.alike(about(1, "lead", OWN), lead(DOWN).post)


@given(st.text(min_size=1, max_size=300))
def test_every_text_is_like_itself_or_says_too_little(text) -> None:
    said = post("p", text)

    assert (nearest(said, [Lead(post=said, conversation="c")]) is not None) is bool(marks(said, "s"))


@pytest.mark.parametrize(
    ("count", "told"), [(1, 1), (2, 2), (4, 2), (5, 5), (9, 5), (10, 10), (19, 10), (20, 20), (499, 200), (500, 500)]
)
def test_round_numbers_are_told(count, told) -> None:
    assert step(count) == told


TOPICS = (
    DOWN,
    OWN,
    "The new blend tastes of cardboard and the old one was so much better, bring it back",
)
NOISE = ("{}", "{}!!", "@acme {}", "RT @jane: {}", "{} 😡", "{} https://t.example/x")


def folded(posts) -> dict[str, frozenset[str]]:
    """Which posts stand in one ticket, when they come in this order: by the id of each."""
    leads: dict[str, Lead] = {}
    found: dict[bytes, list[str]] = {}
    groups: dict[str, set[str]] = {}
    for said in posts:
        keys = (*marks(said, "s"), *topics(said, "s"))
        near = [leads[name] for name in dict.fromkeys(name for key in keys for name in found.get(key, ()))]
        lead = joined(said, near, flood=False)
        if lead is None:
            leads[said.id] = lead = Lead(post=said, conversation=said.id)
            for key in keys:
                found.setdefault(key, []).append(said.id)
        groups.setdefault(lead.post.id, set()).add(said.id)
    return {one: frozenset(group) for group in groups.values() for one in group}


VARIANTS = st.lists(st.tuples(st.integers(0, len(TOPICS) - 1), st.sampled_from(NOISE)), min_size=1, max_size=12)


@given(VARIANTS, st.randoms(use_true_random=False))
def test_who_stands_with_whom_does_not_depend_on_who_came_first(variants, dice) -> None:
    """Each topic is one ticket, in whatever order people write."""
    posts = [post(f"p{n}", form.format(TOPICS[topic]), thread=f"t{n}") for n, (topic, form) in enumerate(variants)]
    shuffled = dice.sample(posts, len(posts))
    assert folded(posts) == folded(shuffled)
    assert len(set(folded(posts).values())) == len({topic for topic, _ in variants})


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_flood_of_quotes_is_one_ticket_whoever_came_first(count, dice) -> None:
    quotes = [about(n, "ours", dice.choice(("lol", "this!", "", "😡", "so true"))) for n in range(count)]
    assert set(folded(quotes).values()) == {frozenset(quote.id for quote in quotes)}


@given(st.lists(st.sampled_from(TOPICS), min_size=1, max_size=6))
def test_the_same_post_again_changes_no_group(texts) -> None:
    posts = [post(f"p{n}", text, thread=f"t{n}") for n, text in enumerate(texts)]
    assert folded(posts) == folded([*posts, posts[0]])
