"""Hostile mails: reading never raises, and takes time in proportion to their length (E08, E09).

Each mail here is so long that a costly step of quadratic time would run into the time limit of its test.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.letters.bodies import MAX_LINES
from bridge.letters.delimiter import delimiter
from bridge.letters.extract import Extraction, extract
from bridge.letters.html import rendered
from bridge.letters.mime import Unparsable, read

PLAIN = (
    b"From: Ann Agent <ann@acme.example>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
)
HTML = PLAIN.replace(b"plain", b"html")
LINE = delimiter("k3v9x2qm7p")
PROXY = f"{LINE}\n\n" + "\n".join(f"line {number} of a long proxy, with some words" for number in range(3000))


MANY = 4000
LONG = 256 * 1024


def plain(text: str, known: tuple[str, ...] = ()) -> Extraction:
    return extract(read(PLAIN + text.encode()), known)


LINES = {
    "blank": "",
    "quote": "> quoted text",
    "deep quotes": ">" * 200,
    "turns": "> quoted\nown words",
    "full quotes": "> quoted text that goes on until the line is full, and then\nsome more of it",
    "rule": "-" * 60,
    "short rules": "----",
    "header": "From: Jane <jane@x.example>",
    "header without address": "From: Jane",
    "two headers": "Subject: x\nDate: 1.1.2020",
    "quoted blocks": "From: Jane <j@x.example>\nSent: 1.1.2020\nTo: us\nSubject: x\n> text",
    "attribution": "On 1.1.2020 at 12:00 Jane <jane@x.example> wrote:\n> text",
    "likely attribution": "Jane wrote:",
    "half attribution": "On Mon, Apr 2, 2012 at 6:26 PM Jane <\njane@example.com",
    "bare date": "\n2 April 2012 18:26 Jane Doe\n",
    "regards": "Kind regards",
    "thanks": "Thanks,\nPaul",
    "name": "Ann Agent",
    "device": "\nSent from my iPhone\n",
    "dashes": "-- ",
    "disclaimer": "\nIf you are not the intended recipient, delete this confidential message.\n",
    "footer": "\nTo unsubscribe from this mailing list\n",
    "uuencode": "begin 644 file\nM",
    "armour": "-----BEGIN PGP SIGNED MESSAGE-----",
    "title": "-----Original Message-----\n> x",
    "bracket": "<a@b\n>:",
    "from": ">From here",
    "delimiter": LINE,
    "part of the delimiter": "k3v9x2qm7p",
    "colons": ":" * 80,
    "placeholder": "[image: x]",
    "contact": "Tel: +43 1 555 0123\nwww.acme.example",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_body_of_many_such_lines(line: str) -> None:
    count = MANY // (line.count("\n") + 1)
    plain(f"own words\n{line}\n" * (count // 2), (PROXY,))
    plain("own words\n" + f"{line}\n" * count, (PROXY,))
    plain(f"{line}\n" * count + "An own sentence stands at the end.", (PROXY,))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "sign",
    [
        " ",
        ">",
        "> ",
        "-",
        "- ",
        "_ ",
        ":",
        "a",
        "a ",
        "@",
        "a@",
        "<",
        "[",
        "*",
        "1:",
        "\u200b",
        "é",
        "|",
        "( ",
        "wrote: ",
    ],
)
def test_long_lines(sign: str) -> None:
    line = sign * (LONG // len(sign))
    for text in (line, f"own\n{line}\n> x", f"{line}:", f"own\n\n{line}x wrote:\n> y", f"own\n\n-- \n{line}"):
        plain(text, (PROXY,))


@pytest.mark.timeout(20)
def test_a_million_lines_are_cut_and_doubted() -> None:
    found = plain("x\n" * 390_000)
    assert not found.confident
    assert len(found.text) <= 2 * MAX_LINES


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "tag",
    [
        "<b>",
        "</b>",
        "<",
        "<a ",
        "<!--",
        "<style>",
        "<div style='",
        "<p>x",
        "<li>",
        "<ol><li>",
        "<blockquote>",
        "<div class=gmail_signature>",
        "<div style='display:none'>",
        "<span><b></span>",
        "<table><tr><td>",
        "&amp;",
        "&#",
        "&" + "a" * 50,
        "<br>",
        "<pre>\n",
        "</div>x",
        '<a title="',
        "<x:y>",
        "<" + "a" * 100 + ">",
    ],
)
def test_long_pages(tag: str) -> None:
    page = tag * (LONG // len(tag))
    extract(read(HTML + page.encode()), (PROXY,))
    raw = (
        b"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nown words\n"
        b"--b\nContent-Type: text/html\n\n" + page.encode() + b"\n--b--\n"
    )
    extract(read(raw), (PROXY,))


@pytest.mark.timeout(20)
def test_twins_in_another_order() -> None:
    lines = [f"line {number} of many" for number in range(MANY)]
    raw = (
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
        + "\n".join(lines)
        + "\n--b\nContent-Type: text/html\n\n"
        + "<br>".join(reversed(lines))
        + "\n--b--\n"
    )
    assert not extract(read(raw.encode()), ()).confident


PIECES = st.sampled_from(
    [
        *LINES.values(),
        "own words",
        "Héllo 你好",
        "\ufffd",
        "\u202e",
        "\x00",
        "=E4",
        "\t",
        "wrote:",
        "От кого: x",
        "Am 1.1.",
    ]
)
TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<br>",
        "<blockquote>",
        "</blockquote>",
        "<li>",
        "<ol>",
        "<",
        ">",
        "&nbsp;",
        "text",
        "\n",
        "<!--",
        "-->",
        "<head>",
        "<style>",
        "</style>",
        "<pre>",
        "&#8232;",
        "&#0;",
        "<td>",
        "<body>",
        "<b hidden>",
        "<hr/>",
        "<?x>",
    ]
)


@given(st.lists(PIECES, max_size=40), st.lists(PIECES, max_size=5))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(pieces: list[str], known: list[str]) -> None:
    found = plain("\n".join(pieces), tuple(known))
    assert found.confident == (not found.doubts)


@given(st.lists(TAGS, max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_page_is_read(tags: list[str]) -> None:
    page = rendered("".join(tags), max_lines=1000)
    assert len(page.lines) == len(page.kinds)
    assert not any("\n" in line for line in page.lines)
    extract(read(HTML + "".join(tags).encode()), ())


@given(st.binary(max_size=600))
@settings(max_examples=300, deadline=None)
def test_any_octets_are_read(octets: bytes) -> None:
    try:
        mail = read(octets)
    except Unparsable:
        return
    extract(mail, (PROXY[:500],))
