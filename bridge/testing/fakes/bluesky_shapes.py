"""How a server with Bluesky's protocol words posts, notifications and messages."""

from bridge.testing.fakes.bluesky_world import Message, Person, Skeet, World


def moment(at: object) -> str:
    """A time as the network writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at:%f}"[:23] + "Z"


def profile_json(person: Person) -> dict[str, object]:
    """An account."""
    return {
        "did": person.did,
        "handle": person.handle,
        "displayName": person.handle.partition(".")[0].title(),
        "avatar": "https://cdn.bsky.test/img/avatar/plain/x@jpeg",
        "associated": {"chat": {"allowIncoming": person.incoming}},
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [],
        "createdAt": "2023-05-01T10:00:00.000Z",
    }


def post_json(world: World, skeet: Skeet) -> dict[str, object]:
    """app.bsky.feed.defs#postView."""
    embed = skeet.record.get("embed")
    shown: dict[str, object] = {}
    if isinstance(embed, dict) and embed["$type"] == "app.bsky.embed.images":
        images = [{"fullsize": "https://cdn.bsky.test/full", "alt": image["alt"]} for image in embed["images"]]
        shown = {"embed": {"$type": "app.bsky.embed.images#view", "images": images}}
    return {
        "uri": skeet.uri,
        "cid": skeet.cid,
        "author": profile_json(world.people[skeet.did]),
        "record": skeet.record,
        **shown,
        "replyCount": 0,
        "indexedAt": moment(skeet.at),
        "viewer": {
            "replyDisabled": skeet.uri in world.closed,
            **({"like": "at://like"} if skeet.uri in world.likes.values() else {}),
        },
        "labels": [],
    }


def notification_json(world: World, skeet: Skeet, reason: str) -> dict[str, object]:
    """app.bsky.notification.listNotifications#notification."""
    view = post_json(world, skeet)
    kept = {key: view[key] for key in ("uri", "cid", "author", "record", "indexedAt", "labels")}
    return {**kept, "reason": reason, "isRead": False}


def message_json(message: Message) -> dict[str, object]:
    """chat.bsky.convo.defs#messageView."""
    return {
        "$type": "chat.bsky.convo.defs#messageView",
        "id": message.id,
        "rev": message.rev,
        "sender": {"did": message.did},
        "text": message.text,
        "sentAt": moment(message.at),
    }


def convo_json(world: World, name: str) -> dict[str, object]:
    """chat.bsky.convo.defs#convoView."""
    members = [profile_json(world.people[did]) for did in world.convos[name]]
    return {"id": name, "rev": world.next_key(), "members": members, "muted": False, "unreadCount": 0}
