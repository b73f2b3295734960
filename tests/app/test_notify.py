"""What systemd is told, and that a listener who has gone keeps nobody from working."""

import socket
from pathlib import Path

import pytest

from bridge.app.notify import notify


@pytest.fixture
def listener(tmp_path: Path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield ears


def test_lines_arrive_together(listener) -> None:
    assert notify("READY=1", "STATUS=fine")
    assert listener.recv(100) == b"READY=1\nSTATUS=fine"


def test_an_abstract_address_works_too(monkeypatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind("\0bridge-test-notify")
        monkeypatch.setenv("NOTIFY_SOCKET", "@bridge-test-notify")

        assert notify("WATCHDOG=1")
        assert ears.recv(100) == b"WATCHDOG=1"


def test_nobody_asked(monkeypatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    assert not notify("READY=1")


def test_a_listener_who_has_gone_is_no_trouble(listener) -> None:
    listener.close()

    assert not notify("RELOADING=1")
