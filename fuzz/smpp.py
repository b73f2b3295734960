"""Fuzz target: whatever an SMSC sends is read or refused, and texts come out of its parts in whatever shape these are."""

from datetime import UTC, datetime, timedelta

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.channels._smpp.alphabets import is_text
    from bridge.channels._smpp.entries import Came
    from bridge.channels._smpp.numbers import E164, is_answerable, number
    from bridge.channels._smpp.parts import carried, put_together
    from bridge.channels._smpp.pdu import Address, Malformed, Short, Tag, read_short
    from bridge.channels._smpp.posts import words
    from bridge.channels._smpp.receipts import is_receipt, receipt
    from bridge.channels._smpp.settings import Alphabet

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_LONGEST_ID = 65


def once(octets: bytes) -> None:
    """The body of a delivery; its text comes with another part of itself before and behind it."""
    try:
        short = read_short(octets)
        said = receipt(short) if is_receipt(short) else None
        text, part = carried(short)
    except Malformed:
        return
    assert said is None or 0 < len(said.id) <= _LONGEST_ID
    who = number(short.source, "49")
    assert not who.startswith("+") or not is_answerable(short.source) or E164.fullmatch(who)
    if not is_text(short.coding):
        return
    entries = [
        Came(n=n, at=NOW + timedelta(seconds=n), source=who, target="", coding=short.coding, text=each, part=part)
        for n, each in enumerate((text[:9], text, text[9:]), start=1)
    ]
    wholes = put_together(entries)
    kept = [each.n for whole in wholes for each in whole.parts]
    assert sorted(kept) == sorted(set(kept))
    for whole in wholes:
        for alphabet in Alphabet:
            assert isinstance(words(whole, alphabet), str)


def _seeds() -> list[bytes]:
    ends = {"source": Address(digits="491701234567", ton=1, npi=1), "target": Address(digits="40400")}
    body = b"id:a1 sub:001 dlvrd:000 submit date:2603021000 done date:2603021001 stat:UNDELIV err:042 text:Hello"
    sar = {Tag.SAR_MSG_REF_NUM: b"\1\2", Tag.SAR_TOTAL_SEGMENTS: b"\3", Tag.SAR_SEGMENT_SEQNUM: b"\1"}
    stated = {Tag.RECEIPTED_MESSAGE_ID: b"a1\0", Tag.MESSAGE_STATE: b"\5", Tag.NETWORK_ERROR_CODE: b"\3\0\1"}
    shorts = [
        Short(payload=b"Hello \x1b\x65", **ends),
        Short(payload="Привет 😀".encode("utf-16-be"), coding=8, **ends),
        Short(payload=b"\x05\x00\x03\x07\x02\x01Hello", esm_class=0x40, **ends),
        Short(payload=b"\x06\x08\x04\x01\x07\x02\x02Hello", esm_class=0x40, **ends),
        Short(payload=b"Hello", fields=sar, **ends),
        Short(payload=b"", fields={Tag.MESSAGE_PAYLOAD: b"Hello" * 99}, **ends),
        Short(payload=body, esm_class=4, **ends),
        Short(payload=b"", esm_class=4, fields=stated, **ends),
    ]
    return [short.body() for short in shorts]


if __name__ == "__main__":
    drive("smpp", once, _seeds())
