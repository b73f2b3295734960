"""Replies read each second on one core, from raw mail through all gates to the words that may go out, beside two reply parsers in the same run.

The peers get a mail the way their guides say: parsed by the standard library, the body picked, then their parser.
They need not be installed for the project: give a virtual environment that holds them as PEERS, and the mails as BRIDGE_CORPUS.
"""

import importlib
import json
import os
import statistics
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from bridge.core import render
from bridge.core.conversation import Given, Record
from bridge.core.model import Reason, Verdict
from bridge.core.proxies import Contact
from bridge.letters import mime
from bridge.letters.extract import extract
from bridge.letters.html import rendered
from bridge.letters.mime import Unparsable
from bridge.letters.page import page
from bridge.letters.plain import plain
from bridge.letters.sheet import sheet
from bridge.testing import mailing, making

ROUNDS = 5
CORPUS = Path(os.environ.get("BRIDGE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus")) / "replies"
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "ja"]
ANSWER = "Hello Jane,\n\nthe shop is up again since ten minutes ago. Sorry for the trouble!\n"
VERDICT = Verdict(
    route="urgent", desk="support", points=3, tags=("outage",), why=(Reason(rule="outage", hit=True, detail="down"),)
)
Reader = Callable[[bytes], object]


def proxy() -> tuple[str, str]:
    """Both parts of a proxy with a thread of two and an earlier contact."""
    record = Record(
        key=making.post().conversation,
        posts=(making.post("p1", "Login page shows an error.", at=making.NOW - timedelta(hours=3)),),
        given=(Given(key="a", text="We are looking into it.", at=making.NOW - timedelta(hours=2), published="r1"),),
    )
    contacts = (Contact(channel="x", at=making.NOW, text="How do I change my address?", phase="answered"),)
    post = making.post("p2", "I can't log in since this morning. Is the site down again?\n\nThird time this month.")
    made = render.proxy(
        record, post, VERDICT, desk=making.DESK, channel=making.CHANNEL, contacts=contacts, now=making.NOW,
        delimiter="k3v9x7q2m4", gap="",
    )  # fmt: skip
    words = sheet(made, brand="Acme", ready=())
    return plain(words), page(words)


def reply(text: str, html: str) -> bytes:
    """A reply as a client writes it; without `html` it has a text part only."""
    mail = EmailMessage()
    for name, value in mailing.HEADER.items():
        if not name.startswith(("MIME", "Content")):
            mail[name] = value
    mail.set_content(text, charset="utf-8")
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def quoting_ours() -> tuple[list[bytes], tuple[str, ...]]:
    """Replies that quote a proxy: as text with marks, as text below a header block, and with HTML; and the proxy's text.

    A client that writes HTML makes the text part from it.
    """
    text, html = proxy()
    line = "On Mon, Apr 2, 2012 at 6:26 PM Jane via X <reply@bridge.example> wrote:"
    head = (
        "From: Jane via X <reply@bridge.example>\nSent: Monday, April 2, 2012 6:26 PM\nTo: Smith\nSubject: your post\n"
    )
    written = "".join(f"<div>{each}</div>" for each in ANSWER.split("\n"))
    both = f"<div>{written}<br>{line.replace('<', '&lt;')}<blockquote>{html}</blockquote></div>"
    shown = "\n".join(rendered(html, max_lines=1000).lines)
    mails = [
        reply(f"{ANSWER}\n{line}\n\n{marked(text)}", ""),
        reply(f"{ANSWER}\n{head}\n{text}", ""),
        reply(f"{ANSWER}\n{line}\n\n{marked(shown)}", both),
    ]
    return mails, (text,)


def marked(text: str) -> str:
    """The text as a quotation."""
    return "".join(f"> {line}\n" for line in text.split("\n"))


