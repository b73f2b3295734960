"""Signed addresses: which conversation a mail belongs to, proved by a code that outsiders cannot make."""

import hmac
import re
from base64 import b32encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.letters.mailbox import loose_addresses

MAX_LOCAL = 64
"""Octets of a local part (RFC 5321 4.5.3.1.1)."""

MAX_ADDRESS = 254
"""Octets of an address (RFC 5321 4.5.3.1.3, less the angle brackets)."""

MAX_MESSAGE_ID = 59
"""Characters of a Message-ID of ours: longer ones were seen to be torn by mail programs."""

_MIN_KEY = 32
_TAG = 26
_KID = re.compile(r"[a-z0-9]{1,8}")
_SUBJECT = re.compile(r"[a-z2-7]{1,24}")


class Purpose(StrEnum):
    """What an address is for; the value is its visible prefix and a part of what is signed."""

    REPLY = "reply"
    """Agents' answers come here."""
    PUBLIC = "public"
    """Agents' answers to what a customer said in public, where a desk's addresses name people."""
    PRIVATE = "private"
    """The same for what a customer said in private."""
    SAMPLE = "sample"
    """What an admin says of a sample of posts that were left alone comes here, and is never published."""
    BOUNCE = "bounce"
    """Envelope sender of proxies: mail servers' complaints come here, and nothing else counts here."""


_FORM = re.compile(rf"({'|'.join(Purpose)})\+([a-z0-9]{{1,8}})\.([a-z2-7]{{1,24}})\.([a-z2-7]{{{_TAG}}})@([a-z0-9.-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The keys by their ids: all verify, `signing` names the one that signs.

    Raises ValueError where an id is not one to eight lower-case letters or digits, or a key is shorter than 32 bytes.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    signing: str

    def __post_init__(self) -> None:
        if self.signing not in self.keys:
            raise ValueError("the signing key is not on the ring")
        if not all(_KID.fullmatch(kid) for kid in self.keys):
            raise ValueError("a key id is not one to eight lower-case letters or digits")
        if any(len(key) < _MIN_KEY for key in self.keys.values()):
            raise ValueError("a reply key is shorter than 32 bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a genuine address says."""

    purpose: Purpose
    subject: str
    """Id of a conversation, or of a person with a visibility."""
    desk: str
    kid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadToken:
    """An address that has our form and that we did not sign; `reason` is form, key or mac and is told to nobody outside."""

    reason: str


def signed_address(ring: KeyRing, purpose: Purpose, *, subject: str, desk: str, domain: str) -> str:
    """`purpose+kid.subject.tag@domain`; the subject is 1 to 24 lower-case base32 characters, else ValueError."""
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("the subject of an address is not lower-case base32")
    kid = ring.signing
    local = f"{purpose}+{kid}.{subject}.{_tag(ring.keys[kid], 'v1', purpose, subject, desk)}"
    if len(local) > MAX_LOCAL or len(local) + 1 + len(domain) > MAX_ADDRESS:
        raise ValueError("the signed address is longer than mail servers must accept")
    return f"{local}@{domain.lower()}"


def find(values: Iterable[str], domain: str) -> tuple[str, ...]:
    """The distinct addresses in header values that have our form and domain, in lower case and order of appearance."""
    ours = domain.lower()
    found = {address: None for value in values for address in loose_addresses(value)}
    return tuple(address for address in found if (form := _FORM.fullmatch(address)) and form[5] == ours)


def verify(ring: KeyRing, address: str, desks: Collection[str]) -> Token | BadToken:
    """The token of an address; the time that it takes tells nothing about how much of a wrong one was right."""
    form = _FORM.fullmatch(address.lower()) if address.isascii() else None
    if not form:
        return BadToken(reason="form")
    purpose, kid, subject, tag, _ = form.groups()
    key = ring.keys.get(kid)
    if key is None:
        return BadToken(reason="key")
    signed = [desk for desk in desks if hmac.compare_digest(_tag(key, "v1", purpose, subject, desk), tag)]
    if not signed:
        return BadToken(reason="mac")
    return Token(purpose=Purpose(purpose), subject=subject, desk=signed[0], kid=kid)


def message_id(ring: KeyRing, *parts: str, domain: str) -> str:
    """A Message-ID that the same parts always give and that nobody can guess, at most 59 characters with its brackets.

    Of a long domain only the last labels that fit are used. Raises ValueError where not even the last one does.
    """
    room = MAX_MESSAGE_ID - _TAG - len("<@>")
    while len(domain) > room:
        _, dot, domain = domain.partition(".")
        if not dot:
            raise ValueError("the domain is too long for a message id")
    return f"<{_tag(ring.keys[ring.signing], 'v1', 'message-id', *parts)}@{domain.lower()}>"


def _tag(key: bytes, *parts: str) -> str:
    """The first 128 bits of the code over the parts, each with its length before it, so that no two lists read the same."""
    spelled = [part.encode("utf-8", "surrogatepass") for part in parts]
    signed = b"".join(b"%d:%s" % (len(part), part) for part in spelled)
    return b32encode(hmac.digest(key, signed, "sha256")[:16]).decode().rstrip("=").lower()
