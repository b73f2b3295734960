"""What the floor says to agents."""

from bridge.access.chat.brought import Order
from bridge.access.matrix.chats import Chat
from bridge.core import showing

EXCERPT = 160
PART = 30_000
"""Bytes of one message, at most: an event may have 65,536 with everything around the words, and JSON doubles some."""

HELP = (
    "!list shows who waits. !take CODE makes a conversation yours: you are asked into its room, and answer there. "
    "!give CODE NAME hands it over. !release CODE puts it back. !done CODE ends it. "
    "!drop CODE forgets files that wait for your words."
)
"""What `!help` says."""

ENCRYPTED = "Not sent: it is encrypted, and we can read plain rooms only."
ROOM_ENCRYPTED = "This room was made an encrypted one, so nothing is read here any more: the customer's next words open another room."


def announced(chat: Chat) -> str:
    """How a queue's room learns that somebody waits."""
    more = f" ({chat.unanswered} messages)" if chat.unanswered > 1 else ""
    urgent = f", {chat.priority}" if chat.priority in {"urgent", "high"} else ""
    where = f" via {chat.platform}" if chat.platform else ""
    return f"{chat.code}: {chat.name}{where}{urgent}{more}: {chat.excerpt}\n!take {chat.code}"


def card(order: Order) -> str:
    """The first words of ours in a new room: what agents must know, and what was said before."""
    before = "\n".join(order.history)
    return "\n\n".join(part for part in (order.card, f"Said before:\n{before}" if before else "") if part)


def said(order: Order) -> str:
    """The customer's words as they stand in their room, with the addresses of what they sent along."""
    return "\n".join([showing.block(order.text, showing.MAX_TEXT), *order.links])


def parts(text: str) -> list[str]:
    """The text in as many messages as it needs, cut between letters."""
    found, part, size = [], "", 0
    for letter in text:
        width = len(letter.encode("utf-8", "surrogatepass"))
        if size + width > PART:
            found.append(part)
            part, size = "", 0
        part, size = part + letter, size + width
    return [*found, part]