def corpus() -> list[bytes]:
    """Every reply mail of the corpus; none, and a word about it, where it is not there."""
    manifest = CORPUS / "manifest.jsonl"
    if not manifest.exists():
        print(f"not measured, no corpus at {CORPUS}: set BRIDGE_CORPUS", file=sys.stderr)
        return []
    cases = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    return [raw(CORPUS / case["mail"], case["form"]) for case in cases]


def raw(path: Path, form: str) -> bytes:
    """A case as a whole mail."""
    content = path.read_bytes()
    if form == "eml":
        return content
    kind = b"html" if form == "html" else b"plain"
    return b"Content-Type: text/" + kind + b"; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + content


def body(octets: bytes) -> str:
    """The text that the standard library picks from a mail."""
    with suppress(Exception):
        picked = message_from_bytes(octets, policy=default).get_body(("plain", "html"))
        return str(picked.get_content()) if picked is not None else ""
    return ""


def read_by_us(octets: bytes, record: Record) -> str:
    """What the daemon does with a letter before it decides: address, sender, machine or person, words, gates."""
    return mailing.judged(octets, record=record)


def words_by_us(octets: bytes, known: Sequence[str]) -> None:
    """The agent's words alone; a structure that we refuse is an answer too."""
    with suppress(Unparsable):
        extract(mime.read(octets), known)


def parsed_by_us(octets: bytes) -> None:
    """The mail's structure alone."""
    with suppress(Unparsable):
        mime.read(octets)


def tolerated(read: Reader) -> Reader:
    """A peer that breaks at a mail goes on with the next one."""

    def tried(octets: bytes) -> None:
        with suppress(Exception):
            read(octets)

    return tried


def contestants(known: Sequence[str]) -> dict[str, Reader]:
    """What is measured, by name."""
    record = replace(mailing.RECORD, sent=tuple(replace(mailing.SENT, text=text) for text in known))
    field: dict[str, Reader] = {
        "bridge": lambda octets: read_by_us(octets, record),
        "bridge: words alone": lambda octets: words_by_us(octets, known),
        "bridge: parsing alone": parsed_by_us,
    }
    if "PEERS" not in os.environ:
        return field
    sys.path.append(sysconfig.get_path("purelib", vars={"base": os.environ["PEERS"]}))
    theirs = importlib.import_module("mailparser_reply").EmailReplyParser
    oldest = importlib.import_module("email_reply_parser").EmailReplyParser
    many, one = theirs(languages=LANGUAGES), theirs(languages=["en"])
    peers: dict[str, Reader] = {
        "mail-parser-reply, ten languages": lambda octets: many.parse_reply(text=body(octets)),
        "mail-parser-reply, English": lambda octets: one.parse_reply(text=body(octets)),
        "email-reply-parser": lambda octets: oldest.parse_reply(body(octets)),
        "email.policy.default: parsing alone": body,
    }
    return field | {name: tolerated(read) for name, read in peers.items()}


def rates(mails: Sequence[bytes], known: Sequence[str], times: int) -> dict[str, int]:
    """Mails each second of CPU time: the median of rounds in which all take turns."""
    measured: dict[str, list[float]] = {}
    for _ in range(ROUNDS if mails else 0):
        for name, read in contestants(known).items():
            start = time.process_time()
            for octets in list(mails) * times:
                read(octets)
            measured.setdefault(name, []).append(times * len(mails) / (time.process_time() - start))
    return {name: round(statistics.median(rounds)) for name, rounds in measured.items()}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    ours, known = quoting_ours()
    record = replace(mailing.RECORD, sent=(replace(mailing.SENT, text=known[0]),))
    assert all(read_by_us(octets, record).startswith("Hello Jane,") for octets in ours), "it would not be published"
    results = {"replies that quote a proxy": rates(ours, known, 60), "replies of the corpus": rates(corpus(), (), 1)}
    if "--json" in sys.argv[1:]:
        print(json.dumps(results))
        return
    for title, rows in results.items():
        print(title)
        for name, rate in rows.items():
            print(f"  {name:36} {rate:>8,} mails/s")


if __name__ == "__main__":
    main()
