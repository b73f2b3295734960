"""Commands: parse, call, print; nothing else."""

import sys

from bridge import __version__


def main() -> None:
    """The command `bridge`; what only asks for the version does not wait for anything else to be imported."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"bridge {__version__}\n")
        return
    from bridge.cli.commands import app

    app()
