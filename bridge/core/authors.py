"""Lists of authors: how their entries are written, and by which names a post's author is found in them."""

from bridge.core.model import Post


def author_key(entry: str) -> str:
    """An entry of an author list as posts' authors are looked up: a handle without its mark, an id, `channel/id`."""
    return entry.strip().removeprefix("@").casefold()


def author_keys(post: Post) -> frozenset[str]:
    """All the names by which a list can mean the post's author."""
    author = post.author
    handle = author.handle.removeprefix("@").casefold()
    return frozenset({author.id.casefold(), f"{post.channel}/{author.id}".casefold()} | ({handle} if handle else set()))
