"""Answers of NodeBB as its API description shows them, each read whole: numbers as texts, empty fields, and what plugins add."""

import msgspec
import pytest

from bridge.channels._nodebb.posts import View
from bridge.channels._nodebb.shapes import Config, Detail, Heading, Item, Message, Person, Rooms, Summary, Wrapped
from bridge.core.model import Kind, Visibility

SUMMARY = b"""{"pid": 57, "tid": 12, "toPid": null, "url": "", "content": "Since the update it says &quot;no signal&quot;.\\n",
 "sourceContent": null, "uid": 9, "timestamp": 1795160467123, "deleted": false, "upvotes": 2, "downvotes": 0, "replies": 0,
 "handle": "", "votes": 2, "timestampISO": "2026-11-20T07:41:07.123Z", "isMainPost": true,
 "user": {"uid": 9, "username": "ann &amp; co", "userslug": "ann-co", "picture": null, "status": "online", "displayname": "ann &amp; co",
  "icon:text": "A", "icon:bgColor": "#f44336", "isLocal": true},
 "topic": {"uid": 9, "tid": 12, "title": "No picture &amp; no sound", "cid": 2, "tags": [{"value": "tv", "valueEscaped": "tv"}],
  "slug": "12/no-picture-no-sound", "deleted": 0, "scheduled": 0, "postcount": 3, "mainPid": 57, "teaserPid": 61,
  "titleRaw": "No picture & no sound", "timestampISO": ""},
 "category": {"cid": 2, "name": "Support", "icon": "fa-question", "slug": "2/support", "parentCid": 0, "bgColor": "#59b3d0", "color": "#fff"}}"""

DETAIL = b"""{"pid": 57, "uid": 9, "tid": 12, "content": "Since the update it says \\"no signal\\".", "timestamp": 1795160467123,
 "flagId": 0, "edited": 0, "editor": null, "editorUsername": null, "editedISO": "", "deleted": 0, "deleterUid": 0, "upvotes": 2,
 "downvotes": 0, "votes": 2, "timestampISO": "2026-11-20T07:41:07.123Z", "replies": 2, "upvoted": false, "downvoted": false,
 "bookmarks": 0, "attachments": []}"""

OLDER = b"""{"pid": "58", "uid": "10", "tid": "12", "toPid": "57", "content": "Same here.", "timestamp": 1795160470000, "deleted": 0}"""

ROOMS = b"""{"status": {"code": "ok", "message": "OK"}, "response": {"rooms": [
 {"owner": 1, "roomId": 3, "roomName": "", "groupChat": false, "userCount": 2, "public": 0, "unread": true, "usernames": "ann",
  "notificationSetting": 2, "joinLeaveMessages": 0, "lastUser": {"uid": 9, "username": "ann"},
  "users": [{"uid": 9, "username": "ann", "userslug": "ann", "picture": null, "status": "offline", "lastonline": 1795160467123, "displayname": "ann"}],
  "teaser": {"fromuid": 9, "content": "Hello", "timestamp": 1795160467123, "timestampISO": "2026-11-20T07:41:07.123Z", "user": {"uid": 9}}},
 {"owner": 9, "roomId": "4", "groupChat": true, "users": [{"uid": 9}, {"uid": 10}], "teaser": null}], "nextStart": 20}}"""

MESSAGE = b"""{"content": "<p>Hello &amp; thanks</p>\\n", "timestamp": 1795160467123, "fromuid": 9, "roomId": "3", "deleted": 0, "system": 0,
 "edited": 0, "timestampISO": "2026-11-20T07:41:07.123Z", "editedISO": "", "messageId": 42, "mid": 42, "toMid": "40", "isOwner": false,
 "self": 0, "newSet": true, "index": 0, "cleanedContent": "Hello", "pinned": 0, "reactions": [],
 "fromUser": {"uid": 9, "username": "ann", "userslug": "ann", "picture": null, "status": "offline", "banned": false, "deleted": false, "displayname": "ann"},
 "parent": {"fromuid": 1, "content": "<p>Hi</p>", "mid": "40"}}"""

