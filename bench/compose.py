"""Proxies composed each second on one core, beside the standard library's builders on the same words in the same run.

Ours does more in its time: it lays out both parts from the post, signs the addresses and reads the header back.
The peers only serialise the finished texts.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from bridge.core import render
from bridge.core.conversation import Given, Record
from bridge.core.model import Author, Reason, Verdict
from bridge.core.proxies import Contact, Proxy, Sealed
from bridge.letters.address import KeyRing
from bridge.letters.compose import Stationery, compose
from bridge.letters.page import page
from bridge.letters.plain import plain
from bridge.letters.profiles import PROFILES
from bridge.letters.sheet import sheet
from bridge.testing import making

ROUNDS = 15
MAILS = 200

STATIONERY = Stationery(
    desk="support",
    to="queue@acd.test",
    brand="Acme",
    reply_domain="reply.acme.test",
    ring=KeyRing(keys={"k1": b"a key for benches, of 32 bytes or so"}, signing="k1"),
    instance="7f3a",
    profile=PROFILES["zammad"],
)
VERDICT = Verdict(
    route="urgent", desk="support", points=3, tags=("outage",), why=(Reason(rule="outage", hit=True, detail="down"),)
)
ENGLISH = making.post("p2", "I can't log in since this morning. Is the site down again?\n\nThird time this month.")
JAPANESE = making.post(
    "p2",
    "朝からログインできません。サイトがまた落ちていますか。\n今月三回目です。",
    author=Author(id="u1", name="山田太郎", handle="yamada"),
)
POLICY = SMTP.clone(max_line_length=998)


def rendered(number: int, of: making.Post) -> Proxy:
    """One of many proxies, each with its own key, with a thread of two and an earlier contact."""
    post = replace(of, id=f"p{number}")
    record = Record(
        key=post.conversation,
        posts=(making.post("p1", "Login page shows an error.", at=making.NOW - timedelta(hours=3)),),
        given=(Given(key="a", text="We are looking into it.", at=making.NOW - timedelta(hours=2), published="r1"),),
    )
    contacts = (Contact(channel="x", at=making.NOW, text="How do I change my address?", phase="answered"),)
    return render.proxy(
        record, post, VERDICT, desk=making.DESK, channel=making.CHANNEL, contacts=contacts, now=making.NOW,
        delimiter="k3v9x7q2m4", gap="",
    )  # fmt: skip


def as_email_message(texts: tuple[str, str], sealed: Sealed, proxy: Proxy) -> bytes:
    """The modern interface."""
    mail = EmailMessage(policy=POLICY)
    for name, value in _header(sealed, proxy).items():
        mail[name] = value
    mail.set_content(texts[0])
    mail.add_alternative(texts[1], subtype="html")
    return mail.as_bytes(policy=POLICY)


def as_mime_text(texts: tuple[str, str], sealed: Sealed, proxy: Proxy) -> bytes:
    """The older interface."""
    mail = MIMEMultipart("alternative")
    for name, value in _header(sealed, proxy).items():
        mail[name] = value
    mail.attach(MIMEText(texts[0], "plain", "utf-8"))
    mail.attach(MIMEText(texts[1], "html", "utf-8"))
    return mail.as_bytes()


def _header(sealed: Sealed, proxy: Proxy) -> dict[str, str]:
    box = formataddr((f"{proxy.post.author.name} via {proxy.platform}", sealed.sender))
    return {
        "From": box,
        "Reply-To": box,
        "To": sealed.recipients[0],
        "Subject": proxy.subject,
        "Date": format_datetime(proxy.made),
        "Message-ID": sealed.message_id,
        "Auto-Submitted": "auto-generated",
    }


def contestants(of: making.Post) -> dict[str, Callable[[int], object]]:
    """What is measured, by name; the argument is the number of the mail."""
    proxies = [rendered(number, of) for number in range(MAILS)]
    sealed = compose(proxies[0], STATIONERY)
    words = sheet(proxies[0], brand="Acme", ready=())
    texts = (plain(words), page(words))
    return {
        "bridge: compose": lambda number: compose(proxies[number], STATIONERY),
        "bridge: render and compose": lambda number: compose(rendered(number, of), STATIONERY),
        "email.message.EmailMessage": lambda number: as_email_message(texts, sealed, proxies[number]),
        "email.mime.text.MIMEText": lambda number: as_mime_text(texts, sealed, proxies[number]),
    }


def rates(of: making.Post) -> dict[str, float]:
    """Mails each second of CPU time: the median of rounds in which all take turns."""
    field = contestants(of)
    times: dict[str, list[float]] = {name: [] for name in field}
    for _ in range(ROUNDS):
        for name, make in field.items():
            start = time.process_time()
            for number in range(MAILS):
                make(number)
            times[name].append(MAILS / (time.process_time() - start))
    return {name: round(statistics.median(all_rounds)) for name, all_rounds in times.items()}


def measure() -> dict[str, dict[str, float]]:
    """All results."""
    return {"english": rates(ENGLISH), "japanese": rates(JAPANESE)}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    results = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    for language, table in results.items():
        slowest = min(table.values())
        for name, rate in table.items():
            print(f"{language:9} {name:28} {rate:7,.0f} mails/s {rate / slowest:6.1f} x")


if __name__ == "__main__":
    main()
