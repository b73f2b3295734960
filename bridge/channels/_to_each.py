"""How an answer to all begins for each customer, where a platform refuses the same words under a second post."""

from bridge.core.model import Author


def by_handle(author: Author) -> str | None:
    """Speaks to them as people do there; None where the platform does not say who it is."""
    return f"@{author.handle} " if author.handle else None


def by_name(author: Author) -> str | None:
    """Begins with their name, without a link to them; None where the platform does not say it."""
    return f"{author.name}: " if author.name else None


def as_it_is(_author: Author) -> str | None:
    """Adds nothing: the adapter itself begins each answer with the mention."""
    return ""
