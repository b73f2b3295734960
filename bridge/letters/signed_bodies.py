"""Signatures of HTTP bodies: HMAC-SHA-256 over the time and the bytes, so that neither can be changed or sent again later."""

import hmac
import re
from datetime import datetime, timedelta

_TIME = re.compile(r"\d{1,11}")

SCHEME = "v1="
"""Stands before the digest, so that another scheme can follow."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the lower-case hexadecimal digest over the timestamp, a full stop, and the body."""
    return SCHEME + hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def trouble(given: str, timestamp: str, body: bytes, *, secret: str, now: datetime, window: timedelta) -> str:
    """Why a signed body is not accepted, empty where it is; asked before anything of the body is read.

    `timestamp` is in seconds since 1970 and may differ from `now` by at most `window`.
    """
    if why := untimely(timestamp, now=now, window=window):
        return why
    expected = signature(secret, timestamp, body)
    known = hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
    return "" if known else "the signature is missing or wrong"


def untimely(timestamp: str, *, now: datetime, window: timedelta) -> str:
    """Why a time is not accepted, empty where it is."""
    if not _TIME.fullmatch(timestamp) or not timestamp.isascii():
        return "the timestamp is missing or no number of seconds"
    if abs(now.timestamp() - int(timestamp)) > window.total_seconds():
        return "the timestamp is outside of the window"
    return ""
