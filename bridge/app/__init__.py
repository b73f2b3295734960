"""The composition root: configuration to adapters to loops, and what people's commands do with them."""
