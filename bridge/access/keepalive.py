"""Connections that notice by themselves when the far end is gone."""

import asyncio
import socket
from contextlib import suppress

_IDLE = 60
_BETWEEN = 15
_PROBES = 4
_UNANSWERED = 120_000
"""Milliseconds after which what was sent and not acknowledged ends the connection (RFC 5482)."""


def keep_alive(transport: asyncio.BaseTransport) -> None:
    """Let the kernel probe a silent connection: two minutes after the far end vanished it is reset, and not in hours."""
    endpoint = transport.get_extra_info("socket")
    if endpoint is None:
        return
    with suppress(OSError):
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE)
        endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _BETWEEN)
        endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
        endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED)
