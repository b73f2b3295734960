"""TLS towards mail servers: always checked, never older than 1.2, and its troubles in words that help."""

import ssl
from functools import lru_cache
from pathlib import Path

_Stamp = tuple[int, int, int]
"""Inode, time of the last change in nanoseconds, and size."""
_KEPT = 16
"""Contexts at once: each holds all authorities of its file, some 0.8 MiB of them where it is the system's."""


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the certificate and its name checked (A20); raises ValueError where the file is of no use.

    All who trust the same file share one, which is made anew once that has changed; nobody may alter it.
    """
    try:
        return _context(ca_file, _stamp(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"ca_file cannot be used: {error.strerror or type(error).__name__}") from error


@lru_cache(maxsize=_KEPT)
def _context(ca_file: Path | None, _state: _Stamp | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _stamp(ca_file: Path | None) -> _Stamp | None:
    """What tells one state of the file from another; None where the system names no file. Raises OSError."""
    where = ca_file or ssl.get_default_verify_paths().cafile
    if not where:
        return None
    found = Path(where).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def tls_trouble(error: ssl.SSLError) -> str:
    """Why TLS failed, with the remedy, and nothing that the far end chose."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted ({error.verify_message}); correct it, or name its authority in ca_file"
    return "it does not speak TLS as expected; check port and tls"
