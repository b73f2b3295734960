"""The keys that desks of mails share: wrong ones are refused with a word, and sealing follows them."""

import email
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bridge.desks._line import _envelope_id
from bridge.desks._paper import Paper, sealer
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.desks import notice, proxy


def pem(key: Any) -> Secret:
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def dkim(key: Secret) -> dict[str, Any]:
    return {"domain": "reply.test", "selector": "s1", "key": key}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"to": "queue"}, "not one plain mailbox"),
        ({"to": "a@x.test, b@x.test"}, "not one plain mailbox"),
        ({"to": "Queue <queue@acd.test>"}, "not one plain mailbox"),
        ({"to": "queue@acd.test\r\nBcc: x@y.test"}, "not one plain mailbox"),
        ({"profile": "lotus"}, "known are plain, zammad"),
        ({"from_name": "{agent}"}, "no other field"),
        ({"from_name": "{customer"}, "no other field"),
        ({"from_name": "{customer.__class__}"}, "no other field"),
        ({"from_name": "{customer:>999999999}"}, "no other field"),
        ({"from_name": "{customer!r}"}, "no other field"),
        ({"from_name": "{}"}, "no other field"),
        ({"dkim": dkim(Secret("no key"))}, "no private key in PEM"),
        ({"dkim": dkim(pem(ec.generate_private_key(ec.SECP256R1())))}, "neither RSA"),
        ({"dkim": dkim(Secret("x")) | {"domain": "a b"}}, "pattern"),
    ],
)
def test_a_wrong_key_is_refused_with_a_word(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Paper.model_validate({"to": "queue@acd.test"} | change)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_the_same_message_is_signed_the_same(fittings: Fittings, kind: str) -> None:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    seal = sealer("support", Paper.model_validate({"to": "queue@acd.test", "dkim": dkim(pem(key))}), fittings)
    sealed = seal(proxy("support"))
    assert sealed == seal(proxy("support"))
    assert f"a={kind}-sha256" in email.message_from_bytes(sealed.content)["DKIM-Signature"]


def test_brand_and_bounces_are_as_the_stanza_says(fittings: Fittings) -> None:
    paper = Paper.model_validate({"to": "queue@acd.test", "brand": "Acme", "bounces": False})
    seal = sealer("support", paper, fittings)
    assert seal(proxy("support")).sender.startswith("reply+")
    assert b"Acme" in seal(notice("support")).content


@pytest.mark.parametrize(("stanza", "shown"), [({}, b"bridge of Umbrella,"), ({"brand": "Acme"}, b"bridge of Acme,")])
def test_the_installation_has_the_brand_that_a_desk_does_not_have(
    fittings: Fittings, stanza: dict[str, str], shown: bytes
) -> None:
    paper = Paper.model_validate({"to": "queue@acd.test"} | stanza)
    seal = sealer("support", paper, replace(fittings, brand="Umbrella"))
    assert shown in seal(notice("support")).content


def test_no_key_shows() -> None:
    key = pem(ed25519.Ed25519PrivateKey.generate())
    paper = Paper.model_validate({"to": "queue@acd.test", "dkim": dkim(key)})
    assert "PRIVATE" not in repr(paper) + str(paper.model_dump())


@given(st.text(max_size=200))
def test_every_envelope_id_is_xtext_and_short(text: str) -> None:
    coded = _envelope_id(text)
    assert len(coded) <= 100
    assert all("!" <= letter <= "~" and letter != "=" for letter in coded)
