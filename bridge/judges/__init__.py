"""What decides about a post: rules, and a model that learns."""
