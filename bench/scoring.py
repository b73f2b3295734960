"""A promise of speed: the figures of one run that show it, ours and a peer's, the bound, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Results = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By benchmark, case and figure; a benchmark that failed has the only key `failed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Where a number stands in the results."""

    bench: str
    case: str
    name: str
    who: str = ""
    """Whose it is, for people."""

    def of(self, results: Results) -> float | None:
        """The number; None where it was not measured."""
        return results.get(self.bench, {}).get(self.case, {}).get(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One promise."""

    path: str
    unit: str
    ours: Figure
    bound: float
    sense: Literal["at least", "at most"]
    by: Literal["ours", "ratio", "difference"]
    """What is held against the bound: our figure, ours divided by the peer's, or ours less the peer's."""
    peer: Figure | None = None

    def row(self, results: Results) -> "Row":
        """How it stands."""
        ours, peer = self.ours.of(results), self.peer.of(results) if self.peer else None
        ratio = ours / peer if ours is not None and peer else None
        measured = {"ours": ours, "ratio": ratio, "difference": _less(ours, peer)}[self.by]
        return Row(goal=self, ours=ours, peer=peer, ratio=ratio, met=self._met(measured))

    def _met(self, measured: float | None) -> bool | None:
        if measured is None:
            return None
        return measured >= self.bound if self.sense == "at least" else measured <= self.bound

    @property
    def words(self) -> str:
        """The bound, as people write it."""
        sign = "≥" if self.sense == "at least" else "≤"
        if self.by == "ratio":
            return f"{sign} {self.bound:g} ×"
        return (
            f"{sign} peer + {self.bound:g} {self.unit}"
            if self.by == "difference"
            else f"{sign} {self.bound:,g} {self.unit}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A goal with what was measured."""

    goal: Goal
    ours: float | None
    peer: float | None
    ratio: float | None
    met: bool | None
    """None where it was not measured."""

    @property
    def cells(self) -> tuple[str, ...]:
        """What a table shows: path, ours, peer, ratio, goal, and whether it is met."""
        who = f" ({self.goal.peer.who})" if self.goal.peer and self.goal.peer.who else ""
        return (
            self.goal.path,
            f"{number(self.ours)} {self.goal.unit}",
            f"{number(self.peer)}{who}" if self.goal.peer else "",
            f"{number(self.ratio)} ×" if self.goal.peer else "",
            self.goal.words,
            {True: "met", False: "not met", None: "not measured"}[self.met],
        )


def number(value: float | None) -> str:
    """Three digits that count; all of them from a thousand on."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _less(ours: float | None, peer: float | None) -> float | None:
    return None if ours is None or peer is None else ours - peer


HEADINGS = ("path", "ours", "peer", "ratio", "goal", "")
"""Of the cells of a row."""
