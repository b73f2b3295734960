"""Reddit: posts and comments of subreddits and searches in, by the site's public feeds; a person answers there by hand."""

from bridge.channels._reddit.by_feed import ByFeed
from bridge.channels._reddit.settings import Settings
from bridge.ports import Channel, Fittings

__all__ = ["Settings", "build"]


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    return ByFeed(name, settings, fittings)
