"""How the C library keeps memory that a daemon has freed: it runs for months, and a busy hour must not stay with it."""

from collections.abc import Callable
from functools import cache

_TRIM, _MMAP, _ARENAS = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of mallopt(3)."""
_TOP, _BLOCK, _HEAPS = 1 << 20, 1 << 18, 2
"""Bytes that may lie free at the end of a heap, bytes from which a block is returned by itself, and heaps for all threads.

Without them both sizes rise with the largest block that was ever freed. Smaller ones cost half as many page faults
again and saved nothing more (measured).
"""


def give_back_early() -> None:
    """Return large blocks to the system as soon as they are free; nothing where the C library has no such settings."""
    settings = _function("mallopt")
    if settings:
        settings(_TRIM, _TOP)
        settings(_MMAP, _BLOCK)
        settings(_ARENAS, _HEAPS)


def give_back() -> None:
    """Return the pages that lie free between small blocks in use, which nothing else returns; from some milliseconds on."""
    trim = _function("malloc_trim")
    if trim:
        trim(0)


@cache
def _function(name: str) -> Callable[..., object] | None:
    """A function of the C library; None where it has none of the name.

    Nor where ctypes may not be used: its import wants memory that can be run, which hardened units deny on some systems.
    """
    try:
        import ctypes

        found: Callable[..., object] = getattr(ctypes.CDLL(None), name)
    except (ImportError, MemoryError, OSError, AttributeError):
        return None
    return found
