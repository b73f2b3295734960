"""Words on Reddit: what stands in place of those that were taken away."""

TAKEN_AWAY = frozenset({"[deleted]", "[removed]"})
"""By the author, and by moderators."""
