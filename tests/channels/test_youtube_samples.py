"""The samples of YouTube's documentation are read as they stand."""

import json

import msgspec
import pytest

from bridge.channels._youtube.posts import View
from bridge.channels._youtube.shapes import Comment, Listed, Made, Mine, Thread
from bridge.core.model import Visibility

LISTING = """
{"kind":"youtube#commentThreadListResponse","etag":"...","nextPageToken":"QURT",
 "pageInfo":{"totalResults":20,"resultsPerPage":20},"items":[
 {"kind":"youtube#commentThread","id":"Ugx123","snippet":{"channelId":"UC..","videoId":"dQw..","canReply":true,
  "totalReplyCount":1,"isPublic":true,
  "topLevelComment":{"kind":"youtube#comment","id":"Ugx123","snippet":{"textDisplay":"Help","textOriginal":"Help",
   "authorDisplayName":"@ann","authorChannelId":{"value":"UCann"},"videoId":"dQw..","likeCount":0,
   "publishedAt":"2026-11-20T10:00:00Z","updatedAt":"2026-11-20T10:00:00Z"}}},
  "replies":{"comments":[{"id":"Ugx123.9abc","snippet":{"parentId":"Ugx123","textOriginal":"me too"}}]}}]}
"""
REPLY = {
    "kind": "youtube#comment",
    "etag": "x",
    "id": "Ugx123.9abc",
    "snippet": {
        "channelId": "UCacme",
        "textDisplay": "me too",
        "parentId": "Ugx123",
        "authorDisplayName": "@bob",
        "authorProfileImageUrl": "https://yt3.ggpht.com/a=s48",
        "authorChannelUrl": "http://www.youtube.com/@bob",
        "authorChannelId": {"value": "UCbob"},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": 0,
        "publishedAt": "2026-11-20T10:05:00Z",
        "updatedAt": "2026-11-20T10:06:00Z",
    },
}
VIEW = View(channel="youtube", account="UCacme", handle="@acme")


def test_a_page_of_threads() -> None:
    listed = msgspec.json.decode(LISTING, type=Listed)
    thread = msgspec.json.decode(listed.items[0], type=Thread)
    assert (listed.next_page_token, thread.key, thread.snippet.total_reply_count) == ("QURT", "Ugx123", 1)
    post = VIEW.post(thread.top, (), video="dQw", held=False, closed=not thread.snippet.can_reply)
    assert (post.id, post.thread, post.parent, post.text) == ("Ugx123", "Ugx123", "", "Help")
    assert (post.author.id, post.author.handle, post.kind.value) == ("UCann", "ann", "comment")
    assert post.at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert post.url == "https://www.youtube.com/watch?v=dQw&lc=Ugx123"
    assert post.answers == {Visibility.PUBLIC}


def test_the_few_replies_beside_it() -> None:
    """The sample leaves out their times: such an entry is kept aside, and YouTube's own have them."""
    listed = msgspec.json.decode(LISTING, type=Listed)
    [raw] = msgspec.json.decode(listed.items[0], type=Thread).shown
    with pytest.raises(msgspec.ValidationError, match="publishedAt"):
        msgspec.json.decode(raw, type=Comment)
    whole = json.loads(bytes(raw))
    whole["snippet"]["publishedAt"] = "2026-11-20T10:05:00.000Z"
    reply = msgspec.convert(whole, type=Comment)
    assert (reply.thread, reply.words) == ("Ugx123", "me too")


def test_a_reply_by_itself() -> None:
    reply = msgspec.json.decode(json.dumps(REPLY), type=Comment)
    post = VIEW.post(reply, (), video="", held=False, closed=False)
    assert (post.thread, post.parent, post.text) == ("Ugx123", "Ugx123", "me too")
    assert post.url == "https://www.youtube.com/channel/UCacme"
    assert post.author.picture == "https://yt3.ggpht.com/a=s48"


@pytest.mark.parametrize(
    ("status", "held"), [(None, False), ("published", False), ("heldForReview", True), ("likelySpam", True)]
)
def test_what_became_of_an_answer(status: str | None, *, held: bool) -> None:
    told = {**REPLY, "snippet": {**REPLY["snippet"], "moderationStatus": status}}  # type: ignore[dict-item] # a dictionary
    assert msgspec.json.decode(json.dumps(told), type=Made).is_held is held


def test_whose_the_token_is() -> None:
    told = {"kind": "youtube#channelListResponse", "items": [{"id": "UCacme", "snippet": {"customUrl": "@acme"}}]}
    [mine] = msgspec.json.decode(json.dumps(told), type=Mine).items
    assert (mine.id, mine.snippet.custom_url) == ("UCacme", "@acme")
    assert msgspec.json.decode(b'{"kind": "youtube#channelListResponse"}', type=Mine).items == []


@pytest.mark.parametrize("key", ["", "x", "a/b", "Ugx123.", "Ugx123.9abc.7", "Ugx 123", "Ugx123\n"])
def test_ids_that_are_none(key: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps({**REPLY, "id": key}), type=Comment)
