"""DKIM: what we sign verifies by the letter of RFC 6376 and RFC 8463, and any change is noticed."""

import re
from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bridge.core import render
from bridge.core.conversation import Record
from bridge.letters.address import KeyRing
from bridge.letters.compose import Stationery, compose
from bridge.letters.profiles import PROFILES
from bridge.letters.signing import Signer
from bridge.testing import making

KEYS = {"rsa": generate_private_key(65537, 2048), "ed25519": Ed25519PrivateKey.generate()}


def signed(kind: str, text: str = "Grüße\n\n  two  spaces \t and tail \n\n\n") -> bytes:
    stationery = Stationery(
        desk="support",
        to="queue@acd.test",
        brand="Acme",
        reply_domain="reply.acme.test",
        ring=KeyRing(keys={"k1": b"a key for tests, of 32 bytes or so"}, signing="k1"),
        instance="7f3a",
        profile=PROFILES["plain"],
        signer=Signer(domain="acme.test", selector="s1", key=KEYS[kind]),
    )
    post = making.post(text=text)
    proxy = render.proxy(
        Record(key=post.conversation, sent=making.waiting(post).sent),
        post,
        making.VERDICT,
        desk=making.DESK,
        channel=making.CHANNEL,
        contacts=(),
        now=making.NOW,
        delimiter="abcd1234",
        gap="",
    )
    return compose(proxy, stationery).content


def unfolded(head: str) -> list[str]:
    return re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")


def relaxed(field: str) -> str:
    name, _, value = field.partition(":")
    value = re.sub(r"[ \t]+", " ", value).strip()
    return f"{name.strip().lower()}:{value}"


def verify(content: bytes, kind: str) -> dict[str, str]:
    """As a receiver does it (RFC 6376 6.1); raises AssertionError or InvalidSignature."""
    head, _, body = content.partition(b"\r\n\r\n")
    fields = unfolded(head.decode("ascii"))
    (signature,) = [field for field in fields if field.lower().startswith("dkim-signature:")]
    value = signature.partition(":")[2]
    tags = {name.strip(): "".join(rest.split()) for name, _, rest in (tag.partition("=") for tag in value.split(";"))}

    lines = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))
    assert b64decode(tags["bh"]) == sha256(re.sub(rb"(\r\n)*\Z", b"\r\n", lines, count=1)).digest()

    left = [field for field in fields if field is not signature]
    message = ""
    for name in tags["h"].split(":"):
        last = next((field for field in reversed(left) if field.lower().startswith(f"{name}:")), None)
        if last is not None:
            left.remove(last)
            message += f"{relaxed(last)}\r\n"
    message += relaxed(re.sub(r"(?<=[; ]b=)[^;]*", "", signature))
    public = KEYS[kind].public_key()
    if kind == "rsa":
        public.verify(b64decode(tags["b"]), message.encode(), PKCS1v15(), SHA256())
    else:
        public.verify(b64decode(tags["b"]), sha256(message.encode()).digest())
    return tags


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_a_signature_verifies(kind) -> None:
    tags = verify(signed(kind), kind)
    assert tags["a"] == f"{kind}-sha256"
    assert (tags["d"], tags["s"], tags["c"]) == ("acme.test", "s1", "relaxed/relaxed")
    assert {"from", "reply-to", "to", "subject", "date", "message-id", "references", "auto-submitted"} <= set(
        tags["h"].split(":")
    )


@pytest.mark.parametrize("kind", sorted(KEYS))
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: ", b"Subject: x"),
        (b"two", b"2"),
        (b"To: queue@acd.test", b"To: other@acd.test"),
        (b"\r\nSubject: ", b"\r\nSubject: one more\r\nSubject: "),
        (b"\r\nMIME-Version", b"\r\nReply-To: x@evil.test\r\nMIME-Version"),
    ],
)
def test_a_change_is_noticed(kind, old, new) -> None:
    content = signed(kind)
    assert old in content
    with pytest.raises((InvalidSignature, AssertionError)):
        verify(content.replace(old, new, 1), kind)


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_what_relays_may_do_is_no_change(kind) -> None:
    content = signed(kind)
    folded = content.replace(b"Reply-To: ", b"Reply-To:\r\n  ", 1) + b"\r\n\r\n"
    verify(b"Received: from x by y; now\r\n" + folded, kind)


def test_the_key_is_not_shown() -> None:
    assert "PRIVATE" not in repr(Signer(domain="a.test", selector="s", key=KEYS["rsa"])).upper().replace(
        "RSAPRIVATEKEY", ""
    )
