"""The pure core: what the bridge knows and how it decides, without clock, network or storage."""
