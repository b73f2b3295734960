"""How a site like Reddit words comments, posts, messages and listings."""

from collections.abc import Mapping, Sequence

from bridge.testing.fakes.reddit_world import DELETED, Thing, World

Json = dict[str, object]


def thing_json(world: World, thing: Thing, *, replies: Sequence[Json]) -> Json:
    """An entry of a listing."""
    sorts = {"t1": _comment, "t3": _post, "t4": _message}
    below = {"replies": listing_json(replies)} if replies else {}
    return {"kind": thing.kind, "data": {**_common(world, thing), **sorts[thing.kind](thing), **below}}


def listing_json(entries: Sequence[Json], *, after: str | None = None) -> Json:
    """A page of a listing."""
    data = {
        "after": after,
        "dist": len(entries),
        "modhash": None,
        "geo_filter": "",
        "children": entries,
        "before": None,
    }
    return {"kind": "Listing", "data": data}


def _common(world: World, thing: Thing) -> Json:
    """Whoever took words away has taken the author with them."""
    who: Json = {"author": DELETED if thing.gone else thing.author or None}
    if thing.author and not thing.gone:
        who["author_fullname"] = world.person(thing.author)
    edited = float(int(thing.edited.timestamp())) if thing.edited else False
    created = float(int(thing.at.timestamp()))
    return {"id": thing.id, "name": thing.name, "created_utc": created, "edited": edited, "score": 1, **who}


def _comment(thing: Thing) -> Json:
    told: Mapping[str, object] = (
        {"context": f"{thing.path}?context=3", "new": True, "type": thing.told, "subject": thing.told.replace("_", " ")}
        if thing.told
        else {"permalink": thing.path}
    )
    return {
        "body": thing.gone or thing.text,
        "body_html": "<div class='md'></div>",
        "subreddit": thing.subreddit,
        "link_id": thing.link,
        "parent_id": thing.parent,
        "locked": thing.locked,
        "archived": thing.archived,
        "distinguished": None,
        "replies": "",
        **told,
    }


def _post(thing: Thing) -> Json:
    return {
        "title": thing.title,
        "selftext": "" if thing.address else thing.gone or thing.text,
        "is_self": not thing.address,
        "url": thing.address or f"https://www.reddit.com{thing.path}",
        "permalink": thing.path,
        "subreddit": thing.subreddit,
        "locked": thing.locked,
        "archived": thing.archived,
        "removed_by_category": {"[deleted]": "deleted", "[removed]": "moderator"}.get(thing.gone),
    }


def _message(thing: Thing) -> Json:
    return {
        "subject": thing.title,
        "body": thing.text,
        "dest": thing.to,
        "parent_id": thing.parent or None,
        "first_message_name": thing.link or None,
        "was_comment": False,
        "type": "unknown",
        "subreddit": None,
        "new": True,
        "replies": "",
    }
