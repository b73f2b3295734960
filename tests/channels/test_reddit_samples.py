"""The shapes that Reddit's documentation and clients show are read as they stand."""

import json

import msgspec

from bridge.channels._reddit.posts import View
from bridge.channels._reddit.shapes import Listing, Made, Me, Thing, standing, thing_of

COMMENT = {
    "id": "abc",
    "name": "t1_abc",
    "author": "ann",
    "author_fullname": "t2_x",
    "body": "u/brand help",
    "body_html": "...",
    "subreddit": "test",
    "link_id": "t3_zzz",
    "parent_id": "t3_zzz",
    "context": "/r/test/comments/zzz/t/abc/?context=3",
    "permalink": "/r/test/comments/zzz/t/abc/",
    "created_utc": 1765400000.0,
    "edited": False,
    "distinguished": None,
    "score": 1,
}
LISTING = {
    "kind": "Listing",
    "data": {"after": "t1_abc", "before": None, "children": [{"kind": "t1", "data": COMMENT}]},
}
VIEW = View(channel="reddit", site="https://www.reddit.com", account="t2_b", handle="brand", messages=True)


def thing(kind: str, **fields: object) -> Thing:
    """An entry as it comes over the wire."""
    read = thing_of(json.dumps({"kind": kind, "data": fields}).encode())
    assert read is not None
    return read


def test_a_listing_of_comments() -> None:
    listing = msgspec.json.decode(json.dumps(LISTING), type=Listing)
    assert listing.data.after == "t1_abc"
    read = thing_of(listing.data.children[0])
    assert read is not None
    post = VIEW.post(read, {})
    assert (post.id, post.thread, post.parent, post.text) == ("t1_abc", "t3_zzz", "t3_zzz", "u/brand help")
    assert (post.author.id, post.author.handle, post.kind.value) == ("t2_x", "ann", "mention")
    assert post.url == "https://www.reddit.com/r/test/comments/zzz/t/abc/"
    assert post.at.isoformat() == "2025-12-10T20:53:20+00:00"


def test_a_comment_of_the_inbox_has_its_address_in_its_context() -> None:
    fields = {key: value for key, value in COMMENT.items() if key != "permalink"}
    assert VIEW.post(thing("t1", **fields), {}).url == "https://www.reddit.com/r/test/comments/zzz/t/abc/"


def test_an_address_of_a_stranger_leads_nowhere_else() -> None:
    for odd in ("https://evil.test/", "@evil.test/", "", "/a b", "\\evil.test"):
        post = VIEW.post(thing("t1", **{**COMMENT, "permalink": odd, "context": ""}), {})
        assert post.url == "https://www.reddit.com"


def test_edited_is_false_or_a_moment() -> None:
    assert thing("t1", **{**COMMENT, "edited": 1765400600.0}).version == thing("t1", **COMMENT).version


def test_what_was_taken_away_has_a_mark() -> None:
    gone = [
        thing("t1", **{**COMMENT, "author": "[deleted]", "body": "[deleted]"}),
        thing("t1", **{**COMMENT, "body": "[removed]"}),
        thing("t3", name="t3_zzz", created_utc=1.0, title="a", selftext="[removed]"),
        thing("t3", name="t3_zzz", created_utc=1.0, title="a", selftext="", removed_by_category="moderator"),
    ]
    assert all(each.is_gone for each in gone)
    raws = [msgspec.Raw(msgspec.json.encode(each)) for each in (*gone, thing("t1", **COMMENT))]
    assert len(standing(raws)) == 1


def test_a_message() -> None:
    fields = {"name": "t4_q", "created_utc": 1765400000.0, "author": "ann", "author_fullname": "t2_x", "dest": "brand"}
    post = VIEW.post(thing("t4", **fields, body="help", first_message_name="t4_p", parent_id="t4_p", replies=""), {})
    assert (post.thread, post.parent, post.answer_url) == (
        "m/t4_p",
        "t4_p",
        "https://www.reddit.com/message/messages/q",
    )


def test_what_was_made_and_who_we_are() -> None:
    made = {"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": COMMENT}]}}}
    assert len(msgspec.json.decode(json.dumps(made), type=Made).json.data.things) == 1
    assert not msgspec.json.decode(b'{"json": {"errors": []}}', type=Made).json.data.things
    assert msgspec.json.decode(b'{"id": "x", "name": "ann", "features": {}}', type=Me).id == "x"
