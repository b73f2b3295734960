"""Values for tests, each valid as it is made and changed by name where a test cares."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bridge.core import render
from bridge.core.conversation import Phase, Record, Sent
from bridge.core.deeds import Deed
from bridge.core.effects import Claimed, Effect, Inject, Judge, Publish, Row, State, Tell
from bridge.core.events import LetterRead
from bridge.core.model import Account, Author, Kind, Post, Verdict, Visibility
from bridge.core.moment import Moment
from bridge.core.policy import Agent, ChannelPolicy, DeskPolicy, Limits, Policy, ReadBack
from bridge.core.proxies import Audience, Notice, Proxy, Sealed
from bridge.core.publications import PublicAnswer
from bridge.core.replies import LetterKind, Reading
from bridge.core.share import Share

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""The time of every made value, unless a test says otherwise."""

AGENT = "ann@acme.test"
LEAD = "lea@acme.test"
CUSTOMER = Author(id="u1", handle="jane", name="Jane Doe")
BRAND = Author(id="brand", handle="acme", name="Acme")
ACCOUNT = Account(id="brand", handle="acme", own=frozenset({"brand"}))
LIMITS = Limits(
    max_length=280, count=len, max_private_length=1000, max_media=1, deeds=frozenset(Deed), read_back=ReadBack.BY_PARENT
)
CHANNEL = ChannelPolicy(name="forum", platform="Forum", limits=LIMITS, own=frozenset({"brand"}), brand=("acme",))
DESK = DeskPolicy(
    name="support",
    live=True,
    agents=(Agent(mailbox=AGENT), Agent(mailbox=LEAD)),
    leads=(LEAD,),
    authserv_id="mx.acme.test",
    undo=timedelta(seconds=60),
)
POLICY = Policy(
    desks={"support": DESK, "noc": replace(DESK, name="noc")},
    channels={"forum": CHANNEL},
    reply_domain="reply.acme.test",
    responses={"hello": "Hello {customer}, thank you.", "hello.de": "Hallo {customer}, danke."},
    operator="ops@acme.test",
)
VERDICT = Verdict(route="help", desk="support", rules="r1")
LEFT = Verdict(route=None, desk=None, rules="r1")


