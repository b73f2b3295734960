"""The whole loop over real servers and real mail clients: a post in, a proxy in the agents' mailbox, the answer under the post."""

import asyncio
import email
import os
import pty
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path

import pytest

from bridge.testing.fakes.forum import Forum
from bridge.testing.postoffice import PostOffice

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(240)]

SECONDS = 60

RULES = """
[[rule]]
name = "help"
when = { any_word = ["help"] }
points = 3

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"
"""

CONFIGURATION = """
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

[desk.support]
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
agents = ["agent1@{domain}"]
internal_senders = ["agent1@{domain}"]
undo = "0s"
i_accept_no_undo = true
min_typing = "0s"

[inbox.replies]
kind = "imap"
host = "localhost"
port = {imaps}
ca_file = "{authority}"
user = "reply@{domain}"
password = {{ credential = "imap-password" }}
"""

Client = Callable[[PostOffice, str, Path], None]


def configure(root: Path, office: PostOffice, forum: Forum, tls: str) -> Path:
    """A configuration as an operator writes it, with STARTTLS or implicit TLS."""
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
    (configuration / "rules.d" / "rules.toml").write_text(RULES)
    text = CONFIGURATION.format(
        domain=office.domain,
        state=root / "state",
        endpoint=forum.url,
        account=forum.brand.id,
        port=office.ports.smtps if tls == "implicit" else office.ports.submission,
        tls=tls,
        authority=office.authority.file,
        imaps=office.ports.imaps,
    )
    (configuration / "bridge.toml").write_text(text)
    return configuration


@asynccontextmanager
async def running(configuration: Path) -> AsyncIterator[None]:
    """The real daemon as a process of its own, ended as systemd ends it."""
    log = configuration.parent / "log"
    with log.open("w") as out:
        command = [Path(sys.executable).with_name("bridge"), "run", "--config", str(configuration)]
        daemon = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out)
        try:
            yield
        finally:
            daemon.terminate()
            code = await asyncio.wait_for(daemon.wait(), 20)
    assert code == 0, log.read_text()[-2000:]


async def until(what: Callable[[], object], why: str, log: Path) -> None:
    """Wait for something at the far ends."""
    for _ in range(SECONDS * 20):
        if await asyncio.to_thread(what):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{why}\n{await asyncio.to_thread(log.read_text)}")


def proxies(office: PostOffice) -> list[Message]:
    return [email.message_from_bytes(raw) for raw in office.mails("queue")]


def s_nail(office: PostOffice, text: str, home: Path) -> None:
    """s-nail answers the first mail of the queue, with the mail quoted above the answer as it likes to do."""
    user, password = f"agent1@{office.domain}", office.passwords["agent1"]
    (home / "mailrc").write_text(
        "set v15-compat\nset quote\nset indentprefix='> '\nset sendwait\nset nosave\nset mimetypes-load-control=\n"
        f"set tls-ca-file={office.authority.file}\nset tls-ca-no-defaults\nset tls-verify=strict\n"
        f"set from={user}\nset mta=smtps://{user.replace('@', '%40')}:{password}@localhost:{office.ports.smtps}\n"
        "set smtp-auth=plain\n"
    )
    command = ["s-nail", "-:/", "-#", "-f", str(home / "queue")]
    mbox(office, home / "queue")
    script = f"source {home / 'mailrc'}\nreply 1\n{text}\n~.\nexit\n"
    client(command, home, stdin=script)


def neomutt(office: PostOffice, text: str, home: Path) -> None:
    """Neomutt answers the first mail of the queue from its editor, top-posting above the quotation."""
    user, password = f"agent1@{office.domain}", office.passwords["agent1"]
    mbox(office, home / "queue")
    editor = home / "editor"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n\\n" "{text}" > "$1.new"\ncat "$1" >> "$1.new"\nmv "$1.new" "$1"\n')
    editor.chmod(0o755)
    (home / "muttrc").write_text(
        f'set folder="{home}"\nset spoolfile="{home / "queue"}"\nset record=""\nset editor="{editor}"\n'
        f'set from="{user}"\nset realname="Ann Agent"\nset use_from=yes\nset edit_headers=no\nset autoedit=yes\n'
        f'set smtp_url="smtps://{user.replace("@", "%40")}:{password}@localhost:{office.ports.smtps}"\n'
        f'set smtp_authenticators="plain"\nset ssl_ca_certificates_file="{office.authority.file}"\n'
        f'set certificate_file="{office.authority.file}"\nset ssl_usesystemcerts=no\nset include=yes\n'
        "set fast_reply=yes\nset abort_unmodified=no\nset abort_nosubject=no\nset wait_key=no\nset quit=yes\n"
        "set postpone=no\nset copy=no\nset confirmappend=no\nset delete=no\nset mark_old=no\nset reply_self=no\n"
        "push <group-reply><send-message><exit>\n"
    )
    client(["neomutt", "-n", "-F", str(home / "muttrc")], home)


def mbox(office: PostOffice, file: Path) -> None:
    """The queue as a file that a client on this machine can open."""
    (raw,) = office.mails("queue")
    file.write_bytes(b"From queue@acd.test Mon Mar  2 10:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n")


def client(command: list[str], home: Path, stdin: str | None = None) -> None:
    """Run a mail client to its end; without standard input it gets a terminal of its own."""
    env = {**os.environ, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "MAILRC": "/dev/null"}
    if stdin is not None:
        done = subprocess.run(
            command, input=stdin, text=True, capture_output=True, env=env, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr
        return
    master, slave = pty.openpty()
    try:
        subprocess.run(command, stdin=slave, stdout=slave, stderr=slave, env=env, timeout=SECONDS, check=False)
    finally:
        os.close(slave)
        os.close(master)


@pytest.mark.parametrize(
    ("tls", "package", "answer"),
    [("implicit", "s-nail", s_nail), ("starttls", "neomutt", neomutt)],
    ids=["implicit-s-nail", "starttls-neomutt"],
)
async def test_a_post_is_answered_from_a_real_client(
    tls: str,
    package: str,
    answer: Client,
    post_office: PostOffice,
    tmp_path: Path,
    require: Callable[[Collection[str], Collection[str]], None],
) -> None:
    require({package}, {package})
    for name in ("queue", "reply"):
        post_office.wipe(name)
    text = "Sorry for the trouble – your parcel leaves today. Grüße!"
    async with town(post_office, tmp_path, tls) as (forum, log):
        topic = forum.write("jane", "Please help, where is my parcel?", title="Parcel")
        await until(lambda: proxies(post_office), "no proxy reached the queue", log)
        (mail,) = proxies(post_office)
        assert "jane" in mail["From"]
        assert mail["Auto-Submitted"] == "auto-generated"

        home = tmp_path / "home"
        home.mkdir()
        await asyncio.to_thread(answer, post_office, text, home)
        await until(forum.said, "no answer reached the forum", log)

    (said,) = forum.said()
    assert said.text == text
    assert said.topic == topic


@asynccontextmanager
async def town(office: PostOffice, root: Path, tls: str) -> AsyncIterator[tuple[Forum, Path]]:
    """The forum, and the daemon that has met it before the first customer writes."""
    forum = Forum(journal=None, brand="acme")
    await forum.start()
    try:
        configuration = configure(root, office, forum, tls)
        async with running(configuration):
            log = root / "log"
            await until(lambda: '"state": "well"' in log.read_text(), "the daemon did not poll", log)
            yield forum, log
    finally:
        await forum.stop()
