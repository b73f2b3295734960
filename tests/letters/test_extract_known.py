"""Replies that quote our own proxy: whatever a client does to it, none of its lines is ever published (B01)."""

import textwrap
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.letters.delimiter import delimiter
from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read
from bridge.letters.normal import key

CLIENTS = tomllib.loads((Path(__file__).parent / "clients.toml").read_text())
ATTRIBUTIONS = [line for languages in CLIENTS["attributions"].values() for line in languages.values()]
BLOCKS = ["\n".join(fields) for fields in CLIENTS["headers"].values()]
TITLES = list(CLIENTS["separators"].values())
LINE = delimiter("k3v9x2qm7p")
PROXY = f"""{LINE}

Jane Doe (@jane)
mentioned you on X, Mon 2 Mar 2026, 09:55 UTC

| @acme my bag is lost since Monday and nobody in your whole company can tell me where it may be
| Second line, with > a quote sign

Open it on x.com:
https://x.com/jane/status/900001

Public: everyone on X can read your answer. Begin with a line #private and only Jane Doe can.
Length: at most 280 characters in public.

BEFORE THIS

Jane Doe, Mon 2 Mar 2026, 07:00 UTC
| Hello?

WHY IT CAME TO YOU
route urgent, priority normal, 3 points
- outage: down
"""
OWN = "Hi Jane, we found it.\n\nIt arrives at noon."
HEAD = "From: Agent Smith <smith@acme.example>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"


