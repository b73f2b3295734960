"""The fields by which bridges know each other's mail, so that no two of them ever answer one another (D01)."""

INSTANCE = "X-Bridge-Instance"
"""Names the installation that made a mail; a mail that bears any instance's name was written by a machine."""

HOPS = "X-Bridge-Hops"
"""How many bridges a mail has passed; ours start with 1."""
