"""The inner rooms of the Bluesky channel."""
