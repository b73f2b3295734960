"""The daemon loads nothing that only a person's terminal, a migration or somebody's signature needs, nor what the first letter does."""

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
    "bridge.letters.speaking",
    "bridge.letters.extract",
    "bridge.letters.automatic",
    "bridge.app.showing",
)
LOADED = """
import sys
import bridge.cli
bridge.cli.import_log()
import bridge.cli.running, bridge.app.daemon, bridge.channels.feed, bridge.desks.smtp, bridge.inboxes.imap
print(*sys.modules)
"""

GIVEN_BACK = """
from bridge.app.memory import give_back, give_back_early
give_back_early()
give_back()
print("fine")
"""


def test_a_daemon_is_spared_what_others_need() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True)
    assert not {*told.stdout.split()} & {*SPARED}


def test_tables_still_find_their_library() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bridge", "check", "--help"], capture_output=True, check=True, text=True
    )
    assert "Check the configuration" in told.stdout


def test_memory_is_given_back_where_the_c_library_can() -> None:
    told = subprocess.run([sys.executable, "-c", GIVEN_BACK], capture_output=True, check=True, text=True)
    assert told.stdout == "fine\n"
