"""E01, C17, C20: documents of every format, charset and degree of damage."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.channels._charset import to_utf8
from bridge.channels._feed.model import NotAFeed, Parsed
from bridge.channels._feed.parse import parse, parse_if_easy

RSS = '<rss version="2.0"><channel><title>Talk</title>{}</channel></rss>'
ITEM = "<item><title>{}</title><link>http://a.example/1</link></item>"


def _titles(parsed: Parsed) -> list[str]:
    return [entry.title for entry in parsed.entries]


CHARSETS = [
    ("utf-8", "", "日本 “x”"),
    ("utf-8", "iso-8859-1", "日本 “x”"),
    ("utf-8-sig", "", "日本"),
    ("utf-16", "", "日本"),
    ("utf-16-le", "", "日本"),
    ("iso-8859-1", "iso-8859-1", "café"),
    ("cp1252", "", "“café”"),
    ("cp1252", "utf-8", "“café”"),
    ("shift_jis", "shift_jis", "日本"),
    ("gb18030", "gb18030", "中国"),
    ("koi8-r", "koi8-r", "Привет"),
    ("euc-kr", "euc-kr", "한국"),
    ("iso-2022-jp", "iso-2022-jp", "日本"),
    ("big5", "big5", "中國"),
]


@pytest.mark.parametrize(("encoding", "charset", "text"), CHARSETS)
def test_charsets_that_the_server_names(encoding: str, charset: str, text: str) -> None:
    """What is valid UTF-8 is UTF-8, whatever else is declared."""
    body = RSS.format(ITEM.format(text)).encode(encoding)
    assert _titles(parse(body, charset)) == [text]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1251", "shift_jis", "gb2312", "euc-kr", "iso-2022-jp"])
def test_charsets_that_the_document_names(encoding: str) -> None:
    text = {
        "iso-8859-1": "é",
        "windows-1251": "Я",
        "shift_jis": "日",
        "gb2312": "中",
        "euc-kr": "한",
        "iso-2022-jp": "日",
    }
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + RSS.format(ITEM.format(text[encoding]))
    assert _titles(parse(declared.encode(encoding), "")) == [text[encoding]]


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "rot13", "base64", "no-such-thing", "undefined"]
)
def test_names_that_are_no_charsets_are_ignored(name: str) -> None:
    declared = f'<?xml version="1.0" encoding="{name}"?>' + RSS.format(ITEM.format("é"))
    assert b"\xc3\xa9" in to_utf8(declared.encode("cp1252"), name)


@pytest.mark.parametrize("name", ["utf-7", "shift_jis", "utf-16", "idna", "undefined", "no-such-thing"])
def test_ft19_a_second_declaration_is_not_believed(name: str) -> None:
    """Bytes that are cleaned away may hide it; expat would ask Python's codecs, which raise what they like."""
    declared = f'<?xml version="1.0" encoding="utf-7"?>\0<?xml version="1.0" encoding="{name}"?>'
    assert _titles(parse((declared + RSS.format(ITEM.format("e"))).encode(), "")) == ["e"]


