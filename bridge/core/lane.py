"""The lanes of a conversation: what stands in one comes one after the other."""

from enum import StrEnum


class Lane(StrEnum):
    """Within a conversation each lane is serial, so that answers keep their order."""

    IN = "in"
    OUT = "out"
    LATER = "later"
    """What only looks at the time, hours after it was intended, and keeps nothing else waiting."""
    ALL = "all"
    """Answers to all who joined a ticket; each has the lane to itself."""
    DEED = "deed"
    """What is done on the platform; divided by what is done to which target, so that words go although a like must wait."""
