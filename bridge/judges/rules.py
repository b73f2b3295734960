"""The judge that asks the rules: a thin shell around bridge.core.rules with a learned model's labels put in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from bridge.core.model import Post, Verdict
from bridge.core.rules import RuleSet, explain, judge
from bridge.core.rules.vocabulary import Situation
from bridge.ports import Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What a labeller says of a post."""

    labels: Mapping[str, float] = field(default_factory=dict)
    """Calibrated probabilities by label; empty where there is no model."""
    lang: str = "und"
    """ISO 639-1, or und."""
    model: str = ""
    """Version of the model, empty without one."""


Opinion = Callable[[str], Verdict]
"""What the rules say of a post in a language, without any label."""


class Labeller(Protocol):
    """Says what a post is about, in which language: a plain function of the post and its own version."""

    def label(self, post: Post, rules: Opinion) -> Labelled:
        """Labels and language of a post; never raises for what a stranger wrote.

        A model may learn from what the rules say; only one that does asks for it.
        """
        ...


class NoModel:
    """The labeller of an installation without a model: no labels, and the language that the platform states."""

    def label(self, post: Post, rules: Opinion) -> Labelled:  # noqa: ARG002 - the seam's shape
        """Nothing but the platform's own word for the language, without its region."""
        return Labelled(lang=post.lang.partition("-")[0].lower() or "und")


class RulesJudge:
    """Judges by one rule set at a time; `adopt` swaps it whole, so no post meets a half set (FT20)."""

    def __init__(self, rules: RuleSet, labeller: Labeller) -> None:
        self._rules = rules
        self._labeller = labeller

    @property
    def version(self) -> str:
        """Of the rule set that judges now."""
        return self._rules.version

    @property
    def labeller(self) -> Labeller:
        """Which labels posts now."""
        return self._labeller

    def adopt(self, rules: RuleSet, labeller: Labeller) -> None:
        """Judge by another set and labeller from the next post on."""
        self._rules = rules
        self._labeller = labeller

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        """The verdict with the rules that hit."""
        return judge(self._rules, post, self._situation(post, circumstances))

    def explain(self, post: Post, circumstances: Circumstances) -> Verdict:
        """The same verdict with its near misses and the routes that were passed by."""
        return explain(self._rules, post, self._situation(post, circumstances))

    def _situation(self, post: Post, circumstances: Circumstances) -> Situation:
        labelled = self._labeller.label(post, self.opinion(post, circumstances))
        return Situation(
            now=circumstances.now,
            thread_open=circumstances.thread_open,
            labels=labelled.labels,
            lang=labelled.lang,
            model=labelled.model,
        )

    def opinion(self, post: Post, circumstances: Circumstances) -> Opinion:
        """What the rules alone say of a post, once its language is known: labels of it cannot lean on themselves."""
        return partial(self._unlabelled, post, circumstances)

    def _unlabelled(self, post: Post, circumstances: Circumstances, lang: str) -> Verdict:
        situation = Situation(
            now=circumstances.now,
            thread_open=circumstances.thread_open,
            lang=lang,
        )
        return judge(self._rules, post, situation)
