"""The configuration: TOML to validated values, every complaint at once with its file and key."""

from bridge.config.loading import Complaints, Loaded, load
from bridge.config.schema import schema

__all__ = ["Complaints", "Loaded", "load", "schema"]
