"""A forum, a mailbox and a page around the real daemon, for a newcomer to see the whole loop."""
