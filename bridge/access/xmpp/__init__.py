"""A chat floor behind an XMPP server: the one component that desks and their inbox share, and what it keeps."""
