"""The body of a mail: the same words as plain text and as HTML, each in the shorter transfer encoding."""

import binascii
from base64 import encodebytes
from hashlib import sha256


def alternative(plain: str, html: str, *, seed: str) -> tuple[str, bytes]:
    """The Content-Type of the whole and its body; the boundary follows from the seed, and cannot occur inside.

    Neither quoted-printable nor base64 ever writes `=_` (RFC 2045 6.7), with which the boundary begins.
    """
    boundary = f"=_{sha256(seed.encode()).hexdigest()[:32]}"
    edge = f"--{boundary}".encode()
    pieces = (
        edge,
        _part("text/plain; charset=utf-8", plain),
        edge,
        _part("text/html; charset=utf-8", html),
        edge + b"--",
        b"",
    )
    return f'multipart/alternative;\r\n boundary="{boundary}"', b"\r\n".join(pieces)


def _part(kind: str, text: str) -> bytes:
    """One leaf: its fields, an empty line, its text."""
    encoding, payload = _transferable(text.encode("utf-8", "replace"))
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + payload


def _transferable(octets: bytes) -> tuple[str, bytes]:
    """Quoted-printable or base64, whichever is shorter; both keep every line below 80 characters."""
    lines = b"\r\n".join([*octets.splitlines(), b""])
    quoted = binascii.b2a_qp(lines, istext=True).replace(b"\r\nFrom ", b"\r\n=46rom ")
    if len(quoted) <= len(lines) * 4 // 3:
        return "quoted-printable", quoted
    return "base64", encodebytes(lines).rstrip(b"\n").replace(b"\n", b"\r\n")
