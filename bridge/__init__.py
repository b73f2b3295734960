"""The bridge between the places where customers speak and the queue where agents already work."""

__version__ = "0.1.0"
