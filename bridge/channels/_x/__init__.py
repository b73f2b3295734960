"""The inner rooms of the X channel."""
