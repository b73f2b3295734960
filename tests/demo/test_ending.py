"""How the demo begins and ends: ports, Ctrl-C once and twice, a daemon that dies, and going on in the same place."""

import asyncio
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from bridge.testing.spectator import PATIENCE, Running, Spectator, ready, running, start

Require = Callable[[Collection[str], Collection[str]], None]

SETPRIV = ({"setpriv"}, {"util-linux"})
"""What ends the daemon with the demo, and the package that has it."""

pytestmark = pytest.mark.xdist_group("demo")


async def daemon_of(demo: Running) -> int:
    async with aiohttp.ClientSession() as session:
        about = await Spectator(session=session, demo=demo).about()
    return int(about["reload"].removeprefix("kill -HUP "))


def lives(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody has asked for yet does not."""
    with suppress(FileNotFoundError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return False


def listens(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def ended(demo: Running) -> tuple[int, str]:
    told, _ = demo.process.communicate(timeout=PATIENCE)
    return demo.process.returncode, told


async def test_ctrl_c_ends_everything_within_ten_seconds_and_leaves_nothing() -> None:
    with running("--port", "0") as demo:
        daemon, begun = await daemon_of(demo), time.monotonic()
        demo.process.send_signal(signal.SIGINT)
        code, told = ended(demo)

        assert time.monotonic() - begun < 10
        assert code == 0
        assert "Traceback" not in told
        assert told.splitlines()[-1] == "stopped"
        assert not lives(daemon)
        assert not listens(demo.address)
        assert not demo.root.exists()


async def test_a_second_ctrl_c_waits_for_nobody() -> None:
    with running("--port", "0") as demo:
        daemon = await daemon_of(demo)
        os.kill(daemon, signal.SIGSTOP)  # a daemon that does not end
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.stdout.readline().startswith("stopping")
        begun = time.monotonic()
        demo.process.send_signal(signal.SIGINT)
        code, told = ended(demo)

        assert time.monotonic() - begun < 5
        assert code == 0
        assert "Traceback" not in told
        assert not lives(daemon)


async def test_a_daemon_that_dies_ends_the_demo_with_the_end_of_its_log() -> None:
    with running("--port", "0") as demo:
        os.kill(await daemon_of(demo), signal.SIGKILL)
        code, told = ended(demo)

        assert code == 1
        assert "the daemon ended by itself with exit code -9; the end of its log:" in told
        assert '"event": "started"' in told
        assert "Traceback" not in told
        assert not demo.root.exists()


async def test_the_daemon_does_not_outlive_a_demo_that_is_killed(require: Require) -> None:
    require(*SETPRIV)
    with running("--port", "0") as demo:
        daemon = await daemon_of(demo)
        watching = os.pidfd_open(daemon)
        demo.process.kill()
        demo.process.wait()
        ready_to_read = await wait_for_end(watching)
        shutil.rmtree(demo.root)

        assert ready_to_read
        assert not lives(daemon)


async def wait_for_end(pidfd: int) -> bool:
    """A pidfd becomes readable when its process ends (pidfd_open(2))."""

    def waited() -> bool:
        return bool(select.select([pidfd], [], [], PATIENCE)[0])

    try:
        return await asyncio.to_thread(waited)
    finally:
        os.close(pidfd)


def refused(*options: str) -> str:
    with start(*options) as process:
        told, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "Traceback" not in told
    return told


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = refused("--port", str(port))

    assert f"port {port} is in use: choose another one with --port, or --port 0 for any free one" in told


def test_a_port_that_is_reserved_is_said_with_what_to_do(require: Require) -> None:
    """Root is without the capability that makes the difference (capabilities(7))."""
    command = [sys.executable, "-m", "bridge", "demo", "--port", "1"]
    if os.geteuid() == 0:
        require(*SETPRIV)
        command = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert done.returncode == 1
    assert "port 1 may be used by root only: choose another one" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert "cannot be used: file exists" in refused("--port", "0", "--keep", str(tmp_path / "file"))


def test_ctrl_c_while_it_starts_is_no_trouble() -> None:
    with start("--port", "0") as process:
        assert process.stdout.readline().startswith("starting")
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert "Traceback" not in told


async def test_it_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Nothing is injected twice, and nothing that was said is gone, though every port is another one."""
    with running("--port", "0", "--keep", str(tmp_path / "kept")) as demo:
        async with aiohttp.ClientSession() as session:
            watcher = Spectator(session=session, demo=demo)
            await watcher.write("forum", author="Jane", title="Login", text="I cannot log in, please help me!")
            await watcher.mail("Jane on Forum: Login", kind="customer")
            await watcher.mail("Marco on Town talk: Servers down?", kind="customer")
        demo.process.send_signal(signal.SIGINT)
        code, told = ended(demo)
        assert (code, told.splitlines()[-1]) == (0, f"stopped; everything is kept in {tmp_path / 'kept'}")

    with start("--port", "0", "--keep", str(tmp_path / "kept")) as process:
        demo = ready(process)
        async with aiohttp.ClientSession() as session:
            watcher = Spectator(session=session, demo=demo)
            await watcher.write("forum", author="Omar", title="Again", text="I cannot log in either, please help me!")
            await watcher.mail("Omar on Forum: Again", kind="customer")
            await watcher.mail("Claire on Town talk: Commande jamais reçue", kind="customer")
            mails = await watcher.until("mailbox", lambda mails: mails)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0

    subjects = [mail["subject"] for mail in mails]
    assert len(subjects) == len(set(subjects))
    assert "Jane on Forum: Login" in subjects
