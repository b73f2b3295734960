"""`winmail.dat`: the agent's words come out of it as out of any mail, and nothing in it costs more than its length (A21, E08, E09)."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.replies import LetterKind
from bridge.letters import lzfu, rtf, tnef
from bridge.letters.automatic import Facts, classify
from bridge.letters.enclosures import enclosures
from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read
from bridge.testing import winmail

PICTURE = b"\x89PNG\r\n\x1a\nrest"
QUOTED = "From: Jane via X\r\nSent: Monday, April 2, 2012 6:26 PM\r\nTo: Ann\r\nSubject: x\r\n\r\nWhere is my bag?"
PLAIN = f"It is found.\r\n\r\n{QUOTED}"
PAGE = b"<p>It is <b>found</b>.</p><blockquote>Where is my bag?</blockquote>"
WRAPPED = rb"""{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}\uc1\pard\plain\f0\fs24
{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 F\'fcr Sie gefunden{\*\htmltag84 &amp;}\htmlrtf &\htmlrtf0  \u8364?\htmlrtf\par}\htmlrtf0
{\*\htmltag72 </p>}{\*\htmltag96 <blockquote>}Where is my bag?{\*\htmltag104 </blockquote>}}"""
NATIVE = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial;}}{\info{\author Ann}}
{\*\generator Outlook;}\pard\plain\f0 It is found.\par\par{\v hidden }{\f1\'cf\'f0\'e8\'e2\'e5\'f2}\tab{\field{\*\fldinst HYPERLINK "x"}{\fldrslt here}}\par}"""


def found(packed: bytes, beside: str = "") -> Extraction:
    return extract(read(winmail.mail(packed, beside)), ())


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({winmail.TEXT: PLAIN}, "It is found."),
        ({winmail.HTML: PAGE, winmail.CODEPAGE: 65001}, "It is found."),
        ({winmail.TEXT: PLAIN, winmail.HTML: PAGE}, "It is found."),
        ({winmail.RTF: winmail.packed_rtf(WRAPPED)}, "Für Sie gefunden& €"),
        ({winmail.RTF: winmail.packed_rtf(NATIVE)}, "It is found.\n\nПривет here"),
        ({winmail.TEXT: "Für Sie gefunden& €", winmail.RTF: winmail.packed_rtf(WRAPPED)}, "Für Sie gefunden& €"),
    ],
    ids=["plain", "html", "both", "html in rtf", "rtf", "plain and rtf"],
)
def test_a21_the_words_come_from_each_form_of_the_body(properties: dict[int, winmail.Value], words: str) -> None:
    said = found(winmail.stream(properties))
    assert " ".join(said.text.split()) == " ".join(words.split())
    assert said.confident, said.doubts


def test_a21_the_body_in_the_old_attribute_is_read_in_its_codepage() -> None:
    attributes = [(1, winmail.OEM, struct.pack("<II", 1251, 0)), (1, winmail.BODY, "Сумка найдена.\0".encode("cp1251"))]
    assert found(winmail.of(attributes)).text == "Сумка найдена."


def test_a21_forms_that_say_different_things_are_doubted() -> None:
    said = found(winmail.stream({winmail.TEXT: "It is found.", winmail.HTML: b"<p>It is lost for ever and ever.</p>"}))
    assert not said.confident


def test_a21_a_text_beside_it_is_what_counts() -> None:
    said = found(winmail.stream({winmail.TEXT: "Something else."}), beside="It is found.")
    assert (said.text, said.confident) == ("It is found.", True)


def test_files_inside_are_attachments_like_any_and_no_text_of_theirs_is_read() -> None:
    files = (("bag.png", "image/png", PICTURE), ("..\\notes.txt", "text/plain", b"secret"), ("bag.png", "", PICTURE))
    mail = read(winmail.mail(winmail.stream({winmail.TEXT: "#media\r\nSee the picture."}, files)))
    assert [part.filename for part in mail.parts[1:]] == ["bag.png", "notes.txt", "bag.png"]
    assert [each.content for each in enclosures(mail)] == [PICTURE, PICTURE]
    assert extract(mail, ()).text == "#media\nSee the picture."


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("IPM.Note", "human"),
        ("REPORT.IPM.Note.NDR", "bounce-other"),
        ("REPORT.IPM.Note.IPNRN", "mdn"),
        ("IPM.Schedule.Meeting.Resp.Pos", "calendar"),
        ("IPM.Note.Rules.OofTemplate.Microsoft", "ooo"),
        ("IPM.Note.Rules.ReplyTemplate.Microsoft", "autoreply"),
        ("IPM.Outlook.Recall", "notification"),
    ],
)
def test_what_outlook_calls_an_item_tells_machines_from_people(kind: str, label: str) -> None:
    packed = winmail.stream({winmail.CLASS: kind, winmail.TEXT: "It is found."})
    told = classify(read(winmail.mail(packed)), Facts())
    assert told.label == label
    assert (told.kind is LetterKind.REPLY) == (label == "human")


