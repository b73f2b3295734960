"""What the community's answers come to while a post is held for it: who helps, and what was tried."""

from collections.abc import Sequence
from dataclasses import replace

from bridge.core import showing
from bridge.core.authors import author_key, author_keys
from bridge.core.conversation import Sent
from bridge.core.model import Post, Quote

ACCEPTED = "accepted"
"""Among the helpers: whatever whoever asked, or a moderator, marked as the solution."""

LIKED = "liked"
"""Among the helpers: whatever somebody liked."""

MOST_TRIED = 5
LONGEST_TRIED = 300


def helps(answer: Post, helpers: Sequence[str]) -> bool:
    """Whether an answer of others keeps a post from the queue; without named helpers everybody's does."""
    if not helpers:
        return True
    if (ACCEPTED in helpers and answer.accepted) or (LIKED in helpers and answer.likes > 0):
        return True
    people = {author_key(entry) for entry in helpers if entry not in {ACCEPTED, LIKED}}
    return not people.isdisjoint(author_keys(answer))


def tried(sent: Sent, answer: Post) -> Sent:
    """The proxy with an answer that nobody vouches for yet, each once and the newest words of each."""
    quote = Quote(
        author=showing.line(answer.author.handle or answer.author.name or "somebody", 80),
        text=showing.line(answer.text, LONGEST_TRIED),
        at=answer.at,
        url=answer.url,
    )
    others = [each for each in sent.tried if (each.url, each.at) != (quote.url, quote.at)]
    return replace(sent, tried=tuple([*others, quote][-MOST_TRIED:]))
