"""What is new in a listing of Meta's: nothing comes twice, and nothing is taken for history that was never shown."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._cursor import packed, unpacked
from bridge.channels._graph.known import OVERLAP, SAME_SECOND, Known, Shown, sift

ITEMS = st.lists(st.integers(min_value=1, max_value=8), min_size=1, max_size=120)
"""Seconds in which items were written, in the order in which they are listed."""


@given(ITEMS, st.data())
def test_whatever_is_listed_in_time_comes_once(seconds: list[int], data: st.DataObject) -> None:
    """Seconds never go back between two looks, and several looks may fall into one of them."""
    shown = [Shown(id=str(number), at=at, version=1) for number, at in enumerate(sorted(seconds))]
    known, came, start = Known(), list[str](), 0
    while start < len(shown):
        start = data.draw(st.integers(min_value=start + 1, max_value=len(shown)))
        sifted = sift(known, shown[:start], gone=())
        came += sorted(sifted.fresh, key=int)
        known = unpacked(packed(sifted.known), Known)
    assert came == [item.id for item in shown]
    assert sift(known, shown, gone=()).fresh == frozenset()


def test_more_than_an_overlap_is_remembered_only_of_the_second_at_its_edge() -> None:
    shown = [Shown(id=f"{at}-{number}", at=at, version=1) for at in (1, 2, 3) for number in range(40)]
    known = sift(Known(), shown, gone=()).known
    assert known.floor == 2
    assert {at for at, _ in known.items.values()} == {3}
    assert len(known.items) == 40


def test_a_cursor_has_an_end() -> None:
    shown = [Shown(id=str(number), at=7, version=1) for number in range(2 * SAME_SECOND)]
    assert len(sift(Known(), shown, gone=()).known.items) == SAME_SECOND + OVERLAP
