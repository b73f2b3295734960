"""The inner rooms of the Discourse channel."""
