"""Signatures by public keys as they stand in the DNS (RFC 8301, RFC 8463)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

_RSA_BITS = range(1024, 8193)


def verdict(kind: str, octets: bytes, *, signature: bytes, digest: bytes) -> str:
    """Why a key of that kind, `rsa` or `ed25519`, did not sign a SHA-256 digest; empty where it did."""
    try:
        key = Ed25519PublicKey.from_public_bytes(octets) if kind == "ed25519" else load_der_public_key(octets)
        if isinstance(key, Ed25519PublicKey) and kind == "ed25519":
            key.verify(signature, digest)
        elif isinstance(key, RSAPublicKey) and key.key_size in _RSA_BITS:
            key.verify(signature, digest, PKCS1v15(), Prehashed(SHA256()))
        else:
            return "unfit_key"
    except InvalidSignature:
        return "wrong"
    except (ValueError, UnsupportedAlgorithm):
        return "malformed"
    return ""
