"""Segments: which coding and why, how much it counts, and parts that tear no pair and join back to the text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.core.segments import SIZES, Coding, cost, count, foreign, plainer, segmented

ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"

written = st.text(st.characters(exclude_categories=["Cs"]), max_size=700)
in_the_alphabet = st.text(st.sampled_from(ALPHABET + EXTENSION), max_size=700)
texts = st.one_of(written, in_the_alphabet, st.tuples(in_the_alphabet, written).map("".join))

TABLE = [
    ("", Coding.GSM7, 0, 1, None),
    ("a" * 160, Coding.GSM7, 160, 1, None),
    ("a" * 161, Coding.GSM7, 161, 2, None),
    ("a" * 306, Coding.GSM7, 306, 2, None),
    ("a" * 307, Coding.GSM7, 307, 3, None),
    ("€" * 80, Coding.GSM7, 160, 1, None),
    ("€" * 80 + "a", Coding.GSM7, 161, 2, None),
    ("ç", Coding.UCS2, 1, 1, "ç"),
    ("Ça va", Coding.GSM7, 5, 1, None),
    ("it’s – fine", Coding.UCS2, 11, 1, "’"),
    ("ж" * 70, Coding.UCS2, 70, 1, "ж"),
    ("ж" * 71, Coding.UCS2, 71, 2, "ж"),
    ("ж" * 134, Coding.UCS2, 134, 2, "ж"),
    ("ж" * 135, Coding.UCS2, 135, 3, "ж"),
    ("😀" * 35, Coding.UCS2, 70, 1, "😀"),
    ("😀" * 36, Coding.UCS2, 72, 2, "😀"),
    ("a" * 69 + "😀", Coding.UCS2, 71, 2, "😀"),
    ("a\tb", Coding.UCS2, 3, 1, "\t"),
    ("a\x1bb", Coding.UCS2, 3, 1, "\x1b"),
]


@pytest.mark.parametrize(("text", "coding", "units", "parts", "forced_by"), TABLE)
def test_a_message_is_counted_as_networks_count_it(text, coding, units, parts, forced_by) -> None:
    found = segmented(text)
    assert (found.coding, found.units, len(found.parts), found.forced_by) == (coding, units, parts, forced_by)


def test_the_alphabet_has_its_127_characters_and_the_escape_is_none_of_them() -> None:
    assert len(set(ALPHABET)) == 127
    assert all(foreign(letter) is None for letter in ALPHABET + EXTENSION)


def test_an_escape_pair_goes_whole_into_the_next_segment() -> None:
    assert segmented("a" * 152 + "€" + "b" * 20).parts == ("a" * 152, "€" + "b" * 20)


def test_a_surrogate_pair_goes_whole_into_the_next_segment() -> None:
    assert segmented("ж" * 66 + "😀" + "ж" * 20).parts == ("ж" * 66, "😀" + "ж" * 20)


@given(text=texts)
@example(text="€" * 400)
@example(text="😀" * 400)
def test_the_parts_join_back_to_the_text_and_each_fits_its_segment(text) -> None:
    found = segmented(text)
    size = SIZES[found.coding]
    room = size.alone if len(found.parts) == 1 else size.in_parts

    assert "".join(found.parts) == text
    assert all(sum(cost(letter, found.coding) for letter in part) <= room for part in found.parts)
    assert all(found.parts) or not text
    assert count(text) == len(found.parts)


@given(text=texts)
def test_no_segment_could_have_held_the_next_character_too(text) -> None:
    found = segmented(text)
    units = [sum(cost(letter, found.coding) for letter in part) for part in found.parts]
    for filled, follower in zip(units, found.parts[1:], strict=False):
        assert filled + cost(follower[0], found.coding) > SIZES[found.coding].in_parts


@given(text=texts)
def test_units_are_those_of_the_coding_on_the_wire(text) -> None:
    found = segmented(text)
    if found.coding is Coding.UCS2:
        assert found.units == len(text.encode("utf-16-be")) // 2
        assert all(2 * SIZES[Coding.UCS2].alone >= len(part.encode("utf-16-be")) for part in found.parts)
    else:
        assert found.units == len(text) + sum(text.count(letter) for letter in EXTENSION)


@given(text=texts)
def test_ucs2_is_chosen_only_where_a_character_forces_it_and_names_the_first(text) -> None:
    found = segmented(text)
    known = set(ALPHABET + EXTENSION)
    assert found.forced_by == next((letter for letter in text if letter not in known), None)
    assert (found.coding is Coding.UCS2) == (found.forced_by is not None)


@given(text=texts, more=texts)
def test_a_longer_text_never_takes_fewer_segments(text, more) -> None:
    assert count(text) <= count(text + more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It’s fine” – really…", '"It\'s fine" - really...'),
        ("50\u00a0€ for «you»", '50 € for "you"'),
        ("it’s 😀", "it’s 😀"),
        ("plain", "plain"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_typography_gives_way_only_where_that_saves_the_coding(text, expected) -> None:
    assert plainer(text) == expected


@given(text=texts)
def test_a_plainer_text_never_takes_more_segments_by_its_coding(text) -> None:
    typed = plainer(text)
    assert typed == text or segmented(typed).coding is Coding.GSM7
    assert plainer(typed) == typed
