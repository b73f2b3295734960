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
    import_log()
    from bridge.cli.commands import app

    app()


def import_log() -> None:
    """Import structlog without rich, which it would take in whole for a form of tracebacks that we never use.

    Tables load it when there is one to print; a daemon stays smaller by seven MiB and starts sooner.
    """
    if "structlog" in sys.modules or "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment] # an import of it fails, as where it is not installed
    import structlog  # noqa: F401 - for the modules that will ask for it

    del sys.modules["rich"]