def test_ft19_a_declaration_that_says_something_else_once_it_is_cleaned_is_no_fall() -> None:
    declared = '<?xml version="1.0" encoding="\0tf-8"?>' + RSS.format(ITEM.format("é"))
    assert _titles(parse(declared.encode(), "")) == ["é"]


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + RSS.format(
    ITEM.format("&b;")
)
REFUSED = {
    "entity bomb": BOMB,
    "external entity": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RSS.format(ITEM.format("&x;")),
    "parameter entity": '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://a.example/x.dtd">%x;]>' + RSS.format(""),
    "subset": "<!DOCTYPE rss [<!ELEMENT rss ANY>]>" + RSS.format(""),
    "bomb after damage": "<rss>\x00&&<!DOCTYPE rss [<!ENTITY a 'b'>]>" + RSS.format(ITEM.format("&a;")),
    "web page": "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>",
    "web page without a type": "<html><head><title>Sign in</title></head><body><p>x</body></html>",
    "a space in a namespace, in a damaged feed": '<?l ?><rss n="" xmlns:dc="s\xa0/"><dc:r>',
    "other document": '<?xml version="1.0"?><opml version="2.0"><body/></opml>',
    "text": "not a feed",
    "empty": "",
    "blank": " \n\t ",
    "other JSON": '{"posts": []}',
    "JSON of another kind": '{"version": "2", "items": []}',
    "cut JSON": '{"version": "https://jsonfeed.org/version/1.1", "items": [{',
    "deep JSON": '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 100_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_or_declares_entities_is_refused(name: str) -> None:
    with pytest.raises(NotAFeed) as caught:
        parse(REFUSED[name].encode(), "")
    assert "passwd" not in str(caught.value)


MENDED = {
    "lone ampersand": (RSS.format(ITEM.format("Tom & Jerry")), ["Tom & Jerry"]),
    "control character": (RSS.format(ITEM.format("a\x08b")), ["ab"]),
    "HTML entities": (RSS.format(ITEM.format("caf&eacute;")), ["café"]),
    "junk in front": ("\n\n junk " + RSS.format(ITEM.format("x")), ["x"]),
    "cut short": (RSS.format(ITEM.format("whole") + ITEM.format("cut"))[:-40], ["whole"]),
    "cut in a tag": ('<rss version="2.0"><channel>' + ITEM.format("whole") + "<item><ti", ["whole"]),
    "an old document type": (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss.dtd">'
        '<rss version="0.91"><channel>' + ITEM.format("old") + "</channel></rss>",
        ["old"],
    ),
    "nothing in it": (RSS.format(""), []),
}


@pytest.mark.parametrize("name", MENDED)
def test_damage_is_mended_where_it_can_be(name: str) -> None:
    source, titles = MENDED[name]
    assert _titles(parse(source.encode(), "")) == titles


def test_ids_are_only_those_that_the_feed_gives() -> None:
    """C17: a link is no id, or keys of two kinds would be mixed."""
    some = RSS.format("<item><guid>g</guid><title>a</title></item><item><link>http://a.example/2</link></item>")
    assert [(entry.id, entry.link) for entry in parse(some.encode(), "").entries] == [
        ("g", ""),
        ("", "http://a.example/2"),
    ]
    none = RSS.format(ITEM.format("x"))
    assert [entry.id for entry in parse(none.encode(), "").entries] == [""]


def test_threads_are_read() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        "<entry><id>b</id><title>re</title><thr:in-reply-to ref='a'/></entry><entry><id>a</id><title>x</title></entry>"
        "</feed>"
    )
    assert [entry.answers for entry in parse(atom.encode(), "").entries] == ["a", ""]


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>60</ttl>", 3600.0),
        ('<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>', 0.0),
        ("<ttl>soon</ttl>", 0.0),
        ("", 0.0),
    ],
)
def test_what_a_feed_asks_for_is_heard(head: str, seconds: float) -> None:
    assert parse(RSS.format(head + ITEM.format("x")).encode(), "").ttl == seconds


def test_a_period_and_its_frequency_are_heard() -> None:
    head = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel></rss>"
    )
    assert parse(head.encode(), "").ttl == 21_600.0


def test_a_feed_has_at_most_a_thousand_entries() -> None:
    many = RSS.format("".join(ITEM.format(number) for number in range(1500)))
    assert len(parse(many.encode(), "").entries) == 1000


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_ft19_any_bytes_are_a_feed_or_not(body: bytes) -> None:
    """No other exception, whatever comes."""
    for read in (parse, parse_if_easy):
        try:
            read(body, "")
        except NotAFeed:
            continue


MARKS = ["<rss>", "</rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "<!--", "-->"]
OTHERS = [
    "&",
    "&amp;",
    "<!DOCTYPE rss>",
    "<?xml version='1.0'?>",
    "<guid>",
    "text",
    "\x00",
    "<entry>",
    "<feed xmlns='x'>",
]
PIECES = st.sampled_from([*MARKS, *OTHERS])


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=300, deadline=None)
def test_ft19_any_heap_of_pieces_is_a_feed_or_not(pieces: list[str]) -> None:
    try:
        parse("".join(pieces).encode(), "utf-8")
    except NotAFeed:
        return
