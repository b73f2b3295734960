"""An agent's answer on a chat floor's disk, from being said until the inbox has filed it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that waits for the inbox."""

    uid: int
    raw: bytes
    received: datetime
