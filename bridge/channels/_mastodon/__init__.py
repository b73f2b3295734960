"""The inner rooms of the Mastodon channel."""