def _with_count(count: int) -> bytes:
    return winmail.of([(1, winmail.MESSAGE, struct.pack("<I", count) + winmail.listed({winmail.TEXT: "x"})[4:])])


HOSTILE = {
    "nothing": b"",
    "no signature": b"x" * 100,
    "cut off": winmail.stream({winmail.TEXT: PLAIN})[:60],
    "four billion properties": _with_count(0xFFFFFFFF),
    "many properties that are not there": _with_count(tnef.MAX_PROPERTIES),
    "four billion values": winmail.of([(1, winmail.MESSAGE, struct.pack("<IHHI", 1, 0x101E, 0x1000, 0xFFFFFFFF))]),
    "a value of four billion octets": winmail.of([(1, winmail.MESSAGE, struct.pack("<IHHII", 1, 0x1E, 0x1000, 1, 0xFFFFFFFF))]),
    "a type that nobody knows": winmail.of([(1, winmail.MESSAGE, struct.pack("<IHHI", 1, 0x99, 0x1000, 0))]),
    "a name of four billion octets": winmail.of([(1, winmail.MESSAGE, struct.pack("<IHH16xII", 1, 0x1E, 0x8000, 1, 0xFFFFFFFF))]),
    "many attributes": winmail.of([(1, 0, b"")] * (tnef.MAX_ATTRIBUTES + 1)),
    "many files": winmail.stream({winmail.TEXT: "x"}, [("a", "", b"x")] * (tnef.MAX_FILES + 1)),
    "an unknown level": winmail.of([(7, 0, b"")]),
    "rtf that is none": winmail.stream({winmail.RTF: winmail.packed_rtf(b"hello")}),
    "rtf that nests": winmail.stream({winmail.RTF: winmail.packed_rtf(b"{\\rtf1" + b"{" * 500 + b"}" * 501)}),
    "rtf that does not end": winmail.stream({winmail.RTF: winmail.packed_rtf(b"{\\rtf1 hello")}),
    "rtf in no such packing": winmail.stream({winmail.RTF: b"x" * 40}),
}  # fmt: skip


@pytest.mark.timeout(10)
@pytest.mark.parametrize("packed", HOSTILE.values(), ids=HOSTILE)
def test_e09_what_cannot_be_opened_is_doubted(packed: bytes) -> None:
    said = found(packed)
    assert "a winmail.dat attachment could not be opened" in said.doubts
    assert found(packed, beside="It is found.").doubts


def test_e09_more_than_three_streams_are_doubted() -> None:
    part = winmail.mail(winmail.stream({winmail.TEXT: "x"}), beside="It is found.").partition(
        b"--b\nContent-Type: application"
    )
    packed = b"--b\nContent-Type: application" + part[2].removesuffix(b"--b--\n")
    assert not extract(read(part[0] + packed * 4 + b"--b--\n"), ()).confident
    assert extract(read(part[0] + packed * 3 + b"--b--\n"), ()).confident


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", [rb"\u1?", rb"{x}", rb"\'e4", rb"\f1 ", rb"{\*\x y}", rb"\par ", rb"\bin9 "], ids=repr
)
def test_e08_a_body_of_many_such_tokens(piece: bytes) -> None:
    source = b"{\\rtf1 " + piece * (tnef.MAX_RTF // len(piece) - 10) + b"}"
    rtf.spelled(source)


@pytest.mark.timeout(10)
def test_e08_what_unpacks_to_more_than_the_limit_is_refused() -> None:
    # each token repeats what stands 17 places before the next letter
    tokens, place = [], 207
    for _ in range(100_000):
        tokens.append(struct.pack(">H", (place - 17) % 4096 << 4 | 15))
        place += 17
    bomb = b"".join(b"\xff" + b"".join(tokens[at : at + 8]) for at in range(0, len(tokens), 8))
    packed = bytes(8) + b"LZFu" + bytes(4) + bomb
    assert lzfu.unpacked(packed, limit=tnef.MAX_RTF) is None
    assert len(lzfu.unpacked(packed, limit=2 * tnef.MAX_RTF) or b"") == 1_700_000
    assert lzfu.unpacked(bytes(8) + b"MELA" + bytes(4) + bytes(100), limit=99) is None


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (
            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0",
            rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n",
        ),
        ("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0", rb"{\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
    ],
)
def test_the_examples_of_the_specification_unpack(octets: str, text: bytes) -> None:
    assert lzfu.unpacked(bytes.fromhex(octets), limit=1000) == text


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_nothing_raises_but_what_says_so(octets: bytes) -> None:
    lzfu.unpacked(bytes(8) + b"LZFu" + bytes(4) + octets, limit=10_000)
    rtf.spelled(b"{\\rtf1" + octets + b"}")
    for made in (
        b"\x78\x9f\x3e\x22\x01\x00" + octets,
        winmail.of([(1, winmail.MESSAGE, octets), (2, winmail.FILE, b""), (2, winmail.MORE, octets)]),
    ):
        try:
            tnef.unpacked(made)
        except tnef.Unpackable:
            continue
