"""How the C library keeps memory that a daemon has freed: it runs for months, and a busy hour must not stay with it."""

import ctypes

_TRIM, _MMAP, _ARENAS = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of mallopt(3)."""
_ENOUGH = 131_072
"""Bytes from which a block is returned; both begin there, and would rise with the largest block that was ever freed."""


def give_back_early() -> None:
    """Return large blocks to the system as soon as they are free, and share one heap among all threads.

    Nothing where the C library has no such settings.
    """
    settings = getattr(ctypes.CDLL(None), "mallopt", None)
    if settings is not None:
        settings(_TRIM, _ENOUGH)
        settings(_MMAP, _ENOUGH)
        settings(_ARENAS, 1)
