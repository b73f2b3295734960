"""The line to the chat server: what counts as its own answer."""

import asyncio
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from bridge.access.xmpp.line import Address, Line, Patience
from bridge.access.xmpp.stanzas import Incoming

ADDRESS = Address(domain="chat.acme.test", server="acme.test", host="127.0.0.1", port=5347, secret="s")


@pytest.mark.parametrize(
    ("sender", "kind", "is_answer"),
    [
        ("acme.test", "result", True),
        ("acme.test", "error", True),
        ("acme.test", "get", False),
        ("mallory@elsewhere.test/x", "result", False),
        ("mallory@elsewhere.test/x", "get", False),
    ],
)
async def test_only_the_server_itself_says_that_it_has_taken_what_was_sent(
    sender: str, kind: str, *, is_answer: bool
) -> None:
    """Ids of pings can be guessed; what is no answer to one is taken up like everything else."""
    taken: list[Incoming] = []
    line = Line(ADDRESS, patience=Patience(), take=taken.append, turned=lambda _up: None)
    waiting = line._pings["p1"] = asyncio.get_running_loop().create_future()
    line._taken(SimpleNamespace(xml=ET.fromstring(f"<iq from='{sender}' id='p1' type='{kind}'/>")))
    assert (waiting.done(), len(taken)) == (is_answer, 0 if is_answer else 1)
