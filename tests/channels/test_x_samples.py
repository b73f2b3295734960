"""Payloads as X's own pages show them, condensed: each becomes the post or message that is expected."""

from datetime import UTC, datetime

import msgspec
import pytest

from bridge.channels._x import media, said
from bridge.channels._x.events import heard
from bridge.channels._x.posts import View
from bridge.channels._x.shapes import Message, Wire
from bridge.channels._x.wire import decoded, entries, listing, looked
from bridge.core.model import Author, Kind, Media, Post, Quote, Visibility

VIEW = View(channel="x", account=111, handle="brand", messages=True, any_post=False, parents=2)
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE

MENTION = b"""{"data":[{"id":"1234567891","text":"@brand my line is down","author_id":"2244994945",
"created_at":"2026-01-15T12:02:00.000Z","conversation_id":"1234567890","in_reply_to_user_id":"111",
"referenced_tweets":[{"type":"replied_to","id":"1234567890"}],"edit_history_tweet_ids":["1234567891"],
"entities":{"mentions":[{"start":0,"end":6,"username":"brand","id":"111"}]}}],
"includes":{"users":[{"id":"2244994945","name":"Ann","username":"ann"}]},
"errors":[{"resource_id":"3","resource_type":"tweet","title":"Not Found Error",
"detail":"Could not find tweet with id: [3].","type":"https://api.x.com/2/problems/resource-not-found"}],
"meta":{"result_count":1,"newest_id":"1234567891","oldest_id":"1234567891","next_token":"7140w9gefhslx3"}}"""

NAMES = {
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    '"tweets"': '"posts"',
}


def newer(payload: bytes) -> bytes:
    """The same in the names of August 2026."""
    text = payload.decode()
    for old, new in NAMES.items():
        text = text.replace(old, new)
    return text.encode()


def shown(payload: bytes) -> Post:
    """The one post of a listing."""
    page = listing(payload)
    [entry], broken = entries(page.raws, Wire)
    assert broken == []
    return VIEW.post(entry.value, page.included)


@pytest.mark.parametrize("payload", [MENTION, newer(MENTION), MENTION.replace(b'"2244994945"', b"2244994945")])
def test_a_mention_that_is_a_reply(payload: bytes) -> None:
    """In both spellings, and with ids as numbers; partial errors are no failure."""
    assert shown(payload) == Post(
        channel="x",
        id="1234567891",
        kind=Kind.MENTION,
        visibility=PUBLIC,
        thread="c1234567890",
        author=Author(id="2244994945", handle="ann", name="Ann", url="https://x.com/ann"),
        text="my line is down",
        at=datetime(2026, 1, 15, 12, 2, tzinfo=UTC),
        url="https://x.com/ann/status/1234567891",
        parent="1234567890",
        answers=frozenset({PUBLIC}),
        answer_url="https://x.com/intent/post?in_reply_to=1234567891",
    )
    page = listing(payload)
    assert (page.next_token, [fault.gone for fault in page.faults]) == ("7140w9gefhslx3", [3])


LONG = b"""{"data":[{"id":"20","text":"Short start of a long text\xe2\x80\xa6 https://t.co/a","author_id":"5","lang":"de",
"created_at":"2026-01-15T12:02:00.000Z","edit_history_tweet_ids":["18","20"],"attachments":{"media_keys":["3_1","7_2"]},
"note_tweet":{"text":"The whole text &lt;here&gt; &amp; more https://t.co/a https://t.co/p https://t.co/q",
"entities":{"urls":[{"url":"https://t.co/a","expanded_url":"https://example.com/?a=1&b=2"},
{"url":"https://t.co/p","expanded_url":"https://twitter.com/ann/status/20/photo/1","media_key":"3_1"},
{"url":"https://t.co/q","expanded_url":"https://twitter.com/brand/status/9"}]}},
"referenced_tweets":[{"type":"quoted","id":"9"}],"reply_settings":"mentionedUsers"}],
"includes":{"users":[{"id":"5","name":"Ann","username":"ann","receives_your_dm":true,"created_at":"2013-12-14T04:35:55Z",
"public_metrics":{"followers_count":694887}},{"id":"111","name":"Brand","username":"brand"}],
"tweets":[{"id":"9","text":"We are on it.","author_id":"111","created_at":"2026-01-15T11:00:00.000Z",
"edit_history_tweet_ids":["9"]}],
"media":[{"media_key":"3_1","type":"photo","url":"https://pbs.twimg.com/1.jpg","alt_text":"A router"},
{"media_key":"7_2","type":"video","preview_image_url":"https://pbs.twimg.com/2.jpg","variants":[
{"url":"https://video.twimg.com/low.mp4","bit_rate":256000},{"url":"https://video.twimg.com/high.mp4","bit_rate":2176000},
{"url":"https://video.twimg.com/x.m3u8"}]}]},"meta":{"result_count":1}}"""


@pytest.mark.parametrize("payload", [LONG, newer(LONG)])
def test_an_edited_long_quote_with_a_picture_and_a_film(payload: bytes) -> None:
    """Whole words, whole links, nothing that X added; named by its first version; quoted, so it can be answered."""
    post = shown(payload)
    assert post.text == "The whole text <here> & more https://example.com/?a=1&b=2"
    assert (post.id, post.thread, post.kind, post.lang) == ("18", "c18", Kind.MENTION, "de")
    assert post.answers == frozenset({PUBLIC, PRIVATE})
    assert post.answer_url.endswith("=20")
    assert (post.author.reach, post.author.since) == (694887, datetime(2013, 12, 14, 4, 35, 55, tzinfo=UTC))
    assert post.media == (
        Media(url="https://pbs.twimg.com/1.jpg", type="photo", alt="A router"),
        Media(url="https://video.twimg.com/high.mp4", type="video"),
    )
    quoted = Quote(
        author="@brand",
        text="We are on it.",
        at=datetime(2026, 1, 15, 11, tzinfo=UTC),
        url="https://x.com/brand/status/9",
        ours=True,
    )
    assert post.context == (quoted,)
    assert post.about == "9"