def post(post_id: str = "p1", text: str = "The shop is down, can you help?", **changes: object) -> Post:
    """A public post of the customer, answerable both ways."""
    made = Post(
        channel="forum",
        id=post_id,
        kind=Kind.COMMENT,
        visibility=Visibility.PUBLIC,
        thread="t1",
        author=CUSTOMER,
        text=text,
        at=NOW - timedelta(minutes=5),
        url=f"https://forum.test/t1/{post_id}",
        answers=frozenset(Visibility),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


def private_post(post_id: str = "d1", text: str = "My number is 12345, please look.") -> Post:
    """A direct message, answerable in private only."""
    only = frozenset({Visibility.PRIVATE})
    return post(post_id, text, kind=Kind.DIRECT, visibility=Visibility.PRIVATE, thread="dm-u1", answers=only)


def seal(message: Proxy | Notice) -> Sealed:
    """A form that shows what was sealed, and the same for the same message."""
    token = sha256(message.key.encode()).hexdigest()[:26].translate(str.maketrans("0189", "wxyz"))
    text = message.post.text if isinstance(message, Proxy) else message.text
    to = message.to if isinstance(message, Notice) and message.to else "queue@acme.test"
    return Sealed(
        key=message.key,
        message_id=f"<{token}@reply.acme.test>",
        sender="",
        recipients=(to,),
        content=f"{message.key}\n\n{text}".encode(),
        text=text,
    )


def moment(now: datetime = NOW, policy: Policy = POLICY) -> Moment:
    """A moment of decision."""
    return Moment(now=now, policy=policy, seal=seal, can_tell=lambda _notice: True)


def sent(of: Post, at: datetime = NOW) -> Sent:
    """That a proxy of the post went to the desk."""
    key = f"inject|{of.channel}|{of.id}|support|{of.fingerprint}"
    return Sent(
        key=key,
        post=of.id,
        fingerprint=of.fingerprint,
        message_id=f"<{sha256(key.encode()).hexdigest()[:26].translate(str.maketrans('0189', 'wxyz'))}@reply.acme.test>",
        desk="support",
        text=of.text,
        delimiter="abcd1234",
        at=at,
    )


def waiting(*posts: Post) -> Record:
    """A conversation whose posts wait at the desk."""
    of = posts or (post(),)
    return Record(
        key=of[0].conversation,
        version=1,
        phase=Phase.WAITING,
        desk="support",
        posts=of,
        sent=tuple(sent(p) for p in of),
    )


def claimed(effect: Effect, was: State = State.READY, **changes: object) -> Claimed:
    """A row in the courier's hand."""
    made = Claimed(
        key=effect.key,
        effect=effect,
        was=was,
        attempt=1,
        looks=0,
        epoch=1,
        begun=NOW,
        due=NOW,
        lease_until=NOW + timedelta(seconds=120),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


def row(effect: Effect, state: State, reason: str = "", attempt: int = 0) -> Row:
    """A row as people see it."""
    return Row(
        key=effect.key, effect=effect, state=state, reason=reason, attempt=attempt, created=NOW, due=NOW, changed=NOW
    )


def judge(of: Post | None = None) -> Judge:
    """The question about a post."""
    return Judge(post=of or post())


def inject(of: Post | None = None) -> Inject:
    """The intent to bring a post to the desk."""
    about = of or post()
    proxy = render.proxy(
        Record(key=about.conversation),
        about,
        VERDICT,
        desk=DESK,
        channel=CHANNEL,
        contacts=(),
        now=NOW,
        delimiter="abcd1234",
        gap="",
    )
    return Inject(proxy=proxy, sealed=seal(proxy))


def publish(text: str = "We are on it.", of: Post | None = None, letter: str = "f1", part: int = 1) -> Publish:
    """The intent to answer a post in public."""
    about = of or post()
    answer = PublicAnswer(
        key=f"publish|{letter}|{part}",
        channel=about.channel,
        thread=about.thread,
        parent=about.id,
        author=about.author,
        text=text,
    )
    return Publish(
        publication=answer,
        conversation=about.conversation.id,
        agent=AGENT,
        gates=("G0",),
        letter=letter,
        publish_by=NOW + timedelta(hours=24),
        notify=AGENT,
        desk="support",
    )


def share(letter: str = "f1", **changes: object) -> Share:
    """The intent to give an answer to all who joined the customer's ticket."""
    about = post()
    made = Share(
        letter=letter,
        conversation=about.conversation.id,
        post=about,
        agent=AGENT,
        desk="support",
        text="We are on it.",
        gates=("G0",),
        publish_by=NOW + timedelta(hours=24),
        until=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


def tell() -> Tell:
    """The intent to tell an agent something."""
    notice = Notice(
        key="tell|x|1", desk="support", audience=Audience.AGENT, to=AGENT, reason="x", subject="s", text="t", made=NOW
    )
    return Tell(notice=notice, sealed=seal(notice))


def reading(text: str = "We are on it.", record: Record | None = None, **changes: object) -> Reading:
    """What a genuine, proven answer of the agent says."""
    about = record or waiting()
    made = Reading(
        fingerprint=sha256(text.encode()).hexdigest()[:32],
        message_id="<m1@acme.test>",
        conversations=(about.id,),
        desk="support",
        in_reply_to=(about.sent[-1].message_id,) if about.sent else (),
        kind=LetterKind.REPLY,
        label="human",
        sender=AGENT,
        proof="dmarc",
        subject="Re: help",
        text=text,
        confident=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


def letter(said: Reading, **changes: object) -> LetterRead:
    """That a letter was read, two minutes after the proxy."""
    made = LetterRead(reading=said, received=NOW + timedelta(minutes=2), inbox="replies", raw=b"raw")
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs
