"""Speaking on Mastodon: as widely as the post that is answered and never wider, and to the customer alone where it is private."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from bridge.channels._api import Api
from bridge.channels._mastodon.count import MENTION, can_be_mentioned, counted
from bridge.channels._mastodon.media import Uploads
from bridge.channels._mastodon.posts import View
from bridge.channels._mastodon.refusals import Forbidden
from bridge.channels._mastodon.shapes import Id, Instance, Status, is_id
from bridge.channels._text import line
from bridge.core.publications import Posted, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import PermanentProblem, TemporaryProblem, UncertainProblem

MENTION_ROOM = 32
"""Characters of each post that are kept for the customer's name: Mastodon's own names have 30 at most."""

_WARNING = 100
"""Characters of a customer's content warning that an answer carries on: it counts as part of the answer."""

_THREAD = re.compile(r"([td])([0-9A-Za-z][0-9A-Za-z_.-]{0,127})")


class _Created(msgspec.Struct, frozen=True):
    id: Id
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks, and within which limits."""

    view: View
    instance: Instance

    @property
    def longest(self) -> int:
        """Characters of an answer, beside the mention of the customer."""
        return longest(self.instance)

    def count(self, text: str) -> int:
        """The server's own counting."""
        return counted(text, self.instance.per_link)


def longest(instance: Instance) -> int:
    """Characters of an answer, beside the mention of the customer."""
    return max(instance.longest - MENTION_ROOM, 1)


class Speaker:
    """Publishes answers; reading and saying judge refusals differently."""

    def __init__(self, reading: Api, saying: Api, uploads: Uploads, *, patience: float) -> None:
        self._reading = reading
        self._saying = saying
        self._uploads = uploads
        self._patience = patience
        """Seconds in which everything must be ready for the one request that speaks."""

    async def say(self, publication: Publication, voice: Voice) -> Posted:
        """Say it once; files go first, since nobody sees them before the post does."""
        _check(publication, voice)
        try:
            async with asyncio.timeout(self._patience):
                message = await self._prepared(publication, voice)
        except TimeoutError:
            raise TemporaryProblem("the server is not done with the files of the answer yet") from None
        created = await self._created(publication, message)
        if not is_id(str(created.id)):
            raise UncertainProblem("the server accepted the answer without saying where it is")
        return Posted(id=str(created.id), url=created.url or "")

    async def _prepared(self, publication: Publication, voice: Voice) -> Mapping[str, object]:
        """The body of the request, with everything in place that it names."""
        parent = await self._parent(publication)
        message = _message(publication, parent, voice)
        if publication.follows:
            message["in_reply_to_id"] = (await self._before(publication, voice)).key
        if publication.media:
            message["media_ids"] = await self._uploads.bring(publication, voice.instance)
        return message

    async def _parent(self, publication: Publication) -> Status:
        """The post to be answered, which must still be there, be the customer's, and be as public as the answer.

        The customer is known by the number alone: the host behind it is an old one where the server moved.
        """
        status = await self._reading.seek(f"/api/v1/statuses/{publication.parent}", {}, Status)
        if status is None:
            raise PermanentProblem("the post to be answered is gone")
        if str(status.account.id) != publication.author.id.partition("@")[0]:
            raise PermanentProblem("the post to be answered does not belong to the customer")
        if isinstance(publication, PublicAnswer) and not status.is_open:
            raise PermanentProblem("the post is not for everybody to read, so its answer must not be either")
        return status

    async def _before(self, publication: Publication, voice: Voice) -> Status:
        """Our own part on which this one hangs: still there, ours, and read by nobody else than this one."""
        if not is_id(publication.follows):
            raise PermanentProblem("the part before this one has no id that the server knows")
        status = await self._reading.seek(f"/api/v1/statuses/{publication.follows}", {}, Status)
        if status is None:
            raise PermanentProblem("the part before this one is gone")
        if not voice.view.is_ours(status) or status.is_open != isinstance(publication, PublicAnswer):
            raise PermanentProblem("what the answer should hang on is not the part before it")
        return status

    async def _created(self, publication: Publication, message: Mapping[str, object]) -> _Created:
        """Send it; a refusal may mean a dead login, which is looked into."""
        name = hashlib.sha256(publication.key.encode()).hexdigest()[:40]
        saying = replace(self._saying, headers={**self._saying.headers, "Idempotency-Key": name})
        try:
            return await saying.say("/api/v1/statuses", message, _Created)
        except Forbidden as refused:
            text = str(refused)
        await self._reading.ask("/api/v1/accounts/verify_credentials", {}, msgspec.Raw)
        raise PermanentProblem(text)


def thread_of(publication: Publication) -> str:
    """The first post of the thread; a public answer can never name a private one (law 9)."""
    found = _THREAD.fullmatch(publication.thread)
    if found is None or not is_id(publication.parent):
        raise PermanentProblem("the post to be answered has no id that the server knows")
    if isinstance(publication, PublicAnswer) and found[1] == "d":
        raise PermanentProblem("a private conversation cannot be answered in public")
    return found[2]


def _check(publication: Publication, voice: Voice) -> None:
    """What can be told before anything is asked."""
    thread_of(publication)
    if not publication.text.strip() or voice.count(publication.text) > voice.longest:
        raise PermanentProblem(f"the server takes 1 to {voice.longest} characters beside the customer's name")


def _message(publication: Publication, parent: Status, voice: Voice) -> dict[str, object]:
    """The body of the request."""
    acct = parent.account.acct
    text, warning = _addressed(publication.text, acct, voice), line(parent.spoiler_text or "", _WARNING)
    length = voice.count(text) + voice.count(warning)
    if length > voice.instance.longest:
        over = length - voice.instance.longest
        raise PermanentProblem(
            f"with the customer's name and content warning the answer is {over} characters too long for the server"
        )
    if isinstance(publication, PrivateAnswer):
        _check_readers(text, acct, voice)
    return {
        "status": text,
        "content_type": "text/plain",
        "in_reply_to_id": parent.key,
        "visibility": "direct" if isinstance(publication, PrivateAnswer) else parent.visibility,
        "spoiler_text": warning,
        "sensitive": bool(parent.sensitive),
    }


def _addressed(text: str, acct: str, voice: Voice) -> str:
    """The words behind the mention of the customer, without which nobody is told of a reply."""
    if not can_be_mentioned(acct):
        raise PermanentProblem("the customer's name cannot be mentioned on this server")
    if any(_named(found) in _names(acct, voice) for found in MENTION.finditer(text)):
        return text
    return f"@{acct} {text}"


def _check_readers(text: str, acct: str, voice: Voice) -> None:
    """Everybody who is mentioned in a direct post can read it, so only the customer may be."""
    allowed = _names(acct, voice) | voice.view.names
    mentioned = [_named(found) for found in MENTION.finditer(text)]
    if any(name not in allowed for name in mentioned) or not _names(acct, voice) & set(mentioned):
        raise PermanentProblem("a private answer must mention nobody but the customer: everybody mentioned can read it")


def _names(acct: str, voice: Voice) -> frozenset[str]:
    """How the customer may be mentioned, in lower case: a name without a host is one of our own server."""
    name = acct.lower()
    return frozenset({name} if "@" in name or not voice.view.home else {name, f"{name}@{voice.view.home}"})


def _named(found: re.Match[str]) -> str:
    return found[0].removeprefix("@").lower()