def test_a_direct_message() -> None:
    payload = b"""{"data":[{"id":"1582838499983564806","event_type":"MessageCreate","text":"Hi &amp; bye",
    "sender_id":"944480690","dm_conversation_id":"111-944480690","created_at":"2022-10-19T20:58:00.000Z"}],
    "includes":{"users":[{"id":"944480690","username":"ann","name":"Ann"}]},"meta":{"result_count":1}}"""
    page = listing(payload)
    [entry], _ = entries(page.raws, Message)
    post = VIEW.message(entry.value, page.included)
    assert (post.id, post.thread, post.text) == ("m1582838499983564806", "d111-944480690", "Hi & bye")
    assert (post.kind, post.visibility, post.answers) == (Kind.DIRECT, PRIVATE, frozenset({PRIVATE}))
    assert (post.author.id, post.author.handle, post.url) == ("944480690", "ann", "")


def test_a_message_of_a_group() -> None:
    """X's own sample: its conversation has a number of its own, and it is answered to its author alone."""
    payload = b"""{"data":[{"id":"1582838499983564806","event_type":"MessageCreate","text":"Hi everyone.",
    "sender_id":"944480690","dm_conversation_id":"1578398451921985538","created_at":"2022-10-19T20:58:00.000Z"}],
    "meta":{"result_count":1}}"""
    page = listing(payload)
    [entry], _ = entries(page.raws, Message)
    post = VIEW.message(entry.value, page.included)
    assert (post.id, post.thread, post.text) == ("m1582838499983564806", "d1578398451921985538", "Hi everyone.")
    assert (post.author.id, post.answers, post.at) == (
        "944480690",
        frozenset({PRIVATE}),
        datetime(2022, 10, 19, 20, 58, tzinfo=UTC),
    )


def test_answers_to_what_was_said() -> None:
    """A post, a message and a file that were accepted, in both spellings of what stands beside."""
    for history in ("edit_history_tweet_ids", "edit_history_post_ids"):
        created = decoded(f'{{"data":{{"id":"188","text":"Hello","{history}":["188"]}}}}'.encode(), said._Created)
        assert created is not None
        assert created.data.id == 188
    sent = decoded(b'{"data":{"dm_conversation_id":"1-2","dm_event_id":"7"}}', said._Sent)
    assert sent is not None
    assert sent.data.dm_event_id == 7
    file = b'{"data":{"id":"188","media_key":"13_188","expires_after_secs":1295999}}'
    uploaded = decoded(file, media._Uploaded)
    assert uploaded is not None
    assert str(uploaded.data.id) == "188"


def test_an_event_of_the_stream() -> None:
    """The mention of X's page on event payloads; numbers come twice, as numbers and as texts."""
    line = b"""{"data":{"event_uuid":"2080765813578191303","filter":{"user_id":"111"},"event_type":"post.mention.create",
    "tag":"mentions","payload":{"paid_partnership":false,"created_at":"2026-07-24T21:23:23.000Z",
    "edit_history_tweet_ids":["2080765813578191303"],"conversation_id":"2080765813578191303","display_text_range":[0,16],
    "edit_controls":{"edits_remaining":5,"edits_remaining_str":"5","is_edit_eligible":true},"text":"hey @brand",
    "entities":{"mentions":[{"start":4,"start_str":"4","end":16,"end_str":"16","username":"brand","id":"111"}]},
    "author_id":"222","reply_settings":"everyone","id":"2080765813578191303","lang":"und"},
    "includes":{"users":[{"id":"222","username":"OtherUser","name":"OtherUser",
    "public_metrics":{"followers_count":97,"followers_count_str":"97"}}]}}}""".replace(b"\n", b"")
    [event] = heard(line)
    assert event.post is not None
    post = VIEW.post(event.post.value, event.along)
    assert (post.id, post.text, post.lang, post.author.reach) == ("2080765813578191303", "hey @brand", "", 97)
    assert post.answers == frozenset({PUBLIC})


def test_what_a_look_up_does_not_show() -> None:
    """A deleted post and one of a protected author are gone alike; a failure of X's own is neither."""
    payload = b"""{"data":[{"id":"1","text":"x","author_id":"2","created_at":"2026-01-15T12:02:00Z"}],"errors":[
    {"resource_id":"7","type":"https://api.x.com/2/problems/resource-not-found","title":"Not Found Error"},
    {"value":"8","type":"https://api.twitter.com/2/problems/not-authorized-for-resource"},
    {"value":"9","type":"https://api.x.com/2/problems/operational"},{"resource_id":["x"]},"nonsense"]}"""
    page = looked(payload)
    assert [fault.gone for fault in page.faults] == [7, 8, None]
    assert len(page.raws) == 1


@pytest.mark.parametrize("kind", ["protected", "everyone", "following", "mentionedUsers", "subscribers", "verified"])
def test_any_setting_of_replies_is_read(kind: str) -> None:
    wire = msgspec.json.decode(
        msgspec.json.encode(
            {"id": "1", "text": "x", "author_id": "2", "created_at": "2026-01-15T12:02:00Z", "reply_settings": kind}
        ),
        type=Wire,
        strict=False,
    )
    anybody = View(channel="x", account=111, handle="brand", messages=False, any_post=True, parents=0)
    page = listing(b'{"meta":{}}')
    assert VIEW.post(wire, page.included).answers == frozenset()
    assert (PUBLIC in anybody.post(wire, page.included).answers) == (kind == "everyone")
