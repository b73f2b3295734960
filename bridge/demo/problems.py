"""What keeps the demo from being shown."""


class CannotShow(Exception):
    """The text says what to do about it."""
