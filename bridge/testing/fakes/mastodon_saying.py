"""What an account writes on a server with Mastodon's API: posts and files, looked at as Mastodon does."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from aiohttp import web

from bridge.testing.fakes.mastodon_access import Access, refused
from bridge.testing.fakes.mastodon_shapes import media_json, status_json
from bridge.testing.fakes.mastodon_world import Draft, Person, World

MAX_LENGTH = 500
PER_LINK = 23
_KEY_LASTS = timedelta(hours=1)


class NewStatus(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /api/v1/statuses."""

    status: str
    in_reply_to_id: str
    visibility: str
    content_type: Literal["text/plain"]
    """Mastodon itself does not know it; others format the words by the account's preferences without it."""
    spoiler_text: str = ""
    sensitive: bool = False
    media_ids: list[str] = []


@dataclass(slots=True, kw_only=True)
class Saying:
    """The calls that write."""

    world: World
    access: Access
    brand: Person
    max_length: int = MAX_LENGTH
    looks: int = 0
    """How often an upload is asked for before it is ready."""
    keys: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """Posts by their idempotency keys, and when those were used."""
    keeps_keys: bool = True
    """Some servers of the kind take a key and forget it."""

    async def create(self, request: web.Request) -> web.Response:
        """A post of the account's own."""
        self.access.check(request, ())
        key = request.headers["Idempotency-Key"]
        used = self.keys.get(key)
        if self.keeps_keys and used is not None and self.world.now() - used[0] < _KEY_LASTS:
            return web.json_response(status_json(self.world, self.world.toots[used[1]]))
        new = msgspec.json.decode(await request.read(), type=NewStatus)
        self._examine(new)
        toot = self.world.write(
            Draft(
                author=self.brand.id,
                text=new.status,
                visibility=new.visibility,
                parent=new.in_reply_to_id,
                warning=new.spoiler_text,
                sensitive=new.sensitive,
                media=tuple(new.media_ids),
            )
        )
        self.keys[key] = (self.world.now(), toot.id)
        return web.json_response(status_json(self.world, toot))

    def _examine(self, new: NewStatus) -> None:
        """What Mastodon looks at before it takes a post."""
        if new.visibility not in {"public", "unlisted", "private", "direct"}:
            raise refused(web.HTTPUnprocessableEntity, "Validation failed: Visibility is not included in the list")
        if not new.status.strip() and not new.media_ids:
            raise refused(web.HTTPUnprocessableEntity, "Validation failed: Text can't be blank")
        if _length(new.status) + len(new.spoiler_text) > self.max_length:
            raise refused(web.HTTPUnprocessableEntity, f"Validation failed: Text character limit of {self.max_length}")
        if any(name not in self.world.files or self.world.files[name].looks for name in new.media_ids):
            raise refused(web.HTTPUnprocessableEntity, "Cannot attach files that have not finished processing.")
        parent = self.world.toots.get(new.in_reply_to_id)
        if parent is None or not parent.shown_to(self.brand.id):
            raise refused(web.HTTPNotFound, "The post you are trying to reply to does not appear to exist.")

    async def upload(self, request: web.Request) -> web.Response:
        """A file: 200 where it is ready, 202 while the server works on it."""
        self.access.check(request, ())
        form = await request.post()
        file, alt = form["file"], str(form.get("description", ""))
        assert isinstance(file, web.FileField)
        kept = self.world.upload(file.content_type, alt, file.file.read(), looks=self.looks)
        return web.json_response(media_json(kept), status=202 if kept.looks else 200)

    async def file(self, request: web.Request) -> web.Response:
        """An upload: 206 while the server works on it."""
        self.access.check(request, ())
        kept = self.world.files.get(request.match_info["file"])
        if kept is None:
            raise refused(web.HTTPNotFound, "Record not found")
        kept.looks = max(kept.looks - 1, 0)
        return web.json_response(media_json(kept), status=206 if kept.looks else 200)


def _length(text: str) -> int:
    """Mastodon's own counting, for plain letters."""
    linked = re.sub(r"https?://\S+", "x" * PER_LINK, text)
    return len(re.sub(r"(?<![=/\w])(@\w+)@[\w.-]*\w", r"\1", linked))
