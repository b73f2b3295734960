"""Where things are on this machine: configuration, credentials, state."""

import os
from dataclasses import dataclass
from pathlib import Path

from bridge.config import Loaded
from bridge.stanza import Secret

CONFIGURATION = Path("/etc/bridge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The directories that a command works with."""

    configuration: Path
    credentials: Path | None
    """None where there is none; then no credential can be read."""


def place(configuration: Path | None) -> Place:
    """The configuration that was named, else `$BRIDGE_CONFIG`, else /etc/bridge.

    Credentials are in `$CREDENTIALS_DIRECTORY` (systemd.exec(5)), else in `credentials` inside the configuration.
    """
    directory = configuration or Path(os.environ.get("BRIDGE_CONFIG") or CONFIGURATION)
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    credentials = Path(given) if given else directory / "credentials"
    return Place(configuration=directory, credentials=credentials if credentials.is_dir() else None)


def database(loaded: Loaded) -> str | Path:
    """Where the state store is: a path, or a postgresql:// address."""
    named = loaded.bridge.database
    address = named.reveal() if isinstance(named, Secret) else named
    return state(loaded) / "bridge.db" if address == "sqlite" else address


def state(loaded: Loaded) -> Path:
    """The state directory: the configured one, else `$STATE_DIRECTORY`, else the user's own."""
    if loaded.bridge.state is not None:
        return loaded.bridge.state
    given = os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given.partition(":")[0])
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "bridge"
