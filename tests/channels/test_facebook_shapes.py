"""Meta's own samples, as its documentation records them, become the expected posts; odd shapes are kept raw."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels import facebook, instagram
from bridge.channels._facebook import posts as facebook_posts
from bridge.channels._graph.call import Edge
from bridge.channels._graph.known import Known, Shown, sift
from bridge.channels._graph.listing import entries
from bridge.channels._graph.messages import Sent
from bridge.channels._graph.refusals import refusal
from bridge.channels._graph.shapes import Comment, Post, Rating, moment
from bridge.channels._graph.talk_shapes import Conversation, Message
from bridge.channels._graph.token import Told
from bridge.channels._graph.usage import regain_seconds, used_percent
from bridge.channels._http import Answer
from bridge.channels._instagram import posts as instagram_posts
from bridge.channels._instagram.shapes import Medium, Remark
from bridge.core.model import Kind, Visibility
from bridge.ports import Fittings, LoginProblem
from bridge.testing.channel_platform import gather
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fakes.server import Loopback
from bridge.testing.fittings import MovableClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

FEED = (
    b'{"data":[{"created_time":"2019-05-17T16:24:04+0000","message":"Hello","id":"9001_2191966997525824"}],'
    b'"paging":{"cursors":{"before":"Q2c4","after":"Q2c4"},'
    b'"next":"https://graph.facebook.com/v26.0/9001/feed?access_token=secret&limit=25&after=Q2c4"}}'
)
REMARKS = b'{"data":[{"timestamp":"2017-08-31T19:16:02+0000","text":"This is awesome!","id":"17870913679156914"}]}'
TOKEN = (
    b'{"data":{"app_id":"17","type":"PAGE","expires_at":0,"data_access_expires_at":1789041600,"is_valid":true,'
    b'"scopes":["pages_messaging"]}}'
)
SENT = b'{"recipient_id":"254","message_id":"AG5Hz2Uq7tuwNEhXfYYKj8mJEM"}'
ERROR = (
    b'{"error":{"message":"text","type":"OAuthException","code":190,"error_subcode":460,"error_user_title":"A",'
    b'"error_user_msg":"B","fbtrace_id":"EJplcsCHuLu"}}'
)


def read(body: bytes, shape: type):
    edge = msgspec.json.decode(body, type=Edge)
    return entries(edge.data, shape, now=NOW)


def test_the_sample_of_the_feed() -> None:
    [found], broken = read(FEED, Post)
    post = found.value
    assert (post.key, post.message, post.at, broken) == (
        "9001_2191966997525824",
        "Hello",
        datetime(2019, 5, 17, 16, 24, 4, tzinfo=UTC),
        [],
    )
    assert msgspec.json.decode(FEED, type=Edge).after == "Q2c4"
    shown = facebook_posts.View(channel="page", account="9001", now=NOW).post(post, Kind.TOPIC)
    assert (shown.id, shown.text, shown.visibility) == ("9001_2191966997525824", "Hello", Visibility.PUBLIC)
    assert (shown.author.id, shown.thread) == ("?9001_2191966997525824", "p:9001_2191966997525824")
    assert (shown.answers, shown.url) == (
        frozenset({Visibility.PUBLIC}),
        "https://www.facebook.com/9001_2191966997525824",
    )


def test_the_sample_of_instagrams_comments() -> None:
    [found], _ = read(REMARKS, Remark)
    assert (found.value.key, found.value.text) == ("17870913679156914", "This is awesome!")
    assert found.value.at == datetime(2017, 8, 31, 19, 16, 2, tzinfo=UTC)
    view = instagram_posts.View(channel="insta", account="17", handle="acme", now=NOW)
    shown = view.remark(found.value, "99", url="https://www.instagram.com/p/99/", context=())
    assert (shown.id, shown.text, shown.kind) == ("17870913679156914", "This is awesome!", Kind.COMMENT)
    assert (shown.author.id, shown.answers) == ("?17870913679156914", frozenset({Visibility.PUBLIC}))


def test_the_samples_of_the_token_and_the_send_api() -> None:
    token = msgspec.json.decode(TOKEN, type=Told).data
    assert (token.is_valid, token.ends) == (True, datetime(2026, 9, 10, 12, tzinfo=UTC))
    assert msgspec.json.decode(SENT, type=Sent).message_id == "AG5Hz2Uq7tuwNEhXfYYKj8mJEM"


def test_the_sample_of_an_error() -> None:
    answer = Answer(status=400, headers=CIMultiDictProxy(CIMultiDict()), body=ERROR, url=URL("https://graph.example"))
    refused = refusal(answer)
    assert refused is not None
    assert (refused.code, refused.sub, refused.trace) == (190, 460, "EJplcsCHuLu")


def test_the_samples_of_the_usage_headers() -> None:
    app = '{"call_count":28,"total_time":25,"total_cputime":25}'
    business = '{"99":[{"type":"pages","call_count":97,"total_cputime":23,"total_time":23,"estimated_time_to_regain_access":19}]}'
    assert used_percent({"X-App-Usage": app}) == 28
    assert used_percent({"X-App-Usage": app, "X-Business-Use-Case-Usage": business}) == 97
    assert regain_seconds({"X-Business-Use-Case-Usage": business}) == 19 * 60


@pytest.mark.parametrize(
    ("given_time", "expected"),
    [
        ("2019-05-17T16:24:04+0000", datetime(2019, 5, 17, 16, 24, 4, tzinfo=UTC)),
        ("2019-05-17T16:24:04+02:00", datetime(2019, 5, 17, 14, 24, 4, tzinfo=UTC)),
        ("2019-05-17T16:24:04Z", datetime(2019, 5, 17, 16, 24, 4, tzinfo=UTC)),
        (1_489_998_692, datetime(2017, 3, 20, 8, 31, 32, tzinfo=UTC)),
    ],
)
def test_times_as_meta_writes_them(given_time, expected) -> None:
    assert moment(given_time) == expected


TIME = '"created_time":"2026-11-24T10:00:00+0000"'

READABLE = {
    "ids as numbers": (
        Comment,
        f'{{"id":12345678901234567890,{TIME},"from":{{"id":42,"name":"Ann"}},"parent":{{"id":7}}}}',
    ),
    "fields that nobody knows": (Comment, f'{{"id":"1",{TIME},"reaction":"cheer","mood":{{"x":[1]}}}}'),
    "no message": (Post, f'{{"id":"1_2",{TIME}}}'),
    "an unknown type of attachment": (
        Post,
        f'{{"id":"1_2",{TIME},"attachments":{{"data":[{{"type":"hologram","url":"https://x.example/1"}}]}}}}',
    ),
    "an unknown recommendation": (
        Rating,
        f'{{{TIME},"reviewer":{{"id":"7"}},"recommendation_type":"lukewarm","rating":9}}',
    ),
    "a time as a number": (Comment, '{"id":"1","created_time":1764000000}'),
    "a message with a sticker alone": (
        Message,
        f'{{"id":"m_1",{TIME},"from":{{"id":"7","name":"Ann"}},"sticker":"https://x.example/s.png"}}',
    ),
}


@pytest.mark.parametrize("name", READABLE)
def test_e03_what_can_be_understood_is_understood(name) -> None:
    shape, text = READABLE[name]
    good, bad = entries([msgspec.Raw(text.encode())], shape, now=NOW)
    assert (len(good), bad) == (1, [])
    assert good[0].raw == text.encode()
    assert isinstance(good[0].value.key, str)


BROKEN = {
    "no id": f"{{{TIME}}}",
    "no time": '{"id":"1_2"}',
    "a time that is none": '{"id":"1_2","created_time":"yesterday"}',
    "a time without a zone": '{"id":"1_2","created_time":"2026-11-24T10:00:00"}',
    "a time in no year": '{"id":"1_2","created_time":99999999999999999}',
    "a message that is a list": f'{{"id":"1_2",{TIME},"message":["a"]}}',
    "an id that is an object": f'{{"id":{{}},{TIME}}}',
    "a fraction for an id": f'{{"id":1.5,{TIME}}}',
    "a number": "7",
    "nothing": "null",
    "a list": "[]",
}


@pytest.mark.parametrize("shape", [Post, Comment, Message, Rating, Conversation, Medium, Remark])
@pytest.mark.parametrize("name", BROKEN)
def test_c20_everything_else_is_kept_raw_with_its_reason(name, shape) -> None:
    """And never with the words in the reason."""
    good, bad = entries([msgspec.Raw(BROKEN[name].encode())], shape, now=NOW)
    assert good == []
    [spoilt] = bad
    assert spoilt.raw == BROKEN[name].encode()
    assert spoilt.reason.startswith("unexpected shape")
    assert spoilt.id


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(raw) -> None:
    for shape in (Post, Comment, Message, Rating, Conversation, Medium, Remark):
        good, bad = entries([msgspec.Raw(raw)], shape, now=NOW)
        assert len(good) + len(bad) == 1


ITEMS = st.lists(
    st.tuples(st.integers(0, 20).map(str), st.integers(1, 30), st.integers(0, 2)), max_size=40, unique_by=lambda i: i[0]
)


@given(floor=st.integers(0, 15), before=ITEMS, after=ITEMS)
def test_c15_sifting_tells_each_item_once_and_its_floor_never_sinks(floor, before, after) -> None:
    """Whatever the order, and however often it is shown."""
    start = Known(floor=floor)
    shown = [[Shown(id=name, at=at, version=version) for name, at, version in items] for items in (before, after)]
    first = sift(start, shown[0], gone=())
    assert first.fresh == {item.id for item in shown[0] if item.at > floor}
    assert sift(first.known, shown[0], gone=()).fresh == frozenset()
    second = sift(first.known, shown[1], gone=())
    assert sift(second.known, shown[1][::-1], gone=()).fresh == frozenset()
    assert floor <= first.known.floor <= second.known.floor


@given(st.integers(51, 200))
def test_a_flood_within_one_second_comes_once(count) -> None:
    """FT18: more than are remembered have the same time."""
    shown = [Shown(id=str(number), at=100, version=1) for number in range(count)]
    first = sift(Known(floor=99), shown, gone=())
    assert len(first.fresh) == count
    assert sift(first.known, shown, gone=()).fresh == frozenset()


Answerer = Callable[[str], object]


@pytest.fixture
async def answering(fittings: Fittings) -> AsyncIterator[Callable[[Answerer], object]]:
    """Makes a server that answers what a function says, by the last part of the path."""
    servers: list[Loopback] = []

    async def make(answer: Answerer) -> str:
        async def respond(request: web.Request) -> web.Response:
            return web.json_response(answer(request.path.rpartition("/")[2]))

        app = web.Application()
        app.router.add_get("/{path:.*}", respond)
        servers.append(Loopback(app))
        return await servers[-1].start(0)

    yield make
    for server in servers:
        await server.stop()


async def test_c20_odd_entries_of_every_listing_are_quarantined_once(
    answering, clock: MovableClock, fittings: Fittings
) -> None:
    """The whole ones among them come, and nothing stops."""
    time = clock.now().strftime("%Y-%m-%dT%H:%M:%S+0000")
    whole = {"id": 42, "created_time": time, "updated_time": time, "message": "Whole", "from": {"id": 7, "name": "Ann"}}
    odd: dict[str, list[object]] = {
        "feed": [whole, {"id": "1_9", "created_time": time, "message": {"no": "text"}}],
        "tagged": [7],
        "ratings": [{"created_time": time}],
        "conversations": [{"id": "t_1", "updated_time": time}],
        "messages": [{"id": "m_1", "created_time": time, "message": "nobody"}],
    }

    def answer(name: str) -> object:
        known = {"me": {"id": 900001}, "debug_token": {"data": {"is_valid": True, "app_id": 1}}}
        return known.get(name, {"data": odd.get(name, [])})

    place = GraphPlace(brand="Acme", journal=None, now=clock.now)
    keys = {**place.facebook_keys(), "app_id": "1", "endpoint": await answering(answer), "backfill": timedelta(days=1)}
    channel = facebook.build("page", facebook.Settings.model_validate(keys), fittings)
    await channel.open()
    gathered = await gather(channel, None)
    assert [(post.id, post.text, post.kind) for post in gathered.posts] == [("42", "Whole", Kind.MENTION)]
    assert sum(len(page.quarantined) for page in gathered.pages) == 4
    again = await gather(channel, gathered.cursor)
    assert again.posts == []
    assert not any(page.quarantined for page in again.pages)
    await channel.close()


async def test_a_page_without_an_instagram_account_is_told(answering, clock: MovableClock, fittings: Fittings) -> None:
    place = GraphPlace(brand="acme", journal=None, now=clock.now)
    keys = {**place.instagram_keys(), "endpoint": await answering(lambda _name: {"id": "900001"})}
    channel = instagram.build("insta", instagram.Settings.model_validate(keys), fittings)
    with pytest.raises(LoginProblem, match="no account"):
        await channel.open()
    await channel.close()
