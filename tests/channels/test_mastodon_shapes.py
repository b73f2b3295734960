"""Mastodon's own samples become the expected posts; odd shapes are kept raw; words and lengths are the server's."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from channels_mastodon import mastodon_server, opened
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels._mastodon.count import counted
from bridge.channels._mastodon.listing import Listing, Portion, first, following
from bridge.channels._mastodon.place import OVERLAP, Place
from bridge.channels._mastodon.posts import View
from bridge.channels._mastodon.shapes import Instance, Notification, Status, order
from bridge.channels._mastodon.words import plain, said_words, words
from bridge.core.model import Kind, Visibility
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Gathered, gather, started
from bridge.testing.channel_platform import words as tagged
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fittings import MovableClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

VIEW = View(
    channel="mastodon",
    endpoint="https://social.example",
    host="social.example",
    home="social.example",
    account="14715",
    acct="brand",
)

MENTION = (
    '<p><span class=\\"h-card\\"><a href=\\"https://social.example/@brand\\" class=\\"u-url mention\\">@<span>brand</span></a>'
    "</span> help!</p>"
)
SAMPLE = (
    '{"id":"34975861","type":"mention","created_at":"2019-11-23T07:49:02.064Z","account":{"id":"971724","username":"zsc",'
    '"acct":"zsc@other.example"},"status":{"id":"103186126728896492","created_at":"2019-11-23T07:49:01.940Z",'
    '"edited_at":null,"visibility":"public","language":"en","in_reply_to_id":"103186038209478945",'
    '"in_reply_to_account_id":"14715","url":"https://other.example/@zsc/1","uri":"https://other.example/1","spoiler_text":"",'
    f'"content":"{MENTION}","account":{{"id":"971724","username":"zsc","acct":"zsc@other.example"}},'
    '"mentions":[{"id":"14715","username":"brand","acct":"brand","url":"https://social.example/@brand"}],'
    '"media_attachments":[{"id":"1","type":"image","url":"https://files.example/1.png","description":"A photo"}]}}'
).encode()


def test_the_sample_of_a_mention() -> None:
    told = msgspec.json.decode(SAMPLE, type=Notification)
    status = told.shown
    assert status is not None
    post = VIEW.post(status, thread="103186038209478945", context=())
    assert (told.key, post.id, post.parent) == ("34975861", "103186126728896492", "103186038209478945")
    assert (post.text, post.kind, post.visibility) == ("help!", Kind.MENTION, Visibility.PUBLIC)
    assert (post.author.id, post.author.handle) == ("971724@social.example", "zsc@other.example")
    assert post.at == datetime(2019, 11, 23, 7, 49, 1, 940_000, tzinfo=UTC)
    assert (post.lang, post.url) == ("en", "https://other.example/@zsc/1")
    assert [(medium.url, medium.type, medium.alt) for medium in post.media] == [
        ("https://files.example/1.png", "image", "A photo")
    ]


def wire(content: str, **changes: object) -> dict[str, object]:
    given = {
        "id": "9",
        "created_at": "2026-11-24T10:00:00Z",
        "account": {"id": "7", "acct": "ann"},
        "visibility": "public",
        "content": content,
    }
    return given | changes


def status(content: str, **changes: object) -> Status:
    return msgspec.json.decode(msgspec.json.encode(wire(content, **changes)), type=Status)


def at(name: str, address: str, kind: str = "u-url mention") -> str:
    return f'<a href="{address}" class="{kind}">{name[0]}<span>{name[1:]}</span></a>'


OURS = at("@brand", "https://social.example/@brand")
BOB = at("@bob", "https://other.example/users/bob")
LONG = "https://www.example.com/money/2019/dec/07/a-long-one"
SHORTENED = (
    f'<a href="{LONG}" rel="nofollow"><span class="invisible">https://www.</span><span class="ellipsis">'
    'example.com/money/2019/dec/07/</span><span class="invisible">a-long-one</span></a>'
)
WORDS = {
    "our name first": (f"<p>{OURS} help!</p>", "", "help!"),
    "our name with a comma": (f"<p>{OURS}, help!</p>", "", "help!"),
    "our name within": (f"<p>Help {OURS}!</p>", "", "Help @brand!"),
    "our name alone": (f"<p>{OURS}</p>", "", "@brand"),
    "others before us": (f"<p>{BOB} {OURS} help!</p>", "", "@bob @brand help!"),
    "others before us in a reply": (f"<p>{BOB} {OURS} help!</p>", "8", "help!"),
    "a hashtag": (f"<p>down {at('#Acme', 'https://x.example/tags/acme', 'mention hashtag')}</p>", "", "down #Acme"),
    "a hashtag with an umlaut": (f"<p>{at('#Öl', 'https://x.example/tags/%C3%B6l', 'mention')} aus</p>", "", "#Öl aus"),
    "a name that leads elsewhere": (
        f"<p>{at('@bank', 'https://evil.example/login')} says</p>",
        "",
        "@bank <https://evil.example/login> says",
    ),
    "a link": (f"<p>see {SHORTENED}</p>", "", f"see {LONG}"),
    "lines and paragraphs": ("<p>one<br />two</p><p>three</p>", "", "one\ntwo\n\nthree"),
    "a script": ("<p>one</p><script>alert(1)</script><p>two</p>", "", "one\n\ntwo"),
    "nothing": ("", "", ""),
}


@pytest.mark.parametrize("name", WORDS)
def test_e04_words_are_what_a_reader_sees(name: str) -> None:
    content, parent, expected = WORDS[name]
    assert words(status(content, in_reply_to_id=parent or None), VIEW.names) == expected


@pytest.mark.parametrize(
    ("ours", "shown"),
    [
        ("@zsc@other.example Thank you!", f"<p>{at('@zsc', 'https://other.example/@zsc')} Thank you!</p>"),
        ("Ask @bob@other.example.", f"<p>{at('@zsc', 'https://o.example/@zsc')} Ask {BOB}.</p>"),
        ("one\n\n\ntwo  three", "<p>@zsc one</p><p>two three</p>"),
        (f"see {LONG}", f"<p>{at('@zsc', 'https://o.example/@zsc')} see {SHORTENED}</p>"),
        ("1 < 2 & <b>", "<p>@zsc 1 &lt; 2 &amp; &lt;b&gt;</p>"),
        ("Ça va", "<p>@zsc Ça va</p>"),
    ],
)
def test_our_words_are_known_again(ours: str, shown: str) -> None:
    assert said_words(plain(status(shown))) == said_words(ours)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("a\nb", 3),
        ("https://acme.test/" + "a" * 300, 23),
        ("see https://a.io, now", 4 + 23 + 5),
        ("(https://acme.test/x).", 1 + 23 + 2),
        ("https://localhost/" + "a" * 40, 58),
        ("ftp://acme.test/" + "a" * 40, 56),
        ("@zsc@other.example hi", 7),
        ("mail help@acme.test", 19),
        ("👩‍👩‍👧 🇩🇪 é", 5),
        ("e\u0301", 1),
        ("你好", 2),
    ],
)
def test_lengths_are_mastodons(text: str, length: int) -> None:
    assert counted(text, 23) == length


def test_the_link_to_what_is_quoted_is_no_word_of_the_author() -> None:
    """But where nothing is shown as quoted it stays."""
    content = f'<p class="quote-inline">RE: {SHORTENED}</p><p>No!</p>'
    quoted = {"state": "accepted", "quoted_status": wire("<p>yes</p>")}
    assert words(status(content, quote=quoted), VIEW.names) == "No!"
    assert words(status(content, quote={"state": "revoked"}), VIEW.names) == f"RE: {LONG}\n\nNo!"


@given(st.text(alphabet=st.sampled_from('<>/@#p a.b:="&;x'), max_size=300), st.sampled_from(["8", None]))
def test_e04_hostile_html_is_read_whatever_it_is(content: str, parent: str | None) -> None:
    assert len(words(status(content, in_reply_to_id=parent), VIEW.names)) <= 3 * len(content) + 9


@given(st.text(max_size=200))
def test_a_length_is_never_more_than_its_characters_and_links(text: str) -> None:
    assert 0 <= counted(text, 23) <= len(text) + 23 * text.lower().count("http")


@pytest.mark.parametrize(
    ("answer", "longest", "home"),
    [
        ({"domain": "social.example", "configuration": {"statuses": {"max_characters": 5000}}}, 5000, "social.example"),
        ({"uri": "https://old.example", "max_toot_chars": 1000}, 1000, "old.example"),
        ({"uri": "old.example"}, 500, "old.example"),
        ({}, 500, ""),
    ],
)
def test_what_servers_say_of_themselves(answer: dict[str, object], longest: int, home: str) -> None:
    instance = msgspec.convert(answer, Instance)
    assert (instance.longest, instance.home, instance.per_link) == (longest, home, 23)


def test_a_boost_is_nobodys_own_words() -> None:
    """Also where a server shows boosts that it was not asked for."""
    assert status("", reblog=wire("<p>mine</p>")).shown is None
    assert status("<p>mine</p>", reblog=None).shown is not None


def listing(names: Sequence[str], *, size: int = 40) -> Listing:
    """A server whose ids are texts."""

    async def fetch(bounds):
        low, high = bounds.get("min_id"), bounds.get("max_id")
        found = [
            n for n in names if (low is None or order(n) > order(low)) and (high is None or order(n) < order(high))
        ]
        page = found[:size] if low is not None else found[-size:]
        return Portion(raws=[msgspec.Raw(msgspec.json.encode(status(n, id=n))) for n in page[::-1]])

    async def exists(_post: str) -> bool:
        return True

    return Listing(name="own", fetch=fetch, shape=Status, exists=exists)


ULIDS = [f"01HXS2{number:020d}" for number in range(200)]
FLAKES = [f"AaZ{chr(65 + number // 26)}{chr(97 + number % 26)}9zK" for number in range(200)]
NUMBERS = [str(number) for number in (8, 9, 10, 99, 100, 101, 999, 1000)]


@pytest.mark.parametrize("names", [ULIDS, FLAKES, NUMBERS], ids=["ULIDs", "flake ids", "numbers"])
async def test_ids_of_any_kind_are_read_in_their_order(names: Sequence[str]) -> None:
    """GoToSocial's, Pleroma's and Mastodon's: compared, never reckoned with."""
    before = await first(listing(names[:5]), since=None, now=NOW)
    flow = await following(listing(names), before.place)
    assert [post.status.key for post in flow.fresh] == names[5:]
    assert len(flow.place.seen) == min(OVERLAP, len(names) - 5)
    again = await following(listing(names), flow.place)
    assert (again.fresh, again.gone, again.gap, again.place) == ((), (), None, flow.place)


