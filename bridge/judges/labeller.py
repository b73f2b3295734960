"""The labeller: language, labels that words lean to, heads that were trained, and corrections, in this order."""

from collections.abc import Sequence

from bridge.core.model import Post, Verdict
from bridge.judges.corrections import Correction, Corrections
from bridge.judges.language import LanguageFinder
from bridge.judges.leanings import leanings
from bridge.judges.model import Model
from bridge.judges.rules import Labelled, Opinion
from bridge.judges.scorer import Scorer
from bridge.judges.signs import hints, signs
from bridge.judges.tokens import tokens

_STEPS = 10_000
"""Probabilities are told to four digits."""


class LanguageOnly:
    """The labeller where the model is switched off: languages as always, and no labels."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._finder = LanguageFinder(languages)

    def label(self, post: Post, rules: Opinion) -> Labelled:  # noqa: ARG002 - the seam's shape
        """The language alone."""
        return Labelled(lang=self._finder.language(tokens(_text(post)), post.lang))


class ModelLabeller:
    """Labels by the models it was given, later ones before earlier ones where both know a label."""

    def __init__(self, models: Sequence[Model], languages: Sequence[str]) -> None:
        self._finder = LanguageFinder(languages)
        self.adopt(models)

    def adopt(self, models: Sequence[Model]) -> None:
        """Label by other models from the next post on; what was corrected before is taken to be learned by them."""
        heads = {head.task: head for model in models for head in model.heads}
        self._scorer = Scorer(tuple(heads.values()))
        self._asks_rules = any(model.asks_rules for model in models)
        self._corrections = Corrections()
        self.version = "+".join(model.version for model in models)

    def label(self, post: Post, rules: Opinion) -> Labelled:
        """Labels and language of a post."""
        text = _text(post)
        found = tokens(text)
        lang = self._finder.language(found, post.lang)
        labels = self._corrections.applied(found, self._labels(text, found, lang=lang, rules=rules))
        rounded = {label: int(chance * _STEPS + 0.5) / _STEPS for label, chance in labels.items()}
        return Labelled(labels=rounded, lang=lang, model=self.version)

    def correct(self, correction: Correction, rules: Opinion) -> None:
        """Take a person's word about a post: it counts from the next post on."""
        text, found = correction.text, tokens(correction.text)
        lang = self._finder.language(found, "")
        labels = self._corrections.applied(found, self._labels(text, found, lang=lang, rules=rules))
        self._corrections.add(found, correction, before=labels.get(correction.label, 0.5))

    def _labels(self, text: str, found: list[str], *, lang: str, rules: Opinion) -> dict[str, float]:
        shown = signs(text, found)
        labels = leanings(shown)
        told = hints(text, found, shown)
        if self._asks_rules:
            told += opinions(rules(lang))
        for head, score in self._scorer.scores(found, told):
            labels.update(head.labels(score))
        return labels


def opinions(verdict: Verdict) -> list[str]:
    """What the rules say of a post, as terms of the model."""
    told = [f"tag {tag}" for tag in verdict.tags]
    told += [f"rule {why.rule}" for why in verdict.why if why.hit]
    points = max(-6, min(verdict.points, 10))
    return [*told, f"points {points // 2}", f"routed {verdict.route is not None}", f"route {verdict.route or ''}"]


def _text(post: Post) -> str:
    return f"{post.title}\n{post.text}" if post.title else post.text
