"""Which class is named: rare ones are lifted where it does good, and probabilities stay as they are."""

import random
from array import array

import pytest

from bridge.judges.deciding import ENOUGH, MOST, lifted
from bridge.judges.head import Head, likeliest
from bridge.judges.measuring import Judged, measured


def head(*classes: str) -> Head:
    columns = 1 if len(classes) == 2 else len(classes)
    return Head(task="t", classes=classes, rows={}, weights=array("f"), bias=(0.0,) * columns)


def rare(count: int) -> list[tuple[tuple[float, ...], int]]:
    """Scores of a task of which one post in six is of the second class, and looks a little like it."""
    chance = random.Random(5)
    labels = [int(chance.random() < 1 / 6) for _ in range(count)]
    return [((chance.gauss(-2.2 + 1.6 * label, 1.0),), label) for label in labels]


def macro_f1(one: Head, unseen: list[tuple[tuple[float, ...], int]]) -> float:
    chances = [(one.probabilities(score), label) for score, label in unseen]
    judged = [Judged(truth=one.classes[label], found=found, named=one.named(found)) for found, label in chances]
    return measured("t", "", judged).macro_f1


def test_a_rare_class_is_named_more_often_where_that_does_good() -> None:
    plain, other = head("other", "rare"), rare(2000)[1000:]
    better = lifted(plain, rare(2000)[:1000])
    assert macro_f1(better, other) > macro_f1(plain, other) + 0.05
    assert better.probabilities((-1.0,)) == plain.probabilities((-1.0,))


def test_nothing_is_lifted_on_few_posts_or_among_many_classes() -> None:
    assert lifted(head("other", "rare"), rare(ENOUGH - 1)).lifts == ()
    many = head(*(f"c{number}" for number in range(MOST + 1)))
    scores = [(tuple(float(at == number % (MOST + 1)) for at in range(MOST + 1)), number % (MOST + 1)) for number in range(ENOUGH)]  # fmt: skip
    assert lifted(many, scores).lifts == ()


def test_clear_classes_are_left_as_they_are() -> None:
    clear = [((5.0 if number % 2 else -5.0,), number % 2) for number in range(ENOUGH)]
    assert lifted(head("a", "b"), clear).lifts == (1.0, 1.0)


@pytest.mark.parametrize(("found", "named"), [({"a": 0.6, "b": 0.4}, "b"), ({"a": 0.9, "b": 0.1}, "a")])
def test_the_lifted_class_is_named(found: dict[str, float], named: str) -> None:
    one = Head(task="t", classes=("a", "b"), rows={}, weights=array("f"), bias=(0.0,), lifts=(1.0, 2.0))
    assert one.named(found) == named
    assert likeliest(found) == "a"


@pytest.mark.parametrize("seed", range(12))
def test_a_lift_is_worth_something_on_the_posts_by_which_it_was_found(seed: int) -> None:
    """Neighbouring lifts that do good are no reason for one that does harm."""
    chance = random.Random(seed)
    labels = [int(chance.random() < 1 / 3) for _ in range(ENOUGH)]
    unseen = [((chance.gauss(1.2 * label - 0.9, 1.0),), label) for label in labels]
    plain = head("other", "rare")
    one = lifted(plain, unseen)
    assert one.lifts == (1.0, 1.0) or worth(one, unseen) > worth(plain, unseen)


def worth(one: Head, unseen: list[tuple[tuple[float, ...], int]]) -> float:
    """The mean of accuracy and macro F1."""
    chances = [(one.probabilities(score), label) for score, label in unseen]
    judged = [Judged(truth=one.classes[label], found=found, named=one.named(found)) for found, label in chances]
    measure = measured("t", "", judged)
    return (measure.accuracy + measure.macro_f1) / 2
