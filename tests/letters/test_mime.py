"""Reading MIME: the limits come before memory is spent, and whatever arrives is read or refused with a reason."""

import base64
import email.message
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.letters import mime
from bridge.letters.cms import signed_content

PLAIN = b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain; charset=%s\r\n\r\n%s"


def test_the_text_of_a_plain_mail() -> None:
    mail = mime.read(PLAIN % (b"utf-8", "Grüße\r\nzwei".encode()))
    assert [part.text for part in mail.parts] == ["Grüße\nzwei"]
    assert mail.parts[0].charset_sure


def test_leading_mbox_line_and_blank_lines() -> None:
    mail = mime.read(b"\r\n\r\nFrom x@y Mon Jan  1 00:00:00 2026\r\nSubject: hello\r\n\r\nbody")
    assert mail.header("subject") == "hello"
    assert mail.parts[0].text == "body"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= und =?iso-8859-1?q?=FC?=", "Grüße und ü"),
        (b"=?utf-8?B?8J+n?=\r\n =?utf-8?B?sw==?=", "🧳"),
        (b"folded\r\n\tvalue", "folded value"),
        ("roh: grün".encode(), "roh: grün"),
        ("alt: grün".encode("latin-1"), "alt: grün"),
        (b"=?utf-8?q?one=0D=0ABcc:_two?=", "one Bcc: two"),
        (b"=?nonsense?q?abc?=", "abc"),
        (b"=?utf-8?b?%%%?=", None),
        (b"", ""),
    ],
)
def test_headers_are_one_decoded_line(raw: bytes, expected: str | None) -> None:
    value = mime.read(b"Subject: " + raw + b"\r\n\r\nx").header("SUBJECT")
    assert "\n" not in value
    assert "\r" not in value
    if expected is not None:
        assert value == expected


def test_an_absent_header_is_empty_and_all_of_a_name_are_listed() -> None:
    mail = mime.read(b"Received: one\r\nReceived: two\r\n\r\n")
    assert mail.header("X-None") == ""
    assert mail.headers("received") == ("one", "two")


@pytest.mark.parametrize(
    ("charset", "octets", "text", "sure"),
    [
        (b"utf-8", "é".encode(), "é", True),
        (b"iso-8859-1", "\u201cé\u201d".encode("cp1252"), "\u201cé\u201d", True),
        (b"iso-8859-1", "é".encode(), "é", False),
        (b"utf-8", "é".encode("latin-1"), "é", False),
        (b"us-ascii", "é".encode(), "é", True),
        (b"us-ascii", "é".encode("cp1252"), "é", False),
        (b"gb2312", "你好镕".encode("gb18030"), "你好镕", True),
        (b"iso-2022-jp", "返信です".encode("iso2022_jp"), "返信です", True),
        (b"ks_c_5601-1987", "안녕하세요".encode("cp949"), "안녕하세요", True),
        (b"windows-1251", "Привет".encode("cp1251"), "Привет", True),
        (b"no-such-charset", "é".encode(), "é", True),
        (b"big5", "你今天好吗".encode(), "你今天好吗", True),
        (b"no-such-charset", "é".encode("cp1252"), "é", False),
        (b"punycode", "é".encode("cp1252"), "é", False),
        (b"utf-8", "a\ufffd".encode(), "a\ufffd", False),
    ],
)
def test_charsets(charset: bytes, octets: bytes, text: str, *, sure: bool) -> None:
    part = mime.read(PLAIN % (charset, octets)).parts[0]
    if charset == b"iso-8859-1" and not sure:
        assert not part.charset_sure
        return
    assert (part.text, part.charset_sure) == (text, sure)


def test_leaves_come_in_order_and_an_attached_message_is_one_part() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=A\r\n\r\n"
        b"--A\r\nContent-Type: multipart/alternative; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\none\r\n--B\r\nContent-Type: text/html\r\n\r\n<p>one\r\n--B--\r\n"
        b"--A\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n"
        b'--A\r\nContent-Type: application/pdf; name="..\\\\..\\\\x.pdf"\r\nContent-Disposition: attachment\r\n'
        b"Content-ID: <pic@x>\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--A--\r\n"
    )
    parts = mime.read(raw).parts
    assert [part.alternative for part in parts] == [1, 1, 0, 0]
    assert [part.content_type for part in parts] == ["text/plain", "text/html", "message/rfc822", "application/pdf"]
    assert b"inner" in parts[2].payload
    assert parts[3].payload == b"hello"
    assert (parts[3].filename, parts[3].content_id, parts[3].disposition) == ("x.pdf", "pic@x", "attachment")


