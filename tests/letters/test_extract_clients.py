"""Replies as clients of forty languages write them, each form of introduction in each place: the agent's words, all and alone."""

import codecs
import textwrap
import tomllib
from pathlib import Path

import pytest

from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read

CLIENTS = tomllib.loads((Path(__file__).parent / "clients.toml").read_text())
HEAD = "From: Agent Smith <smith@acme.example>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
OWN = "Hello Jane,\n\nwe found your bag: it is on its way."
ORIGINAL = "My bag is lost.\n\nWhere is it?"
QUOTED = "\n".join(f"> {line}" for line in ORIGINAL.split("\n"))
ENGLISH = CLIENTS["attributions"]["gmail"]["en"]


def read_text(text: str) -> Extraction:
    return extract(read((HEAD + text).encode()), ())


def assert_own(text: str, own: str = OWN) -> None:
    found = read_text(text)
    assert (found.text.split(), found.doubts) == (own.split(), ())
    assert found.confident


ATTRIBUTIONS = {
    f"{client}-{language}": line
    for client, languages in CLIENTS["attributions"].items()
    for language, line in languages.items()
}


def wrapped(line: str, width: int) -> str:
    return "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_attribution_above_a_quotation(line: str) -> None:
    assert_own(f"{OWN}\n\n{line}\n{QUOTED}\n")
    assert_own(f"{OWN}\n\n{line}\n\n{QUOTED}\n")
    assert_own(f"{OWN}\n{line}\n{QUOTED}\n")
    assert_own(f"{OWN}\n\n> {line}\n{QUOTED}\n")


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_wrapped_attribution(line: str) -> None:
    assert_own(f"{OWN}\n\n{wrapped(line, 60)}\n{QUOTED}\n")
    if not line.startswith(">>>"):
        assert_own(f"{OWN}\n\n{wrapped(line, 42)}\n\n{QUOTED}\n")


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_answer_below_the_quotation(line: str) -> None:
    assert_own(f"{line}\n{QUOTED}\n\n{OWN}\n")


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_attribution_above_an_original_without_marks(line: str) -> None:
    found = read_text(f"{OWN}\n\n{line}\n\n{ORIGINAL}\n")
    assert found.text.split() == OWN.split() or not found.confident
    if "@" in line:
        assert found.confident


@pytest.mark.parametrize("fields", CLIENTS["headers"].values(), ids=CLIENTS["headers"])
def test_header_block(fields: list[str]) -> None:
    block = "\n".join(fields)
    assert_own(f"{OWN}\n\n{block}\n\n{ORIGINAL}\n")
    assert_own(f"{OWN}\n\n{'_' * 32}\n{block}\n\n{ORIGINAL}\n")
    assert_own(f"{OWN}\n{block}\n{ORIGINAL}\n")
    assert_own(f"{OWN}\n\n{CLIENTS['separators']['en']}\n{block}\n\n{ORIGINAL}\n")
    quoted = "\n".join(f"> {field}" for field in fields)
    assert_own(f"{OWN}\n\n{quoted}\n>\n{QUOTED}\n")


@pytest.mark.parametrize("fields", CLIENTS["headers"].values(), ids=CLIENTS["headers"])
def test_header_block_with_wrapped_address_or_without_recipient(fields: list[str]) -> None:
    first = fields[0].replace(" <", "\n<")
    assert_own(f"{OWN}\n\n" + "\n".join([first, *fields[1:]]) + f"\n\n{ORIGINAL}\n")
    assert_own(f"{OWN}\n\n" + "\n".join([fields[0], fields[1], fields[-1]]) + f"\n\n{ORIGINAL}\n")


@pytest.mark.parametrize("line", CLIENTS["separators"].values(), ids=CLIENTS["separators"])
def test_separator(line: str) -> None:
    assert_own(f"{OWN}\n\n{line}\n{ORIGINAL}\n")


