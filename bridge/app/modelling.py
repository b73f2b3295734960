"""Training and measuring models: from labelled posts in a file, or from what agents taught by their work."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from bridge.app import feedback, labelling
from bridge.app.asking import ask
from bridge.app.explaining import plain_post
from bridge.app.feedback import Said
from bridge.config import Loaded
from bridge.core.model import Post, PostKey
from bridge.judges.examples import Example
from bridge.judges.head import Head, likeliest
from bridge.judges.labeller import opinions
from bridge.judges.language import LanguageFinder
from bridge.judges.measuring import Judged, Measure, measured
from bridge.judges.model import KIND, Model, content, model
from bridge.judges.modelfile import unpacked
from bridge.judges.rules import NoModel, RulesJudge
from bridge.judges.signs import hints, signs
from bridge.judges.terms import Terms, terms
from bridge.judges.tokens import tokens
from bridge.judges.training import Lesson, Progress, TooLittle, train
from bridge.ports import Circumstances

LANGUAGE = "language"
"""The task that no training makes: measured against the language finder."""
HELD_BACK = 5
"""One of so many posts is held back from training to measure by."""
LEAST = 20
"""Labelled posts that a site's own model is trained from at least."""


class UnknownTask(Exception):
    """The model has no such task; the text names those it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained model that nobody uses yet."""

    version: str
    content: bytes
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What came of training from feedback."""

    version: str
    """Empty where the new model was worse, and was put away."""
    rows: int
    held_back: int
    before: Measure
    after: Measure


Reading = Callable[[Post], Terms]
"""How a post becomes terms, with the rules' opinion where there are rules."""


def reading(loaded: Loaded | None) -> Reading:
    """The reading for an installation, or without one."""
    judge = RulesJudge(loaded.rules, NoModel()) if loaded else None
    finder = LanguageFinder(loaded.bridge.languages if loaded else ())

    def read(post: Post) -> Terms:
        text = f"{post.title}\n{post.text}" if post.title else post.text
        found = tokens(text)
        told = hints(text, found, signs(text, found))
        if judge:
            seen = Circumstances(now=post.at, thread_open=False)
            told += opinions(judge.opinion(post, seen)(finder.language(found, post.lang)))
        return terms(found, told)

    return read


def trained(examples: Iterable[Example], task: str, loaded: Loaded | None, *, progress: Progress) -> Trained:
    """A model of one task; raises TooLittle where the examples do not suffice."""
    read = reading(loaded)
    lessons = [Lesson(terms=read(_post(one)), label=one.label) for one in examples]
    head = train(task, lessons, progress=progress)
    return _kept((head,), rows=len(lessons), asks_rules=loaded is not None)


def evaluated(examples: Sequence[Example], found: Model, task: str, loaded: Loaded | None) -> Measure:
    """How good a model's head is on labelled posts; raises UnknownTask."""
    head = _head(found, task or _only_task(examples))
    read = reading(loaded if found.asks_rules else None)
    judged = [_judged(one.label, head, read(_post(one))) for one in examples]
    return measured(head.task, found.version, judged)


def languages_evaluated(examples: Sequence[Example], loaded: Loaded | None) -> Measure:
    """How good the language finder is, limited to the configured languages, else to those of the examples."""
    wanted = loaded.bridge.languages if loaded else sorted({one.label for one in examples})
    finder = LanguageFinder(wanted)
    found = (finder.language(tokens(one.text), "") for one in examples)
    judged = [Judged(truth=one.label, found={name: 1.0}, named=name) for one, name in zip(examples, found, strict=True)]
    return measured(LANGUAGE, "", judged)


async def learned(loaded: Loaded, *, progress: Progress) -> Learned:
    """Train on the site's own feedback; the new model goes live only if it is not worse on what was held back.

    Raises TooLittle where agents have not taught enough yet, CannotOpen where there is no store.
    """
    taught = await ask(loaded, feedback.everything)
    read = reading(loaded)
    lessons = [(one, Lesson(terms=read(one.post), label=_class(one))) for one in taught]
    own = [pair for pair in lessons if pair[0].label == feedback.ACTIONABLE]
    back = [(one.post, lesson) for one, lesson in own if is_held_back(one)]
    if len(own) < LEAST or not back:
        raise TooLittle(f"agents have dealt with {len(own)} public posts: {LEAST} are needed to learn from")
    heads = _heads(lessons, progress=progress)
    made = _kept(heads, rows=len(lessons), asks_rules=True)
    after = _measured(model(unpacked(made.content, KIND)), back)
    before = _before(loaded, back)
    better = after.macro_f1 >= before.macro_f1
    version = labelling.go_live(labelling.models(loaded), made.content) if better else ""
    return Learned(version=version, rows=len(own), held_back=len(back), before=before, after=after)