def answer(text: str, known: tuple[str, ...] = (PROXY,)) -> Extraction:
    return extract(read((HEAD + text).encode()), known)


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join((mark + line).rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    return "\n".join(
        "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)) or ""
        for line in text.split("\n")
    )


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


QUOTATIONS = {
    "marked": marked(PROXY),
    "marked without space": marked(PROXY, ">"),
    "twice marked": marked(PROXY, "> > "),
    "bars": marked(PROXY, "| "),
    "unmarked": PROXY,
    "indented": indented(PROXY),
    "wrapped and marked": marked(wrapped(PROXY, 50)),
    "marked and wrapped": wrapped(marked(PROXY), 50),
    "wrapped": wrapped(PROXY, 40),
    "on one paragraph": PROXY.replace("\n\n", "\n"),
    "spaced": PROXY.replace("\n", "\n\n"),
    "bold": PROXY.replace("WHY IT CAME TO YOU", "*WHY IT CAME TO YOU*"),
}
ALPINE = "On Tue, 24 Nov 2026, Jane Doe via X wrote:"
"""Neither an address nor a time."""
OPENINGS = ["", ATTRIBUTIONS[0], ALPINE, f"{ALPINE}\n", BLOCKS[0], f"{TITLES[0]}\n{BLOCKS[0]}", "Blorg zqua:"]


@pytest.mark.parametrize(
    "opening",
    OPENINGS,
    ids=["nothing", "attribution", "alpine", "alpine and a blank line", "block", "title", "unknown"],
)
@pytest.mark.parametrize("quotation", QUOTATIONS.values(), ids=QUOTATIONS)
def test_answer_above_the_proxy(quotation: str, opening: str) -> None:
    found = answer(f"{OWN}\n\n{opening}\n{quotation}\n")
    if "Blorg" in opening:
        assert not found.confident or found.text == OWN
    else:
        assert (found.text, found.doubts) == (OWN, ())


@pytest.mark.parametrize("quotation", QUOTATIONS.values(), ids=QUOTATIONS)
def test_answer_below_the_proxy(quotation: str) -> None:
    found = answer(f"{ATTRIBUTIONS[0]}\n{quotation}\n\n{OWN}\n")
    assert found.text == OWN or not found.confident


def test_addresses_of_the_proxys_links_below_it_are_cut_off() -> None:
    proxy = PROXY.replace("x.com", "10.0.0.1")
    shown = proxy.replace(":\nhttps://10.0.0.1/jane/status/900001", " [1]")
    text = f"{OWN}\n\n{ATTRIBUTIONS[0]}\n{marked(shown)}\n\n\nLinks:\n------\n[1] https://10.0.0.1/jane/status/900001\n"
    found = answer(text, (proxy,))
    assert (found.text, found.doubts) == (OWN, ())


def test_answer_between_the_lines_of_a_marked_proxy() -> None:
    place = PROXY.index("Public:")
    found = answer(f"{ATTRIBUTIONS[0]}\n{marked(PROXY[:place])}\n\n{OWN}\n\n{marked(PROXY[place:])}\n")
    assert (found.text, found.doubts) == (OWN, ())


def test_words_inside_an_unmarked_proxy_below_an_answer_are_doubted() -> None:
    place = PROXY.index("Public:")
    found = answer(f"{OWN}\n\n{BLOCKS[0]}\n\n{PROXY[:place]}Or at one o'clock.\n{PROXY[place:]}")
    assert not found.confident


def test_a_line_of_the_proxy_in_the_answer_is_doubted() -> None:
    found = answer("Second line, with > a quote sign\n\nYes, that one.")
    assert not found.confident
    assert found.doubts[0].startswith("a line of the proxy is left")


def test_a_customers_fake_delimiter_cuts_nothing() -> None:
    fake = delimiter("aaaaaaaaaa")
    found = answer(f"{OWN}\n\n{fake}\n\nand more of it.\n")
    assert "and more of it." in found.text
    assert not found.confident


def test_older_proxies_and_answers_below_are_left_out() -> None:
    older = PROXY.replace("k3v9x2qm7p", "bbbbbbbbbb").replace("Hello?", "Anybody?")
    text = f"{OWN}\n\n{BLOCKS[0]}\n\n{PROXY}\n\n{BLOCKS[1]}\n\nOur first answer.\n\n{BLOCKS[0]}\n\n{older}"
    found = answer(text, (older, PROXY))
    assert (found.text, found.doubts) == (OWN, ())


LINES = st.sampled_from([line for line in PROXY.split("\n") if line.strip()])
WORDS = st.sampled_from(
    ["We are on it.", "Sorry!", "See https://acme.example/help", "- one\n- two", "Danke für Ihre Geduld."]
)


@given(
    own=st.lists(WORDS, min_size=1, max_size=3),
    opening=st.sampled_from(["", *ATTRIBUTIONS, *BLOCKS, *TITLES]),
    quotation=st.sampled_from(list(QUOTATIONS.values())),
    lost=st.sets(LINES, max_size=6),
    torn=st.integers(0, 60),
    below=st.booleans(),
    part=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=10, max_size=16),
)
@example(own=["Sorry!"], opening="", quotation=PROXY, lost={LINE}, torn=0, below=False, part="k3v9x2qm7p")
@settings(max_examples=400, deadline=None)
def test_b01_no_line_of_the_proxy_is_ever_published(  # one argument for each thing that clients do
    own: list[str], opening: str, quotation: str, lost: set[str], torn: int, *, below: bool, part: str
) -> None:
    proxy = PROXY.replace("k3v9x2qm7p", part)
    quoted = [
        line for line in quotation.replace("k3v9x2qm7p", part).split("\n") if not any(each in line for each in lost)
    ]
    answered = "\n\n".join(own)
    quotation = "\n".join(quoted[torn:] if below else quoted[: len(quoted) - torn])
    text = f"{opening}\n{quotation}\n\n{answered}\n" if below else f"{answered}\n\n{opening}\n{quotation}\n"
    found = answer(text, (proxy,))
    ours = {key(line) for line in proxy.split("\n")} - {""}
    published = {key(line) for line in found.text.split("\n")} if found.confident else set()
    assert not published & ours


def test_an_answer_right_under_the_whole_proxy_is_sure() -> None:
    """s-nail puts the cursor directly under the quotation; the proxy's last line is long and has no tail."""
    footer = (
        "Commands, above your answer and each on a line of its own: #private, #note, #close, #escalate NAME, #cancel."
    )
    proxy = f"{delimiter('583cd7d5')}\n\n@jane\nhelp me\n\n{footer}"
    quoted = "\n".join(f"> {line}".rstrip() for line in proxy.split("\n"))
    answer = "Sorry for the trouble, your parcel leaves today."
    raw = f'Content-Type: text/plain; charset=utf-8\n\n"jane via Forum" <reply@acme.test> wrote:\n\n{quoted}\n{answer}\n'.encode()
    found = extract(read(raw), [proxy])

    assert (found.text, found.confident, found.doubts) == (answer, True, ())
