"""The inner rooms of the feed channel."""
