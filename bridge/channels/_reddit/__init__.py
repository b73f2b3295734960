"""The inner rooms of the Reddit channel."""
