"""One file per platform where customers speak; what a large one is made of stands in a room of its own behind it."""
