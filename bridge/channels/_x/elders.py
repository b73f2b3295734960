"""Posts that are looked up now and then after newer ones took their places: their ids, small enough for a cursor."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator

MOST = 10_000
"""How many are kept, the newest: about 80 kB of cursor at the most."""

_MORE = 0x80


def as_text(numbers: Collection[int]) -> str:
    """The newest of these ids as text: the steps from one to the next, seven bits at a time."""
    steps = bytearray()
    before = 0
    for number in sorted(numbers)[-MOST:]:
        steps += _step(number - before)
        before = number
    return b64encode(bytes(steps)).decode()


def ids(text: str) -> frozenset[int]:
    """The ids of such a text; raises ValueError for any other."""
    return frozenset(_numbers(b64decode(text, validate=True)))


def _step(length: int) -> bytes:
    step = bytearray()
    while length >= _MORE:
        step.append(length % _MORE | _MORE)
        length //= _MORE
    step.append(length)
    return bytes(step)


def _numbers(steps: bytes) -> Iterator[int]:
    number, length, shift = 0, 0, 0
    for byte in steps:
        length |= (byte % _MORE) << shift
        shift += 7
        if byte < _MORE:
            number += length
            yield number
            length, shift = 0, 0
