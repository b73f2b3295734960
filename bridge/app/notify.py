"""Tells systemd how we are: ready, reloading, stopping, alive (sd_notify(3))."""

import os
import socket


def notify(*lines: str) -> bool:
    """Send state lines such as READY=1; False where nobody asked for them, or nobody listens any more."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.connect(address)
            connection.sendall("\n".join(lines).encode())
    except OSError:
        return False
    return True


def watchdog_interval() -> float | None:
    """Seconds between two signs of life: half of what the unit allows; None without a watchdog."""
    allowed = os.environ.get("WATCHDOG_USEC", "")
    return int(allowed) / 2_000_000 if allowed.isdigit() and int(allowed) > 0 else None
