"""An agent with an ordinary XMPP client, for tests: sees what such a client shows, and knows nothing of the bridge."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from slixmpp import JID, ClientXMPP
from slixmpp.xmlstream import XMLStream

from bridge.testing.prosody import DOMAIN, FILES, PASSWORD, Prosody

SECONDS = 20.0
_PLUGINS = (
    "xep_0030",
    "xep_0045",
    "xep_0085",
    "xep_0172",
    "xep_0184",
    "xep_0199",
    "xep_0203",
    "xep_0308",
    "xep_0359",
    "xep_0054",
    "xep_0066",
    "xep_0363",
)


class Agent:
    """One account with one client; `windows` holds what stands in each, corrections in the place of what they correct."""

    def __init__(self, server: Prosody, name: str) -> None:
        self.jid = f"{name}@{DOMAIN}"
        self.name = name
        self.windows: dict[str, dict[str, str]] = defaultdict(dict)
        self.raw: dict[str, list[str]] = defaultdict(list)
        """Every message that came into a window, with repeats and corrections."""
        self.names: dict[str, str] = {}
        """The name that each window shows."""
        self.room: list[tuple[str, str]] = []
        """Nick and text of what was said in rooms since we came."""
        self.there: dict[str, bool] = {}
        self.errors: list[tuple[str, str]] = []
        self.receipts: list[str] = []
        self._rooms: list[str] = []
        self._server = server
        self._changed = asyncio.Event()
        self._taking: list[Callable[[str, str], None]] = []

    async def log_in(self, *, resource: str = "desk") -> None:
        """Connect, and be there."""
        client = self.client = ClientXMPP(f"{self.jid}/{resource}", PASSWORD)
        client.enable_starttls, client.enable_direct_tls, client.enable_plaintext = False, False, True
        for plugin in _PLUGINS:
            client.register_plugin(plugin)
        client.plugin["feature_mechanisms"].unencrypted_scram = True
        client.plugin["feature_mechanisms"].unencrypted_plain = True
        started = asyncio.Event()
        client.add_event_handler("session_start", lambda _: started.set())
        client.add_event_handler("message", self._message)
        client.add_event_handler("groupchat_message", self._groupchat)
        client.add_event_handler("message_error", self._error)
        client.add_event_handler("presence", self._presence)
        client.add_event_handler("receipt_received", self._receipt)
        client.connect("127.0.0.1", self._server.c2s)
        async with asyncio.timeout(SECONDS):
            await started.wait()
        client.send_presence()
        await client.get_roster()

    async def join(self, room: str) -> None:
        """Enter a room."""
        await self.client.plugin["xep_0045"].join_muc_wait(JID(room), self.name, timeout=SECONDS, maxstanzas=0)
        self._rooms.append(room)

    def be(self, show: str) -> None:
        """Say to servers and rooms whether we are away."""
        self.client.send_presence(pshow=show)
        for room in self._rooms:
            self.client.send_presence(pto=f"{room}/{self.name}", pshow=show)

    async def log_out(self) -> None:
        """Leave politely."""
        await self.client.disconnect(wait=1.0)
        self.forget()

    def drop(self) -> None:
        """Vanish, as a laptop whose lid falls."""
        self.client.abort()
        self.forget()

    def forget(self) -> None:
        """Nothing of the connection stays behind."""
        forget(self.client)

    def say(self, to: str, text: str, **more: Any) -> str:
        """Write into a window; the id of the message."""
        message = self.client.make_message(mto=to, mbody=text, mtype="chat")
        message["id"] = more.get("id") or self.client.new_id()
        message["origin_id"]["id"] = message["id"]
        if more.get("corrects"):
            message["replace"]["id"] = more["corrects"]
        if more.get("oob"):
            message["oob"]["url"] = more["oob"]
        message["request_receipt"] = True
        message.send()
        return str(message["id"])

    async def send_file(self, to: str, content: bytes, *, name: str) -> str:
        """Upload a file and send its address, as clients do: a message of its own, with the address as its body."""
        slots = self.client.plugin["xep_0363"]
        url = await slots.upload_file(
            Path(name), domain=JID(FILES), input_file=BytesIO(content), size=len(content), timeout=SECONDS
        )
        message = self.client.make_message(mto=to, mbody=url, mtype="chat")
        message["id"] = message["origin_id"]["id"] = self.client.new_id()
        message["oob"]["url"] = url
        message["request_receipt"] = True
        message.send()
        return str(url)

    def say_in(self, room: str, text: str) -> None:
        """Write into a room."""
        self.client.send_message(mto=JID(room), mbody=text, mtype="groupchat")

    async def until(self, seen: Callable[[], Any]) -> Any:
        """Wait until something can be seen, and give it."""
        async with asyncio.timeout(SECONDS):
            while not (found := seen()):
                self._changed.clear()
                await self._changed.wait()
        return found

    def words(self, window: str) -> list[str]:
        """What stands in a window of the customer's own, in order."""
        return [text for text in self.windows[window].values() if not text.startswith("[bridge]")]

    def window(self, code: str) -> str:
        """The address of the conversation with that code, once its window has opened; empty before."""
        return next((jid for jid in self.windows if f"-{code}@" in jid), "")

    def _message(self, message: Any) -> None:
        if message["type"] not in {"chat", "normal"} or not message["body"]:
            return
        window, text = message["from"].bare, str(message["body"])
        key = message["replace"]["id"] or message["id"]
        self.raw[window].append(text)
        self.windows[window][key] = text
        if message["nick"]["nick"]:
            self.names[window] = str(message["nick"]["nick"])
        for taking in self._taking:
            taking(window, text)
        self._changed.set()

    def _groupchat(self, message: Any) -> None:
        if message["body"]:
            self.room.append((message["mucnick"], str(message["body"])))
            self._changed.set()

    def _error(self, message: Any) -> None:
        conditions = [each.tag.rpartition("}")[2] for each in message.xml.find("{jabber:client}error")]
        self.errors.append((message["from"].bare, conditions[0]))
        self._changed.set()

    def _presence(self, presence: Any) -> None:
        self.there[presence["from"].bare] = presence["type"] != "unavailable"
        self._changed.set()

    def _receipt(self, message: Any) -> None:
        self.receipts.append(message["receipt"])
        self._changed.set()

    def on_words(self, taking: Callable[[str, str], None]) -> None:
        """Do something with everything that comes into a window."""
        self._taking.append(taking)


def forget(stream: XMLStream) -> None:
    """End what the library leaves behind of a stream: its task for sending, and attempts to connect."""
    stream.cancel_connection_attempt()
    if stream._run_out_filters:  # noqa: SLF001 - the library never ends this task of its own
        stream._run_out_filters.cancel()  # noqa: SLF001
