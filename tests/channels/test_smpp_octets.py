"""SMPP's octets: packets, alphabets, parts, receipts, numbers and statuses, as tables and properties."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from channels_smpp import ANN, OURS
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._smpp.alphabets import GSM, UCS2, decoded, encoded, is_text
from bridge.channels._smpp.entries import Came, Ref
from bridge.channels._smpp.numbers import address, is_answerable, number
from bridge.channels._smpp.parts import LATE, Whole, carried, put_together
from bridge.channels._smpp.pdu import (
    HEADER,
    LONGEST,
    Address,
    Bind,
    Malformed,
    Packet,
    Short,
    Tag,
    read_header,
    read_name,
    read_short,
)
from bridge.channels._smpp.portions import marked, portions
from bridge.channels._smpp.posts import words
from bridge.channels._smpp.receipts import Receipt, State, is_receipt, receipt, spellings
from bridge.channels._smpp.settings import Alphabet, LongTexts
from bridge.channels._smpp.statuses import STATUSES, Means, problem, status
from bridge.core.segments import foreign, segmented
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.fakes import smsc_wire

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PLAIN = Short(source=address(OURS), target=address(ANN), payload=b"Hello", registered=1)
CHARACTERS = "".join(character for character in map(chr, range(0x3000)) if foreign(character) is None)


@given(st.binary(max_size=255), st.integers(0, 255), st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=99)))
def test_what_is_written_is_read_again(payload: bytes, coding: int, fields: dict[int, bytes]) -> None:
    short = replace(PLAIN, payload=payload, coding=coding, fields=fields)
    packet = Packet(command=4, sequence=7, body=short.body())
    length, head = read_header(packet.wire()[: HEADER.size])

    assert (length, head) == (len(packet.body), replace(packet, body=b""))
    assert read_short(packet.body) == short


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_malformed(octets: bytes) -> None:
    for read in (read_short, read_name, lambda body: carried(replace(PLAIN, payload=body[:255], esm_class=0x40))):
        with suppress(Malformed):
            read(octets)


@given(st.integers(0, 60))
def test_a_packet_that_is_cut_is_malformed(length: int) -> None:
    body = replace(PLAIN, fields={Tag.MESSAGE_STATE: b"\x02"}).body()
    whole = len(PLAIN.body())
    if length >= len(body) or length == whole:
        return
    with pytest.raises(Malformed):
        read_short(body[:length])


@pytest.mark.parametrize("length", [0, 15, LONGEST + 1, 0xFFFFFFFF])
def test_an_impossible_length_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        read_header(HEADER.pack(length, 5, 0, 1))


def test_fields_take_what_they_take() -> None:
    for bad in (replace(PLAIN, target=Address(digits="4" * 21)), replace(PLAIN, source=Address(digits="ä"))):
        with pytest.raises(Malformed):
            bad.body()
    with pytest.raises(Malformed):
        Bind(system_id="a", password=Secret("nine char")).body()
    assert "12345678" not in repr(Bind(system_id="a", password=Secret("12345678")))


@given(st.text(CHARACTERS))
def test_gsm_is_read_as_it_is_written_and_as_a_phone_reads_it(text: str) -> None:
    octets = encoded(text)

    assert decoded(octets, GSM, Alphabet.GSM) == text
    assert octets == smsc_wire.septets(text)


def test_the_alphabet_is_that_of_the_segments() -> None:
    for code in range(0x3000):
        character = chr(code)
        assert (smsc_wire.septets(character) is None) == (foreign(character) is not None)


@given(st.binary(), st.integers(0, 255), st.sampled_from(Alphabet))
def test_whatever_octets_come_there_is_a_text_or_none(octets: bytes, coding: int, alphabet: Alphabet) -> None:
    if is_text(coding):
        assert isinstance(decoded(octets, coding, alphabet), str)
        return
    with pytest.raises(Malformed):
        decoded(octets, coding, alphabet)


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (b"\x1b\x65\x00\x1b\x1a", 0x00, "€@Ξ"),  # an escape before what is in no table is the basic character
        (b"caf\xe9", 0x03, "café"),
        (b"caf\x05", 0xF1, "café"),
        (b"\x04\x14\xd8\x3d\xde\x00", 0x08, "Д😀"),
        (b"\x04\x14", 0x18, "Д"),
        (b"\xb4", 0x06, "Д"),
        (b"\x80\x1b", 0x00, "\ufffd"),
    ],
)
def test_codings(octets: bytes, coding: int, text: str) -> None:
    assert decoded(octets, coding, Alphabet.GSM) == text


def test_an_smsc_may_mean_latin_1_by_its_alphabet() -> None:
    assert decoded(b"caf\xe9 $", GSM, Alphabet.LATIN1) == "café $"
    assert portions("café $", Alphabet.LATIN1).parts == (b"caf\xe9 $",)
    wide = portions("5 €" * 40, Alphabet.LATIN1)
    assert (wide.coding, len(wide.parts)) == (UCS2, 2)
    assert all(len(part) <= 134 for part in wide.parts)
    assert b"".join(wide.parts).decode("utf-16-be") == "5 €" * 40


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600), st.sampled_from(LongTexts))
def test_an_answer_in_parts_is_taken_by_a_strict_smsc_and_shown_whole(text: str, way: LongTexts) -> None:
    cut = portions(text, Alphabet.GSM)
    shorts = marked(replace(PLAIN, payload=b"", coding=cut.coding), cut.parts, way, number=0x1234)
    taken = [smsc_wire.message(short.body()) for short in shorts]

    assert len(cut.parts) == len(segmented(text).parts)
    assert len({smsc_wire.part_of(one)[:2] for one in taken}) == 1
    assert [smsc_wire.part_of(one)[2] for one in taken] == [*range(1, len(taken) + 1)]
    octets = b"".join(smsc_wire.split_header(one)[1] or one.fields[smsc_wire.PAYLOAD] for one in taken)
    assert smsc_wire.read_text(octets, cut.coding) == text


def came(n: int, text: bytes = b"x", **changes: object) -> Came:
    keys = {"n": n, "at": NOW, "source": ANN, "target": OURS, "coding": 0, "text": text}
    return Came(**{**keys, **changes})


def part(n: int, place: int, text: bytes, *, total: int = 3, number: int = 7, **changes: object) -> Came:
    ref = Ref(form="udh", number=number, total=total, place=place)
    return came(n, text, part=ref, **changes)


@given(st.permutations([1, 2, 3, 4]))
def test_parts_come_in_any_order(order: list[int]) -> None:
    entries = [part(n, place, b"abcd"[place - 1 : place], total=4) for n, place in enumerate(order, start=1)]
    [whole] = put_together(entries)

    assert whole.is_complete
    assert (whole.first, whole.last) == (1, 4)
    assert words(whole, Alphabet.GSM) == "abcd"


def test_a_pair_that_a_phone_cut_in_two_is_one_character_again() -> None:
    octets = "😀".encode("utf-16-be")
    entries = [part(1, 2, octets[2:], total=2, coding=8), part(2, 1, octets[:2], total=2, coding=8)]

    assert words(put_together(entries)[0], Alphabet.GSM) == "😀"


@pytest.mark.parametrize(
    ("places", "shown"), [([2], "[…] b […]"), ([1, 3], "a […] c"), ([1, 2], "ab […]"), ([3], "[…] c")]
)
def test_a_gap_is_shown_where_it_is(places: list[int], shown: str) -> None:
    [whole] = put_together([part(n, place, b"abc"[place - 1 : place]) for n, place in enumerate(places, start=1)])

    assert not whole.is_complete
    assert words(whole, Alphabet.GSM) == shown


def test_a_number_that_is_used_again_begins_another_text() -> None:
    entries = [part(n, n, b"a") for n in (1, 2, 3)]
    again = [part(n + 3, n, b"b") for n in (1, 2, 3)]

    assert [words(whole, Alphabet.GSM) for whole in put_together([*entries, *again])] == ["aaa", "bbb"]


def test_a_part_that_comes_twice_is_there_once() -> None:
    entries = [part(1, 1, b"a"), part(2, 1, b"a"), part(3, 2, b"b"), part(4, 3, b"c")]
    [whole] = put_together(entries)

    assert words(whole, Alphabet.GSM) == "abc"


def test_the_same_words_in_the_same_place_of_a_whole_text_begin_another() -> None:
    """Phones count to 255 only: what ends alike must not be taken for what came before."""
    entries = [part(n, n, b"abc"[n - 1 : n]) for n in (1, 2, 3)]
    again = [part(4, 3, b"c"), part(5, 1, b"x"), part(6, 2, b"b")]

    assert [words(whole, Alphabet.GSM) for whole in put_together([*entries, *again])] == ["abc", "xbc"]


def test_other_people_numbers_forms_and_days_are_kept_apart() -> None:
    entries = [
        part(1, 1, b"a", total=2),
        part(2, 2, b"b", total=2, source="+4915"),
        part(3, 2, b"b", total=2, number=8),
        part(4, 2, b"b", total=2, at=NOW + LATE + timedelta(seconds=1)),
        came(5, b"c", part=Ref(form="sar", number=7, total=2, place=2)),
    ]

    assert [len(whole.parts) for whole in put_together(entries)] == [1] * 5


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        (replace(PLAIN, payload=b"\x05\x00\x03\x07\x02\x01ab", esm_class=0x40), (b"ab", ("udh", 7, 2, 1))),
        (replace(PLAIN, payload=b"\x06\x08\x04\x01\x07\x02\x02ab", esm_class=0x40), (b"ab", ("udh16", 263, 2, 2))),
        (replace(PLAIN, payload=b"\x03\x24\x01\x01ab", esm_class=0x40), (b"ab", None)),
        (replace(PLAIN, payload=b"\x05\x00\x03\x07\x02\x03ab", esm_class=0x40), (b"ab", None)),
        (replace(PLAIN, payload=b"\x05\x00\x03\x07\x01\x01ab", esm_class=0x40), (b"ab", None)),
        (replace(PLAIN, payload=b"\x05ab"), (b"\x05ab", None)),
        (replace(PLAIN, payload=b"", fields={Tag.MESSAGE_PAYLOAD: b"long"}), (b"long", None)),
        (
            replace(
                PLAIN,
                fields={
                    Tag.SAR_MSG_REF_NUM: b"\x01\x07",
                    Tag.SAR_TOTAL_SEGMENTS: b"\x03",
                    Tag.SAR_SEGMENT_SEQNUM: b"\x02",
                },
            ),
            (b"Hello", ("sar", 263, 3, 2)),
        ),
    ],
)
def test_where_a_part_says_that_it_is_one(short: Short, expected: tuple[bytes, tuple | None]) -> None:
    octets, ref = carried(short)

    assert (octets, ref and (ref.form, ref.number, ref.total, ref.place)) == expected


BODY = b"id:%s sub:001 dlvrd:000 submit date:2603021000 done date:2603021001 stat:%s err:%s text:id:9 stat:DELIVRD"
STATED = {Tag.RECEIPTED_MESSAGE_ID: b"a1\0", Tag.MESSAGE_STATE: b"\x05", Tag.NETWORK_ERROR_CODE: b"\x03\x00\x2a"}


@pytest.mark.parametrize(
    ("payload", "esm_class", "fields", "expected"),
    [
        (BODY % (b"a1", b"UNDELIV", b"042"), 0x04, {}, Receipt(id="a1", state=State.UNDELIVERABLE, error="42")),
        (BODY % (b"a1", b"DELIVRD", b"000"), 0x04, {}, Receipt(id="a1", state=State.DELIVERED)),
        (BODY % (b"a1", b"DELIVERED", b"0"), 0x04, {}, Receipt(id="a1", state=State.DELIVERED)),
        (BODY % (b"a1", b"rejectd", b""), 0x04, {}, Receipt(id="a1", state=State.REJECTED)),
        (b"", 0x04, STATED, Receipt(id="a1", state=State.UNDELIVERABLE, error="42")),
        (b"", 0x00, STATED, Receipt(id="a1", state=State.UNDELIVERABLE, error="42")),
        (BODY % (b"b2", b"DELIVRD", b"000"), 0x04, STATED, Receipt(id="a1", state=State.UNDELIVERABLE, error="42")),
        (BODY % (b"a1", b"UNDELIV", b"042"), 0x20, {}, Receipt(id="a1", state=State.ENROUTE, error="42")),
        (b"stat:DELIVRD", 0x04, {}, None),
        (b"id:a1", 0x04, {}, None),
        (b"id:" + b"1" * 66 + b" stat:DELIVRD", 0x04, {}, None),
        (b"\xff\xfe", 0x04, {}, None),
    ],
)
def test_receipts_in_both_forms(
    payload: bytes, esm_class: int, fields: dict[int, bytes], expected: Receipt | None
) -> None:
    short = replace(PLAIN, payload=payload, esm_class=esm_class, fields=fields)

    assert is_receipt(short)
    assert receipt(short) == expected


def test_a_text_is_no_receipt() -> None:
    assert not is_receipt(replace(PLAIN, payload=BODY % (b"1", b"DELIVRD", b"0")))
    assert not is_receipt(replace(PLAIN, esm_class=0x40))


@pytest.mark.parametrize(("name", "other"), [("000A0000", "655360"), ("0012", "12"), ("aB1", "Ab1"), ("26", "1a")])
def test_an_id_in_another_spelling(name: str, other: str) -> None:
    assert set(spellings(name)) & set(spellings(other))


@pytest.mark.parametrize(
    ("given", "code", "expected"),
    [
        (Address(digits="491701234567", ton=1, npi=1), "", "+491701234567"),
        (Address(digits="+491701234567", ton=0), "", "+491701234567"),
        (Address(digits="00491701234567", ton=1), "", "+491701234567"),
        (Address(digits="00491701234567", ton=0), "49", "+491701234567"),
        (Address(digits="01701234567", ton=0), "49", "+491701234567"),
        (Address(digits="1701234567", ton=2), "49", "+491701234567"),
        (Address(digits="491701234567", ton=0), "", "+491701234567"),
        (Address(digits="40400", ton=3), "49", "40400"),
        (Address(digits="40400", ton=0), "", "40400"),
        (Address(digits="Acme Bank", ton=5), "49", "Acme Bank"),
        (Address(digits="01701234567", ton=0), "", "01701234567"),
        (Address(digits="+491701234567", ton=5), "", "name +491701234567"),
    ],
)
def test_numbers(given: Address, code: str, expected: str) -> None:
    assert number(given, code) == expected
    assert is_answerable(given) == (given.ton != 5)


def test_every_status_of_the_specification_has_its_meaning() -> None:
    """The reference's rows, one by one; and whatever else comes is a refusal or a doubt, never a success."""
    wanted = {
        0x00: Means.DONE,
        0x08: Means.DOUBT,
        0x0B: Means.NEVER,
        0x0D: Means.LOGIN,
        0x0F: Means.LOGIN,
        0x14: Means.LATER,
        0x45: Means.NEVER,
        0x58: Means.LATER,
        0x61: Means.NEVER,
    }
    assert {number: status(number).means for number in wanted} == wanted
    assert len({known.name for known in STATUSES.values()}) == len(STATUSES)
    assert [number for number in range(0x600) if status(number).means is Means.DONE] == [0]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0x58, TemporaryProblem),
        (0x0E, LoginProblem),
        (0x0B, PermanentProblem),
        (0x08, UncertainProblem),
        (0x401, PermanentProblem),
        (0x500, UncertainProblem),
    ],
)
def test_a_status_is_a_problem(number: int, kind: type[Exception]) -> None:
    assert type(problem(number, "smsc.test", after=2.0)) is kind


def test_a_whole_knows_its_numbers() -> None:
    whole = Whole(parts=(part(4, 2, b"b"), part(9, 1, b"a")))
    assert (whole.first, whole.last, whole.at) == (4, 9, NOW)
