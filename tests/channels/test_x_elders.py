"""Ids in a cursor: they come back as they were, the newest of them, in little room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._x.elders import MOST, as_text, ids

ID = st.integers(min_value=0, max_value=2**63 - 1)


@given(st.frozensets(ID))
def test_ids_come_back(numbers: frozenset[int]) -> None:
    assert ids(as_text(numbers)) == numbers


def test_the_newest_are_kept_in_little_room() -> None:
    """A post every ten seconds for two days."""
    numbers = {1_990_000_000_000_000_000 + number * (10_000 << 22) for number in range(17_280)}
    text = as_text(numbers)
    assert ids(text) == frozenset(sorted(numbers)[-MOST:])
    assert len(text) < 90_000


def test_what_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"base64|data|padding"):
        ids("no base64!")
