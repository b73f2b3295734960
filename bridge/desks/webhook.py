"""A chat queue behind an address of the web: each message is a signed JSON document that any contact centre can take."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from bridge.access.counterpart import Counterpart, require_fine, soon_again
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks._chat import Chat, long_enough, sealer
from bridge.letters.signed_bodies import signature
from bridge.ports import Clock, Fittings
from bridge.stanza import Secret


class Settings(Chat):
    """A desk whose messages go by HTTP to a connector of the contact centre."""

    secret: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="What our requests are signed with, 16 characters or more."
    )


class WebhookDesk:
    """Posts stored documents as they are; the connector merges repeats by `Idempotency-Key`."""

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
        self._settings = settings
        self._counterpart = counterpart
        self._clock = clock
        self._seal = seal

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The message as a document of docs/chat.schema.json."""
        return self._seal(message)

    async def inject(self, sealed: Sealed) -> None:
        """Post a message, and soon again where that is of use; see `Counterpart.ask` and `require_fine` for the problems."""
        await soon_again(lambda: self._post(sealed), self._clock)

    async def _post(self, sealed: Sealed) -> None:
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": sealed.message_id.strip("<>"),
            "Bridge-Timestamp": timestamp,
            "Bridge-Signature": signature(self._settings.secret.reveal(), timestamp, sealed.content),
        }
        require_fine(await self._counterpart.ask("POST", self._settings.url, headers=headers, body=sealed.content))

    async def tell(self, sealed: Sealed) -> None:
        """Post a notice: another document to the same address."""
        await self.inject(sealed)

    async def close(self) -> None:
        """Give back the connections; the next message opens new ones."""
        await self._counterpart.close()


def build(name: str, settings: Settings, fittings: Fittings) -> WebhookDesk:
    """The desk that a stanza asks for."""
    counterpart = settings.counterpart(fittings)
    return WebhookDesk(name, settings, counterpart=counterpart, clock=fittings.clock, seal=sealer(name, fittings))
