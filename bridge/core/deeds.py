"""What an account can do on its platform besides speaking: hide, show again, like, and take an answer of ours away."""

from enum import StrEnum


class Deed(StrEnum):
    """One such act; doing it twice is the same as once."""

    HIDE = "hide"
    """Hide a customer's public post from others."""
    UNHIDE = "unhide"
    """Show it again."""
    LIKE = "like"
    """Like a customer's public post."""
    DELETE = "delete"
    """Take a public answer of ours away."""

    @property
    def matter(self) -> "Deed":
        """The same for deeds that undo each other, whose order counts."""
        return Deed.HIDE if self is Deed.UNHIDE else self

    @property
    def shrinks(self) -> bool:
        """Whether less can be seen afterwards: that is never stopped together with speaking."""
        return self in {Deed.HIDE, Deed.DELETE}
