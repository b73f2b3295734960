"""The rules of one queue on the floor: its people, and whether they claim conversations."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What a desk says about itself to the floor."""

    name: str
    agents: tuple[str, ...]
    """Who may answer, as desks list them."""
    claims: bool
    """Whether whoever takes a conversation has it; else all agents are in every room."""
    media_from: tuple[str, ...] = ()
    """Places from which what customers sent along is brought into their rooms; addresses elsewhere stay addresses."""
