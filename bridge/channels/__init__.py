"""One file per platform where customers speak."""
