"""Short-lived proofs of who asks: JSON web tokens (RFC 7519) signed with a key of ours, as app stores want them."""

import base64
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_COORDINATE = 32
"""Bytes of each half of an ES256 signature (RFC 7518 3.4)."""


def signing_key(pem: str) -> SigningKey:
    """A private key in PEM form; raises ValueError where it is none that can sign, and never repeats it."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("this is no private key in PEM form") from None
    if isinstance(key, rsa.RSAPrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("the key must be RSA, or elliptic on P-256")


def signed(key: SigningKey, claims: Mapping[str, object], *, key_id: str) -> str:
    """The claims as a token, by ES256 or RS256 as the key is."""
    algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    said = f"{_spelled({'alg': algorithm, 'kid': key_id, 'typ': 'JWT'})}.{_spelled(claims)}"
    return f"{said}.{_base64(_signature(key, said.encode('ascii')))}"


def _signature(key: SigningKey, said: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(said, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(said, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")


def _spelled(part: Mapping[str, object]) -> str:
    return _base64(msgspec.json.encode(part))


def _base64(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode("ascii")
