"""What can be done at a server with Bluesky's protocol: records made and deleted, files uploaded, messages sent."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bridge.core import graphemes
from bridge.testing.fakes.bluesky_access import Access, refused
from bridge.testing.fakes.bluesky_shapes import message_json
from bridge.testing.fakes.bluesky_world import POST, World

LIKE = "app.bsky.feed.like"
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_FIELDS = frozenset({"$type", "text", "createdAt", "reply", "facets", "embed", "langs", "labels", "tags"})


@dataclass(slots=True, kw_only=True)
class Saying:
    """The writing half."""

    world: World
    access: Access
    blobs: dict[str, bytes] = field(default_factory=dict)

    async def create(self, request: web.Request) -> web.Response:
        """com.atproto.repo.createRecord; a key that is taken makes the server fail (atproto issue 3718)."""
        given = await self._given(request, {"repo", "collection", "rkey", "record"})
        if given["repo"] != self.world.brand or not _TID.fullmatch(str(given["rkey"])):
            raise refused("InvalidRequest", "Invalid repo or record key")
        record = given["record"]
        if given["collection"] == LIKE:
            self.world.likes[str(given["rkey"])] = record["subject"]["uri"]
            return web.json_response({"uri": f"at://{self.world.brand}/{LIKE}/{given['rkey']}", "cid": "bafyreilike"})
        self._check(record)
        try:
            skeet = self.world.write(self.world.brand, dict(record), str(given["rkey"]))
        except LookupError:
            raise refused("InternalServerError", "Internal Server Error", web.HTTPInternalServerError) from None
        return web.json_response({"uri": skeet.uri, "cid": skeet.cid, "validationStatus": "valid"})

    async def delete(self, request: web.Request) -> web.Response:
        """com.atproto.repo.deleteRecord; what is not there is deleted."""
        given = await self._given(request, {"repo", "collection", "rkey"})
        if given["repo"] != self.world.brand:
            raise refused("InvalidRequest", "Invalid repo")
        self.world.delete(f"at://{given['repo']}/{given['collection']}/{given['rkey']}")
        return web.json_response({"commit": {"cid": "bafyreigone", "rev": self.world.next_key()}})

    async def upload(self, request: web.Request) -> web.Response:
        """com.atproto.repo.uploadBlob."""
        self.access.check(request, ())
        content = await request.read()
        link = "bafkrei" + hashlib.sha256(content).hexdigest()[:46]
        self.blobs[link] = content
        blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": request.content_type, "size": len(content)}
        return web.json_response({"blob": blob})

    async def send(self, request: web.Request) -> web.Response:
        """chat.bsky.convo.sendMessage."""
        given = await self._given(request, {"convoId", "message"})
        words = given["message"]
        if given["convoId"] not in self.world.convos:
            raise refused("InvalidConvo", "Convo not found")
        if set(words) - {"text", "facets", "embed", "replyTo"} or graphemes.length(words["text"]) > 1000:
            raise refused("InvalidRequest", "Message is not valid")
        return web.json_response(message_json(self.world.send(self.world.brand, given["convoId"], words["text"])))

    async def _given(self, request: web.Request, names: set[str]) -> Mapping[str, Any]:
        self.access.check(request, ())
        given: Mapping[str, Any] = await request.json()
        if set(given) != names:
            raise refused("InvalidRequest", f"Input must have exactly {sorted(names)}")
        return given

    def _check(self, record: Mapping[str, Any]) -> None:
        """What the lexicon of a post demands."""
        text = str(record.get("text", ""))
        if record.get("$type") != POST or set(record) - _FIELDS or "createdAt" not in record:
            raise refused("InvalidRequest", "Invalid app.bsky.feed.post record")
        if graphemes.length(text) > 300 or len(text.encode()) > 3000:
            raise refused("InvalidRequest", "Record/text must not be longer than 300 graphemes")
        for facet in record.get("facets") or ():
            start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
            if not 0 <= start < end <= len(text.encode()):
                raise refused("InvalidRequest", "Record/facets is out of bounds")
        embed = record.get("embed")
        if isinstance(embed, dict) and any(i["image"]["ref"]["$link"] not in self.blobs for i in embed["images"]):
            raise refused("InvalidRequest", "Could not find blob")
