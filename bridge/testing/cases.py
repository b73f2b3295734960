"""Letters before the gates for tests: each passes all of them as it is made, and is spoiled by name where a test cares."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.core.case import Case
from bridge.core.conversation import Phase, Record, Sent
from bridge.core.model import Author, ConversationKey, Kind, Post, Visibility
from bridge.core.policy import Agent, ChannelPolicy, DeskPolicy, Limits, Way
from bridge.core.publications import Attachment
from bridge.core.replies import Command, LetterKind, Reading

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOMAIN = "reply.acme.example"
BOTH = frozenset(Visibility)
AGENT = "agent@acme.example"


def proxy_id(letter: str) -> str:
    """The Message-ID of a proxy of ours, all of one letter."""
    return f"<{letter * 26}@{DOMAIN}>"


def post(
    post_id: str = "p1", text: str = "Is the line in the north down again? It was down all week.", **other: Any
) -> Post:
    """A public post, answerable both ways."""
    return replace(
        Post(
            channel="forum",
            id=post_id,
            kind=Kind.MENTION,
            visibility=Visibility.PUBLIC,
            thread="t1",
            author=Author(id="u1", handle="jane"),
            text=text,
            at=NOON - timedelta(hours=2),
            answers=BOTH,
        ),
        **other,
    )


def sent(of: Post, letter: str = "a", minutes: int = 60) -> Sent:
    """That a proxy of the post went to the desk."""
    return Sent(
        key=f"proxy|{of.id}",
        post=of.id,
        fingerprint=of.fingerprint,
        message_id=proxy_id(letter),
        desk="noc",
        text=f"Jane wrote on the forum at ten to nine:\n{of.text}\nPlease answer above this line - {letter}1{letter}2{letter}3",
        delimiter=f"{letter}1{letter}2{letter}3",
        at=NOON - timedelta(minutes=minutes),
    )


def record(visibility: Visibility = Visibility.PUBLIC, **other: Any) -> Record:
    """A conversation whose one post waits at the desk."""
    first = post(visibility=visibility)
    key = ConversationKey(channel="forum", thread="t1", person="u1", visibility=visibility)
    made = Record(key=key, phase=Phase.WAITING, desk="noc", posts=(first,), sent=(sent(first),))
    return replace(made, **other)


DESK = DeskPolicy(
    name="noc",
    live=True,
    agents=(Agent(mailbox="Agent@acme.example"), Agent(mailbox="gone@acme.example", until=NOON - timedelta(days=1))),
    leads=("lead@acme.example",),
)
CHANNEL = ChannelPolicy(
    name="forum", platform="Forum", limits=Limits(max_length=200, count=len, max_private_length=1000), brand=("acme",)
)
TEXT = "Thanks for telling us. The line is up again since half past eleven."


def reading(**other: Any) -> Reading:
    """What a genuine, proven answer says."""
    made = Reading(
        fingerprint="f1",
        message_id="<1@acme.example>",
        conversations=(record().id,),
        desk="noc",
        in_reply_to=(proxy_id("a"),),
        kind=LetterKind.REPLY,
        label="human",
        sender=AGENT,
        proof="dmarc",
        subject="Re: Is the line in the north down again?",
        text=TEXT,
        confident=True,
    )
    return replace(made, **other)


def case(**other: Any) -> Case:
    """A letter that passes every gate, but for what the arguments say: of the case, its reading, record or desk."""
    of = {name: dict[str, Any]() for name in ("reading", "record", "desk", "channel")}
    own: dict[str, Any] = {}
    for name, value in other.items():
        part, _, field = name.partition("__")
        (of[part] if field else own)[field or name] = value
    made = Case(
        reading=reading(**of["reading"]),
        record=record(**of["record"]),
        desk=replace(DESK, **of["desk"]),
        channel=replace(CHANNEL, **of["channel"]),
        reply_domain=DOMAIN,
        now=NOON,
        received=NOON - timedelta(seconds=5),
        words=(of["reading"].get("text", TEXT),),
    )
    return replace(made, **own)


def private(**other: Any) -> Case:
    """The same in a private conversation."""
    made = case(**other)
    hidden = record(Visibility.PRIVATE)
    return replace(made, record=hidden, reading=replace(made.reading, conversations=(hidden.id,)))


def command(*names: str) -> tuple[Command, ...]:
    """Commands by their names."""
    return tuple(Command(name=name) for name in names)


PICTURE = Attachment(name="file-1.png", type="image/png", content=b"png")
MEDIA = Limits(max_length=200, count=len, max_media=1)
SYSTEM = {
    "desk__way": Way.SYSTEM,
    "desk__system_senders": ("Support@acme.example",),
    "reading__sender": "support@acme.example",
}
