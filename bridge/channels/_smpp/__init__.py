"""The inner rooms of the SMPP channel."""
