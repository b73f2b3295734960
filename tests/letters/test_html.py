"""HTML to lines: what a reader sees, and what the markup says about each line."""

import pytest

from bridge.letters.draft import Kind
from bridge.letters.html import rendered


def lines(page: str) -> list[str]:
    return rendered(page, max_lines=1000).lines


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("", []),
        ("words", ["words"]),
        ("<p>a<p>b", ["a", "", "b"]),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", ["a", "b"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("a \n b\t<b> c</b>", ["a b  c"]),
        ("<pre>a\n  b</pre>", ["a", "  b", ""]),
        ("<div style='white-space: pre-wrap'>a\nb</div>", ["a", "b"]),
        ("a &lt;b&gt; &amp; &#8364;&nbsp;5", ["a <b> & € 5"]),
        ("a &#x202e;b&#8203;c&#x2028;d", ["a bc d"]),
        ("1 < 2 and 3 > 2", ["1 < 2 and 3 > 2"]),
        ("<!-- no --><style>no</style><script>no</script>yes<!-- no", ["yes "]),
        ("<head><title>no</title></head>yes", ["yes"]),
        ("<head><meta charset=utf-8><body>yes", ["yes"]),
        ("<b hidden>no</b>yes<i style='display: none'>no<b>no</b></i> yes", ["yes yes"]),
        ("<![if !mso]>yes<![endif]><o:p></o:p>", [" yes "]),
        ("</div></p>yes</b>", ["yes"]),
        ("<ul><li>a<ol><li>b<li>c</ol><li>d</ul>", ["- a", "", "1. b", "2. c", "", "- d", ""]),
        ("<table><tr><td>a<td>b<tr><th>c</table>d", ["a\tb", "c", "", "d"]),
        ("a<hr>b", ["a", "b"]),
        ("<textarea>no</textarea>yes", [" yes"]),
        ("<a href=x>link</a> <img alt=no src=x>", ["link"]),
        ('<div title="a>b">c</div>', ['b">c']),
        ("<a href='http://x.example/y'>go</a>", ["go <http://x.example/y>"]),
        ("<a href=http://x.example/y>http://x.example/y</a>", ["http://x.example/y"]),
        ("<a href='https://www.x.example/long/path'>x.example/long\u2026</a>", ["x.example/long\u2026"]),
        ("<a href='https://x.example/y'><img src=z></a>.", ["."]),
        ("<a href='https://x.example/tag/private'>#private</a>", ["#private"]),
        ("<a href='javascript:x'>a</a><a href='https://x.example/ y'>b</a>", ["ab"]),
        (
            "<a href='https://x.example/1'>a<a href='https://x.example/2'>b</a>c</a>",
            ["a <https://x.example/1>b <https://x.example/2>c"],
        ),
        ("<a href='https://x.example/1'>a<div>b</div></a>", ["a", "b"]),
        ("<a href='https://x.example/1'>never closed", ["never closed"]),
    ],
)
def test_lines(page: str, expected: list[str]) -> None:
    assert [line.strip() for line in lines(page)] == [line.strip() for line in expected]


def test_kinds_of_lines() -> None:
    page = rendered(
        "own<blockquote>quoted<div>deep</div></blockquote><div class='moz-signature'>Ann</div>"
        "<div class=gmail_attr>On Monday</div>own again",
        max_lines=100,
    )
    kinds = {line: kind for line, kind in zip(page.lines, page.kinds, strict=True) if line}
    assert kinds == {
        "own": None,
        "quoted": Kind.QUOTE,
        "deep": Kind.QUOTE,
        "Ann": Kind.SIGNATURE,
        "On Monday": Kind.ATTRIBUTION,
        "own again": None,
    }


def test_no_more_lines_than_asked_for() -> None:
    assert len(rendered("a<br>" * 50, max_lines=10).lines) == 10
