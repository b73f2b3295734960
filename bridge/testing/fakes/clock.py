"""The time that a fake keeps where a test gives it none of its own."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)
