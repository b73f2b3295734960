"""What the floor says to agents."""

from bridge.access.xmpp.chats import Chat, Turn, Voice
from bridge.core import showing

MARK = "[bridge] "
"""Begins every line of ours in a customer's window; no customer's line may."""

CARD = "card"
"""Names the turn of ours that hands a conversation over; later ones take its place."""

_EXCERPT = 160
_NAME = 60

HELP = (
    "!list shows who waits. !take CODE makes a conversation yours; answer it in the window that opens. "
    "!give CODE ACCOUNT hands it over. !release CODE puts it back. !done CODE ends it. "
    "!drop CODE forgets files that wait for your words."
)
"""What `!help` says."""


def of_customer(text: str) -> str:
    """A customer's words, so that none of their lines can pass for ours (E19)."""
    lines = showing.block(text, showing.MAX_TEXT).split("\n")
    return "\n".join(f"| {line}" if line.lstrip().lower().startswith(MARK.strip()) else line for line in lines)


def ours(text: str) -> str:
    """Words of the bridge itself."""
    return MARK + text


def announced(chat: Chat) -> str:
    """How a room learns that somebody waits."""
    turns = chat.open_turns or chat.turns
    words = showing.line(turns[-1].text, _EXCERPT) if turns else ""
    more = f" ({len(chat.open_turns)} messages)" if len(chat.open_turns) > 1 else ""
    urgent = f", {chat.priority}" if chat.priority in {"urgent", "high"} else ""
    where = f" via {chat.platform}" if chat.platform else ""
    return f"{chat.code}: {chat.name}{where}{urgent}{more}: {words}\n!take {chat.code}"


def taken(chat: Chat, by: str) -> str:
    """How a room learns that somebody is served."""
    return f"{chat.code}: {chat.name} is with {by}."


def back(chat: Chat, why: str) -> str:
    """How a room learns that somebody waits again."""
    return f"Back in the queue, {why}.\n{announced(chat)}"


def transcript(chat: Chat) -> str:
    """What was said before, for the agent who takes over; empty where nothing was."""
    still_open = {turn.id for turn in chat.open_turns}
    told = [turn for turn in chat.turns if turn.id not in still_open and turn.name != CARD]
    lines = [*chat.history, *(_told(turn, chat) for turn in told)]
    return "\n".join(lines)


def _told(turn: Turn, chat: Chat) -> str:
    who = {Voice.CUSTOMER: chat.name, Voice.AGENT: turn.name, Voice.BRIDGE: "bridge"}[turn.voice]
    return f"{turn.at:%d %b %H:%M} {who}: {turn.text}"


def name(text: str) -> str:
    """A customer's name on one line, fit for any client."""
    return showing.line(text, _NAME) or "Someone"
