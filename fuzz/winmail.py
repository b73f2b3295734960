"""Fuzz target: whatever stands in a `winmail.dat`, in its RTF or in the packing of that is read within its limits, or refused."""

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.letters import lzfu, rtf, tnef
    from bridge.letters.enclosures import enclosures
    from bridge.letters.extract import extract
    from bridge.letters.mime import read
    from bridge.letters.normal import normal
    from bridge.testing import winmail

LIMIT = 100_000


def once(octets: bytes) -> None:
    """The first byte chooses how deep the rest stands: a stream, RTF that is packed, or RTF."""
    kind, rest = octets[0] % 4 if octets else 0, octets[1:]
    if kind == 1:
        rest = winmail.stream({winmail.RTF: rest})
    elif kind == 2:
        rest = winmail.stream({winmail.RTF: winmail.packed_rtf(rest)})
    elif kind == 3:
        rest = winmail.of([(1, winmail.MESSAGE, rest), (2, winmail.FILE, b""), (2, winmail.MORE, rest)])
    mail = read(winmail.mail(rest))
    found = extract(mail, ())
    enclosures(mail)
    assert found.text == normal(found.text)
    assert not (mail.sealed and found.confident), "nobody knows what stands in there"
    shown = rtf.spelled(lzfu.unpacked(octets, limit=LIMIT) or b"")
    assert shown is None or len(shown.text) <= 6 * LIMIT
    assert len(mail.parts) <= tnef.MAX_FILES + 2


def _seeds() -> list[bytes]:
    wrapped = rb"{\rtf1\ansi\ansicpg1252\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 F\'fcr \u8364?}\htmlrtf0{\*\htmltag72 </p>}}"
    native = rb"{\rtf1\ansi{\fonttbl{\f1\fcharset204 A;}}\pard It is found.\par{\f1\'cf}{\v x}\bin2 {{\tab y}"
    said = {
        winmail.TEXT: "It is found.",
        winmail.HTML: b"<p>It is found.</p>",
        winmail.CODEPAGE: 65001,
        winmail.CLASS: "IPM.Note",
    }
    streams = [
        winmail.stream(said, [("a.png", "image/png", b"\x89PNG\r\n\x1a\n")]),
        winmail.stream({winmail.TEXT: "x"}),
    ]
    packed = [winmail.packed_rtf(each) for each in (wrapped, native)]
    seeds = [(0, each) for each in streams] + [(1, each) for each in packed] + [(2, wrapped), (2, native)]
    return [bytes([kind]) + each for kind, each in [*seeds, (3, winmail.listed(said))]]


if __name__ == "__main__":
    drive("winmail", once, _seeds())
