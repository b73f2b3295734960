"""What a log line never shows: secrets, signed addresses, control characters (G05, E18)."""

import pytest

from bridge.letters import address
from bridge.letters.address import KeyRing, Purpose
from bridge.log import LONGEST, redact

RING = KeyRing(keys={"k1": bytes(range(32))}, signing="k1")


def logged(key: str, value: object) -> object:
    return redact(None, "info", {key: value})[key]


@pytest.mark.parametrize("purpose", Purpose)
def test_g05_no_signed_address_shows_whatever_it_is_for(purpose: Purpose) -> None:
    signed = address.signed_address(RING, purpose, subject="abc", desk="support", domain="reply.acme.test")

    assert logged("detail", f"refused: <{signed}>") == f"refused: <{purpose}+***@reply.acme.test>"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("password", "hunter2", "***"),
        ("api_key", b"hunter2", "***"),
        ("detail", "Authorization: Bearer abcdefgh1234", "Authorization: Bearer ***"),
        ("url", "https://a.test/?access_token=hunter2&page=2", "https://a.test/?access_token=***&page=2"),
        ("url", "postgresql://bridge:hunter2@db.test/bridge", "postgresql://bridge:***@db.test/bridge"),
        ("raw", b"hunter2", "7 bytes"),
    ],
)
def test_g05_secrets_are_stars_by_key_and_by_form(key: str, value: object, shown: str) -> None:
    assert logged(key, value) == shown


def test_e18_control_characters_and_floods_from_outside_do_not_reach_the_terminal() -> None:
    said = logged("detail", "a\x1b[2Jb\nc" + "x" * 2 * LONGEST)

    assert isinstance(said, str)
    assert said.replace("\n", "").isprintable()
    assert len(said) <= LONGEST + 10
