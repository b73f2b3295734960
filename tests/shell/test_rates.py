"""What the breaker counts: answers of the last hour, by desk and by agent."""

from datetime import timedelta

from bridge.shell.rates import Rates
from bridge.testing.making import NOW


def test_a_desk_and_an_agent_count_for_an_hour_and_what_was_forgotten_never() -> None:
    rates = Rates()
    early, late = (NOW, "support", "ann"), (NOW + timedelta(minutes=30), "support", "bob")
    rates.saw([early, late, late])
    assert rates.of("support", "bob", NOW) == (3, 2)
    rates.forget([late])
    assert rates.of("support", "bob", NOW) == (2, 1)
    assert rates.of("support", "ann", NOW + timedelta(hours=1)) == (1, 0)
    rates.forget([early])  # it is over anyhow
    assert rates.of("support", "bob", NOW + timedelta(hours=1)) == (1, 1)
    assert rates.of("noc", "ann", NOW) == (0, 0)
