"""Training: repeatable, calibrated, honest about what it cannot learn from; scores are the same by every way."""

import random

import pytest

from bridge.judges.head import Head
from bridge.judges.measuring import Judged, measured
from bridge.judges.model import content
from bridge.judges.scorer import Scorer
from bridge.judges.signs import hints, signs
from bridge.judges.terms import terms
from bridge.judges.tokens import tokens
from bridge.judges.training import Lesson, TooLittle, train

GOOD = ("great", "lovely", "works", "happy", "quick")
BAD = ("broken", "slow", "awful", "crashed", "late")
PLAIN = ("the", "box", "phone", "today", "again", "really", "shop", "was")


def texts(count: int) -> list[tuple[str, str]]:
    chance = random.Random(7)
    made = []
    for at in range(count):
        telling = GOOD if at % 2 else BAD
        made.append(
            (
                " ".join([*chance.choices(PLAIN, k=5), *chance.choices(telling, k=2)]),
                "praise" if at % 2 else "complaint",
            )
        )
    return made


def lesson(text: str, label: str) -> Lesson:
    found = tokens(text)
    return Lesson(terms=terms(found, hints(text, found, signs(text, found))), label=label)


def taught(task: str, made: list[tuple[str, str]]) -> Head:
    return train(task, [lesson(text, label) for text, label in made], progress=lambda _done: None)


def test_it_learns_what_words_tell() -> None:
    head = taught("mood", texts(120))
    found = head.probabilities(head.score(lesson("the phone was awful and broken", "").terms))
    assert found["complaint"] > 0.8
    assert sum(found.values()) == pytest.approx(1)


def test_a_retrain_is_repeatable_in_any_order() -> None:
    made = texts(80)
    shuffled = random.Random(1).sample(made, len(made))
    one, other = (content((taught("mood", given),), about={}, asks_rules=False) for given in (made, shuffled))
    assert one == other


def test_three_classes_have_a_column_each() -> None:
    made = [*texts(60), *((f"where is the {word} shop today", "question") for word in PLAIN * 4)]
    head = taught("intent", made)
    assert head.classes == ("complaint", "praise", "question")
    found = head.labels(head.score(lesson("where is the phone shop", "").terms))
    assert max(found, key=lambda name: found[name]) == "question"


def test_the_class_that_bears_the_name_of_the_task_is_the_label() -> None:
    head = taught("complaint", [(text, "complaint" if label == "complaint" else "other") for text, label in texts(60)])
    assert set(head.labels(head.score(lesson("awful", "").terms))) == {"complaint"}


def test_remembered_words_score_as_fresh_ones() -> None:
    heads = [taught("mood", texts(60)), taught("other", [(text, label[0]) for text, label in texts(40)])]
    scorer = Scorer(heads)
    for _ in range(2):
        for text, _label in [*texts(30), ("", ""), ("again again again", "")]:
            found = tokens(text)
            told = hints(text, found, signs(text, found))
            for head, score in scorer.scores(found, told):
                assert score == pytest.approx(head.score(terms(found, told)), abs=1e-6)


@pytest.mark.parametrize(
    ("made", "why"),
    [([], "at least two labels"), (texts(1) * 9, "at least two labels"), ([*texts(8), ("x", "rare")], "'rare' has 1")],
)
def test_too_little_is_said_so(made: list[tuple[str, str]], why: str) -> None:
    with pytest.raises(TooLittle, match=why):
        taught("mood", made)


def test_measures_are_as_defined() -> None:
    judged = [
        Judged(truth="a", found={"a": 0.9, "b": 0.1}, named="a"),
        Judged(truth="a", found={"a": 0.4, "b": 0.6}, named="b"),
        Judged(truth="b", found={"a": 0.2, "b": 0.8}, named="b"),
        Judged(truth="b", found={"a": 0.3, "b": 0.7}, named="b"),
    ]
    measure = measured("t", "m", judged)
    assert measure.accuracy == 0.75
    assert measure.classes["a"].f1 == pytest.approx(2 / 3)
    assert measure.classes["b"].f1 == pytest.approx(0.8)
    assert measure.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert measure.brier == pytest.approx((0.01 + 0.36 + 0.04 + 0.09) / 4)
