"""Servers for adapters under test: real ones on the loopback, each with a journal of what it was told."""
