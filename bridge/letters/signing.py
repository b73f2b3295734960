"""DKIM signatures on what we send (RFC 6376, RFC 8463), for hosts whose mail server does not sign."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from bridge.letters.dkim_fields import canonical_body, signed_octets

if TYPE_CHECKING:  # a daemon whose mail server signs never loads their library
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SIGNED = ("from", "reply-to", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type", "auto-submitted")  # fmt: skip
"""Fields that a signature covers where the mail has them."""

ONCE_ONLY = ("from", "reply-to", "to", "subject")
"""Signed once more than they stand there, so that nobody can add another (RFC 6376 8.15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A domain's key and the name under which its public half stands in the DNS."""

    domain: str
    selector: str
    key: "RSAPrivateKey | Ed25519PrivateKey" = field(repr=False)

    @property
    def algorithm(self) -> str:
        """As the `a=` tag names it."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"


def signature(signer: Signer, fields: Sequence[str], body: bytes, *, at: datetime) -> str:
    """The DKIM-Signature field for a mail of these fields and this body, relaxed in both."""
    octets = [(_name(text).encode(), text.encode() + b"\r\n") for text in fields]
    standing = {_name(text) for text in fields}
    names = [*(name for name in SIGNED if name in standing), *(name for name in ONCE_ONLY if name in standing)]
    unsigned = (
        f"DKIM-Signature: v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain}; s={signer.selector};\r\n"
        f" t={int(at.timestamp())}; h={':'.join(names)};\r\n"
        f" bh={b64encode(sha256(canonical_body(body, 'relaxed')).digest()).decode()};\r\n b="
    )
    message = signed_octets(octets, names, unsigned.encode(), form="relaxed")
    signed = _sign(signer, message)
    return unsigned + "\r\n ".join(signed[at : at + 72] for at in range(0, len(signed), 72))


def _sign(signer: Signer, message: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    key = signer.key
    if isinstance(key, RSAPrivateKey):
        return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()
    return b64encode(key.sign(sha256(message).digest())).decode()


def _name(field_text: str) -> str:
    return field_text.partition(":")[0].strip().lower()
