"""A street of customers who write to the forum, and everybody who mails about them through the real post office."""

import email
import email.utils
import json
import smtplib
import socket
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

from bridge.core.model import ConversationKey, Visibility
from bridge.letters import address
from bridge.testing import mailing, making
from bridge.testing.correspondence import quoted
from bridge.testing.fakes.board import Item
from bridge.testing.fakes.forum import Forum
from bridge.testing.household import until
from bridge.testing.postoffice import PostOffice

DOMAIN = "acd.test"
ANN, BOB, GONE, SYSTEM = (f"{name}@{DOMAIN}" for name in ("agent2", "agent1", "gone", "customer"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A real conversation: the customer's post, its proxy in the queue, and another customer's."""

    number: int
    post: int
    proxy: Message
    other: Message

    @property
    def ours(self) -> str:
        """The signed address that answers to the proxy go to."""
        return reply_address(self.proxy)

    @property
    def conversation(self) -> str:
        """The conversation as that address names it."""
        return conversation(self.proxy)

    def translated(self, octets: bytes) -> bytes:
        """The mailing's mail as one about this conversation: addresses, identities, domain, quotation and post."""
        forged = self.ours.partition("@")[0]
        pairs = {
            mailing.quoted().strip(): quoted(self.proxy),
            mailing.OURS.upper(): self.ours.upper(),
            mailing.OURS: self.ours,
            mailing.OURS.partition("@")[0]: forged,
            mailing.FORGED: f"{forged[:-1]}{'a' if forged[-1] != 'a' else 'e'}@{DOMAIN}",
            mailing.OTHER: reply_address(self.other),
            mailing.BOUNCES: self.proxy["Return-Path"].strip("<>"),
            mailing.BOUNCES.replace("bounce+", "reply+"): self.proxy["Return-Path"].strip("<>").replace("bounce+", "reply+"),
            mailing.SENT.message_id: self.proxy["Message-ID"],
            making.post().text: post_text(self.number, "people"),
            "<answer1@acme.test>": f"<answer{self.number}@{DOMAIN}>",
            making.AGENT.replace("@", "=40"): ANN.replace("@", "=40"),
            making.AGENT: ANN,
            mailing.DOMAIN: DOMAIN,
            "acme.test": DOMAIN,
        }  # fmt: skip
        for old, new in pairs.items():
            octets = octets.replace(old.encode(), new.encode())
        return octets


def reply_address(proxy: Message) -> str:
    """Where a client sends its answer to a proxy."""
    return email.utils.parseaddr(proxy["Reply-To"] or proxy["From"])[1]


def conversation(proxy: Message) -> str:
    """Whose proxy it is, as its reply address says."""
    return reply_address(proxy).partition(".")[2].partition(".")[0]


def post_text(number: int, desk: str) -> str:
    """What a customer writes: the desk by its word, and a number that no other post has."""
    return f"The shop is down, {desk}, can you help? It is number {number} in our street."


def recipient(octets: bytes) -> str:
    """Where a mail server would bring it: the first address of ours that it is addressed to, else the mailbox of answers."""
    header = email.message_from_bytes(octets)
    found = address.find([value for name in ("To", "Cc") for value in header.get_all(name, [])], DOMAIN)
    return found[0] if found else f"reply@{DOMAIN}"


@contextmanager
def door(office: PostOffice, login: str) -> Iterator[smtplib.SMTP]:
    """Postfix's door for everybody, or the one for those who log in."""
    if not login:
        with smtplib.SMTP("127.0.0.1", office.ports.smtp) as smtp:
            yield smtp
        return
    context = ssl.create_default_context(cafile=office.authority.file)
    with smtplib.SMTP_SSL("localhost", office.ports.smtps, context=context) as smtp:
        smtp.login(f"{login}@{DOMAIN}", office.passwords[login])
        yield smtp


def send(office: PostOffice, mails: Iterable[bytes], *, login: str) -> None:
    """Send mails one after the other on one connection."""
    with door(office, login) as smtp:
        for octets in mails:
            smtp.sendmail(f"{login or 'evil'}@{DOMAIN if login else 'evil.test'}", [recipient(octets)], octets)


def smuggle(office: PostOffice, outer: bytes, inner: bytes, *, end: bytes) -> None:
    """Two mails in the DATA of one, parted by an end of text that is none (A16)."""
    hidden = b"\r\n".join(
        [b"MAIL FROM:<" + ANN.encode() + b">", b"RCPT TO:<" + recipient(inner).encode() + b">", b"DATA", b""]
    )
    body = outer.replace(b"\n", b"\r\n") + end + hidden + inner.replace(b"\n", b"\r\n") + b"\r\n.\r\n"
    with socket.create_connection(("127.0.0.1", office.ports.smtp)) as wire, wire.makefile("rb") as said:
        said.readline()
        for line in (b"HELO evil.test", b"MAIL FROM:<evil@evil.test>", f"RCPT TO:<reply@{DOMAIN}>".encode(), b"DATA"):
            wire.sendall(line + b"\r\n")
            said.readline()
        wire.sendall(body)
        said.readline()
        wire.sendall(b"QUIT\r\n")
        said.read()


def decided(log: Path) -> dict[str, Counter[str]]:
    """How often each reason, or else outcome, was given in each conversation, from the daemon's log; letters of none stand under an empty name."""
    found: dict[str, Counter[str]] = {}
    for line in log.read_text().splitlines():
        if '"letter_decided"' in line:
            entry = json.loads(line)
            found.setdefault(entry.get("conversation") or "", Counter())[entry["reason"] or entry["outcome"]] += 1
    return found


def settled(office: PostOffice) -> bool:
    """Whether every mail was delivered, taken and filed."""
    return office.queued() == 0 and not office.mails("reply")


@dataclass(slots=True, kw_only=True)
class Street:
    """Customers, and the proxies of their posts as the queue has them."""

    office: PostOffice
    forum: Forum
    log: Path
    posts: dict[int, int] = field(default_factory=dict)

    def write(self, number: int, desk: str, *, private: str) -> None:
        """One customer more, with one post; what was said in private, if anything, comes first."""
        if private:
            self.forum.write_private(f"jane{number}", private)
        self.posts[number] = self.forum.write(f"jane{number}", post_text(number, desk), title="Shop")

    def proxies(self) -> Mapping[int, Message]:
        """The proxies that lie in the queue, by their customers' numbers."""
        mails = [email.message_from_bytes(raw) for raw in self.office.mails("queue")]
        by_conversation = {conversation(mail): mail for mail in reversed(mails)}
        named = {number: self._conversation(number) for number in self.posts}
        return {number: by_conversation[name] for number, name in named.items() if name in by_conversation}

    def _conversation(self, number: int) -> str:
        """The talk below a customer's post: what they wrote in private is another one, whose proxy may list this post too."""
        topic, person = f"t{self.posts[number]}", self.forum.board.member(f"jane{number}").id
        return ConversationKey(channel="forum", thread=topic, person=person, visibility=Visibility.PUBLIC).id

    async def grounds(self) -> list[Ground]:
        """Every conversation, once all proxies are there."""
        await until(lambda: len(self.proxies()) == len(self.posts), "not every post reached the queue", log=self.log)
        proxies = self.proxies()
        return [
            Ground(number=n, post=post, proxy=proxies[n], other=proxies[n - 1 if n else 1])
            for n, post in self.posts.items()
        ]

    def said(self, ground: Ground) -> list[Item]:
        """What was published under the post."""
        return [item for item in self.forum.said() if item.topic == ground.post]