@pytest.mark.parametrize("line", CLIENTS["above"].values(), ids=CLIENTS["above"])
def test_demand_of_a_ticket_system(line: str) -> None:
    assert_own(f"{OWN}\n\n{line}\n\n{ORIGINAL}\n")


@pytest.mark.parametrize("line", CLIENTS["devices"].values(), ids=CLIENTS["devices"])
def test_device_line(line: str) -> None:
    assert_own(f"{OWN}\n\n{line}\n")
    assert_own(f"{OWN}\n\n{line}\n\n{ENGLISH}\n{QUOTED}\n")
    assert_own(f"{OWN}\n\n{line}\n\n" + "\n".join(CLIENTS["headers"]["en"]) + f"\n\n{ORIGINAL}\n")
    assert_own(f"{line}\n\n{OWN}\n")


@pytest.mark.parametrize("line", CLIENTS["closings"].values(), ids=CLIENTS["closings"])
def test_closing(line: str) -> None:
    signature = "Maria Huber\nCustomer Care | Acme Air\nTel: +43 1 555 0123\nwww.acme.example"
    assert_own(f"{OWN}\n\n{line}\nMaria Huber\n")
    assert_own(f"{OWN}\n\n{line}\n\n{signature}\n")
    assert_own(f"{OWN}\n\n{line}\nMaria Huber\nHead of Care\n\n{ENGLISH}\n{QUOTED}\n")
    assert_own(f"{OWN}\n\n{line}\nMaria Huber\n\n-- \n{signature}\n")


def untaught(text: str) -> str:
    """The text in a language that is in no vocabulary: Latin letters turned, names, addresses and figures kept."""
    kept = {"Jane", "Doe", "Maria", "Huber"}
    return " ".join(word if "@" in word or word in kept else codecs.encode(word, "rot13") for word in text.split(" "))


def latin(lines: dict[str, str]) -> list[str]:
    return [line for line in lines.values() if line.isascii()]


@pytest.mark.parametrize("line", latin(ATTRIBUTIONS))
def test_an_attribution_of_an_unknown_language_is_cut_or_doubted(line: str) -> None:
    for original in (QUOTED, f"\n{QUOTED}", f"\n{ORIGINAL}"):
        found = read_text(f"{OWN}\n\n{untaught(line)}\n{original}\n")
        assert found.text.split() == OWN.split() or not found.confident


@pytest.mark.parametrize("fields", CLIENTS["headers"].values(), ids=CLIENTS["headers"])
def test_a_header_block_of_an_unknown_language_is_cut_or_doubted(fields: list[str]) -> None:
    block = "\n".join(map(untaught, fields)) if fields[0].isascii() else "\n".join(f"Zq{field}" for field in fields)
    found = read_text(f"{OWN}\n\n{block}\n\n{ORIGINAL}\n")
    assert found.text.split() == OWN.split() or not found.confident


@pytest.mark.parametrize("line", [line for line in latin(CLIENTS["separators"]) if line.startswith("-")])
def test_a_separator_of_an_unknown_language_is_cut_or_doubted(line: str) -> None:
    found = read_text(f"{OWN}\n\n{untaught(line)}\n{ORIGINAL}\n")
    assert found.text.split() == OWN.split() or not found.confident


@pytest.mark.parametrize("line", latin(CLIENTS["closings"]))
def test_a_signature_under_a_closing_of_an_unknown_language_is_cut_or_doubted(line: str) -> None:
    signature = "Maria Huber\nCustomer Care | Acme Air\nTel: +43 1 555 0123\nwww.acme.example"
    for text in (
        f"{untaught(line)}\n\n{signature}",
        f"{untaught(line)}\n{signature}",
        f"{untaught(line)}\nMaria Huber\nHead of Care",
    ):
        found = read_text(f"{OWN}\n\n{text}\n")
        assert found.text.split() == OWN.split() or not found.confident
