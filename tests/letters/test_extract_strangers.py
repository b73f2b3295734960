"""Replies of clients that the corpus holds few of or none: the agent's words and no others."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read

CASES: Mapping[str, Mapping[str, str]] = tomllib.loads((Path(__file__).parent / "strangers.toml").read_text())
HEAD = (
    "From: Ann Agent <ann@acme.example>\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
)


def found(case: Mapping[str, str]) -> Extraction:
    kind = "html" if "html" in case else "plain"
    body = case["html"] if "html" in case else case["text"]
    return extract(read((HEAD.format(kind=kind) + body.lstrip("\n")).encode()), ())


def own(case: Mapping[str, str]) -> str:
    return case["own"].strip("\n")


@pytest.mark.parametrize("name", CASES)
def test_an_answer_is_found_whole_and_surely(name: str) -> None:
    said = found(CASES[name])
    assert " ".join(said.text.split()) == " ".join(own(CASES[name]).split())
    assert said.confident, said.doubts


@pytest.mark.parametrize(
    "text",
    [
        "Type this:\n\n    Jane> select 1;\n\nIt shows the state.",
        "Route:\nto\nMain Street, then to 5, Hill Road.\nSubject\nto change.",
        "Please get the new app for Android from the shop.",
    ],
)
def test_words_that_look_a_little_like_it_stay(text: str) -> None:
    assert found({"text": text}).text == text


HEADS_ALONE = "It left today.\n\n> Od: Jane <reply@x.example>\n> Komu: ann@acme.example\n> Datum: 24.11.2026 09:12\n> Předmět: Parcel\n>\nWhere is it?"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEADS_ALONE, id="a quotation that is nothing but a head"),
        pytest.param("-- Please reply above this line --\n\nIt left today.", id="a demand at the top"),
    ],
)
def test_words_that_may_be_somebody_elses_are_kept_and_doubted(text: str) -> None:
    said = found({"text": text})
    assert "It left today." in said.text
    assert not said.confident
