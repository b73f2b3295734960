"""The sandbox channel against the forum: the contract, and what its stanza demands."""

from collections.abc import Callable

import pytest

from bridge.channels import sandbox
from bridge.ports import Channel
from bridge.stanza import Secret
from bridge.testing.channel_platform import Platform
from bridge.testing.channels import ChannelContract


class TestSandbox(ChannelContract):
    @pytest.fixture
    def platform(self, forum_platform: Callable[[Callable[[Channel], Channel]], Platform]) -> Platform:
        return forum_platform(lambda channel: channel)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"endpoint": "http://forum.example.org"}, "over https only"),
        ({"endpoint": "forum.example.org"}, "begins with https"),
        ({"endpoint": "https://me:secret@forum.example.org"}, "no user, password"),
        ({"token": "written down"}, "named, never written down"),
        ({"nonsense": 1}, "Extra inputs"),
    ],
)
def test_a_wrong_stanza_is_told_what_is_wrong(changes: dict[str, object], complaint: str) -> None:
    given = {"endpoint": "https://forum.example.org", "account": "m1", "token": Secret("x" * 20)}
    sandbox.Settings.model_validate(given)
    with pytest.raises(ValueError, match=complaint):
        sandbox.Settings.model_validate({**given, **changes})
