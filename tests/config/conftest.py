"""A configuration directory that is fine, into which a test puts the file that is not, and its credentials."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.config import Complaints, Loaded, load

BRIDGE = """
[bridge]
reply_domain = "reply.example.com"
reply_keys = [{ kid = "a", key = { credential = "reply-key" } }]

[desk.support]
kind = "maildir"
inbox = "back"
path = "queue"
to = "queue@acd.example"

[inbox.back]
kind = "maildir"
path = "answers"
"""

FORUM = """
[channel.forum]
kind = "feed"
url = "https://forum.example.org/feed"
"""

Put = Callable[[str, str], None]


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    directory = tmp_path / "credentials"
    directory.mkdir()
    (directory / "reply-key").write_text("k" * 40)
    (directory / "short").write_text("k" * 31)
    return directory


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def put(directory: Path) -> Put:
    """Writes one file of the configuration; the smallest one with a channel, a desk and an inbox is there already."""

    def put(name: str, text: str) -> None:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    put("bridge.toml", BRIDGE)
    put("channels.d/forum.toml", FORUM)
    put("lists/empty.txt", "# nobody yet\n")
    put("lists/staff.txt", "@acmecare\n# by id\n7\n")
    put("responses/hours.md", "We are here from nine to five.\n")
    put("responses/Hours.de.md", "Wir sind von neun bis fünf da.\n")
    return put


@pytest.fixture
def loaded(directory: Path, credentials: Path) -> Callable[[], Loaded]:
    """Loads the configuration, which must be fine."""

    def loaded() -> Loaded:
        found = load(directory, credentials)
        assert not isinstance(found, Complaints), "\n".join(map(str, found.complaints))
        return found

    return loaded


@pytest.fixture
def complaints(directory: Path, credentials: Path) -> Callable[[], list[str]]:
    """What is wrong with the configuration, as people see it; something must be."""

    def complaints() -> list[str]:
        found = load(directory, credentials)
        assert isinstance(found, Complaints)
        return [str(complaint) for complaint in found.complaints]

    return complaints
