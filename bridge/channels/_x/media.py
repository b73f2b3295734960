"""Files for answers, by X's own upload of version 2, which tweepy does not know."""

import io
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec

from bridge.channels._http import Answer
from bridge.channels._x.calls import Calls
from bridge.channels._x.client import uploading
from bridge.channels._x.wire import decoded
from bridge.core.publications import Attachment
from bridge.ports import PermanentProblem, TemporaryProblem

_UPLOAD = "/2/media/upload"
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_MIB = 1024 * 1024
_MOST = {"image": 5 * _MIB, "gif": 15 * _MIB, "video": 512 * _MIB}
_CHUNK = 4 * _MIB
_ALT = 1000
_LOOKS = 30
_LONGEST_PAUSE = 10.0

Sleep = Callable[[float], Awaitable[None]]


class _Progress(msgspec.Struct, frozen=True):
    state: str = ""
    check_after_secs: int = 1


class _Uploaded(msgspec.Struct, frozen=True):
    class Medium(msgspec.Struct, frozen=True):
        id: str
        processing_info: _Progress | None = None

    data: Medium


class Uploads:
    """Brings files to X; nobody sees them before an answer shows them, so a failure is never uncertain."""

    def __init__(self, calls: Calls, sleep: Sleep) -> None:
        self._calls = calls
        self._sleep = sleep

    async def bring(self, file: Attachment, *, private: bool) -> str:
        """The id under which an answer can show the file; raises PermanentProblem where X takes no such file."""
        sort = _sort(file)
        category = f"{'dm' if private else 'tweet'}_{sort}"
        medium = await (self._whole(file, category) if sort == "image" else self._in_parts(file, category))
        if file.alt.strip() and sort != "video":
            await self._describe(medium, file.alt.strip()[:_ALT])
        return medium

    async def _whole(self, file: Attachment, category: str) -> str:
        form = aiohttp.FormData()
        form.add_field("media", io.BytesIO(file.content), content_type=file.type, filename="item")
        form.add_field("media_category", category)
        form.add_field("media_type", file.type)
        return _read(await self._send("POST", _UPLOAD, form)).id

    async def _in_parts(self, file: Attachment, category: str) -> str:
        """Films and moving pictures go in parts and are looked through by X before they can be shown."""
        begin = {"media_type": file.type, "total_bytes": len(file.content), "media_category": category}
        medium = _read(await self._send("POST", f"{_UPLOAD}/initialize", msgspec.json.encode(begin))).id
        for number, at in enumerate(range(0, len(file.content), _CHUNK)):
            form = aiohttp.FormData()
            form.add_field("segment_index", str(number))
            form.add_field("media", io.BytesIO(file.content[at : at + _CHUNK]), content_type=file.type, filename="item")
            await self._send("POST", f"{_UPLOAD}/{medium}/append", form)
        await self._ready(_read(await self._send("POST", f"{_UPLOAD}/{medium}/finalize", b"{}")))
        return medium

    async def _ready(self, medium: _Uploaded.Medium) -> None:
        """Wait until X has looked through it."""
        for _ in range(_LOOKS):
            progress = medium.processing_info
            if progress is None or progress.state == "succeeded":
                return
            if progress.state == "failed":
                raise PermanentProblem("X cannot use the file")
            await self._sleep(min(max(progress.check_after_secs, 1), _LONGEST_PAUSE))
            query = {"command": "STATUS", "media_id": medium.id}
            medium = _read(await self._calls.call(self._calls.client.send("GET", _UPLOAD, query, body=None)))
        raise TemporaryProblem("X is not done with the file yet")

    async def _describe(self, medium: str, alt: str) -> None:
        """The words for people who cannot see it (docs.x.com, create media metadata)."""
        body = msgspec.json.encode({"id": medium, "metadata": {"alt_text": {"text": alt}}})
        await self._send("POST", "/2/media/metadata", body)

    async def _send(self, method: str, route: str, body: bytes | aiohttp.FormData) -> Answer:
        return await uploading(self._calls.call(self._calls.client.send(method, route, {}, body=body)))


def _sort(file: Attachment) -> str:
    """What X calls it: image, gif or video."""
    kind = file.type.lower()
    sort = "image" if kind in _PICTURES else "gif" if kind == "image/gif" else "video" if kind == "video/mp4" else ""
    if not sort:
        raise PermanentProblem("X takes JPEG, PNG, WebP, GIF and MP4 files only")
    if not 0 < len(file.content) <= _MOST[sort]:
        raise PermanentProblem(f"the file is empty or larger than {_MOST[sort] // _MIB} MiB")
    return sort


def _read(answer: Answer) -> _Uploaded.Medium:
    uploaded = decoded(answer.body, _Uploaded)
    if uploaded is None or not uploaded.data.id.isalnum():
        raise TemporaryProblem("X answers an upload with something else than it should")
    return uploaded.data
