"""A secret that the far end renews by itself, kept in a file that only the daemon can read."""

import hashlib
import json
from pathlib import Path

from bridge.access.private_file import write_private
from bridge.ports import TemporaryProblem
from bridge.stanza import Secret


class Keepsake:
    """The newest form of a secret; an operator's new credential always wins over what descended from an older one."""

    def __init__(self, path: Path | None, seed: Secret) -> None:
        self._path = path
        self._seed = seed.reveal()
        self._value = self._load() or self._seed
        self._stored = self._value
        """What a restart would find; another value than today's where the disk refused it."""

    def get(self) -> str:
        """The secret as it is now."""
        return self._value

    def put(self, value: str) -> None:
        """Keep a renewed secret, durably before it is used; raises TemporaryProblem where the disk refuses."""
        if value == self._stored:
            return
        self._value = value
        if self._path:
            try:
                write_private(self._path, json.dumps({"from": _mark(self._seed), "secret": value}).encode())
            except OSError as error:
                raise TemporaryProblem(f"a renewed token cannot be kept: {error.strerror}") from error
        self._stored = value

    def _load(self) -> str:
        """What was kept, if it descends from today's credential."""
        try:
            kept = json.loads(self._path.read_bytes()) if self._path else {}
            return str(kept["secret"]) if kept.get("from") == _mark(self._seed) else ""
        except (OSError, ValueError, KeyError, AttributeError):
            return ""


def _mark(seed: str) -> str:
    """Recognises a secret without telling it."""
    return hashlib.sha256(b"keepsake\0" + seed.encode()).hexdigest()[:32]
