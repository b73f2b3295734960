"""The workload of FT01: customers and an agent who go on while the daemon is killed, and what is said about it meanwhile."""

import asyncio
import email
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

from bridge.testing.checker import TAG
from bridge.testing.correspondence import answer, plain
from bridge.testing.fakes.forum import Forum
from bridge.testing.postoffice import PostOffice

EVERY = 15.0
"""Seconds between two lines of progress."""

START = 60.0
"""Seconds that a start may take on a machine that does much else."""

_HEADERS = ("From", "Reply-To", "Subject", "Date", "Message-ID", "References")


class Queue:
    """The proxies in the queue's mailbox; each file is read once, so that the ten thousandth costs no more than the first."""

    def __init__(self, office: PostOffice) -> None:
        self._root = office.maildir("queue")
        self._read: set[str] = set()
        self._proxies: list[Message] = []

    def proxies(self) -> Sequence[Message]:
        """What lies there by now, without notices; later ones come after earlier ones."""
        files = [
            file for room in ("new", "cur") if (self._root / room).is_dir() for file in (self._root / room).iterdir()
        ]
        for file in sorted(file for file in files if file.name not in self._read):
            self._read.add(file.name)
            mail = email.message_from_bytes(file.read_bytes())
            if mail["Auto-Submitted"] == "auto-generated":
                self._proxies.append(_slim(mail))
        return self._proxies


def _slim(mail: Message) -> Message:
    """A mail with what is needed to answer and to judge it, since thousands of whole ones would fill the memory."""
    kept = Message()
    for name in _HEADERS:
        if name in mail:
            kept[name] = mail[name]
    kept.set_payload(plain(mail), "utf-8")
    return kept


class Workload:
    """Numbered posts and answers, each with a tag of its own; so many answers at most."""

    def __init__(self, forum: Forum, office: PostOffice, *, answers: int) -> None:
        self._forum = forum
        self._office = office
        self._most = answers
        self._seen = 0
        self._open: deque[Message] = deque()
        self._known: set[str] = set()
        self.queue = Queue(office)
        self.posts: list[str] = []
        self.answers: list[str] = []

    def write(self) -> None:
        """One customer more writes."""
        tag = f"post-{len(self.posts) + 1:04}"
        self._forum.write(f"jane{len(self.posts)}", f"{tag} please help", title=tag)
        self.posts.append(tag)

    def answer(self) -> bool:
        """The agent answers the oldest proxy that was not answered; whether there was one, and answers were left."""
        self._look()
        if not self._open or len(self.answers) >= self._most:
            return False
        mail = self._open.popleft()
        own = _tag(mail).replace("post", "answer")
        reply = answer(mail, f"{own} It works again.", sender=f"agent1@{self._office.domain}")
        self._office.deliver(reply.as_bytes(), to=str(reply["To"]).rpartition("<")[2].rstrip(">"))
        self.answers.append(own)
        return True

    def _look(self) -> None:
        """Take notice of proxies that came; one that came again is no second one."""
        proxies = self.queue.proxies()
        for mail in proxies[self._seen :]:
            if _tag(mail) not in self._known:
                self._known.add(_tag(mail))
                self._open.append(mail)
        self._seen = len(proxies)


def _tag(mail: Message) -> str:
    return TAG.findall(plain(mail))[0]


@dataclass(slots=True, kw_only=True)
class Progress:
    """What a long run says while it runs: how far it is, and what the daemon met."""

    kills: int
    """Planned ones."""
    log: Path
    """What the daemon says."""
    done: int = 0
    starts: int = 0
    doubts: int = 0
    begun: float = field(default_factory=time.monotonic)
    _read: int = 0
    _told: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.begun

    def told(self, workload: Workload) -> str:
        """How far it is, in a line."""
        self._look()
        minutes, seconds = divmod(int(self.elapsed), 60)
        life = f", {self.elapsed / self.done:.1f} s each" if self.done else ""
        work = f"{len(workload.posts)} posts, {len(workload.answers)} answers, {self.doubts} doubts"
        work = f"{self.starts} lives at work, {work}"
        return f"FT01: {self.done} of {self.kills} kills{life}, {work}, {minutes} min {seconds} s"

    def tell(self, workload: Workload) -> None:
        """Say it, not too often."""
        if time.monotonic() - self._told >= EVERY:
            self._told = time.monotonic()
            say(self.told(workload))

    async def started(self) -> float:
        """Wait until the daemon that was just started says that it is; how many seconds that took."""
        self._look()
        before, begun = self.starts, time.monotonic()
        while self.starts == before and time.monotonic() < begun + START:
            await asyncio.sleep(0.02)
            self._look()
        return time.monotonic() - begun

    def _look(self) -> None:
        """Count in what the daemon said since the last look."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            said = log.read()
        whole = said.rfind(b"\n") + 1
        self.starts += said[:whole].count(b'"event": "started"')
        self.doubts += said[:whole].count(b'"effect_doubted"')
        self._read += whole


def say(line: str) -> None:
    """One line at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