SELF = b"""{"uid": 1, "username": "acme", "userslug": "acme", "email": "x@example.com", "reputation": 5, "banned": false,
 "displayname": "Acme", "groupTitleArray": [], "loggedIn": true}"""

CONFIG = b"""{"relative_path": "", "assetBaseUrl": "/assets", "siteTitle": "Community", "minimumTitleLength": 3, "maximumTitleLength": 255,
 "minimumPostLength": 8, "maximumPostLength": 20000, "maximumChatMessageLength": 500, "loggedIn": true, "uid": 1, "csrf_token": false}"""

TOPIC = b"""{"tid": 12, "uid": 9, "cid": 2, "mainPid": 57, "title": "T", "slug": "12/t", "timestamp": 1795160467123, "lastposttime": 0,
 "postcount": 3, "viewcount": 9, "locked": 1, "deleted": 0, "pinned": 0, "postercount": 2, "titleRaw": "T", "tags": [], "thumbs": []}"""

VIEW = View(channel="forum", endpoint="https://community.example.org", account="1", handle="acme", private=True)


def item(summary: bytes, detail: bytes) -> Item:
    """A post of the listing, as it is put together."""
    whole = {"id": "57", "summary": msgspec.Raw(summary), "post": msgspec.Raw(detail)}
    return msgspec.json.decode(msgspec.json.encode(whole), type=Item)


def test_a_post_is_read_whole() -> None:
    post = VIEW.post(item(SUMMARY, DETAIL))
    assert (post.kind, post.visibility, post.thread, post.parent) == (Kind.TOPIC, Visibility.PUBLIC, "t12", "")
    assert (post.title, post.text) == ("No picture & no sound", 'Since the update it says "no signal".')
    assert (post.author.id, post.author.handle, post.author.name) == ("9", "ann-co", "ann & co")
    assert (post.at.isoformat(), post.likes) == ("2026-11-20T07:41:07.123000+00:00", 2)
    assert (post.url, post.author.url) == (
        "https://community.example.org/post/57",
        "https://community.example.org/uid/9",
    )


def test_numbers_that_are_texts_are_numbers() -> None:
    """As servers with other databases write them."""
    reply = VIEW.post(item(SUMMARY.replace(b'"mainPid": 57', b'"mainPid": "50"'), OLDER))
    assert (reply.kind, reply.parent, reply.text) == (Kind.COMMENT, "57", "Same here.")


def test_rooms_and_messages_are_read_whole() -> None:
    alone, many = msgspec.json.decode(ROOMS, type=Wrapped[Rooms]).response.rooms
    assert (alone.alone_with("1"), many.alone_with("1"), many.teaser) == (True, False, None)
    message = VIEW.message(msgspec.json.decode(MESSAGE, type=Message))
    assert (message.id, message.thread, message.parent) == ("r3.42", "r3", "r3.40")
    assert (message.kind, message.text, message.author.id) == (Kind.DIRECT, "Hello & thanks", "9")
    assert message.answers == {Visibility.PRIVATE}


def test_who_we_are_and_what_the_forum_takes() -> None:
    assert str(msgspec.json.decode(SELF, type=Person).uid) == "1"
    config = msgspec.json.decode(CONFIG, type=Config)
    assert (config.minimum_post_length, config.maximum_post_length) == (8, 20_000)
    assert config.maximum_chat_message_length == 500
    topic = msgspec.json.decode(TOPIC, type=Heading)
    assert (topic.cid, bool(topic.locked), bool(topic.deleted)) == (2, True, False)


@pytest.mark.parametrize("field", ["pid", "timestamp", "topic"])
def test_what_a_post_cannot_do_without_is_missed(field: str) -> None:
    broken = SUMMARY.replace(f'"{field}":'.encode(), b'"other":', 1)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(broken, type=Summary)


def test_a_detail_without_a_topic_is_missed() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(DETAIL.replace(b'"tid"', b'"other"'), type=Detail)
