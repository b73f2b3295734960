"""A real mail client in the demo's mailbox, with the ready-made file that the demo names."""

import asyncio
import os
import pty
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from bridge.testing.spectator import PATIENCE, Running, Spectator

pytestmark = pytest.mark.xdist_group("demo")

KEYS = "<limit>~s Login<enter><reply><send-message><quit>"

EDITOR = """\
#!/bin/sh
(echo 'Typed in neomutt, Jane.'; echo; cat "$1") > "$1.new" && mv "$1.new" "$1"
"""


def on_a_terminal(command: list[str]) -> int:
    """Run a program that wants a terminal until it ends; gives back its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    with suppress(OSError):  # EIO is how Linux says that the other side of a terminal is closed
        while os.read(terminal, 65536):
            pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


async def test_neomutt_answers_as_the_page_does(demo: Running, require, tmp_path: Path) -> None:
    require({"neomutt"}, {"neomutt"})
    editor = tmp_path / "editor"
    editor.write_text(EDITOR, encoding="utf-8")
    editor.chmod(0o755)
    async with aiohttp.ClientSession() as session:
        spectator = Spectator(session=session, demo=demo)
        post = await spectator.write("forum", author="Jane", title="Login", text="I cannot log in, please help me!")
        mail = await spectator.mail("Jane on Forum: Login", kind="customer")
        named = (await spectator.about())["neomutt"].split()
        settings = f"set editor='{editor}' fast_reply=yes autoedit=yes quit=yes"
        pressed = [*named, "-e", settings, "-e", f"push '{KEYS}'"]
        async with asyncio.timeout(PATIENCE):
            assert await asyncio.to_thread(on_a_terminal, pressed) == 0

        (answer,) = await spectator.until("story", lambda told: [a for a in told["answers"] if a["parts"]])
        assert (answer["words"], answer["to"]) == ("Typed in neomutt, Jane.", mail["message_id"])
        (said,) = await spectator.until(
            "boards", lambda boards: [p for topic in boards["forum"] for p in topic["posts"] if p["ours"]]
        )
        assert (said["text"], said["parent"]) == ("Typed in neomutt, Jane.", post)
        lines = await spectator.until("mailbox", lambda mails: [m for m in mails if m["id"] == mail["id"]])
        assert lines[0]["answered"]