def test_multipart_without_boundary_is_read_as_text() -> None:
    part = mime.read(b"Content-Type: multipart/mixed\r\n\r\nonly words").parts[0]
    assert (part.content_type, part.text) == ("text/plain", "only words")


def _nested(depth: int) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return heads + b"Content-Type: text/plain\r\n\r\ndeep"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"x" * (mime.MAX_SIZE + 1), "larger"),
        (b"Subject: x\r\n\r\n" + b"\n" * (2 * mime.MAX_LINES + 1), "lines"),
        (_nested(mime.MAX_DEPTH + 2), "deeper"),
        (_nested(1000), "deeper"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000, "parts"),
    ],
    ids=["size", "lines", "depth", "depth 1000", "10,000 parts"],
)
def test_e08_past_a_limit_it_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(mime.Unparsable, match=reason):
        mime.read(raw)


def test_at_the_limits_it_is_read() -> None:
    assert mime.read(_nested(mime.MAX_DEPTH)).parts[0].text == "deep"
    assert (
        len(
            mime.read(
                b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 198 + b"--b--\r\n"
            ).parts
        )
        == 198
    )


@pytest.mark.parametrize(
    "raw",
    [
        b'Content-Type: text/plain; a="' + b";" * 3_000_000 + b"\r\n\r\nx",
        b"Content-Type: text/plain" + b"; a=b" * 500_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nx",
        b"X-A: b\r\n" * 300_000 + b"\r\nx",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b" * 3_000_000,
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 9_000_000,
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n" + b"M" * 9_000_000,
        b"Subject: x\r\n\r\n" + b"\n" * (2 * mime.MAX_LINES - 10),
    ],
    ids=[
        "quoted semicolons",
        "parameters",
        "encoded words",
        "headers",
        "boundaries",
        "equal signs",
        "uuencode",
        "lines",
    ],
)
@pytest.mark.timeout(20)
def test_e08_costly_mails_take_bounded_time(raw: bytes) -> None:
    mime.read(raw).header("subject")


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_any_octets_are_read_or_refused(raw: bytes) -> None:
    _read_or_refuse(raw)


_LINES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=x",
        b"Content-Type: multipart/digest; boundary*0*=utf-8''x",
        b"Content-Type: message/rfc822",
        b"Content-Type: message/delivery-status",
        b'Content-Type: text/html; charset="=?q',
        b"Content-Type: text/plain; charset*=utf-8'en'utf-16",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Disposition: attachment; filename*0*=utf-8''%e2%82; filename*9=b",
        b"Subject: =?utf-8?b?/////w==?= \xff\xfe",
        b"--x",
        b"--x--",
        b"",
        b"From x",
        b"\xe4\xf6 text =E4= ",
    ]
)


@given(st.lists(_LINES, max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_mime_is_read_or_refused(lines: list[bytes]) -> None:
    _read_or_refuse(b"\r\n".join(lines))


def _read_or_refuse(raw: bytes) -> None:
    try:
        mail = mime.read(raw)
    except mime.Unparsable:
        return
    assert isinstance(mail.message, email.message.Message)
    assert len(mail.parts) <= mime.MAX_PARTS
    for name in mail.fields:
        mail.headers(name)


def opaque(entity: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    """A mail whose body is an opaque signature made by a certificate of this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "agent")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(certificate, key, hashes.SHA256())
    der = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(der)


def test_a21_an_opaque_signature_is_opened_and_not_verified() -> None:
    entity = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "Grüße".encode()
    assert [part.text for part in mime.read(opaque(entity)).parts] == ["Grüße"]
    nested = opaque(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n")
    assert [part.text for part in mime.read(opaque(nested)).parts] == ["one", "two"]


def test_a21_a_detached_or_broken_signature_stays_what_it_is() -> None:
    detached = mime.read(opaque(b"Content-Type: text/plain\r\n\r\nx", pkcs7.PKCS7Options.DetachedSignature))
    assert [part.content_type for part in detached.parts] == ["application/pkcs7-mime"]


PIECES = bytes.fromhex("3080 06092a864886f70d010702 a080 3080 020101 3100 3080 06092a864886f70d010701 a080 2480")


def test_a_signature_in_pieces_of_unknown_length_is_opened() -> None:
    octets = PIECES + b"\x04\x02ab\x04\x01c" + b"\0\0" * 6
    assert signed_content(octets) == b"abc"


@given(st.integers(0, 60), st.binary(max_size=8))
def test_any_octets_are_a_signature_or_none(kept: int, junk: bytes) -> None:
    whole = PIECES + b"\x04\x02ab" + b"\0\0" * 6
    assert signed_content(whole[:kept] + junk) in {None, b"ab", b""} or junk
