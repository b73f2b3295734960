"""One file per way into a queue."""
