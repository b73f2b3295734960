"""What a small X lets an account say and do, and what it refuses, in X's own words."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from bridge.testing.fakes.x_asked import refused
from bridge.testing.fakes.x_shapes import problem
from bridge.testing.fakes.x_world import Told, World

MAX_WEIGHT = 280
_MAX_MESSAGE = 10_000
_MIB = 1024 * 1024
_NOT_MENTIONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
_HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")


class _Reply(msgspec.Struct, forbid_unknown_fields=True):
    in_reply_to_tweet_id: str
    exclude_reply_user_ids: list[str] = []


class _Media(msgspec.Struct, forbid_unknown_fields=True):
    media_ids: list[str]
    tagged_user_ids: list[str] = []


class _Create(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    reply: _Reply | None = None
    media: _Media | None = None
    quote_tweet_id: str | None = None


class _Attached(msgspec.Struct, forbid_unknown_fields=True):
    media_id: str


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    attachments: list[_Attached] = []


class _Hidden(msgspec.Struct, forbid_unknown_fields=True):
    hidden: bool


class Writing:
    """The account's voice."""

    def __init__(self, world: World, *, account: int) -> None:
        self._world = world
        self._account = account
        self.refuses_duplicates = True
        self.enterprise = False
        self.own_too = True
        """Whether the app may answer the account's own posts; X does not say that it may."""
        self.parts: dict[str, tuple[int, bytes]] = {}
        self._looks: dict[str, int] = {}

    async def create(self, request: web.Request) -> web.Response:
        """A post of the account's."""
        body = await _read(request, _Create)
        media = body.media.media_ids if body.media else []
        if not body.text and not media:
            raise refused("the text is empty")
        self._check_text(body.text)
        unknown = [key for key in media if key not in self._world.files]
        if unknown or len(media) > 4:
            raise refused("Your media IDs are invalid.")
        if self.refuses_duplicates and any(t.sent == body.text for t in self._own()):
            raise forbidden("You are not allowed to create a Tweet with duplicate content.")
        parent = self._parent(body.reply) if body.reply else None
        text = f"@{self._world.people[parent.author].username} {body.text}" if parent else body.text
        told = self._world.post(
            self._account, text, reply_to=parent.id if parent else None, media=media, sent=body.text
        )
        answer = {"data": {"id": str(told.id), "text": text, "edit_history_tweet_ids": [str(told.id)]}}
        return web.json_response(answer, status=201)

    def _parent(self, reply: _Reply) -> Told:
        """The post that is answered; self-serve apps need its author to have named or quoted the account."""
        number = reply.in_reply_to_tweet_id
        parent = self._world.shown(int(number)) if number.isdigit() else None
        if parent is None:
            raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        quoted = self._world.posts.get(parent.quotes or 0)
        named = any(person.id == self._account for person in self._world.mentioned(parent))
        ours = quoted is not None and quoted.author == self._account
        by_us = parent.author == self._account and self.own_too
        if not self.enterprise and not named and not ours and not by_us:
            raise forbidden(_NOT_MENTIONED)
        if parent.replies_by == "following" and not named:
            raise forbidden(_NOT_MENTIONED)
        return parent

    def _check_text(self, text: str) -> None:
        links = re.findall(r"https?://\S+", text)
        bare = re.sub(r"https?://\S+", "", text)
        if len(bare) + len(_HEAVY.findall(bare)) + 23 * len(links) > MAX_WEIGHT:
            body = {"errors": [{"code": 186, "message": "Tweet needs to be a bit shorter."}]}
            raise web.HTTPForbidden(text=msgspec.json.encode(body).decode(), content_type="application/json")

    async def message(self, request: web.Request) -> web.Response:
        """A direct message of the account's."""
        body = await _read(request, _Message)
        person = self._world.people.get(int(request.match_info["person"]))
        if person is None:
            raise refused("there is no such participant")
        if not person.open_to_messages:
            raise forbidden("You cannot send messages to this user.")
        if len(body.text) > _MAX_MESSAGE or not (body.text or body.attachments) or len(body.attachments) > 1:
            raise refused("the text is empty or too long")
        media = [entry.media_id for entry in body.attachments]
        told = self._world.whisper(self._account, person.id, body.text, media=media)
        answer = {"data": {"dm_conversation_id": told.conversation, "dm_event_id": str(told.id)}}
        return web.json_response(answer, status=201)

    async def delete(self, request: web.Request) -> web.Response:
        """Take a post of the account's away."""
        told = self._world.posts.get(int(request.match_info["post"]))
        if told is None or told.gone or told.author != self._account:
            raise forbidden("You are not authorized to delete this Tweet.")
        self._world.delete(told.id)
        return web.json_response({"data": {"deleted": True}})

    async def hide(self, request: web.Request) -> web.Response:
        """Hide a reply in a conversation that the account began."""
        body = await _read(request, _Hidden)
        told = self._world.shown(int(request.match_info["post"]))
        root = self._world.posts.get(told.conversation) if told else None
        if told is None or root is None or root.author != self._account:
            raise forbidden("You are not permitted to hide this reply.")
        self._world.hide(told.id, hidden=body.hidden)
        return web.json_response({"data": {"hidden": body.hidden}})

    async def upload(self, request: web.Request) -> web.Response:
        """A picture, whole."""
        form = await request.post()
        if set(form) - {"media", "media_category", "media_type", "additional_owners", "shared"}:
            raise refused("an unknown field")
        if form.get("media_category") not in {"tweet_image", "dm_image"}:
            raise refused("media_category is not one of the allowed")
        content = _content(form.get("media"))
        if not 0 < len(content) <= 5 * _MIB:
            raise web.HTTPRequestEntityTooLarge(5 * _MIB, len(content))
        return web.json_response({"data": self._kept(content)})

    async def initialize(self, request: web.Request) -> web.Response:
        """The beginning of a film."""
        body: dict[str, Any] = await request.json()
        if set(body) != {"media_type", "total_bytes", "media_category"}:
            raise refused("an unknown field")
        key = f"{1880028106020515840 + len(self.parts)}"
        self.parts[key] = (body["total_bytes"], b"")
        return web.json_response({"data": {"id": key, "media_key": f"13_{key}", "expires_after_secs": 1295999}})

    async def append(self, request: web.Request) -> web.Response:
        """A part of one."""
        form = await request.post()
        key = request.match_info["media"]
        total, had = self.parts[key]
        self.parts[key] = (total, had + _content(form.get("media")))
        return web.json_response({"data": {"expires_at": 0}})

    async def finalize(self, request: web.Request) -> web.Response:
        """The end of one; X still has to look at it."""
        key = request.match_info["media"]
        total, content = self.parts[key]
        if len(content) != total:
            raise refused("the parts are not as long as was said")
        self._world.keep(key, content)
        self._looks[key] = 1
        progress = {"state": "pending", "check_after_secs": 1}
        return web.json_response({"data": {"id": key, "media_key": f"13_{key}", "processing_info": progress}})

    async def status(self, request: web.Request) -> web.Response:
        """How far X is with it."""
        key = request.query.get("media_id", "")
        if request.query.get("command") != "STATUS" or key not in self._world.files:
            raise refused("there is no such upload")
        self._looks[key] -= 1
        state = "succeeded" if self._looks[key] <= 0 else "in_progress"
        return web.json_response({"data": {"id": key, "processing_info": {"state": state, "check_after_secs": 1}}})

    async def describe(self, request: web.Request) -> web.Response:
        """Words for people who cannot see a picture."""
        body: Mapping[str, Any] = await request.json()
        if set(body) != {"id", "metadata"} or body["id"] not in self._world.files:
            raise refused("there is no such upload")
        self._world.describe(body["id"], body["metadata"]["alt_text"]["text"])
        return web.json_response({"data": {"id": body["id"], "associated_metadata": body["metadata"]}})

    def _kept(self, content: bytes) -> dict[str, object]:
        key = f"{1180028106020515840 + len(self._world.files)}"
        self._world.keep(key, content)
        return {"id": key, "media_key": f"3_{key}", "size": len(content), "expires_after_secs": 86400}

    def _own(self) -> list[Told]:
        return [told for told in self._world.standing() if told.author == self._account]


def forbidden(detail: str) -> web.HTTPForbidden:
    """A refusal for good."""
    body = problem(403, "Forbidden", detail, "about:blank")
    return web.HTTPForbidden(text=msgspec.json.encode(body).decode(), content_type="application/json")


async def _read(request: web.Request, shape: type[Any]) -> Any:
    if request.content_type != "application/json":
        raise refused("the body is no JSON")
    try:
        return msgspec.json.decode(await request.read(), type=shape)
    except msgspec.DecodeError:
        raise refused("the body has an unknown or wrong field") from None


def _content(field: object) -> bytes:
    if not isinstance(field, web.FileField):
        raise refused("there is no file")
    return field.file.read()
