"""The inner rooms of the YouTube channel."""
