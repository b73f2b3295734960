"""The delimiter line survives what clients do to it."""

import pytest

from bridge.letters.delimiter import delimiter, find, random_parts

LINE = delimiter("k3v9x2qm7p")


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        f"> {LINE}",
        f">> > {LINE}  ",
        "> --- please answer above this\n> line - k3v9x2qm7p ---",
        "--- please answer\nabove this line -\nk3v9x2qm7p ---",
        f"<p>{LINE}</p>",
        f"| *{LINE}*",
        LINE.upper(),
        "--- please\xa0answer above this line - k3v9x2qm7p ---",
    ],
)
def test_it_is_found_where_its_line_begins(text: str) -> None:
    assert find(f"Hello\n\n{text}\nmore") == 7
    assert random_parts(text) == {"k3v9x2qm7p"}


@pytest.mark.parametrize("text", ["", "please answer above this line", "the answer above this line - is", "---"])
def test_other_text_is_none(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize("part", ["", "short", "UPPERCASE", "with space", "x" * 41, "a-b-c-d-e"])
def test_a_random_part_that_clients_could_break_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="random part"):
        delimiter(part)


def test_it_is_short_ascii_and_no_signature_mark() -> None:
    longest = delimiter("x" * 20)
    assert longest.isascii()
    assert len(longest) <= 72
    assert not longest.startswith("-- ")
