"""P1 for listings with growing numbers: edits, deletions and late posts within the overlap, each told once."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._cursor import packed, unpacked
from bridge.channels._overlap import OVERLAP, Place, Shown, sift

SHOWN = st.builds(Shown, id=st.integers(1, 200), version=st.integers(1, 3), deleted=st.booleans())
LISTINGS = st.lists(st.lists(SHOWN, max_size=20, unique_by=lambda shown: shown.id), max_size=10)


@given(LISTINGS)
def test_the_newest_id_never_sinks_and_the_cursor_stays_small(listings: list[list[Shown]]) -> None:
    place = Place()
    for listing in listings:
        after = unpacked(packed(sift(place, listing).place), Place)
        assert after.newest >= max([place.newest, *(shown.id for shown in listing)])
        assert len(after.versions) <= OVERLAP
        place = after


@given(LISTINGS, st.lists(SHOWN, max_size=20, unique_by=lambda shown: shown.id))
def test_the_same_listing_is_news_only_once(before: list[list[Shown]], listing: list[Shown]) -> None:
    place = Place()
    for earlier in before:
        place = sift(place, earlier).place
    first = sift(place, listing)
    known = set(first.place.versions)
    again = sift(first.place, listing)
    assert not again.fresh & known
    assert not set(again.gone) & known


@given(st.lists(st.integers(1, 40), unique=True), st.data())
def test_every_post_comes_once_however_late_it_is_listed(ids: list[int], data: st.DataObject) -> None:
    """A listing may show a post later than younger ones, as long as the overlap reaches it."""
    place, came, shown = Place(), [], set[int]()
    for number in sorted(ids):
        shown.add(number)
        visible = data.draw(st.sets(st.sampled_from(sorted(shown))))
        sifted = sift(place, [Shown(id=n, version=1) for n in sorted(visible)])
        came += sorted(sifted.fresh)
        place = sifted.place
    came += sorted(sift(place, [Shown(id=n, version=1) for n in sorted(shown)]).fresh)
    assert sorted(came) == sorted(ids)


def test_an_edit_is_fresh_and_a_deletion_is_gone() -> None:
    place = sift(Place(), [Shown(id=1, version=1), Shown(id=2, version=1)]).place
    after = sift(place, [Shown(id=1, version=2), Shown(id=2, version=2, deleted=True)])
    assert (after.fresh, after.gone) == (frozenset({1}), (2,))
    assert sift(after.place, [Shown(id=2, version=2, deleted=True)]).gone == ()


def test_a_post_that_was_never_known_is_not_told_gone() -> None:
    assert sift(Place(), [Shown(id=1, version=1, deleted=True)]).gone == ()


def test_a_post_that_was_taken_away_and_comes_back_is_fresh() -> None:
    place = sift(sift(Place(), [Shown(id=1, version=1)]).place, [Shown(id=1, version=2, deleted=True)]).place
    assert sift(place, [Shown(id=1, version=3)]).fresh == {1}


def test_listings_are_read_from_before_the_overlap() -> None:
    full = sift(Place(), [Shown(id=number, version=1) for number in range(100, 160)]).place
    assert full.floor == 109
    assert sift(Place(), [Shown(id=7, version=1)]).place.floor == 0
