"""Answers fetched from a real Dovecot, read, decided and stored, beside getmail6 that only fetches; and how soon one is in hand.

The bridge is whole: its own configuration, store and adapters; posts of a forum became proxies before, and every letter answers one of them.
"""

import asyncio
import email
import imaplib
import os
import secrets
import shutil
import smtplib
import ssl
import statistics
import tempfile
import time
from datetime import timedelta
from email.message import EmailMessage, Message
from pathlib import Path

from sqlalchemy import Connection
from surroundings import timed
from telling import tell

from bridge.app import daemon
from bridge.config import Loaded, load
from bridge.log import set_up
from bridge.ports import Inbox
from bridge.shell import inbound
from bridge.shell.house import House
from bridge.testing.correspondence import answer
from bridge.testing.fakes.forum import Forum
from bridge.testing.household import Plan, configure
from bridge.testing.postoffice import PostOffice, post_office
from bridge.testing.town import HELP_RULES

LETTERS = 1_000
SIZE = 10_000
"""Bytes of a letter."""
ARRIVALS = 15
"""Letters whose way into our hands is timed."""
LONGEST = 120.0
"""Seconds until every proxy must lie in the queue."""

AGENT = "agent1@acd.test"
DESK = f"""
agents = ["{AGENT}"]
internal_senders = ["{AGENT}"]
min_typing = "0s"
breaker = {{ per_desk_hour = 1000000, per_agent_hour = 1000000 }}
"""
GETMAIL = """
[retriever]
type = SimpleIMAPSSLRetriever
server = localhost
port = {port}
username = customer@acd.test
password = {password}
ca_certs = {authority}

[destination]
type = Maildir
path = {maildir}/
user = mail

[options]
delete = true
verbose = 0
"""

Results = dict[str, dict[str, float]]


async def proxies(loaded: Loaded, office: PostOffice, forum: Forum) -> list[Message]:
    """What lies in the agents' queue once every post of the forum was polled, judged and mailed."""
    await daemon.run_once(loaded)  # meets the forum before anybody writes
    for number in range(LETTERS):
        forum.write(f"author{number}", f"Please help, where is parcel {number}?", title="Parcel")
    await daemon.run_once(loaded)
    await asyncio.to_thread(_fills, office)
    return [email.message_from_bytes(raw) for raw in office.mails("queue")]


def _fills(office: PostOffice) -> None:
    """Wait until Postfix has delivered them; raises TimeoutError."""
    until = time.monotonic() + LONGEST
    while (found := len(office.mails("queue"))) < LETTERS:
        if time.monotonic() > until:
            raise TimeoutError(f"{found} of {LETTERS} proxies came")
        time.sleep(0.2)


def letter(proxy: Message) -> tuple[str, bytes]:
    """The recipient and the octets of an answer in two parts, the second one as long as clients write them."""
    mail = answer(proxy, "Sorry for the trouble, your parcel leaves today.", sender=f"Ann Agent <{AGENT}>")
    room = SIZE - len(mail.as_bytes())
    mail.add_alternative(page(mail, room), subtype="html")
    return email.utils.parseaddr(mail["To"])[1], mail.as_bytes(policy=email.policy.SMTP)


