"""Named crash points: where the fault tests end the process, to prove that nothing is lost or doubled (FT03)."""

import os

_WHERE, _, _COUNT = os.environ.get("BRIDGE_CRASH_AT", "").partition(":")
_left = {_WHERE: int(_COUNT or "1")} if _WHERE else {}

POINTS = (
    "page.before",
    "page.after",
    "judge.before",
    "judge.after",
    "inject.claimed",
    "inject.sent",
    "inject.settled",
    "tell.claimed",
    "tell.sent",
    "tell.settled",
    "reread.settled",
    "remind.settled",
    "act.settled",
    "share.reached",
    "share.settled",
    "publish.claimed",
    "publish.sent",
    "publish.settled",
    "look.claimed",
    "look.done",
    "letter.fetched",
    "letter.stored",
    "letter.filed",
)
"""Each transition of delivery.md 3 to 6, before and after its commit."""


def point(name: str) -> None:
    """End the process at once where `BRIDGE_CRASH_AT=NAME[:N]` names this point, at its Nth passing."""
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] <= 0:
        os._exit(137)
