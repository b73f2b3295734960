"""The inner rooms of the Facebook channel: posts, comments and Messenger of a Page."""
