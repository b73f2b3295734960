"""One file per way back from a queue."""
