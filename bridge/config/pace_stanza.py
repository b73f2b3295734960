"""How much a desk takes at once: the table of a desk's pace, and where the operator's own figure comes from."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from yarl import URL

from bridge.core.policy import Pace
from bridge.stanza import Duration, Stanza


def _address(given: str) -> str:
    try:
        url = URL(given)
    except ValueError:
        raise ValueError("this is not an address: write it like http://127.0.0.1:8080/waiting") from None
    if url.scheme not in {"http", "https"} or not url.host or url.user or url.password:
        raise ValueError("an address begins with https:// or http://, names a host, and has no user or password")
    return given


Address = Annotated[str, AfterValidator(_address)]
Share = Annotated[int, Field(ge=1, le=100)]


class FigureStanza(Stanza):
    """A number that the queue's own system publishes: how much waits there, our tickets and everybody else's."""

    command: tuple[str, ...] = Field(
        default=(), description="A program and its arguments, run without a shell, that prints the number."
    )
    url: Address | None = Field(default=None, description="An address that answers a GET with the number.")
    every: Duration = Field(
        default=timedelta(seconds=30), ge=timedelta(seconds=1), description="How often it is asked for."
    )
    hold_above: int = Field(ge=0, description="While the number is higher, only what is urgent goes in.")

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if bool(self.command) == (self.url is not None):
            raise ValueError("a figure comes from a command or from a url: give one of them")
        return self


class PaceStanza(Stanza):
    """How much goes into the queue at once; the rest waits, by priority and age, and is never dropped."""

    open: int | None = Field(default=None, ge=1, description="Tickets that may wait for an answer at the same time.")
    open_for: Duration = Field(
        default=timedelta(hours=24),
        gt=timedelta(0),
        description="How long a ticket counts as open at the most: agents may end one without an answer.",
    )
    per_minute: int | None = Field(default=None, ge=1, description="Proxies that may go in within a minute.")
    weights: dict[str, Share] = Field(
        default_factory=dict, description="The channels' shares of the desk by their names, 1 where not named."
    )
    figure: FigureStanza | None = Field(default=None, description="A figure of the queue's own that the pace follows.")

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.open is None and self.per_minute is None and self.figure is None:
            raise ValueError("a pace limits something: set open, per_minute or figure")
        return self

    def policy(self) -> Pace:
        """The same as the core sees it."""
        return Pace(
            open=self.open,
            open_for=self.open_for,
            per_minute=self.per_minute,
            weights=self.weights,
            hold_above=self.figure.hold_above if self.figure else None,
        )
