"""The whole bridge for tests: the forum, a configuration as operators write it, and the real daemon over a real post office."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.testing.fakes.forum import Forum
from bridge.testing.postoffice import PostOffice

SECONDS = 60
"""How long anything may take to reach the far ends."""

_BRIDGE = """
[bridge]
brand = "Acme"
reply_domain = "{domain}"
reply_keys = [{{ kid = "a", key = {{ credential = "reply-key" }} }}]
state = "{state}"

[channel.forum]
kind = "sandbox"
platform = "Forum"
endpoint = "{endpoint}"
account = "{account}"
token = {{ credential = "forum-token" }}
allow_private = true
interval = "500ms"
brand = ["acme"]

[inbox.replies]
kind = "imap"
host = "localhost"
port = {imaps}
ca_file = "{authority}"
user = "reply@{domain}"
password = {{ credential = "imap-password" }}
"""
_DESK = """
[desk.{name}]
kind = "smtp"
to = "queue@{domain}"
host = "localhost"
port = {port}
tls = "{tls}"
ca_file = "{authority}"
user = "agent2@{domain}"
password = {{ credential = "smtp-password" }}
inbox = "replies"
live = true
undo = "0s"
i_accept_no_undo = true
{policy}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What differs between households."""

    rules: str
    """The rules file."""
    desks: dict[str, str]
    """Each desk's name, and its keys besides those of the way there."""
    tls: str
    """How mails go out: implicit or starttls."""


@asynccontextmanager
async def household(office: PostOffice, root: Path, plan: Plan) -> AsyncIterator[tuple[Forum, Path]]:
    """The forum, and the log of a daemon that has met it before the first customer writes."""
    forum = Forum(journal=None, brand="acme")
    await forum.start()
    try:
        configuration = configure(root, office, forum=forum, plan=plan)
        async with running(configuration):
            log = root / "log"
            await until(lambda: '"state": "well"' in log.read_text(), "the daemon did not poll", log=log)
            yield forum, log
    finally:
        await forum.stop()


def configure(root: Path, office: PostOffice, *, forum: Forum, plan: Plan) -> Path:
    """The configuration's directory, written."""
    configuration = root / "config"
    (configuration / "credentials").mkdir(parents=True)
    (configuration / "rules.d").mkdir()
    secret = {
        "reply-key": secrets.token_hex(32),
        "forum-token": forum.token,
        "smtp-password": office.passwords["agent2"],
        "imap-password": office.passwords["reply"],
    }
    for name, value in secret.items():
        (configuration / "credentials" / name).write_text(value)
        (configuration / "credentials" / name).chmod(0o600)
    (configuration / "rules.d" / "rules.toml").write_text(plan.rules)
    (configuration / "bridge.toml").write_text(_written(root, office, forum=forum, plan=plan))
    return configuration


def _written(root: Path, office: PostOffice, *, forum: Forum, plan: Plan) -> str:
    places = {
        "domain": office.domain,
        "state": root / "state",
        "endpoint": forum.url,
        "account": forum.brand.id,
        "port": office.ports.smtps if plan.tls == "implicit" else office.ports.submission,
        "tls": plan.tls,
        "authority": office.authority.file,
        "imaps": office.ports.imaps,
    }
    desks = (_DESK.format(name=name, policy=policy, **places) for name, policy in plan.desks.items())
    return "\n".join([_BRIDGE.format(**places), *desks])


@asynccontextmanager
async def running(configuration: Path) -> AsyncIterator[None]:
    """The real daemon as a process of its own, ended as systemd ends it."""
    log = configuration.parent / "log"
    with log.open("w") as out:
        command = [str(Path(sys.executable).with_name("bridge")), "run", "--config", str(configuration)]
        daemon = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out)
        try:
            yield
        finally:
            daemon.terminate()
            code = await asyncio.wait_for(daemon.wait(), 20)
    assert code == 0, log.read_text()[-2000:]


async def until(what: Callable[[], object], why: str, *, log: Path) -> None:
    """Wait for something at the far ends; fails with the daemon's log."""
    for _ in range(SECONDS * 20):
        if await asyncio.to_thread(what):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{why}\n{await asyncio.to_thread(log.read_text)}")
