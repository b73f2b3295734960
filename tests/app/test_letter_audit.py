"""Letters of every size and shape through a whole bridge in a process of its own: bounded memory, a reason for each, and the next one is taken (E08, G0)."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest

from bridge.testing.fakes.forum import Forum
from bridge.testing.town import AGENT, HELP_RULES, Town, answer

pytestmark = [pytest.mark.timeout(300)]

UNIT_MEMORY = 512 * 1024
"""KiB: MemoryMax= of the unit."""
MIB = 1024 * 1024
Shape = Callable[[bytes], bytes]


def text(head: bytes, size: int) -> bytes:
    """A plain mail of so many octets."""
    return head + b"Content-Type: text/plain\n\n" + (b"word " * 14 + b"\n") * (size // 71)


def parts(head: bytes, count: int) -> bytes:
    """A mail of many parts."""
    return head + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * count + b"--b--\n"


def nested(head: bytes, depth: int) -> bytes:
    """A mail whose parts stand one inside the other."""
    rest = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(depth))
    return head + b"Content-Type: multipart/mixed; boundary=b0\n\n" + rest + b"--b%d\n\ndeep\n" % depth


HELD: dict[str, Shape] = {
    "11 MiB": lambda head: text(head, 11 * MIB),
    "50 MiB": lambda head: text(head, 50 * MIB),
    "10,000 parts": lambda head: parts(head, 10_000),
    "201 parts": lambda head: parts(head, 201),
    "depth 1,000": lambda head: nested(head, 1_000),
    "depth 21": lambda head: nested(head, 21),
    "a million lines": lambda head: head + b"Content-Type: text/plain\n\n" + b"\n" * MIB,
    "9 MiB in one line": lambda head: head + b"Content-Type: text/plain\n\n" + b"x" * (9 * MIB),
    "9 MiB of words": lambda head: text(head, 9 * MIB),
    "9 MiB of quotation": lambda head: head + b"\n" + b"> > > quoted words of nobody\n" * (9 * MIB // 28),
    "a million open tags": lambda head: head + b"Content-Type: text/html\n\n" + b"<b><i><u>" * MIB,
    "a million entities": lambda head: head + b"Content-Type: text/html\n\n" + b"&amp;&#x41;" * (MIB // 2),
    "5 MiB of one field": lambda head: head + b"X: " + b"y" * (5 * MIB) + b"\nContent-Type: application/pdf\n\n%PDF\n",
    "100,000 fields": lambda head: head + b"X-Y: z\n" * 100_000 + b"Content-Type: application/pdf\n\n%PDF\n",
    "5 MiB of base64 in a signature": lambda head: head + b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n" + b"MIAG" * (5 * MIB // 4) + b"\n",
}  # fmt: skip
"""Letters to the right address that nobody may publish."""

STRAY: dict[str, bytes] = {
    "1 octet": b"x",
    "a line feed": b"\n",
    "NUL": b"\x00" * 1000,
    "a colon": b":",
    "1 MiB of noise": bytes(range(256)) * 4096,
    "a header alone": b"Subject: x\n",
}
"""Letters to nobody."""
UNREADABLE = {"1 octet", "NUL", "1 MiB of noise"}
"""Those of them that have no header."""


def head(to: Message, number: int) -> bytes:
    """The header of an answer to a proxy, without its end."""
    written = answer(to, "x")
    kept = [f"{name}: {written[name]}" for name in ("From", "To", "Subject", "In-Reply-To")]
    return "\n".join([*kept, f"Message-ID: <audit{number}@acme.test>", "MIME-Version: 1.0", ""]).encode()


FROM_NOTHING = """
import os, sys
if (child := os.fork()) == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
open(sys.argv[1], "w").write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts a program from a small one: by exec it inherits the peak of who started it, and a test run has grown large."""


def run_once(town: Town, log: Path) -> int:
    """One pass of the bridge as its users start it; the most memory that it had, in KiB."""
    peak = log.with_suffix(".peak")
    command = [sys.executable, "-m", "bridge", "run", "--once", "--config", str(town.configuration)]
    with log.open("ab") as into:
        small = [sys.executable, "-c", FROM_NOTHING, str(peak), *command]
        done = subprocess.run(small, stdout=into, stderr=into, check=False)
    assert done.returncode == 0, log.read_text()[-2000:]
    return int(peak.read_text())


def decided(log: Path) -> list[tuple[str, str]]:
    """Outcome and reason of every letter."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if '"letter_decided"' in line]
    return [(line["outcome"], line["reason"]) for line in lines]


async def test_whatever_comes_is_held_or_not_ours_and_the_next_letter_is_published(
    tmp_path: Path, forum: Forum
) -> None:
    town, log = Town(root=tmp_path), tmp_path / "log"
    town.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    town.rules(HELP_RULES)
    await _pass(town, log)
    forum.write("jane", "My shop is broken, can you help?", title="Broken")
    await _pass(town, log)
    (proxy,) = town.mails()

    for number, shape in enumerate(HELD.values()):
        town.deliver(shape(head(proxy, number)))
    for octets in STRAY.values():
        town.deliver(octets)
    town.deliver(answer(proxy, "Sorry for that! Please try again now.", sender=AGENT).as_bytes())
    peak = await _pass(town, log)

    assert [said.text for said in forum.said()] == ["Sorry for that! Please try again now."]
    outcomes = Counter(outcome for outcome, _ in decided(log))
    assert outcomes == {"answer": 1, "held": len(HELD) + len(UNREADABLE), "not_ours": len(STRAY) - len(UNREADABLE)}
    assert all(reason for outcome, reason in decided(log) if outcome != "answer")
    assert peak < UNIT_MEMORY
    assert not list((town.replies / "new").iterdir())
    assert "letter_unreadable" not in log.read_text()


async def _pass(town: Town, log: Path) -> int:
    return await asyncio.to_thread(run_once, town, log)
