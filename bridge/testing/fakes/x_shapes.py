"""X's JSON, in the names before and after August 2026."""

import html
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge.testing.fakes.x_world import Person, Told, Whispered, World

_SHORT = 280
_URL = re.compile(r"https?://\S+|(?<![@\w./])(?:[\w-]+\.)+(?:com|org|net)\b(?:/\S*)?")

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How X spells what it renamed."""

    references: str
    history: str
    note: str
    included: str


OLDER = Names(references="referenced_tweets", history="edit_history_tweet_ids", note="note_tweet", included="tweets")
NEWER = Names(references="referenced_posts", history="edit_history_post_ids", note="note_post", included="posts")


def stamp(at: datetime) -> str:
    """A time as X writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def post(told: Told, world: World, names: Names) -> Json:
    """A post with every field that may be asked for."""
    text, urls = _shortened(told.text)
    text, urls = _with_added(told, text, urls)
    body: Json = {
        "id": str(told.id),
        "text": text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…",
        "author_id": str(told.author),
        "created_at": stamp(told.at),
        "conversation_id": str(told.conversation),
        "lang": "en",
        "reply_settings": told.replies_by,
        names.history: [str(version.id) for version in world.versions(told.first)],
        "entities": {
            "mentions": [
                {"username": p.username, "id": str(p.id), "start": 0, "end": 1} for p in world.mentioned(told)
            ],
            "urls": urls,
        },
        "edit_controls": {"edits_remaining": 5, "is_edit_eligible": True},
    }
    if len(text) > _SHORT:
        body[names.note] = {"text": text, "entities": body["entities"]}
    if told.media:
        body["attachments"] = {"media_keys": [f"3_{key}" for key in told.media]}
    references = _references(told)
    return {**body, **({names.references: references} if references else {})}


def _references(told: Told) -> list[Json]:
    kinds = {"replied_to": told.reply_to, "quoted": told.quotes, "retweeted": told.reposts}
    return [{"type": kind, "id": str(number)} for kind, number in kinds.items() if number is not None]


def _shortened(text: str) -> tuple[str, list[Json]]:
    """The text as X stores it: three signs escaped, and each link replaced by a short one."""
    urls: list[Json] = []

    def short(found: re.Match[str]) -> str:
        link = f"https://t.co/{zlib.crc32(found[0].encode()):08x}"
        whole = found[0] if "://" in found[0] else f"http://{found[0]}"
        urls.append({"start": 0, "end": 23, "url": link, "expanded_url": whole, "display_url": whole[:20]})
        return link

    return html.escape(_URL.sub(short, text), quote=False), urls


def _with_added(told: Told, text: str, urls: list[Json]) -> tuple[str, list[Json]]:
    """X puts a link to a post's own pictures, and one to what it quotes, behind the words."""
    added = [(f"m{told.id}", f"https://x.com/i/status/{told.id}/photo/1", f"3_{told.media[0]}")] if told.media else []
    if told.quotes is not None:
        added.append((f"q{told.id}", f"https://twitter.com/i/status/{told.quotes}", ""))
    for name, whole, key in added:
        link = f"https://t.co/{name}"
        text = f"{text} {link}"
        urls = [*urls, {"url": link, "expanded_url": whole, **({"media_key": key} if key else {})}]
    return text, urls


def user(person: Person) -> Json:
    """An account."""
    return {
        "id": str(person.id),
        "username": person.username,
        "name": person.username,
        "created_at": stamp(person.since),
        "verified": False,
        "public_metrics": {"followers_count": person.followers, "tweet_count": 50},
        "receives_your_dm": person.open_to_messages,
    }


def message(whispered: Whispered) -> Json:
    """A direct message's event."""
    text, urls = _shortened(whispered.text)
    body: Json = {
        "id": str(whispered.id),
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": str(whispered.sender),
        "dm_conversation_id": whispered.conversation,
        "created_at": stamp(whispered.at),
        "entities": {"urls": urls},
    }
    if whispered.media:
        body["attachments"] = {"media_keys": [f"3_{key}" for key in whispered.media]}
    return body


def media(keys: Iterable[str], alts: dict[str, str]) -> list[Json]:
    """Pictures."""
    return [
        {
            "media_key": f"3_{key}",
            "type": "photo",
            "url": f"https://pbs.twimg.com/media/{key}.png",
            "alt_text": alts.get(key),
        }
        for key in keys
    ]


def included(shown: Sequence[Told], world: World, names: Names, *, alts: dict[str, str]) -> Json:
    """What comes along with posts."""
    near = [world.shown(n) for told in shown for n in (told.reply_to, told.quotes, told.reposts) if n is not None]
    along = {told.id: told for told in near if told is not None}
    people = {told.author for told in (*shown, *along.values())}
    return {
        "users": [user(world.people[number]) for number in sorted(people)],
        names.included: [post(told, world, names) for told in along.values()],
        "media": media((key for told in shown for key in told.media), alts),
    }


def missing(number: str, *, hidden: bool) -> Json:
    """What a look-up says of a post that is gone, or whose author hides it."""
    if hidden:
        return {
            "resource_id": number,
            "resource_type": "tweet",
            "parameter": "ids",
            "value": number,
            "title": "Authorization Error",
            "detail": f"Sorry, you are not authorized to see the Tweet with ids: [{number}].",
            "type": "https://api.twitter.com/2/problems/not-authorized-for-resource",
        }
    return {
        "resource_id": number,
        "resource_type": "tweet",
        "parameter": "ids",
        "value": number,
        "title": "Not Found Error",
        "detail": f"Could not find tweet with ids: [{number}].",
        "type": "https://api.x.com/2/problems/resource-not-found",
    }


def problem(status: int, title: str, detail: str, kind: str) -> Json:
    """An error as X words it."""
    known = kind if kind == "about:blank" else f"https://api.x.com/2/problems/{kind}"
    return {"title": title, "detail": detail, "type": known, "status": status}
