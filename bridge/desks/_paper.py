"""The keys that every desk of mails shares, and the sealing that follows from them."""

from collections.abc import Callable
from string import Formatter
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.letters.compose import Stationery, Unsendable, compose
from bridge.letters.fields import one_mailbox
from bridge.letters.profiles import PROFILES
from bridge.letters.signing import Signer
from bridge.ports import Fittings, PermanentProblem
from bridge.stanza import Secret, Stanza

_WEAK = 1024


class Dkim(Stanza):
    """A DKIM signature by the bridge itself, where the mail server does not sign (RFC 6376)."""

    domain: str = Field(pattern=r"^[a-z0-9.-]+$", description="The domain that signs; its DNS holds the public key.")
    selector: str = Field(pattern=r"^[A-Za-z0-9._-]+$", description="Which of the domain's keys it is.")
    key: Secret = Field(description="The private key in PEM, RSA of 1024 bits or more, or Ed25519.")

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        self.signer()
        return self

    def signer(self) -> Signer:
        """What signs; raises ValueError where the key cannot."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(self.key.reveal().encode(), password=None)
        except (ValueError, TypeError):
            raise ValueError("key is no private key in PEM") from None
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey) or (
            isinstance(key, RSAPrivateKey) and key.key_size < _WEAK
        ):
            raise ValueError("key is neither RSA of 1024 bits or more nor Ed25519")
        return Signer(domain=self.domain, selector=self.selector, key=key)


class Paper(Stanza):
    """How a desk's mails look and to whom they go."""

    to: str = Field(description="Address of the queue.")
    profile: str = Field(default="plain", description="The kind of system behind it; decides header fields.")
    brand: str = Field(
        default="", max_length=100, description="Whose mails these are; the installation's `brand` where empty."
    )
    from_name: str = Field(
        default="{customer} via {platform}", max_length=100, description="Name that a proxy's sender bears."
    )
    bounces: bool = Field(
        default=True,
        description="Whether mail servers' complaints get an address of their own; else the reply address.",
    )
    address_per: Literal["conversation", "person"] = Field(
        default="conversation",
        description="What a reply address names: person lets a ticket system build the customer's history by itself.",
    )
    dkim: Dkim | None = Field(default=None, description="Sign here; left out where the mail server signs.")

    @field_validator("to")
    @classmethod
    def _is_a_mailbox(cls, given: str) -> str:
        try:
            return one_mailbox(given)
        except Unsendable:
            raise ValueError("it is not one plain mailbox, as in queue@acd.example") from None

    @field_validator("profile")
    @classmethod
    def _is_known(cls, given: str) -> str:
        if given not in PROFILES:
            raise ValueError(f"there is no such profile; known are {', '.join(PROFILES)}")
        return given

    @field_validator("from_name")
    @classmethod
    def _is_a_pattern(cls, given: str) -> str:
        try:
            holes = [hole[1:] for hole in Formatter().parse(given) if hole[1] is not None]
        except ValueError:
            holes = [("", "", None)]
        if any(name not in {"customer", "platform"} or spec or conversion for name, spec, conversion in holes):
            raise ValueError("it may name {customer} and {platform}, plainly, and no other field")
        return given


def sealer(name: str, paper: Paper, fittings: Fittings) -> Callable[[Proxy | Notice], Sealed]:
    """Seals messages for a desk; the result raises PermanentProblem for what can never be a mail."""
    stationery = Stationery(
        desk=name,
        to=paper.to,
        brand=paper.brand or fittings.brand,
        reply_domain=fittings.reply_domain,
        ring=fittings.ring,
        instance=fittings.instance,
        profile=PROFILES[paper.profile],
        from_name=paper.from_name,
        bounces=paper.bounces,
        per_person=paper.address_per == "person",
        signer=paper.dkim.signer() if paper.dkim else None,
    )

    def seal(message: Proxy | Notice) -> Sealed:
        try:
            return compose(message, stationery)
        except Unsendable as error:
            raise PermanentProblem(f"the message cannot be written as a mail: {error}") from error

    return seal
