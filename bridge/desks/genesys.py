"""A Genesys Cloud queue by Open Messaging: each customer's message is one inbound message, merged by its own id."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from pydantic import Field, field_validator
from yarl import URL

from bridge.access.counterpart import Counterpart, Said, require_fine, soon_again
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks._chat import Chat, reachable, sealer
from bridge.desks._words import Document, address, document, words
from bridge.ports import Clock, Fittings, LoginProblem, TemporaryProblem
from bridge.stanza import Secret

_EARLY = timedelta(minutes=5)
_LIFE = 3600
_FORM = "application/x-www-form-urlencoded"


class Settings(Chat):
    """A desk whose messages go to an Open Messaging integration; `url` is the region's API, as https://api.mypurecloud.de."""

    takes_alerts: ClassVar[bool] = False

    login_url: str = Field(description="Where tokens are given out, for example https://login.mypurecloud.de.")
    integration: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$", description="Id of the Open Messaging integration.")
    client_id: str = Field(pattern=r"^[\x21-\x39\x3b-\x7e]{1,200}$", description="Id of the OAuth client.")
    client_secret: Secret = Field(description="Secret of the OAuth client (client credentials).")

    @field_validator("login_url")
    @classmethod
    def _login_is_guarded(cls, given: str) -> str:
        reachable(given)
        return given


class Pass:
    """The access token of an OAuth client; concurrent askers share one request."""

    def __init__(self, settings: Settings, counterpart: Counterpart, clock: Clock) -> None:
        self._url = str(URL(settings.login_url) / "oauth" / "token")
        login = f"{settings.client_id}:{settings.client_secret.reveal()}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}", "Content-Type": _FORM}
        self._counterpart = counterpart
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = clock.now()

    async def token(self) -> str:
        """One that holds for some minutes; raises LoginProblem where the client is refused, else TemporaryProblem."""
        async with self._lock:
            if not self._token or self._clock.now() >= self._until:
                body = b"grant_type=client_credentials"
                said = await self._counterpart.ask("POST", self._url, headers=self._headers, body=body)
                self._token, self._until = self._given(said, self._clock.now())
            return self._token

    def spoil(self) -> None:
        """The server did not take the last one: the next is asked for anew."""
        self._token = ""

    def _given(self, said: Said, now: datetime) -> tuple[str, datetime]:
        if said.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            raise LoginProblem("the token server refuses the client: check client_id and client_secret")
        answer = said.json() if said.fine else None
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            raise TemporaryProblem(f"the token server answers with status {said.status} and no token", said.wait)
        seconds = answer.get("expires_in")
        life = timedelta(seconds=min(seconds, 86_400) if isinstance(seconds, int) and seconds > 0 else _LIFE)
        return answer["access_token"], now + max(life - _EARLY, life / 2)


class GenesysDesk:
    """Hands over stored documents as inbound messages; what comes twice under one id is one message there."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        counterpart: Counterpart,
        clock: Clock,
        seal: Callable[[Proxy | Notice], Sealed],
    ) -> None:
        self.name = name
        path = f"api/v2/conversations/messages/{settings.integration}/inbound/open/message"
        self._url = str(URL(settings.url) / path)
        self._counterpart = counterpart
        self._clock = clock
        self._pass = Pass(settings, counterpart, clock)
        self._seal = seal

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The message as a document of docs/desks/chat.schema.json."""
        return self._seal(message)

    async def inject(self, sealed: Sealed) -> None:
        """Hand over a message; see `Counterpart.ask` and `require_fine` for the problems."""
        body = msgspec.json.encode(inbound(document(sealed.content)))
        await soon_again(lambda: self._post(body), self._clock)

    async def tell(self, sealed: Sealed) -> None:
        """Hand over a notice as a message of its conversation; one without a conversation has no place there."""
        await self.inject(sealed)

    async def close(self) -> None:
        """Give back the connections; the next message opens new ones."""
        await self._counterpart.close()

    async def _post(self, body: bytes) -> None:
        """Once, and once more with a fresh token where the old one ended early."""
        said = await self._once(body)
        if said.status == HTTPStatus.UNAUTHORIZED:
            self._pass.spoil()
            said = await self._once(body)
        require_fine(said)

    async def _once(self, body: bytes) -> Said:
        headers = {"Authorization": f"Bearer {await self._pass.token()}", "Content-Type": "application/json"}
        return await self._counterpart.ask("POST", self._url, headers=headers, body=body)


def build(name: str, settings: Settings, fittings: Fittings) -> GenesysDesk:
    """The desk that a stanza asks for."""
    counterpart = settings.counterpart(fittings)
    return GenesysDesk(name, settings, counterpart=counterpart, clock=fittings.clock, seal=sealer(name, fittings))


def inbound(about: Document) -> Mapping[str, Any]:
    """A document as Open Messaging takes it: the signed address is who writes, so that an answer brings it back."""
    return {
        "channel": {
            "messageId": str(about["id"]).strip("<>"),
            "from": {"id": address(about), "idType": "Opaque", **_names(about)},
            "time": _stamp(str(about["made"])),
            "metadata": {"customAttributes": _attributes(about)},
        },
        "text": words(about),
    }


def _names(about: Document) -> Mapping[str, str]:
    customer = about.get("customer")
    if not customer:
        return {}
    named = {"nickname": customer["handle"] or customer["name"], "firstName": customer["name"]}
    return {**named, **({"image": customer["picture"]} if customer["picture"] else {})}


def _attributes(about: Document) -> Mapping[str, str]:
    """For the flow that routes: who will read an answer, how urgent it is, what triage found."""
    shared = {"visibility": about["conversation"]["visibility"], "type": about["type"], "desk": about["desk"]}
    if about["type"] == "notice":
        return shared
    post = about["post"]
    found = {"channel": post["channel"], "platform": post["platform"], "url": post["url"], "lang": post["lang"]}
    return {**shared, **found, "priority": about["priority"], "tags": ",".join(about["tags"])}


def _stamp(made: str) -> str:
    """The time as Genesys writes it, in UTC with milliseconds."""
    at = datetime.fromisoformat(made)
    return f"{(at - (at.utcoffset() or timedelta())).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
