"""The daemon loads nothing that only a person's terminal, a migration or somebody's signature needs."""

import subprocess
import sys

SPARED = (
    "rich",
    "pygments",
    "alembic",
    "mako",
    "cryptography",
    "feedparser",
    "aiohttp.web",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "tweepy",
    "facebook",
)
LOADED = """
import sys
import bridge.cli
bridge.cli.import_log()
import bridge.cli.running, bridge.app.daemon, bridge.channels.feed, bridge.desks.smtp, bridge.inboxes.imap
print(*sys.modules)
"""


def test_a_daemon_is_spared_what_others_need() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True)
    assert not {*told.stdout.split()} & {*SPARED}


def test_tables_still_find_their_library() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bridge", "check", "--help"], capture_output=True, check=True, text=True
    )
    assert "Check the configuration" in told.stdout
