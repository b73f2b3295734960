"""A chat floor behind a Matrix homeserver: the one application service that desks and their inbox share, and what it keeps."""
