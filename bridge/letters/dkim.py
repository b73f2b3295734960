"""Our own check of DKIM signatures (RFC 6376, 8301, 8463): pure, the records of the DNS come from the caller."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bridge.letters.authentication import Proof, aligned
from bridge.letters.dkim_fields import (
    Source,
    base64_octets,
    canonical_body,
    canonical_field,
    signed_octets,
    source,
    tags,
)
from bridge.letters.mailbox import Mailbox

KeyOf = Callable[[str, str], bytes | None]
"""The TXT record at selector._domainkey.domain, its strings joined; None where there is none."""

MAX_SIGNATURES = 5
"""Signatures of one mail that are looked at: each costs a query and a hash."""

_BARE_CR = re.compile(rb"\r(?!\n)")
_COVERED = ("from", "to", "cc", "sender", "reply-to", "message-id", "date", "in-reply-to", "references", "subject")
"""Fields that a signature must cover, each as often as it stands there.

Else the mail could be sent anew to another address, or as a new letter about another post.
"""
_COVERED_OR_SINGLE = ("content-type", "content-transfer-encoding")
"""Fields that large providers leave out: one may stand there unsigned, since with another one the letter is still the same."""
_REQUIRED = {"a", "b", "bh", "d", "h", "s"}
_ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
_FORMS = frozenset({"simple", "relaxed"})
_DOMAIN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+")


class _Unsound(ValueError):
    """A signature or a key that proves nothing; the text is a reason code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What became of one signature: `pass`, or why it proves nothing."""

    domain: str
    selector: str
    outcome: str


def dkim_verdict(raw: bytes, sender: Mailbox, *, key_of: KeyOf, now: int) -> Proof:
    """Our own proof of a sender: a valid signature of a domain that is aligned with theirs; `now` in seconds since 1970."""
    found = check(raw, key_of=key_of, now=now)
    for signature in found:
        if signature.outcome == "pass" and aligned(signature.domain, sender.domain):
            return Proof(how="dkim", domain=signature.domain)
    if not found:
        return Proof(trouble="no_results")
    return Proof(trouble="not_aligned" if any(signature.outcome == "pass" for signature in found) else "not_passed")


def key_names(raw: bytes, sender: Mailbox) -> tuple[tuple[str, str], ...]:
    """Selector and domain of every key that could prove a sender, each once; strangers' keys are not asked for."""
    found = (_stated(field) for field in _signatures(source(raw)))
    return tuple(
        dict.fromkeys(
            (given["s"], given["d"]) for given in found if _is_named(given) and aligned(given["d"], sender.domain)
        )
    )


def check(raw: bytes, *, key_of: KeyOf, now: int) -> tuple[Signature, ...]:
    """The mail's signatures, topmost first. Never raises for what a mail or a record holds; `key_of` may raise its own."""
    mail = source(raw)
    if _BARE_CR.search(raw):  # other readers end lines there, and would take another header and other words from it
        return tuple(Signature(domain="", selector="", outcome="malformed") for _ in _signatures(mail))
    body_hash = cache(lambda form: hashlib.sha256(canonical_body(mail.body, form)).digest())
    return tuple(
        _checked(field, mail.fields, body_hash=body_hash, key_of=key_of, now=now) for field in _signatures(mail)
    )


def _signatures(mail: Source) -> Sequence[bytes]:
    return [field for name, field in mail.fields if name == b"dkim-signature"][:MAX_SIGNATURES]


def _stated(field: bytes) -> Mapping[str, str]:
    """The tags of a signature; none where they are malformed."""
    try:
        return _tags(field)
    except ValueError:
        return {}


def _tags(field: bytes) -> Mapping[str, str]:
    return tags(canonical_field(field, "relaxed").partition(b":")[2].decode("ascii"))


