"""What the tests of NodeBB share: how a channel is built in front of a forum."""

from datetime import timedelta

from bridge.channels import nodebb
from bridge.channels.nodebb import NodeBB
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.fakes.nodebb import NodeBBForum


def built(forum: NodeBBForum, fittings: Fittings, **changes: object) -> NodeBB:
    """A channel that reads categories 1 and 2, but for the changes."""
    given = {
        "endpoint": forum.url,
        "account": forum.brand.id.removeprefix("m"),
        "token": Secret(forum.token),
        "categories": [1, 2],
        "allow_private": True,
        "per_minute": 100_000,
        "timeout": timedelta(seconds=2),
    }
    return NodeBB("forum", nodebb.Settings.model_validate({**given, **changes}), fittings)
