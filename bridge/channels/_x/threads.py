"""Asking for replies and quotes: as many conversations as fit into each search, and the searches one after another."""

from collections.abc import Sequence

from bridge.channels._x.listing import Bounds, Fetch
from bridge.channels._x.wire import Listed

LONGEST = 512
"""Characters of a search on self-serve plans."""


def questions(threads: Sequence[int], said: Sequence[int], *, account: str) -> list[str]:
    """Searches that together cover replies in these conversations and quotes of these posts, not by ourselves."""
    tail = f" -from:{account} -is:retweet"
    wanted = [
        *(f"conversation_id:{number}" for number in threads),
        *(f"quotes_of_tweet_id:{number}" for number in said),
    ]
    asked: list[str] = []
    for condition in wanted:
        joined = f"{asked[-1]} OR {condition}" if asked else condition
        if asked and len(joined) + len(tail) + 2 <= LONGEST:
            asked[-1] = joined
        else:
            asked.append(condition)
    return [f"({text}){tail}" for text in asked]


def chained(fetches: Sequence[Fetch]) -> Fetch:
    """Several listings read one after another; the token says which one is at its turn."""

    async def fetch(bounds: Bounds, token: str | None) -> Listed:
        turn, _, inner = (token or "0|").partition("|")
        number = int(turn)
        page = await fetches[number](bounds, inner or None)
        if page.next_token is not None:
            following: str | None = f"{number}|{page.next_token}"
        else:
            following = f"{number + 1}|" if number + 1 < len(fetches) else None
        return Listed(raws=page.raws, included=page.included, faults=page.faults, next_token=following)

    return fetch
