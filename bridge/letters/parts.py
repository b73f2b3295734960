"""The body of a mail: the same words as plain text and as HTML, each in the shortest transfer encoding."""

import binascii
from base64 import encodebytes
from hashlib import sha256

_LONGEST = 998
"""Octets of a line (RFC 5322 2.1.1)."""


def alternative(plain: str, html: str, *, seed: str) -> tuple[str, bytes]:
    """The Content-Type of the whole and its body; the boundary follows from the seed, and cannot occur inside.

    Letters beyond ASCII are character references in the HTML, so that no wrong guess of a charset can spoil them.
    Neither quoted-printable nor base64 ever writes `=_` (RFC 2045 6.7), with which the boundary begins, and what is
    sent as it is holds no line that begins with two dashes and the boundary, because nobody can guess that.
    """
    boundary = f"=_{sha256(seed.encode()).hexdigest()[:32]}"
    edge = f"--{boundary}".encode()
    pieces = (
        edge,
        _part("text/plain; charset=utf-8", plain.encode("utf-8", "replace")),
        edge,
        _part("text/html; charset=utf-8", html.encode("ascii", "xmlcharrefreplace")),
        edge + b"--",
        b"",
    )
    return f'multipart/alternative;\r\n boundary="{boundary}"', b"\r\n".join(pieces)


def _part(kind: str, octets: bytes) -> bytes:
    """One leaf: its fields, an empty line, its text."""
    encoding, payload = _transferable(octets.splitlines())
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode("ascii") + payload


def _transferable(lines: list[bytes]) -> tuple[str, bytes]:
    """As it is where mail servers take it so, else quoted-printable or base64, whichever is shorter."""
    octets = b"\r\n".join([*lines, b""])
    if octets.isascii() and max(map(len, lines), default=0) <= _LONGEST and b"\nFrom " not in octets:
        return "7bit", octets
    quoted = binascii.b2a_qp(octets, istext=True).replace(b"\r\nFrom ", b"\r\n=46rom ")
    if len(quoted) <= len(octets) * 4 // 3:
        return "quoted-printable", quoted
    return "base64", encodebytes(octets).rstrip(b"\n").replace(b"\n", b"\r\n")
