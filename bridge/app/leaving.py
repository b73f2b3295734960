"""What was left alone and why: not answering is a decision too, and somebody should be able to look at it."""

from dataclasses import dataclass
from datetime import datetime

from bridge.app.asking import ask
from bridge.config import Loaded
from bridge.core.model import Verdict
from bridge.store import dossiers


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRow:
    """A conversation that was left alone, as `bridge conversation list --left` shows it."""

    id: str
    channel: str
    updated: datetime
    who: str
    """The customer's handle or name."""
    words: str
    """Of the newest post; empty once they are gone."""
    why: str
    route: str
    """That of a post that an agent set aside, or of a rule that leaves posts alone; empty where none fitted."""


async def left_alone(loaded: Loaded, limit: int) -> list[LeftRow]:
    """Conversations that were left alone, the last changed first."""
    found = await ask(loaded, lambda connection: dossiers.left_alone(connection, limit))
    return [_row(each) for each in found]


def _row(left: dossiers.LeftAlone) -> LeftRow:
    line, stored = left.line, left.stored
    return LeftRow(
        id=line.id,
        channel=line.channel,
        updated=line.updated,
        who=(stored.post.author.handle or stored.post.author.name) if stored else "",
        words=stored.post.text if stored else "",
        why=_why(stored.verdict if stored else None),
        route=line.route,
    )


def _why(verdict: Verdict | None) -> str:
    """In words: an agent's will, the rules that hit, or that none did."""
    if verdict is None:
        return "not judged, or its words are gone"
    hits = "; ".join(f"{why.rule}: {why.detail}" if why.detail else why.rule for why in verdict.why if why.hit)
    if verdict.route is not None:
        return f"an agent set it aside after route {verdict.route}"
    return hits or "no rule and no route fitted"
