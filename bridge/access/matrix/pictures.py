"""Customers' pictures and films in their rooms: fetched from places that the operator named, within limits, and each sent once."""

from collections.abc import Sequence

from bridge.access.files import Files
from bridge.access.matrix.homeserver import Homeserver, Refused
from bridge.access.matrix.housing import Housing
from bridge.core.publications import Attachment
from bridge.letters.enclosures import shown
from bridge.ports import TemporaryProblem, UncertainProblem

_FETCHING = 10.0
"""Seconds in which one must be there; its address stands in the room in any case."""

_MOST = 4
"""Of one message; the others stay addresses."""


class Pictures:
    """Brings what stands behind links into rooms."""

    def __init__(self, housing: Housing, homeserver: Homeserver, user_agent: str) -> None:
        self._housing = housing
        self._homeserver = homeserver
        self._user_agent = user_agent

    async def show(self, room: str, links: Sequence[str], *, places: Sequence[str], key: str, user: str) -> None:
        """Show them, as the user; what cannot be had is left out. Raises as `Housing.send` does."""
        files = Files("matrix", places, user_agent=self._user_agent)
        for number, link in enumerate(links[:_MOST] if places else ()):
            name = f"{key}.m{number}"
            if not self._housing.has_said(name) and (content := await files.one(link, within=_FETCHING)):
                for picture in shown([content]):
                    await self._send(room, picture, key=name, user=user)

    async def _send(self, room: str, picture: Attachment, *, key: str, user: str) -> None:
        try:
            place = await self._homeserver.upload(picture.content, picture.type, user=user)
        except Refused:
            return
        except UncertainProblem as problem:
            raise TemporaryProblem(str(problem)) from None
        content = {
            "msgtype": "m.video" if picture.type.startswith("video/") else "m.image",
            "body": picture.name,
            "url": place,
            "info": {"mimetype": picture.type, "size": len(picture.content)},
            "m.mentions": {},
        }
        await self._housing.send(room, content, key=key, user=user)
