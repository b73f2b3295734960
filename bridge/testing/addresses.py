"""Addresses of the two purposes that tests write by hand."""

from bridge.letters.address import KeyRing, Purpose, signed_address


def reply_address(ring: KeyRing, subject: str, *, desk: str, domain: str) -> str:
    """The address that answers about a subject come back to; raises ValueError where it would be too long."""
    return signed_address(ring, Purpose.REPLY, subject=subject, desk=desk, domain=domain)


def bounce_address(ring: KeyRing, subject: str, *, desk: str, domain: str) -> str:
    """The envelope sender of a proxy; raises ValueError where it would be too long."""
    return signed_address(ring, Purpose.BOUNCE, subject=subject, desk=desk, domain=domain)
