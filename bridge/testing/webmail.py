"""A web mail for tests: Debian's Roundcube under PHP's own server, over a post office, with a person at a real browser before it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from bridge.testing.postoffice import PostOffice, until_open

PROGRAMS = ("/usr/share/roundcube/bin/cleandb.sh", "php", "chromium")
PACKAGES = ("roundcube-core", "roundcube-sqlite3", "php-cli", "chromium")

_SHIPPED = Path("/etc/roundcube")
_PAGES = "/var/lib/roundcube"
_MILLISECONDS = 60_000
_SETTINGS = """<?php
$config = [
  'db_dsnw' => 'sqlite:///{home}/roundcube.db?mode=0600',
  'imap_host' => 'ssl://localhost:{imaps}', 'smtp_host' => 'ssl://localhost:{smtps}',
  'imap_conn_options' => ['ssl' => ['cafile' => '{authority}']],
  'smtp_conn_options' => ['ssl' => ['cafile' => '{authority}']],
  'smtp_user' => '%u', 'smtp_pass' => '%p',
  'des_key' => '{key}', 'temp_dir' => '{home}', 'log_dir' => '{home}', 'plugins' => [], 'skin' => 'elastic',
  'language' => 'en_US', 'sent_mbox' => '', 'enable_spellcheck' => false, {chosen}
];
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How somebody writes in Roundcube."""

    settings: str
    """What they chose, as PHP."""
    field: Callable[[Page], Locator]
    """Where they type."""


BELOW_IN_TEXT = Habit(settings="", field=lambda page: page.locator("textarea#composebody"))
"""As Roundcube comes: plain text, the cursor below the quotation."""
ABOVE_IN_HTML = Habit(
    settings="'reply_mode' => 1, 'htmleditor' => 4,",
    field=lambda page: page.frame_locator("#composebody_ifr").locator("body"),
)
"""As many users set it."""


def answer(office: PostOffice, text: str, home: Path, *, habit: Habit) -> None:
    """Answer the first mail of the queue as agent1 does, who finds it in a mailbox of their own; typed where the cursor stands."""
    user, (raw, *_) = f"agent1@{office.domain}", office.mails("queue")
    office.wipe("agent1")
    office.deliver(raw, to=user)
    with (
        roundcube(office, home, habit.settings) as address,
        reading(address, user=user, password=office.passwords["agent1"]) as page,
    ):
        page.click("a.reply:visible")
        habit.field(page).press_sequentially(text)
        page.click("button.send:visible")
        page.wait_for_url(lambda url: "_action=compose" not in url)


@contextmanager
def roundcube(office: PostOffice, home: Path, chosen: str) -> Iterator[str]:
    """The address of a Roundcube for the accounts of a post office, with the settings that its users chose."""
    (home / "config").mkdir()
    for shipped in ("defaults.inc.php", "mimetypes.php"):
        shutil.copy(_SHIPPED / shipped, home / "config")
    places = {
        "home": home,
        "imaps": office.ports.imaps,
        "smtps": office.ports.smtps,
        "authority": office.authority.file,
    }
    settings = _SETTINGS.format(**places, key=secrets.token_hex(12), chosen=chosen)
    (home / "config" / "config.inc.php").write_text(settings)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {"ROUNDCUBE_CONFIG_DIR": str(home / "config"), "PHP_CLI_SERVER_WORKERS": "4"}
    with (home / "php.log").open("w") as log:
        command = ["php", "-S", f"127.0.0.1:{port}", "-t", _PAGES]
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log, process_group=0)  # noqa: S603
    try:
        until_open(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # its workers too, which would outlive it
        server.wait(20)


@contextmanager
def reading(address: str, *, user: str, password: str) -> Iterator[Page]:
    """A browser in which a person has logged in and opened the only mail of the inbox."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            page = browser.new_page()
            page.set_default_timeout(_MILLISECONDS)
            page.goto(address)
            page.fill("#rcmloginuser", user)
            page.fill("#rcmloginpwd", password)
            page.click("#rcmloginsubmit")
            page.dblclick("#messagelist tr.message td.subject")
            page.wait_for_selector("#messagebody")
            yield page
        finally:
            browser.close()
