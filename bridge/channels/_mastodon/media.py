"""Files for answers: uploaded with their description, and waited for until the server has worked on them."""

import io
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import msgspec

from bridge.channels._api import Api
from bridge.channels._mastodon.shapes import Instance, Medium, is_id
from bridge.channels._text import clean
from bridge.core.publications import Attachment, Publication
from bridge.ports import PermanentProblem, TemporaryProblem

_PAUSE = 1.0
"""Seconds between two looks."""

_REMEMBERED = 100

Sleep = Callable[[float], Awaitable[None]]


class Uploads:
    """Brings files to the server; nobody sees them before an answer shows them, so a failure is never uncertain."""

    def __init__(self, reading: Api, saying: Api, sleep: Sleep) -> None:
        self._reading = reading
        self._saying = saying
        self._sleep = sleep
        self._begun: OrderedDict[tuple[str, int], str] = OrderedDict()
        """Uploads of answers that are not out yet, so that a later attempt waits for them and brings them no second time."""

    async def bring(self, publication: Publication, instance: Instance) -> list[str]:
        """The ids under which an answer can show its files; raises PermanentProblem where the server takes no such file.

        It waits as long as it takes: whoever calls it must set an end, and may go on later.
        """
        files = publication.media
        _check(files, instance)
        names = [(publication.key, number) for number, _ in enumerate(files, start=1)]
        media = [await self._brought(name, file, instance) for name, file in zip(names, files, strict=True)]
        while any(medium.url is None for medium in media):
            await self._sleep(_PAUSE)
            media = [await self._looked_at(medium) for medium in media]
        for name in names:
            self._begun.pop(name, None)
        return [str(medium.id) for medium in media]

    async def _brought(self, name: tuple[str, int], file: Attachment, instance: Instance) -> Medium:
        """The upload; one of an earlier attempt, where the server still has it."""
        begun = self._begun.get(name)
        medium = await self._reading.seek(f"/api/v1/media/{begun}", {}, Medium) if begun else None
        if medium is None:
            medium = await self._saying.bring("/api/v2/media", _form(name[1], file, instance), Medium)
        if not is_id(str(medium.id)):
            raise TemporaryProblem("the server answers an upload with something else than it should")
        self._begun[name] = str(medium.id)
        while len(self._begun) > _REMEMBERED:
            self._begun.popitem(last=False)
        return medium

    async def _looked_at(self, medium: Medium) -> Medium:
        """As it is now: films take a while."""
        if medium.url is not None:
            return medium
        now = await self._reading.ask(f"/api/v1/media/{medium.id}", {}, Medium)
        return msgspec.structs.replace(now, id=medium.id)


def _check(files: Sequence[Attachment], instance: Instance) -> None:
    """What can be told before anything is sent."""
    if len(files) > instance.most_media:
        raise PermanentProblem(f"the server takes at most {instance.most_media} files with an answer")
    known = instance.configuration.media_attachments.supported_mime_types
    if known and any(file.type.lower() not in known for file in files):
        raise PermanentProblem("the server does not take files of this type")


def _form(number: int, file: Attachment, instance: Instance) -> aiohttp.FormData:
    """What is sent; the file's own name stays here."""
    form = aiohttp.FormData()
    name = f"file-{number}.{file.type.rpartition('/')[2]}"
    form.add_field("file", io.BytesIO(file.content), content_type=file.type, filename=name)
    alt = clean(file.alt).strip()[: instance.configuration.media_attachments.description_limit]
    if alt:
        form.add_field("description", alt)
    return form
