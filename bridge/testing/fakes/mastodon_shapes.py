"""Posts, accounts and notifications in the shape in which Mastodon sends them."""

import re
from collections.abc import Mapping
from html import escape

from bridge.testing.fakes.mastodon_world import HOST, File, Person, Told, Toot, World

_TOKEN = re.compile(r"(https?://\S+)|(?<![=/\w])@(\w+(?:@[\w.-]*\w)?)|(?<![\w/&])#(\w+)")
_SHOWN = 30


def account_json(person: Person) -> dict[str, object]:
    """An account, as AccountSerializer writes it."""
    return {
        "id": person.id,
        "username": person.name,
        "acct": person.acct,
        "display_name": person.name,
        "locked": False,
        "bot": person.bot,
        "created_at": person.since.strftime("%Y-%m-%dT00:00:00.000Z"),
        "note": "<p></p>",
        "url": profile(person),
        "avatar": f"https://files.{HOST}/avatars/{person.id}.png",
        "followers_count": person.followers,
        "following_count": 0,
        "statuses_count": 1,
        "emojis": [],
        "fields": [],
    }


def profile(person: Person) -> str:
    """Where an account is shown."""
    return f"https://{person.host}/@{person.name}"


def status_json(world: World, toot: Toot) -> dict[str, object]:
    """A post, as StatusSerializer writes it."""
    draft, author = toot.draft, world.people[toot.draft.author]
    parent = world.toots.get(draft.parent)
    return {
        "id": toot.id,
        "created_at": _time(toot.at.isoformat(timespec="microseconds")),
        "in_reply_to_id": draft.parent or None,
        "in_reply_to_account_id": parent.draft.author if parent else None,
        "sensitive": draft.sensitive,
        "spoiler_text": draft.warning,
        "visibility": draft.visibility,
        "language": "en",
        "uri": f"https://{author.host}/users/{author.name}/statuses/{toot.id}",
        "url": f"https://{author.host}/@{author.name}/{toot.id}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "edited_at": _time(toot.edited.isoformat()) if toot.edited else None,
        "content": html(world, draft.text),
        "reblog": status_json(world, world.toots[draft.boosted]) if draft.boosted else None,
        "account": account_json(author),
        "media_attachments": [media_json(world.files[name]) for name in draft.media],
        "mentions": [_mention(world.people[name]) for name in toot.mentioned],
        "tags": [{"name": tag, "url": f"https://{HOST}/tags/{tag}"} for tag in toot.tags],
        "emojis": [],
        "card": None,
        "poll": None,
        "quote": _quote(world, draft.quoted),
    }


def _quote(world: World, quoted: str) -> Mapping[str, object] | None:
    toot = world.toots.get(quoted)
    return {"state": "accepted", "quoted_status": status_json(world, toot)} if toot else None


def _mention(person: Person) -> Mapping[str, str]:
    return {"id": person.id, "username": person.name, "url": profile(person), "acct": person.acct}


def notification_json(world: World, told: Told) -> dict[str, object]:
    """A notification, as NotificationSerializer writes it."""
    toot = world.toots[told.toot]
    return {
        "id": told.id,
        "type": told.type,
        "created_at": _time(told.at.isoformat()),
        "account": account_json(world.people[toot.draft.author]),
        "status": status_json(world, toot),
    }


def media_json(file: File) -> dict[str, object]:
    """An upload; without an address while the server works on it."""
    return {
        "id": file.id,
        "type": file.type.partition("/")[0],
        "url": None if file.looks else f"https://files.{HOST}/{file.id}",
        "preview_url": None,
        "remote_url": None,
        "meta": {},
        "description": file.alt or None,
        "blurhash": None,
    }


def html(world: World, text: str) -> str:
    """A text as Mastodon's formatter writes it: paragraphs, links, mentions, hashtags."""
    names = {person.acct: person for person in world.people.values()}

    def token(found: re.Match[str]) -> str:
        link, name, tag = found.groups()
        if link:
            return _link(link)
        if tag:
            return _anchor(f"https://{HOST}/tags/{tag.lower()}", "mention hashtag", f"#<span>{tag}</span>")
        person = names.get(name.removesuffix(f"@{HOST}"))
        if person is None:
            return escape(found[0])
        inner = _anchor(profile(person), "u-url mention", f"@<span>{person.name}</span>")
        return f'<span class="h-card" translate="no">{inner}</span>'

    parts, end = [], 0
    for found in _TOKEN.finditer(text):
        parts += [escape(text[end : found.start()]), token(found)]
        end = found.end()
    whole = "".join([*parts, escape(text[end:])])
    return "".join(f"<p>{paragraph}</p>" for paragraph in re.split(r"\n{2,}", whole)).replace("\n", "<br />")


def _link(link: str) -> str:
    """The whole address in three spans, of which browsers show the middle one."""
    scheme, _, rest = link.partition("://")
    shown, hidden = escape(rest[:_SHOWN]), escape(rest[_SHOWN:])
    middle = f'<span class="ellipsis">{shown}</span>' if hidden else f"<span>{shown}</span>"
    words = f'<span class="invisible">{scheme}://</span>{middle}<span class="invisible">{hidden}</span>'
    return f'<a href="{escape(link)}" rel="nofollow noopener" target="_blank">{words}</a>'


def _anchor(address: str, classes: str, words: str) -> str:
    return f'<a href="{address}" class="{classes}">{words}</a>'


def _time(iso: str) -> str:
    return iso.replace("+00:00", "Z")
