"""X's limits as its headers tell them: obeyed until they are renewed, and no odd header stops a channel for ever (D07)."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.channels._x.rates import Rates
from bridge.ports import TemporaryProblem

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROUTE = "/2/users/7/mentions"


def _headers(resets: datetime, span: str = "x-rate-limit-") -> dict[str, str]:
    return {f"{span}limit": "300", f"{span}remaining": "0", f"{span}reset": f"{resets.timestamp():.0f}"}


@pytest.mark.parametrize("span", ["x-rate-limit-", "x-user-limit-24hour-", "x-app-limit-24hour-"])
def test_a_limit_that_is_used_up_is_obeyed_until_it_is_renewed(span: str) -> None:
    rates = Rates()
    rates.note("GET", ROUTE, _headers(NOW + timedelta(minutes=9), span))
    with pytest.raises(TemporaryProblem) as caught:
        rates.check("GET", "/2/users/8/mentions", NOW)
    assert caught.value.after == 540
    rates.check("GET", "/2/tweets", NOW)
    rates.check("GET", ROUTE, NOW + timedelta(minutes=9))


@pytest.mark.parametrize("days", [3, 4_000, 2_900_000])
def test_no_limit_lasts_longer_than_xs_longest_window(days: int) -> None:
    """A day: what says more is taken for a mistake."""
    rates = Rates()
    rates.note("GET", ROUTE, _headers(NOW + timedelta(days=days)))
    rates.check("GET", ROUTE, NOW)
    assert rates.interval(NOW) == 0
    assert not rates.left(NOW)
