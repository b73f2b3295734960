"""Gaps of several listings, told as one."""

from collections.abc import Sequence

from bridge.core.events import Gap


def joined(gaps: Sequence[Gap]) -> Gap | None:
    """One gap for a page; None without any."""
    if not gaps:
        return None
    return Gap(since=", ".join(gap.since for gap in gaps), until=", ".join(gap.until for gap in gaps))
