"""Model files: whole or refused, never half read, and the same bytes for the same content."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.judges import modelfile
from bridge.judges.model import KIND, content, load, model, shipped
from bridge.judges.modelfile import MAGIC, UnusableModel, packed, unpacked

FILE = packed("labels", {"heads": []}, {"one": b"x" * 1000, "two": b""})


def test_what_was_written_is_read() -> None:
    file = unpacked(FILE, "labels")
    assert file.sections == {"one": b"x" * 1000, "two": b""}
    assert file.about == {"heads": []}


def test_the_same_content_has_the_same_version() -> None:
    again = packed("labels", {"heads": []}, {"one": b"x" * 1000, "two": b""})
    other = packed("labels", {"heads": []}, {"one": b"y" * 1000, "two": b""})
    assert again == FILE
    assert unpacked(other, "labels").version != unpacked(FILE, "labels").version


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "not a model"),
        (b"\x80\x04\x95 a pickle", "not a model"),
        (b"bridge-model 2\n{}\n", "not a model"),
        (MAGIC, "no header"),
        (MAGIC + b"{}\n", "without the parts"),
        (MAGIC + b"[" * 5000 + b"\n", "not JSON"),
        (FILE[:-1], "hash does not fit"),
        (FILE.replace(b'"kind": "labels"', b'"kind": "labelz"'), "hash does not fit"),
        (packed("languages", {}, {}), "not for labels"),
    ],
)
def test_anything_else_is_refused(octets: bytes, why: str) -> None:
    with pytest.raises(UnusableModel, match=why):
        unpacked(octets, "labels")


@given(st.integers(min_value=0, max_value=len(FILE) - 1), st.integers(min_value=1, max_value=255))
def test_a_single_wrong_octet_is_noticed(at: int, by: int) -> None:
    torn = bytearray(FILE)
    torn[at] = (torn[at] + by) % 256
    with pytest.raises(UnusableModel):
        unpacked(bytes(torn), "labels")


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfile, "LARGEST", 900)
    with pytest.raises(UnusableModel, match="more than a model may hold"):
        unpacked(FILE, "labels")


def test_heads_whose_parts_do_not_fit_are_refused() -> None:
    told = {"task": "a", "classes": ["a", "b"], "bias": [0.0], "slope": 1.0, "shift": 0.0, "largest": 1.0, "lifts": []}
    about = {"heads": [told], "about": {}, "asks_rules": False}
    torn = packed(KIND, about, {"terms 0": bytes(8), "weights 0": bytes(2)})
    with pytest.raises(UnusableModel, match="do not fit together"):
        model(unpacked(torn, KIND))


def test_the_shipped_model_comes_back_as_it_is(tmp_path: Path) -> None:
    found = shipped()
    path = tmp_path / "again.model"
    modelfile.write(path, content(found.heads, about=found.about, asks_rules=found.asks_rules))
    again = load(path)
    assert [head.task for head in again.heads] == ["thanks", "spam"]
    assert [head.rows for head in again.heads] == [head.rows for head in found.heads]
