"""What a listing of a site like Reddit shows at the moment, for its API and its feeds alike."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.reddit_world import Thing, World


def in_subreddit(world: World, name: str, kind: str) -> Sequence[Thing]:
    """The posts or comments of a subreddit, oldest first."""
    return [thing for thing in world.kept(kind) if thing.subreddit.lower() == name.lower()]


def found(world: World, query: str) -> Sequence[Thing]:
    """Posts with all these words in them; `subreddit:NAME` is one, too."""
    terms = query.lower().replace('"', "").split()
    return [thing for thing in world.kept("t3") if all(_has(thing, term) for term in terms)]


def _has(thing: Thing, term: str) -> bool:
    sort, _, name = term.partition(":")
    return thing.subreddit.lower() == name if sort == "subreddit" else term in f"{thing.title} {thing.text}".lower()


def shown(world: World, faults: Faults, things: Iterable[Thing]) -> Sequence[Thing]:
    """The newest first, without what a fault hides."""
    listed = list(things)
    if lag := faults.take(Mode.LISTING_LAG):
        listed = [thing for thing in listed if thing.at <= world.now() - timedelta(seconds=lag.amount)]
    if window := faults.take(Mode.SHORT_WINDOW):
        listed = listed[-int(window.amount) :]
    if faults.take(Mode.IDS_BACK):
        listed = listed[:-1]
    return listed[::-1]
