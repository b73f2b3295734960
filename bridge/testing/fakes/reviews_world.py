"""The reviews of one app, whichever store shows them; the journal has every change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A review as it stands now."""

    id: str
    author: str
    text: str
    stars: int
    at: datetime
    answer: str = ""
    answered: datetime | None = None


class Reviews:
    """The state of a store, as far as one app is concerned."""

    def __init__(self, journal: Journal, faults: Faults, now: Callable[[], datetime]) -> None:
        self.journal = journal
        self.now = now
        self._faults = faults
        self._reviews: dict[str, Rated] = {}

    def write(self, author: str, text: str, *, stars: int = 1) -> str:
        """Somebody reviews the app."""
        name = f"review-{len(self.journal):06d}"
        self._reviews[name] = Rated(id=name, author=author, text=text, stars=stars, at=self.now())
        self.journal.append("written", id=name, author=author, text=text)
        return name

    def edit(self, name: str, text: str) -> None:
        """The author changes the words, which makes it the newest."""
        review = self._reviews.pop(name)
        self._reviews[name] = replace(review, text=text, at=self.now())
        self.journal.append("edited", id=name, text=text)

    def delete(self, name: str) -> None:
        """The author takes it away."""
        del self._reviews[name]
        self.journal.append("deleted", id=name)

    def answer(self, name: str, text: str) -> Rated:
        """The developer's answer, in the place of an earlier one."""
        self._reviews[name] = replace(self._reviews[name], answer=text, answered=self.now())
        self.journal.append("answered", id=name, text=text)
        return self._reviews[name]

    def get(self, name: str) -> Rated | None:
        """A review by its id."""
        return self._reviews.get(name)

    def said(self) -> Sequence[str]:
        """Every answer that was accepted, oldest first: also those whose place another one took."""
        return [str(entry.fields["text"]) for entry in self.journal if entry.what == "answered"]

    def page(self, start: int, count: int) -> tuple[Sequence[Rated], int | None]:
        """Reviews from a place on, newest first, and where the next page begins."""
        shown = list(self._reviews.values())
        if lag := self._faults.take(Mode.LISTING_LAG):
            young = self.now() - timedelta(seconds=lag.amount)
            shown = [review for review in shown if review.at <= young]
        if window := self._faults.take(Mode.SHORT_WINDOW):
            shown = shown[-int(window.amount) :]
        if self._faults.take(Mode.IDS_BACK):
            shown = shown[:-1]
        newest_first = shown[::-1]
        following = start + count
        return newest_first[start:following], following if following < len(newest_first) else None
