"""What clients ask us: what we can, who a customer is, whether we are there; strangers learn nothing of customers."""

from base64 import b64encode
from xml.sax.saxutils import escape, quoteattr

from bridge.access.chat.portrait import portrait
from bridge.access.xmpp import names
from bridge.access.xmpp.chats import Chat
from bridge.access.xmpp.floor import Floor
from bridge.access.xmpp.stanzas import CLIENTS, Asked, sound

INFO = "http://jabber.org/protocol/disco#info"
ITEMS = "http://jabber.org/protocol/disco#items"
CARD = "vcard-temp"
PING = "urn:xmpp:ping"

FEATURES = (
    INFO,
    ITEMS,
    PING,
    CARD,
    *(CLIENTS[word] for word in ("receipts", "states", "correct", "sid", "reply", "oob")),
)
"""What every customer's address can."""


def answer(asked: Asked, floor: Floor) -> str:
    """The answer as XML; empty where nothing was asked."""
    if asked.kind not in {"get", "set"}:
        return ""
    head = f"<iq type='result' id={quoteattr(sound(asked.id))} from={quoteattr(asked.to)} to={quoteattr(asked.sender)}>"
    found = _found(asked, floor) if asked.kind == "get" else None
    return f"{head}{found}</iq>" if found is not None else _unknown(asked)


def _found(asked: Asked, floor: Floor) -> str | None:
    if asked.space == PING:
        return ""
    chat = _known(asked, floor)
    if asked.space == INFO:
        category = "account' type='registered" if names.local(asked.to) else "gateway' type='generic"
        name = f" name={quoteattr(sound(chat.name))}" if chat else ""
        features = "".join(f"<feature var='{each}'/>" for each in FEATURES)
        return f"<query xmlns='{INFO}'><identity category='{category}'{name}/>{features}</query>"
    if asked.space == ITEMS:
        return f"<query xmlns='{ITEMS}'/>"
    return _card(chat) if asked.space == CARD and chat else None


def _known(asked: Asked, floor: Floor) -> Chat | None:
    """The conversation that an agent of its queue asks about."""
    chat = floor.chats.get(names.local(asked.to))
    queue = floor.queues.get(chat.desk) if chat else None
    return chat if queue and names.bare(asked.sender) in queue.agents else None


def _card(chat: Chat) -> str:
    picture = b64encode(portrait(chat.conversation)).decode()
    return (
        f"<vCard xmlns='{CARD}'><FN>{escape(sound(chat.name))}</FN><NICKNAME>{escape(sound(chat.name))}</NICKNAME>"
        f"<PHOTO><TYPE>image/png</TYPE><BINVAL>{picture}</BINVAL></PHOTO></vCard>"
    )


def _unknown(asked: Asked) -> str:
    return (
        f"<iq type='error' id={quoteattr(sound(asked.id))} from={quoteattr(asked.to)} to={quoteattr(asked.sender)}>"
        "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
