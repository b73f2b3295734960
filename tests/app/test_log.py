"""What a log line never shows: secrets, signed addresses, control characters (G05, E18)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge import log
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


SECRETS = (
    "reply+",
    "acme.",
    "@",
    "Bearer",
    "basic",
    "abcdefgh12",
    "://",
    "?key=",
    "&sig=",
    "jane:",
    " ",
    "\n",
    "\x1b",
    "|",
)


@given(st.lists(st.one_of(st.sampled_from(SECRETS), st.text(max_size=8)), max_size=8).map("".join))
@example("reply+abc.def@acme.test")
@example("x" * (LONGEST + 1))
@example("plain|value\n")
def test_g05_a_value_that_is_passed_for_plain_is_one_that_nothing_would_change(text: str) -> None:
    assert log._clean(text) == log._scrubbed(text)
