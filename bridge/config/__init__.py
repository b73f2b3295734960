"""The configuration: TOML to validated values, every complaint at once with its file and key."""

from bridge.config.load import Complaints, Loaded, load

__all__ = ["Complaints", "Loaded", "load"]