def page(mail: EmailMessage, room: int) -> str:
    """The answer as a page, with the styles that some clients write at its top, so many octets long."""
    style = ".MsoNormal { margin: 0; font-family: sans-serif }\n"
    rows = "".join(f"<div>{line or '<br>'}</div>\n" for line in mail.get_content().replace("<", "&lt;").splitlines())
    styles = style * max(0, (room - len(rows)) // len(style))
    return f"<html><head><style>\n{styles}</style></head><body>\n{rows}</body></html>\n"


def deliver(office: PostOffice, letters: list[tuple[str, bytes]]) -> None:
    """Each to its own address and, for the peer, into another mailbox."""
    with smtplib.LMTP("127.0.0.1", office.ports.lmtp) as lmtp:
        for to, raw in letters:
            lmtp.sendmail(AGENT, [to], raw)
            lmtp.sendmail(AGENT, ["customer@acd.test"], raw)


async def ours(house: House, count: int) -> dict[str, float]:
    """Every letter seen through as the daemon does it, and put away."""
    begun, spent, seen, stop = time.perf_counter(), time.process_time(), 0, asyncio.Event()
    while seen < count:
        seen += await inbound.take(house, "replies", wait=timedelta(seconds=5), stop=stop)
    await inbound.take(house, "replies", wait=timedelta(0), stop=stop)  # which puts the last ones away
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    return {"letters_per_second": count / seconds, "cpu_milliseconds_per_letter": cpu / count * 1e3}


def theirs(office: PostOffice, root: Path, count: int) -> dict[str, float]:
    """getmail6 over a mailbox with the same letters, into a Maildir; it delivers as anybody but root."""
    maildir = office.run / "getmail"
    for part in (maildir, *(maildir / name for name in ("new", "cur", "tmp"))):
        part.mkdir()
        shutil.chown(part, "mail")
    places = {"port": office.ports.imaps, "password": office.passwords["customer"], "maildir": maildir}
    (root / "getmailrc").write_text(GETMAIL.format(authority=office.authority.file, **places), encoding="utf-8")
    program = [str(Path(os.environ["PEERS"]) / "bin" / "getmail"), f"--getmaildir={root}", "--rcfile=getmailrc"]
    seconds, cpu = timed(program, env={"HOME": str(root)})
    assert len(list((maildir / "new").iterdir())) == count
    return {"letters_per_second": count / seconds, "cpu_milliseconds_per_letter": cpu / count * 1e3}


async def arrivals(office: PostOffice, inbox: Inbox) -> dict[str, float]:
    """Milliseconds from delivered to in hand, taking turns with a bare connection that only hears the bell."""
    mine, bare = [], []
    for _ in range(ARRIVALS):
        fetching = asyncio.create_task(inbox.fetch(timedelta(seconds=30)))
        mine.append(await _after_delivery(office, "reply", fetching))
        listening = asyncio.create_task(asyncio.to_thread(_bell, office))
        bare.append(await _after_delivery(office, "agent2", listening))
    ours, servers = statistics.median(mine) * 1e3, statistics.median(bare) * 1e3
    return {"in_hand_milliseconds": ours, "bell_milliseconds": servers, "more_milliseconds": ours - servers}


async def _after_delivery(office: PostOffice, name: str, waiting: "asyncio.Task[object]") -> float:
    await asyncio.sleep(1 + secrets.randbelow(500) / 1000)  # until it listens, and out of step with the server
    raw = f"Subject: {secrets.token_hex(8)}\r\n\r\n{'text ' * 2000}\r\n".encode()
    await asyncio.to_thread(office.deliver, raw, to=f"{name}@{office.domain}")
    delivered = time.perf_counter()
    await waiting
    return time.perf_counter() - delivered


def _bell(office: PostOffice) -> None:
    """Return at the server's word that something came."""
    context = ssl.create_default_context(cafile=str(office.authority.file))
    with imaplib.IMAP4_SSL("localhost", office.ports.imaps, ssl_context=context, timeout=60) as server:
        server.login(f"agent2@{office.domain}", office.passwords["agent2"])
        server.select("INBOX")
        server.send(b"bell IDLE\r\n")
        while b"EXISTS" not in server.readline():
            pass
        server.send(b"DONE\r\n")
        while not server.readline().startswith(b"bell"):
            pass


def _answered(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM letter WHERE outcome = 'answer'").scalar_one())


def _configured(root: Path, office: PostOffice, forum: Forum) -> Loaded:
    plan = Plan(rules=HELP_RULES, desks={"support": DESK}, tls="implicit")
    where = configure(root, office, forum=forum, plan=plan)
    loaded = load(where, where / "credentials")
    assert isinstance(loaded, Loaded), loaded
    return loaded


async def measured(office: PostOffice, root: Path) -> Results:
    """All results."""
    forum = Forum(journal=None, brand="acme")
    await forum.start()
    try:
        loaded = _configured(root, office, forum)
        letters = [letter(proxy) for proxy in await proxies(loaded, office, forum)]
        await asyncio.to_thread(deliver, office, letters)
        async with daemon.opened(loaded) as (house, _current, store):
            mine = await ours(house, LETTERS)
            answers = await store.read(_answered)
            assert answers == LETTERS, f"{answers} of {LETTERS} letters were taken for answers"
            peer = await asyncio.to_thread(theirs, office, root, LETTERS)
            soon = await arrivals(office, house.inboxes["replies"])
    finally:
        await forum.stop()
    size = statistics.mean(len(raw) for _, raw in letters)
    return {"bridge": mine | {"bytes": size}, "getmail6": peer, "delivered until in hand, IDLE": soon}


def main() -> None:
    """Print a table, or JSON with `--json`."""
    set_up("info", form="json")
    with post_office() as office, tempfile.TemporaryDirectory() as directory:
        results = asyncio.run(measured(office, Path(directory)))
    tell(results)


if __name__ == "__main__":
    main()
