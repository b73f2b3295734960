"""Who is there: what rooms and servers say of agents, by the account and never by the nick that somebody chose."""

from datetime import datetime

from bridge.access.xmpp.names import bare, resource
from bridge.access.xmpp.stanzas import Seen

_AWAY = frozenset({"away", "xa", "dnd"})
_MOST = 2_000
"""Sources of presence that are remembered: occupants of rooms and clients of agents."""


class People:
    """Presence by room and account; what comes from the line is only true as long as the line stands."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, tuple[str, str]]] = {}
        self._clients: dict[str, dict[str, str]] = {}
        self._away: dict[str, datetime] = {}

    def forget(self) -> None:
        """The line broke: nobody is known to be there, and since when is told by whoever asks next."""
        self._rooms.clear()
        self._clients.clear()
        self._away.clear()

    def in_room(self, seen: Seen) -> None:
        """Take up what a room says of an occupant."""
        room, nick = bare(seen.sender), resource(seen.sender)
        occupants = self._rooms.setdefault(room, {})
        if seen.kind == "unavailable":
            occupants.pop(nick, None)
        elif not seen.kind and len(occupants) < _MOST:
            occupants[nick] = (bare(seen.real), seen.show)

    def at_home(self, seen: Seen) -> None:
        """Take up what an agent's own server says of a client of theirs."""
        clients = self._clients.setdefault(bare(seen.sender), {})
        if seen.kind == "unavailable":
            clients.pop(resource(seen.sender), None)
        elif not seen.kind and len(clients) < _MOST:
            clients[resource(seen.sender)] = seen.show

    def account(self, occupant: str) -> str:
        """The account behind an occupant of a room; empty where the room does not say."""
        return self._rooms.get(bare(occupant), {}).get(resource(occupant), ("", ""))[0]

    def is_there(self, agent: str, room: str) -> bool:
        """Whether the agent can take conversations: in the room where the queue has one, else at any client, and not away."""
        if room:
            shows = [show for account, show in self._rooms.get(room, {}).values() if account == agent]
        else:
            shows = list(self._clients.get(agent, {}).values())
        return any(show not in _AWAY for show in shows)

    def away_since(self, agent: str, room: str, now: datetime) -> datetime | None:
        """Since when the agent is not there; None where they are."""
        if self.is_there(agent, room):
            self._away.pop(f"{agent} {room}", None)
            return None
        return self._away.setdefault(f"{agent} {room}", now)
