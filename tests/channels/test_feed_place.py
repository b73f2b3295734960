"""C16, C17: what is new in a document, decided by the cursor and the document alone."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._cursor import packed, unpacked
from bridge.channels._feed.model import Entry, Parsed
from bridge.channels._feed.place import FeedPlace, FeedPlaces, KeyKind, compare


def _entry(number: int, **changes: str) -> Entry:
    usual = {"id": f"id-{number}", "link": f"http://a.example/{number}", "body": f"Body {number}"}
    given = {**usual, **changes}
    return Entry(id=given["id"], link=given["link"], title=f"Title {number}", body=given["body"])


def _document(*entries: Entry) -> Parsed:
    """As feeds are: the last given is the newest and stands first."""
    return Parsed(title="Talk", lang="", entries=tuple(reversed(entries)))


def _bodies(place: FeedPlace, document: Parsed) -> list[str]:
    return [keyed.entry.body for keyed in compare(place, document, feed="f").fresh]


def _after(*documents: Parsed) -> FeedPlace:
    place = FeedPlace()
    for document in documents:
        place = compare(place, document, feed="f").place
    return place


def test_new_entries_come_once_and_the_oldest_first() -> None:
    place = _after(_document(_entry(1)))
    document = _document(_entry(1), _entry(2), _entry(3))
    assert _bodies(place, document) == ["Body 2", "Body 3"]
    assert _bodies(_after(_document(_entry(1)), document), document) == []


def test_another_order_is_no_news_and_no_other_cursor() -> None:
    document = _document(_entry(1), _entry(2), _entry(3))
    place = _after(document)
    turned = Parsed(title="Talk", lang="", entries=tuple(reversed(document.entries)))
    assert compare(place, turned, feed="f").fresh == ()
    assert compare(place, turned, feed="f").place == place


def test_an_entry_that_comes_back_is_known() -> None:
    place = _after(_document(_entry(1), _entry(2)), _document(_entry(2), _entry(3)))
    assert _bodies(place, _document(_entry(1), _entry(3))) == []


def test_other_words_under_the_same_key_are_an_edit() -> None:
    place = _after(_document(_entry(1), _entry(2)))
    news = compare(place, _document(_entry(1, body="Other"), _entry(2)), feed="f")
    assert [keyed.entry.body for keyed in news.fresh] == ["Other"]
    known = compare(FeedPlace(), _document(_entry(1), _entry(2)), feed="f").fresh[0]
    assert news.fresh[0].digest == known.digest


def test_the_key_is_the_id_then_the_link_then_the_words() -> None:
    assert _after(_document(_entry(1), _entry(2))).kind is KeyKind.ID
    assert _after(_document(_entry(1, id=""), _entry(2, id=""))).kind is KeyKind.LINK
    assert _after(_document(_entry(1, id="same"), _entry(2, id="same"))).kind is KeyKind.LINK
    assert _after(_document(_entry(1, id="", link=""), _entry(2, id="", link=""))).kind is KeyKind.WORDS
    assert _after(_document()).kind is None


def test_the_kind_is_kept_whatever_comes_later() -> None:
    """A feed that gives its entries ids one day must not bring them all again."""
    place = _after(_document(_entry(1, id=""), _entry(2, id="")))
    assert _bodies(place, _document(_entry(1), _entry(2), _entry(3))) == ["Body 3"]


def test_an_entry_without_its_feeds_key_is_set_aside_once() -> None:
    place = _after(_document(_entry(1), _entry(2), _entry(3)))
    document = _document(_entry(2), _entry(3), _entry(4, id=""))
    news = compare(place, document, feed="f")
    assert news.fresh == ()
    [kept] = news.quarantined
    assert b"Body 4" in kept.raw
    assert "id" in kept.reason
    assert compare(news.place, document, feed="f").quarantined == ()


def test_a_key_that_is_used_twice_keeps_the_newer_and_sets_the_other_aside() -> None:
    place = _after(_document(_entry(1), _entry(2), _entry(3)))
    news = compare(place, _document(_entry(3), _entry(4, body="A"), _entry(4, body="B")), feed="f")
    assert [keyed.entry.body for keyed in news.fresh] == ["B"]
    assert [b'"A"' in kept.raw for kept in news.quarantined] == [True]


def test_an_entry_that_stands_twice_is_one() -> None:
    place = _after(_document(_entry(1), _entry(2)))
    news = compare(place, _document(_entry(2), _entry(3), _entry(3)), feed="f")
    assert len(news.fresh) == 1
    assert news.quarantined == ()


def test_a_document_without_any_known_entry_is_a_gap() -> None:
    place = _after(_document(_entry(1), _entry(2)))
    news = compare(place, _document(_entry(8), _entry(9)), feed="f")
    assert news.gap is not None
    assert news.gap.since.startswith("f.")
    assert len(news.fresh) == 2
    assert compare(news.place, _document(_entry(8), _entry(9)), feed="f").gap is None


def test_an_empty_document_is_no_gap_and_forgets_nothing() -> None:
    place = _after(_document(_entry(1), _entry(2)))
    news = compare(place, _document(), feed="f")
    assert (news.gap, news.place) == (None, place)


def test_a_cursor_stays_small() -> None:
    place = FeedPlace()
    for start in range(0, 5000, 10):
        place = compare(place, _document(*(_entry(start + number) for number in range(20))), feed="f").place
    assert len(place.seen) <= 320
    assert len(packed(FeedPlaces(feeds={"f": place}))) < 12_000


def test_a_cursor_survives_its_text() -> None:
    place = FeedPlaces(feeds={"f": _after(_document(_entry(1), _entry(2)))})
    assert unpacked(packed(place), FeedPlaces) == place


NUMBERS = st.lists(st.integers(0, 30), unique=True, max_size=12)


@given(st.lists(NUMBERS, max_size=12))
def test_every_entry_comes_exactly_once_whatever_the_windows(windows: list[list[int]]) -> None:
    """P1 for one feed: no loss, no double, in any order of windows, with the cursor as the only memory."""
    place = FeedPlace()
    came: list[str] = []
    for window in windows:
        news = compare(place, _document(*(_entry(number) for number in window)), feed="f")
        came += [keyed.entry.id for keyed in news.fresh]
        place = unpacked(packed(FeedPlaces(feeds={"f": news.place})), FeedPlaces).feeds["f"]
    assert sorted(came) == sorted({f"id-{number}" for window in windows for number in window})


@given(NUMBERS, NUMBERS)
def test_the_same_cursor_shows_the_same_and_more(first: list[int], more: list[int]) -> None:
    place = _after(_document(_entry(100)))
    once = _bodies(place, _document(_entry(100), *(_entry(number) for number in first)))
    union = list(dict.fromkeys((*first, *more)))
    again = _bodies(place, _document(_entry(100), *(_entry(number) for number in union)))
    assert set(once) <= set(again)
