"""Commands: parse, call, print; nothing else."""

import gc
import sys

from bridge import __version__

_NEW = 10_000
"""New objects between two searches for cyclic garbage: with the usual 700 a start and each post cost about a twentieth more."""


def main() -> None:
    """The command `bridge`; what only asks for the version does not wait for anything else to be imported."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"bridge {__version__}\n")
        return
    gc.set_threshold(_NEW)
    from bridge.cli.commands import app

    app()
