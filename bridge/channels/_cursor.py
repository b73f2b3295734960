"""A channel's place in its streams as the text that the store keeps for it between two polls."""

from typing import TypeVar

import msgspec

from bridge.ports import PermanentProblem

Place = TypeVar("Place", bound=msgspec.Struct)


def packed(place: msgspec.Struct) -> str:
    """A cursor as text."""
    return msgspec.json.encode(place).decode()


def unpacked(cursor: str, place: type[Place]) -> Place:
    """The place that a cursor stands for; raises PermanentProblem where another program wrote it."""
    try:
        return msgspec.json.decode(cursor, type=place)
    except msgspec.DecodeError:
        raise PermanentProblem("the stored cursor cannot be read: it was written by another version") from None
