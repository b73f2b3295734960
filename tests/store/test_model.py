"""The outbox behaves as its model, on both databases."""

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bridge.ports import Store
from bridge.store.open import open_store
from bridge.testing.fittings import MovableClock
from bridge.testing.store_model import OutboxMachine


def _run(place: Callable[[], str], examples: int) -> None:
    def make() -> tuple[Store, Callable[[], None]]:
        store = open_store(place(), clock=MovableClock(), create=True, platforms={})
        return store, store.close

    few = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )

    class Machine(OutboxMachine):
        def __init__(self) -> None:
            super().__init__(make)

    run_state_machine_as_test(Machine, settings=few)


def test_on_sqlite() -> None:
    """delivery.md 9.1: rules in random order."""
    _run(lambda: ":memory:", 100)


def test_on_postgresql(emptying: Callable[[], str]) -> None:
    """The same rules, fewer times, since a server answers more slowly."""
    _run(emptying, 10)
