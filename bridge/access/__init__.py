"""How the bridge gets into other people's servers: TLS, passwords and access tokens."""
