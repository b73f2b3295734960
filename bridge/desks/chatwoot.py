"""A Chatwoot inbox of the sort API: contact, conversation and message by its public interface, looked for before they are made."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import quote

import msgspec
from pydantic import Field
from yarl import URL

from bridge.access.counterpart import Counterpart, require_fine, soon_again
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.desks._chat import Chat, sealer
from bridge.desks._words import Document, address, document, reference, words
from bridge.ports import Clock, Fittings, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret

_INCOMING = 0
"""The message type of what a customer wrote."""


class Settings(Chat):
    """A desk whose messages go to a Chatwoot inbox of the sort API; `url` is the installation's own."""

    takes_alerts: ClassVar[bool] = False

    identifier: Secret = Field(description="The inbox's identifier, with which its public interface is opened.")


class ChatwootDesk:
    """Chatwoot merges nothing, so everything is looked for first: by the signed address, and by a reference in the words."""

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
        self._contacts = f"public/api/v1/inboxes/{quote(settings.identifier.reveal(), safe='')}/contacts"
        self._root = str(URL(settings.url)).rstrip("/")
        self._counterpart = counterpart
        self._clock = clock
        self._seal = seal

    def seal(self, message: Proxy | Notice) -> Sealed:
        """The message as a document of docs/desks/chat.schema.json."""
        return self._seal(message)

    async def inject(self, sealed: Sealed) -> None:
        """Hand over a message; see `Counterpart.ask` and `require_fine` for the problems."""
        about = document(sealed.content)
        await soon_again(lambda: self._handed_over(about), self._clock)

    async def tell(self, sealed: Sealed) -> None:
        """Hand over a notice as a message of its conversation; one without a conversation has no place there."""
        await self.inject(sealed)

    async def close(self) -> None:
        """Give back the connections; the next message opens new ones."""
        await self._counterpart.close()

    async def _handed_over(self, about: Document) -> None:
        source = address(about)
        await self._know(about, source)
        contact = f"{self._contacts}/{quote(source, safe='')}"
        messages = f"{contact}/conversations/{await self._conversation(contact)}/messages"
        said, text = await self._ask("GET", messages, None), words(about)
        if not any(_is_it(message, about) for message in _list(said)):
            await self._ask("POST", messages, {"content": text, "echo_id": reference(about)})

    async def _know(self, about: Document, source: str) -> None:
        """The contact of the address: Chatwoot gives the one that it has, or makes it."""
        customer = about.get("customer") or {}
        wanted = {"source_id": source, "name": customer.get("name") or about["conversation"]["subject"]}
        if customer.get("id"):
            wanted |= {"identifier": customer["id"], "avatar_url": customer["picture"]}
        found = await self._ask("POST", self._contacts, wanted)
        if not isinstance(found, dict) or found.get("source_id") != source:
            raise PermanentProblem(
                "the server names the contact itself, so answers could not be told apart: it is too old"
            )

    async def _conversation(self, contact: str) -> int:
        """The newest one of the contact; a resolved one opens again by what is said in it."""
        found = [
            each["id"] for each in _list(await self._ask("GET", f"{contact}/conversations", None)) if _has_id(each)
        ]
        if found:
            return int(max(found))
        made = await self._ask("POST", f"{contact}/conversations", {})
        if not _has_id(made):
            raise UncertainProblem("the server's answer names no conversation")
        return int(made["id"])  # type: ignore[index] # looked at just now

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> object:
        """What the server answers in JSON; looking has no doubt, for it changes nothing."""
        content = msgspec.json.encode(body) if body is not None else b""
        headers = {"Content-Type": "application/json"} if content else {}
        try:
            said = await self._counterpart.ask(method, f"{self._root}/{path}", headers=headers, body=content)
            if said.status == HTTPStatus.NOT_FOUND:
                raise TemporaryProblem("the server knows no such inbox: check url and identifier")
            require_fine(said)
            return said.json()
        except UncertainProblem as problem:
            raise (TemporaryProblem(str(problem)) if method == "GET" else problem) from None


def build(name: str, settings: Settings, fittings: Fittings) -> ChatwootDesk:
    """The desk that a stanza asks for."""
    counterpart = settings.counterpart(fittings)
    return ChatwootDesk(name, settings, counterpart=counterpart, clock=fittings.clock, seal=sealer(name, fittings))


def _list(found: object) -> list[Any]:
    """Whatever of an answer is a list; some versions wrap it."""
    inner = found.get("payload") if isinstance(found, dict) else found
    if not isinstance(inner, list):
        raise TemporaryProblem("the server's answer is no list")
    return inner


def _has_id(found: object) -> bool:
    return isinstance(found, dict) and isinstance(found.get("id"), int)


def _is_it(message: Any, about: Document) -> bool:
    """Whether a message of the customer's side ends with the document's own reference."""
    if not isinstance(message, dict) or message.get("message_type") not in {_INCOMING, "incoming"}:
        return False
    return str(message.get("content")).rstrip().endswith(reference(about))
