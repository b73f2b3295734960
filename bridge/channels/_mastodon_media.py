"""Files for answers: uploaded with their description, and waited for until the server has worked on them."""

import io
from collections.abc import Awaitable, Callable, Sequence

import aiohttp

from bridge.channels._api import Api
from bridge.channels._mastodon_shapes import Instance, Medium, is_id
from bridge.channels._text import clean
from bridge.core.publications import Attachment
from bridge.ports import PermanentProblem, TemporaryProblem

_LOOKS = 30
_PAUSE = 1.0
"""Seconds between two looks."""

Sleep = Callable[[float], Awaitable[None]]


class Uploads:
    """Brings files to the server; nobody sees them before an answer shows them, so a failure is never uncertain."""

    def __init__(self, reading: Api, saying: Api, sleep: Sleep) -> None:
        self._reading = reading
        self._saying = saying
        self._sleep = sleep

    async def bring(self, files: Sequence[Attachment], instance: Instance) -> list[str]:
        """The ids under which an answer can show the files; raises PermanentProblem where the server takes no such file."""
        if len(files) > instance.most_media:
            raise PermanentProblem(f"the server takes at most {instance.most_media} files with an answer")
        known = instance.configuration.media_attachments.supported_mime_types
        if known and any(file.type.lower() not in known for file in files):
            raise PermanentProblem("the server does not take files of this type")
        return [await self._brought(number, file, instance) for number, file in enumerate(files, start=1)]

    async def _brought(self, number: int, file: Attachment, instance: Instance) -> str:
        form = aiohttp.FormData()
        name = f"file-{number}.{file.type.rpartition('/')[2]}"
        form.add_field("file", io.BytesIO(file.content), content_type=file.type, filename=name)
        alt = clean(file.alt).strip()[: instance.configuration.media_attachments.description_limit]
        if alt:
            form.add_field("description", alt)
        medium = await self._saying.bring("/api/v2/media", form, Medium)
        return await self._ready(medium)

    async def _ready(self, medium: Medium) -> str:
        """Wait until the server has worked on it: films take a while."""
        name = str(medium.id)
        if not is_id(name):
            raise TemporaryProblem("the server answers an upload with something else than it should")
        for _ in range(_LOOKS):
            if medium.url is not None:
                return name
            await self._sleep(_PAUSE)
            medium = await self._reading.ask(f"/api/v1/media/{name}", {}, Medium)
        raise TemporaryProblem("the server is not done with the file yet")
