"""How the bridge gets into what other programs keep: TLS, passwords and access tokens for their servers, Maildirs and private files on the disk."""
