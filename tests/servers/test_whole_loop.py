"""The whole loop over real servers and real mail clients: a post in, a proxy in the agents' mailbox, the answer under the post."""

import asyncio
import email
import os
import pty
import subprocess
from collections.abc import Callable, Collection
from email.message import Message
from functools import partial
from pathlib import Path

import pytest

from bridge.testing import webmail
from bridge.testing.household import SECONDS, Plan, household, until
from bridge.testing.postoffice import PostOffice
from bridge.testing.terminal import terminal
from bridge.testing.town import HELP_RULES
from bridge.testing.webmail import ABOVE_IN_HTML, BELOW_IN_TEXT

pytestmark = [pytest.mark.xdist_group("post office"), pytest.mark.timeout(240)]

AGENTS = """
agents = ["agent1@acd.test"]
internal_senders = ["agent1@acd.test"]
min_typing = "0s"
"""

Client = Callable[[PostOffice, str, Path], None]


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


def alpine(office: PostOffice, text: str, home: Path) -> None:
    """Alpine answers the first mail of the queue, typed above the quotation; its attribution names neither address nor time."""
    user, password = f"agent1@{office.domain}", office.passwords["agent1"]
    mbox(office, home / "queue")
    (home / "pinerc").write_text(
        f'personal-name=Ann Agent\nuser-domain={office.domain}\ninbox-path={home / "queue"}\ndefault-fcc=""\n'
        f"customized-hdrs=From: Ann Agent <{user}>\nsmtp-server=localhost:{office.ports.smtps}/ssl/user={user}\n"
        "feature-list=quit-without-confirm,include-text-in-reply\nlast-version-used=9.99\n"
    )
    env = {"HOME": str(home), "LC_ALL": "C.UTF-8", "SSL_CERT_FILE": str(office.authority.file)}
    with terminal(["alpine", "-p", str(home / "pinerc"), "-i"], env=env) as screen:
        for seen, keys in (
            ("opened with 1 message", "r"),
            ("Reply to all recipients?", "n"),
            ("Message Text", text.replace("\n", "\r") + "\r"),
            (text[-4:], "\x18"),
            ("Send message?", "y"),
            ("ENTER PASSWORD", f"{password}\r"),
            ("Preserve password", "n"),
            ('Updating "Answered"', "q"),
        ):
            screen.wait(seen)
            screen.press(keys)
        screen.end()


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
    ("tls", "programs", "packages", "answer"),
    [
        ("implicit", {"s-nail"}, {"s-nail"}, s_nail),
        ("starttls", {"neomutt"}, {"neomutt"}, neomutt),
        ("implicit", {"alpine"}, {"alpine"}, alpine),
        ("implicit", webmail.PROGRAMS, webmail.PACKAGES, partial(webmail.answer, habit=BELOW_IN_TEXT)),
        ("implicit", webmail.PROGRAMS, webmail.PACKAGES, partial(webmail.answer, habit=ABOVE_IN_HTML)),
    ],
    ids=[
        "implicit-s-nail",
        "starttls-neomutt",
        "implicit-alpine",
        "implicit-roundcube-text",
        "implicit-roundcube-html",
    ],
)
async def test_a_post_is_answered_from_a_real_client(
    tls: str,
    programs: Collection[str],
    packages: Collection[str],
    answer: Client,
    post_office: PostOffice,
    tmp_path: Path,
    require: Callable[[Collection[str], Collection[str]], None],
) -> None:
    require(programs, packages)
    for name in ("queue", "reply"):
        post_office.wipe(name)
    text = (
        "Sorry for the trouble, your parcel leaves today. Grüße!\n\n"
        "The carrier has it by noon, your 5 € are on their way, and you will have its number by mail as soon as it was scanned there."
    )
    plan = Plan(rules=HELP_RULES, desks={"support": AGENTS}, tls=tls)
    async with household(post_office, tmp_path, plan) as (forum, log):
        topic = forum.write("jane", "Please help, where is my parcel?", title="Parcel")
        await until(lambda: proxies(post_office), "no proxy reached the queue", log=log)
        (mail,) = proxies(post_office)
        assert "jane" in mail["From"]
        assert mail["Auto-Submitted"] == "auto-generated"

        home = tmp_path / "home"
        home.mkdir()
        await asyncio.to_thread(answer, post_office, text, home)
        await until(forum.said, "no answer reached the forum", log=log)

    (said,) = forum.said()
    assert said.text == text
    assert said.topic == topic
