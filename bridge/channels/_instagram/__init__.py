"""The inner rooms of the Instagram channel."""