async def test_what_was_not_read_this_time_is_not_missing() -> None:
    """A server with tiny pages needs several polls for what it showed before."""
    names = [str(number) for number in range(100, 125)]
    known = await following(listing(names), Place(begin="0", newest="0"))
    gone = []

    async def exists(post: str) -> bool:
        gone.append(post)
        return False

    tiny = replace(listing([name for name in names if name not in {"105", "120"}], size=1), exists=exists)
    flow = await following(tiny, known.place)
    assert (gone, flow.gone, flow.complete) == (["105"], ("105",), False)


async def test_a_server_that_ignores_bounds_is_not_asked_for_ever() -> None:
    asked = []

    async def fetch(bounds):
        asked.append(bounds)
        return Portion(raws=[msgspec.Raw(msgspec.json.encode(status("x", id="5")))])

    async def exists(_post: str) -> bool:
        return True

    flow = await following(Listing(name="own", fetch=fetch, shape=Status, exists=exists), Place(begin="9", newest="9"))
    assert (flow.fresh, flow.complete, len(asked)) == ((), True, 1)


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: MastodonServer, fittings: Fittings) -> AsyncIterator[Channel]:
    async with opened(server, fittings) as channel:
        yield channel


Spoil = Callable[[dict[str, object]], object]

READABLE: dict[str, Spoil] = {
    "ids as numbers": lambda s: s.update(id=int(str(s["id"]))),
    "fields that nobody knows": lambda s: s.update(mood={"x": [1]}, reactions=None),
    "no language, no address": lambda s: s.update(language=None, url=None, uri=None),
    "an unknown type of file": lambda s: s.update(media_attachments=[{"id": 7, "type": "hologram", "url": None}]),
    "an address that is none": lambda s: s.update(url="javascript:alert(1)"),
    "a quote in another shape": lambda s: s.update(quote={"id": "1", "content": "?"}),
    "an age that is none": lambda s: s["account"].update(created_at="yesterday", followers_count=-1),  # type: ignore[attr-defined]
    "a name without end": lambda s: s["account"].update(acct="a." * 50_000 + "!"),  # type: ignore[attr-defined]
    "an answer to something that is no id": lambda s: s.update(in_reply_to_id="../../etc"),
}
BROKEN: dict[str, Spoil] = {
    "an audience that nobody knows": lambda s: s.update(visibility="circle"),
    "no audience": lambda s: s.pop("visibility"),
    "no author": lambda s: s.update(account=None),
    "a time without a zone": lambda s: s.update(created_at="2026-11-24T10:00:00"),
    "words that are none": lambda s: s.update(content=["no", "text"]),
    "an id that is none": lambda s: s.update(id={"a": 1}),
}


