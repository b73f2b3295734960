"""Fuzz target: address fields, results of authentication and signed addresses; nothing but what we signed is a right address."""

import atheris
from driving import drive

with atheris.instrument_imports(include=["bridge"]):
    from bridge.letters import address, authresults, mailbox
    from bridge.letters.address import KeyRing, Purpose, Token
    from bridge.testing.addresses import bounce_address, reply_address

DOMAIN = "reply.acme.test"
RING = KeyRing(keys={"k1": bytes(range(32))}, signing="k1")
DESKS = ("support", "noc")
OURS = reply_address(RING, "abcdefgh23456777", desk="support", domain=DOMAIN)
BOUNCES = bounce_address(RING, "abcdefgh23456777", desk="support", domain=DOMAIN)
SEEDS = (
    OURS,
    BOUNCES,
    f'"Jane Doe via Forum" <{OURS}>, bob@acme.test (Bob)',
    "agents: ann@acme.test, bob@acme.test;",
    '"a\\"b" <@evil.test:ann@acme.test>',
    "=?utf-8?q?ann=40acme.test?= <evil@evil.test>",
    'mx.acme.test 1; dmarc=pass (p="none") header.from=acme.test; dkim=pass header.d="acme.test"',
    "mx.acme.test; spf=fail smtp.mailfrom=evil@evil.test; none",
)


def once(octets: bytes) -> None:
    """One text as each kind of field."""
    field = octets.decode("utf-8", "surrogateescape")
    _mailboxes(field)
    _results(field)
    for found in address.find([field], DOMAIN):
        token = address.verify(RING, found, DESKS)
        if isinstance(token, Token):
            made = OURS if token.purpose is Purpose.REPLY else BOUNCES
            assert found == made, "an address that we did not sign was taken for ours"


def _mailboxes(field: str) -> None:
    """A strict reading never finds what the loose one does not."""
    loose = mailbox.loose_addresses(field)
    try:
        strict = mailbox.mailboxes(field)
    except mailbox.Malformed:
        return
    for box in strict:
        assert box.address.count("@") == 1
        assert box.address.isascii()
        assert box.address in loose


def _results(field: str) -> None:
    found = authresults.read_results(field)
    for result in found.results if found else ():
        assert result.method == result.method.lower()
        assert result.outcome or result.method == "none"


if __name__ == "__main__":
    drive("addresses", once, [seed.encode() for seed in SEEDS])