def _heads(lessons: Sequence[tuple[Said, Lesson]], *, progress: Progress) -> tuple[Head, ...]:
    """Heads of what was not held back: actionable, and what else enough posts were marked as: spam, for a desk."""
    seen = [(one, lesson) for one, lesson in lessons if not is_held_back(one)]
    own = {one.post.key: lesson for one, lesson in seen if one.label == feedback.ACTIONABLE}
    marked: dict[str, dict[PostKey, Lesson]] = {}
    for one, lesson in seen:
        if one.label != feedback.ACTIONABLE:
            marked.setdefault(one.label, {})[one.post.key] = lesson
    tasks = {feedback.ACTIONABLE: list(own.values())}
    for label, found in sorted(marked.items()):
        others = [replace(lesson, label="other") for key, lesson in own.items() if key not in found]
        if min(len(found), len(others)) >= LEAST:
            tasks[label] = [*found.values(), *others]
    steps = _steps(progress, len(tasks))
    return tuple(train(task, taught, progress=step) for (task, taught), step in zip(tasks.items(), steps, strict=True))


def _steps(progress: Progress, count: int) -> Iterator[Progress]:
    """The progress of so many trainings, one after the other."""
    return (_step(progress, at, count) for at in range(count))


def _step(progress: Progress, at: int, count: int) -> Progress:
    return lambda done: progress((at + done) / count)


def _before(loaded: Loaded, back: Sequence[tuple[Post, Lesson]]) -> Measure:
    """How the models that judge now do on the same posts, corrections left aside."""
    judge = RulesJudge(loaded.rules, labelling.labeller(loaded))
    judged = []
    for post, lesson in back:
        verdict = judge.judge(post, Circumstances(now=post.at, thread_open=False))
        chance = verdict.labels.get(feedback.ACTIONABLE, float(verdict.route is not None))
        judged.append(Judged(truth=lesson.label, found=_both(chance), named=likeliest(_both(chance))))
    return measured(feedback.ACTIONABLE, "", judged)


def _measured(found: Model, back: Sequence[tuple[Post, Lesson]]) -> Measure:
    head = _head(found, feedback.ACTIONABLE)
    told = ((lesson.label, _chances(head, lesson.terms)) for _post, lesson in back)
    judged = [Judged(truth=label, found=chances, named=likeliest(chances)) for label, chances in told]
    return measured(feedback.ACTIONABLE, found.version, judged)


def _both(chance: float) -> dict[str, float]:
    return {feedback.ACTIONABLE: chance, f"not_{feedback.ACTIONABLE}": 1 - chance}


def _class(one: Said) -> str:
    return one.label if one.holds else f"not_{one.label}"


def is_held_back(one: Said) -> bool:
    """The same posts in every training: by a hash of their key."""
    return sha256(str(one.post.key).encode("utf-8", "replace")).digest()[0] % HELD_BACK == 0


def _kept(heads: Sequence[Head], *, rows: int, asks_rules: bool) -> Trained:
    about = {"rows": rows}
    made = content(heads, about=about, asks_rules=asks_rules)
    return Trained(version=unpacked(made, KIND).version, content=made, rows=rows)


def _head(found: Model, task: str) -> Head:
    named = {head.task: head for head in found.heads}
    if task in named:
        return named[task]
    if not task and len(named) == 1:
        return found.heads[0]
    raise UnknownTask(f"the model has no task {task!r}: it has {', '.join(sorted(named))}")


def _only_task(examples: Sequence[Example]) -> str:
    """The task that all of the examples name; empty where they name none or several."""
    tasks = {one.task for one in examples}
    return tasks.pop() if len(tasks) == 1 else ""


def _chances(head: Head, found: Terms) -> dict[str, float]:
    return head.probabilities(head.score(found))


def _judged(truth: str, head: Head, found: Terms) -> Judged:
    chances = _chances(head, found)
    return Judged(truth=truth, found=chances, named=head.named(chances))


def _post(example: Example) -> Post:
    return plain_post(example.text, example.lang)
