"""How a site like YouTube words comments, threads and pages (discovery document youtube v3)."""

import html
from collections.abc import Sequence
from datetime import datetime

from bridge.testing.fakes.youtube_world import PUBLISHED, Comment, World

Json = dict[str, object]

_FEW = 5
"""Replies that come along with a thread."""


def comment_json(world: World, comment: Comment, *, plain: bool, told: bool) -> Json:
    """One comment; its words as they were written are for its author, and its state is `told` but for requests by id."""
    snippet: Json = {
        "channelId": world.channel_of(world.brand),
        "textDisplay": comment.text if plain else html.escape(comment.text).replace("\n", "<br>"),
        "authorDisplayName": f"@{comment.author}",
        "authorProfileImageUrl": "https://yt3.ggpht.com/ytc/abc=s48-c-k-c0x00ffffff-no-rj",
        "authorChannelUrl": f"http://www.youtube.com/@{comment.author}",
        "authorChannelId": {"value": world.channel_of(comment.author)},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": 0,
        "publishedAt": stamp(comment.at),
        "updatedAt": stamp(comment.edited or comment.at),
        "videoId": comment.video,
    }
    if comment.author == world.brand:
        snippet["textOriginal"] = comment.text
    if comment.thread != comment.id:
        snippet["parentId"] = comment.thread
    if told:
        snippet["moderationStatus"] = comment.status
    if comment.picture:
        snippet["imageUrl"] = comment.picture
    return {"kind": "youtube#comment", "etag": "e", "id": comment.id, "snippet": snippet}


def thread_json(world: World, top: Comment, *, plain: bool, told: bool, status: str = PUBLISHED) -> Json:
    """A comment with the newest of its replies in a state."""
    replies = world.below(top.id, status)
    snippet: Json = {
        "channelId": world.channel_of(world.brand),
        "videoId": top.video,
        "topLevelComment": comment_json(world, top, plain=plain, told=told),
        "canReply": not top.closed,
        "totalReplyCount": len(world.below(top.id)),
        "isPublic": top.status == PUBLISHED,
    }
    below: Json = {"comments": [comment_json(world, each, plain=plain, told=told) for each in replies[:_FEW]]}
    return {
        "kind": "youtube#commentThread",
        "etag": "e",
        "id": top.id,
        "snippet": snippet,
        **({"replies": below} if replies else {}),
    }


def page_json(kind: str, items: Sequence[Json], *, following: str = "") -> Json:
    """A page of a listing."""
    told: Json = {
        "kind": f"youtube#{kind}ListResponse",
        "etag": "e",
        "pageInfo": {"totalResults": len(items), "resultsPerPage": len(items)},
        "items": list(items),
    }
    return {**told, "nextPageToken": following} if following else told


def stamp(moment: datetime) -> str:
    """A time as YouTube writes it, without parts of seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