def _checked(
    field: bytes, fields: Sequence[tuple[bytes, bytes]], *, body_hash: Callable[[str], bytes], key_of: KeyOf, now: int
) -> Signature:
    given: Mapping[str, str] = {}
    try:
        given = _tags(field)
        header_form, body_form = _require_sound(given, now)
        _require_covered(fields, _names(given))
        digest = hashlib.sha256(signed_octets(fields, _names(given), field, form=header_form)).digest()
        kind, octets = _key(given, key_of(given["s"], given["d"]))
        _verify(kind, octets, signature=base64_octets(given["b"]), digest=digest)
        outcome = "pass" if base64_octets(given["bh"]) == body_hash(body_form) else "body_changed"
    except _Unsound as problem:
        outcome = str(problem)
    except ValueError:
        outcome = "malformed"
    return Signature(domain=given.get("d", "").lower(), selector=given.get("s", ""), outcome=outcome)


def _names(given: Mapping[str, str]) -> list[str]:
    return [name.strip().lower() for name in given["h"].split(":")]


def _require_sound(given: Mapping[str, str], now: int) -> tuple[str, str]:
    """The forms of header and body, if nothing can be said against the signature without its key; raises _Unsound."""
    if given.get("v") != "1" or not given.keys() >= _REQUIRED or given.get("q", "dns/txt") != "dns/txt":
        raise _Unsound("malformed")
    header_form, _, body_form = given.get("c", "simple").partition("/")
    body_form = body_form or "simple"
    if not {header_form, body_form} <= _FORMS or not _is_named(given):
        raise _Unsound("malformed")
    if given["a"] not in _ALGORITHMS:
        raise _Unsound("algorithm")
    if not f".{_identity(given)}".endswith(f".{given['d'].lower()}"):
        raise _Unsound("identity")
    if "l" in given:
        raise _Unsound("body_partly_signed")
    if "from" not in _names(given):
        raise _Unsound("from_unsigned")
    if "x" in given and int(given["x"]) < now:
        raise _Unsound("expired")
    return header_form, body_form


def _is_named(given: Mapping[str, str]) -> bool:
    """Whether selector and domain can stand in the DNS."""
    return bool(_DOMAIN.fullmatch(given.get("d", "")) and _DOMAIN.fullmatch(f"{given.get('s', '')}.x"))


def _require_covered(fields: Sequence[tuple[bytes, bytes]], names: Sequence[str]) -> None:
    """Raises _Unsound where a field that says from whom, to whom, about what and in which form is not signed."""
    standing = [name for name, _ in fields]
    least = {**dict.fromkeys(_COVERED, 0), **dict.fromkeys(_COVERED_OR_SINGLE, 1)}
    if any(standing.count(name.encode()) > max(few, names.count(name)) for name, few in least.items()):
        raise _Unsound("field_unsigned")


def _identity(given: Mapping[str, str]) -> str:
    """The domain of the agent or user on whose behalf it is signed."""
    return given.get("i", f"@{given['d']}").rpartition("@")[2].lower()


def _key(given: Mapping[str, str], record: bytes | None) -> tuple[str, bytes]:
    """The kind and the octets of a record's key that may be used for this signature; raises _Unsound."""
    if record is None:
        raise _Unsound("no_key")
    stated = tags(record.decode("ascii"))
    kind = stated.get("k", "rsa")
    services, hashes, flags = (set(stated.get(name, "").replace(" ", "").split(":")) - {""} for name in ("s", "h", "t"))
    if stated.get("v", "DKIM1") != "DKIM1" or kind != _ALGORITHMS[given["a"]] or (hashes and "sha256" not in hashes):
        raise _Unsound("unfit_key")
    if (services and services.isdisjoint({"*", "email"})) or "y" in flags:
        raise _Unsound("unfit_key")
    if "s" in flags and _identity(given) != given["d"].lower():
        raise _Unsound("identity")
    if not stated.get("p"):
        raise _Unsound("key_revoked")
    return kind, base64_octets(stated["p"])


def _verify(kind: str, octets: bytes, *, signature: bytes, digest: bytes) -> None:
    """Raises _Unsound where the key did not make the signature; most letters bear none, so its library may never be needed."""
    from bridge.letters.public_keys import verdict

    if reason := verdict(kind, octets, signature=signature, digest=digest):
        raise _Unsound(reason)
