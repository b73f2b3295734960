"""The inner rooms of the NodeBB channel."""