async def spoilt(server: MastodonServer, channel: Channel, spoil: Spoil) -> Gathered:
    """What the channel makes of a mention whose post is not as it should be, between two that are."""
    cursor = await started(channel)
    names = [server.mention("ann", tagged(tag)) for tag in ("before", "odd", "after")]

    def spoiling(notification: dict[str, object]) -> None:
        shown = notification.get("status")
        if isinstance(shown, dict) and shown["id"] == names[1]:
            spoil(shown)

    server.api.spoil = spoiling
    return await gather(channel, cursor)


@pytest.mark.parametrize("name", READABLE)
async def test_e03_what_can_be_understood_is_understood(server: MastodonServer, channel: Channel, name: str) -> None:
    gathered = await spoilt(server, channel, READABLE[name])
    assert gathered.texts == [tagged("before"), tagged("odd"), tagged("after")]
    assert gathered.posts[1].url.startswith("https://") or not gathered.posts[1].url


@pytest.mark.parametrize("name", BROKEN)
async def test_c20_what_cannot_be_understood_is_kept_as_it_came(
    server: MastodonServer, channel: Channel, name: str
) -> None:
    """Once, with its bytes; above all an audience that nobody knows is never taken for everybody."""
    gathered = await spoilt(server, channel, BROKEN[name])
    assert gathered.texts == [tagged("before"), tagged("after")]
    [kept] = [each for page in gathered.pages for each in page.quarantined]
    assert b"case odd" in kept.raw or b"no" in kept.raw
    assert tagged("odd") not in kept.reason
    again = await gather(channel, gathered.cursor)
    assert not any(page.quarantined for page in again.pages)
