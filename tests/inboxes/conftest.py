"""What tests of inboxes share: an authority for certificates."""

from pathlib import Path

import pytest

from bridge.testing.tls import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs certificates of servers under test."""
    directory: Path = tmp_path_factory.mktemp("authority")
    return Authority(directory)
