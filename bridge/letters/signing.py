"""DKIM signatures on what we send (RFC 6376, RFC 8463), for hosts whose mail server does not sign."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

SIGNED = ("from", "reply-to", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type", "auto-submitted")  # fmt: skip
"""Fields that a signature covers where the mail has them."""

ONCE_ONLY = ("from", "reply-to", "to", "subject")
"""Signed once more than they stand there, so that nobody can add another (RFC 6376 8.15)."""

_SPACES = re.compile(rb"[ \t]+")
_TRAILING = re.compile(rb"[ \t]+(?=\r\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A domain's key and the name under which its public half stands in the DNS."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """As the `a=` tag names it."""
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"


def signature(signer: Signer, fields: Sequence[str], body: bytes, *, at: datetime) -> str:
    """The DKIM-Signature field for a mail of these fields and this body, relaxed in both."""
    present = {name: value for name, value in map(_relaxed, fields) if name in SIGNED}
    names = [name for name in SIGNED if name in present]
    covered = ":".join([*names, *(name for name in ONCE_ONLY if name in present)])
    unsigned = (
        f"DKIM-Signature: v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain}; s={signer.selector};\r\n"
        f" t={int(at.timestamp())}; h={covered};\r\n"
        f" bh={b64encode(sha256(_relaxed_body(body)).digest()).decode()};\r\n b="
    )
    lines = [
        *(b"%s:%s\r\n" % (name.encode(), present[name]) for name in names),
        b"dkim-signature:" + _relaxed(unsigned)[1],
    ]
    signed = _sign(signer, b"".join(lines))
    return unsigned + "\r\n ".join(signed[at : at + 72] for at in range(0, len(signed), 72))


def _sign(signer: Signer, message: bytes) -> str:
    key = signer.key
    if isinstance(key, RSAPrivateKey):
        return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()
    return b64encode(key.sign(sha256(message).digest())).decode()


def _relaxed(field_text: str) -> tuple[str, bytes]:
    """A field's name and value in the relaxed form (RFC 6376 3.4.2)."""
    name, _, value = field_text.partition(":")
    return name.strip().lower(), _SPACES.sub(b" ", value.replace("\r\n", "").encode()).strip()


def _relaxed_body(body: bytes) -> bytes:
    """The body in the relaxed form (RFC 6376 3.4.4)."""
    lines = _TRAILING.sub(b"", _SPACES.sub(b" ", body)).rstrip(b"\r\n")
    return lines + b"\r\n" if lines else b""
