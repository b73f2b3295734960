"""Learning while the daemon runs: what agents say counts within seconds, and a model that went live is taken up."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

from bridge.app import feedback, labelling
from bridge.app.asking import ask
from bridge.app.compose import Current
from bridge.app.feedback import Said
from bridge.config import Loaded
from bridge.judges.corrections import MOST, Correction
from bridge.judges.labeller import ModelLabeller
from bridge.judges.modelfile import UnusableModel
from bridge.judges.rules import RulesJudge
from bridge.ports import Circumstances, TemporaryProblem
from bridge.store.problems import CannotOpen
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.app")

_BREATH = 50
"""Corrections that are learned at once before the loop may do something else."""


class Learner:
    """Follows what agents do; a labeller that is new starts from the last corrections, which its model may not have seen."""

    def __init__(self, current: Current, store: SqlStore) -> None:
        self._current = current
        self._store = store
        self._after: int | None = None
        self._taught: object = None
        self._live: labelling.Live | None = None

    async def turn(self) -> None:
        """Take up another model where one went live, and what was said since the last turn."""
        self._take_up()
        labeller = self._current.judge.labeller
        if not isinstance(labeller, ModelLabeller):
            return
        if labeller is not self._taught:
            self._after, self._taught = None, labeller
        words, self._after = await self._store.read(lambda connection: news(connection, self._after))
        for at in range(0, len(words), _BREATH):
            correct(self._current.judge, labeller, words[at : at + _BREATH])
            await asyncio.sleep(0)
        if words:
            log.info("corrections_learned", count=len(words))

    def _take_up(self) -> None:
        """Adopt the models of the moment where others went live, by training or by going back."""
        labeller, loaded = self._current.judge.labeller, self._current.loaded
        if not isinstance(labeller, ModelLabeller) or not self._changed(loaded):
            return
        models = labelling.stack(loaded)
        if "+".join(model.version for model in models) != labeller.version:
            self._current.judge.adopt(loaded.rules, labelling.labeller(loaded))
            log.info("model_taken_up", model=models[-1].version)

    def _changed(self, loaded: Loaded) -> bool:
        """Whether another list of versions was written; one that cannot be read changes nothing."""
        before = self._live
        try:
            self._live = labelling.live(labelling.models(loaded))
        except UnusableModel:
            return False
        return self._live != before


def news(connection: Connection, after: int | None) -> tuple[Sequence[Said], int]:
    """What was said after a fact, and the number of the last fact; the last words where `after` is None."""
    end = feedback.newest(connection)
    start = feedback.latest(connection, MOST) if after is None else after
    found = [word for fact in feedback.teaching(connection, start) for word in feedback.said(connection, fact)]
    return found, max(end, start)


def correct(judge: RulesJudge, labeller: ModelLabeller, words: Sequence[Said]) -> None:
    """Let the labeller learn what people said of posts."""
    for word in words:
        post = word.post
        opinion = judge.opinion(post, Circumstances(now=post.at, thread_open=False))
        labeller.correct(Correction(text=post.words, label=word.label, holds=word.holds), opinion)


async def taught(loaded: Loaded) -> RulesJudge:
    """The judge of a configuration as the daemon has it, with the corrections of its store where there is one."""
    labeller = labelling.labeller(loaded)
    judge = RulesJudge(loaded.rules, labeller)
    if isinstance(labeller, ModelLabeller):
        try:
            words, _newest = await ask(loaded, lambda connection: news(connection, None))
        except (CannotOpen, TemporaryProblem):
            return judge
        correct(judge, labeller, words)
    return judge
