"""Other rules on stored posts: what would change is counted and listed, and nothing is written."""

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.app import backtesting
from bridge.app.backtesting import Change, Decided, Hits, Move, Replay, replay
from bridge.core.decision import Decision, Judged
from bridge.core.events import Sighting
from bridge.core.model import Post, Verdict, Visibility
from bridge.core.rules import RuleSet, compile_rules, judge
from bridge.core.rules.vocabulary import Route, Rule, Situation, Span, When
from bridge.store.open import open_store, reading
from bridge.testing import making
from bridge.testing.fittings import MovableClock

LONG_AGO = making.NOW.replace(year=2000)
HELP = Rule(name="help", when=When(any_word=("help",)), points=3, tags=("help",), file="f")
TO_SUPPORT = Route(name="support", when=When(min_points=3), desk="support")
NOW_RULES = compile_rules([HELP], [TO_SUPPORT])
POSTS = (
    making.post("a", "please help", thread="a"),
    making.post("b", "it is broken", thread="b"),
    making.post("c", "nice day", thread="c"),
    making.post("d", "please help, it is broken", thread="d"),
)


async def stored(place: Path, *posts: Post, labels: dict[str, float] | None = None, lang: str = "en") -> None:
    """A store with posts that were judged by the rules of now."""
    store = open_store(place, clock=MovableClock(), create=True, platforms={})
    situation = Situation(now=making.NOW, labels=labels or {}, lang=lang, model="m1")
    judged = tuple(Judged(post=post.key, verdict=judge(NOW_RULES, post, situation)) for post in posts)
    await store.apply(Decision(sightings=tuple(Sighting(post=post, raw=b"{}") for post in posts), judged=judged))
    store.close()


def against(place: Path, rules: RuleSet) -> Replay:
    with reading(place) as connection:
        return replay(connection, rules, LONG_AGO, progress=lambda _done: None)


async def test_the_same_rules_change_nothing(tmp_path: Path) -> None:
    await stored(tmp_path / "b.db", *POSTS)
    found = against(tmp_path / "b.db", NOW_RULES)
    assert (found.posts, found.skipped, found.changed) == (4, 0, 0)
    assert (found.moves, found.hits, found.changes) == ((), (), ())
    assert found.rules == NOW_RULES.version


async def test_other_rules_are_counted_by_what_they_change(tmp_path: Path) -> None:
    broken = Rule(name="broken", when=When(any_word=("broken",)), points=3, tags=("broken",), file="f")
    first = Route(name="noc", when=When(tag=("broken",), min_points=6), desk="noc")
    await stored(tmp_path / "b.db", *POSTS)
    found = against(tmp_path / "b.db", compile_rules([HELP, broken], [first, TO_SUPPORT]))
    assert (found.changed, found.newly_forwarded, found.newly_left, found.moved, found.otherwise) == (2, 1, 0, 1, 0)
    assert found.moves == (Move(before="", after="support", count=1), Move(before="support", after="noc", count=1))
    assert found.hits == (Hits(rule="broken", before=0, after=2),)
    assert [change.post for change in found.changes] == ["forum/b", "forum/d"]
    assert found.changes[0] == Change(
        post="forum/b",
        before=backtesting.decided(Verdict(route=None, desk=None)),
        after=Decided(
            route="support", desk="support", priority="normal", target=None, approve_by=(), tags=("broken",),
            auto_answer="",
        ),
        text="it is broken",
    )  # fmt: skip


async def test_without_rules_everything_is_left(tmp_path: Path) -> None:
    await stored(tmp_path / "b.db", *POSTS)
    found = against(tmp_path / "b.db", compile_rules([], []))
    assert (found.changed, found.newly_left) == (2, 2)
    assert found.hits == (Hits(rule="help", before=2, after=0),)


async def test_other_tags_alone_are_a_change_too(tmp_path: Path) -> None:
    tagged = Rule(name="nice", when=When(any_word=("nice",)), tags=("nice",), file="f")
    await stored(tmp_path / "b.db", *POSTS)
    found = against(tmp_path / "b.db", compile_rules([HELP, tagged], [TO_SUPPORT]))
    assert (found.changed, found.otherwise) == (1, 1)


async def test_an_answer_that_would_go_out_without_an_agent_is_a_change(tmp_path: Path) -> None:
    await stored(tmp_path / "b.db", *POSTS)
    speaking = replace(TO_SUPPORT, auto_answer="hello")
    found = against(tmp_path / "b.db", compile_rules([HELP], [speaking]))
    assert (found.changed, found.otherwise) == (2, 2)
    assert [change.after.auto_answer for change in found.changes] == ["hello", "hello"]


async def test_language_labels_and_time_are_those_of_then(tmp_path: Path) -> None:
    when = When(labels={"complaint": Span(at_least=0.7)}, lang=("fi",))
    await stored(tmp_path / "b.db", *POSTS, labels={"complaint": 0.9}, lang="fi")
    found = against(tmp_path / "b.db", compile_rules([Rule(name="r", when=when, points=3, file="f")], [TO_SUPPORT]))
    assert found.newly_forwarded == 2


async def test_a_conversation_is_open_from_its_first_post_that_a_route_took(tmp_path: Path) -> None:
    follow = Rule(name="again", when=When(thread_open=True), points=3, file="f")
    await stored(tmp_path / "b.db", making.post("a", "please help"), making.post("b", "still waiting"))
    found = against(tmp_path / "b.db", compile_rules([HELP, follow], [TO_SUPPORT]))
    assert [change.post for change in found.changes] == ["forum/b"]


async def test_private_words_are_not_shown(tmp_path: Path) -> None:
    await stored(tmp_path / "b.db", making.private_post(text="my secret broken thing, help"))
    (change,) = against(tmp_path / "b.db", compile_rules([], [])).changes
    assert change.text == ""
    assert making.private_post().visibility is Visibility.PRIVATE


async def test_the_list_is_bounded_and_the_counts_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtesting, "MOST_LISTED", 1)
    await stored(tmp_path / "b.db", *POSTS)
    found = against(tmp_path / "b.db", compile_rules([], []))
    assert (found.changed, len(found.changes)) == (2, 1)
