"""What every desk must keep to, as a suite that an adapter's test class inherits."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol

import pytest

from bridge.core.model import Author, Kind, Post, Priority, Verdict, Visibility
from bridge.core.proxies import Audience, Notice, Proxy, Sealed
from bridge.ports import Desk, TemporaryProblem

_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Queue(Protocol):
    """The far end: a real queue that the suite looks into from outside."""

    def desk(self) -> Desk:
        """Another desk object on the same queue, as after a restart."""
        ...

    async def arrived(self) -> Sequence[bytes]:
        """Every message that the queue took, as it took them."""
        ...

    async def vanish(self) -> None:
        """Make the queue unreachable."""
        ...


class DeskContract:
    """Inherit it, and give the fixture `queue`; a desk whose messages are no mails also says what a parcel of its own is."""

    def parcel(self, name: str, *, body: bytes = b"Please help.\r\n") -> Sealed:
        """A sealed message made by hand, with these bytes in it as far as its form can hold them."""
        return parcel(name, body=body)

    def seen(self, sealed: Sealed) -> bytes:
        """What the queue shows of a sealed message: all of its bytes, where the queue is one of mails."""
        return sealed.content

    def notice(self, desk: str) -> Notice:
        """A notice that has a place in the queue."""
        return notice(desk)

    @pytest.fixture
    def queue(self) -> Queue:
        """The queue under test."""
        raise NotImplementedError

    @pytest.fixture
    async def desk(self, queue: Queue) -> AsyncIterator[Desk]:
        """A desk in front of it."""
        desk = queue.desk()
        yield desk
        await desk.close()

    @pytest.mark.parametrize("message", ["proxy", "notice"])
    async def test_sealing_is_the_same_for_the_same_message(self, queue: Queue, desk: Desk, message: str) -> None:
        """Also for another desk object, and with the queue out of reach: nothing but the message decides."""
        made = proxy(desk.name) if message == "proxy" else notice(desk.name)
        sealed = desk.seal(made)
        await queue.vanish()
        assert queue.desk().seal(made) == sealed
        assert sealed.key == made.key
        assert len(sealed.recipients) == 1

    async def test_only_a_proxy_can_bounce(self, desk: Desk) -> None:
        """D04: a notice has the null return path, so no complaint about it can come back."""
        assert desk.seal(proxy(desk.name)).sender
        assert desk.seal(notice(desk.name)).sender == ""

    async def test_a_sealed_proxy_arrives_byte_for_byte(self, queue: Queue, desk: Desk) -> None:
        """What is stored is what is sent."""
        sealed = desk.seal(proxy(desk.name))
        await desk.inject(sealed)
        [raw] = await queue.arrived()
        assert _same(raw, self.seen(sealed))

    async def test_awkward_bytes_arrive_unchanged(self, queue: Queue, desk: Desk) -> None:
        """Lines that begin with dots, and the longest line that mail allows."""
        sealed = self.parcel("awkward", body=b".\r\n..\r\n.. two\r\n\r\n" + b"y" * 998 + b"\r\n \r\n.")
        await desk.inject(sealed)
        [raw] = await queue.arrived()
        assert _same(raw, self.seen(sealed) + b"\r\n") or _same(raw, self.seen(sealed))

    async def test_a_notice_arrives(self, queue: Queue, desk: Desk) -> None:
        """Telling is injecting with another sender."""
        sealed = desk.seal(self.notice(desk.name))
        await desk.tell(sealed)
        [raw] = await queue.arrived()
        assert _same(raw, self.seen(sealed))

    async def test_c05_a_repeat_is_the_same_mail(self, queue: Queue, desk: Desk) -> None:
        """At least once: what the queue gets twice it can merge, because it is equal to the byte."""
        sealed = self.parcel("repeat")
        await desk.inject(sealed)
        again = queue.desk()
        await again.inject(sealed)
        await again.close()
        assert {_body(raw) for raw in await queue.arrived()} == {_body(self.seen(sealed))}

    async def test_many_at_once_each_arrive_once(self, queue: Queue, desk: Desk) -> None:
        """Desks are used by several workers."""
        parcels = [self.parcel(f"many-{number}", body=f"number {number}\r\n".encode()) for number in range(60)]
        await asyncio.gather(*(desk.inject(each) for each in parcels))
        count = Counter(_body(raw) for raw in await queue.arrived())
        assert count == Counter(_body(self.seen(each)) for each in parcels)

    async def test_an_unreachable_queue_is_a_temporary_problem(self, queue: Queue, desk: Desk) -> None:
        """Nothing happened, and asking again may help."""
        await queue.vanish()
        with pytest.raises(TemporaryProblem):
            await desk.inject(self.parcel("lost"))

    async def test_a_desk_works_after_closing_and_closes_twice(self, queue: Queue, desk: Desk) -> None:
        """Closing gives back connections and takes nothing else."""
        await desk.inject(self.parcel("before"))
        await desk.close()
        await desk.inject(self.parcel("after"))
        await desk.close()
        await desk.close()
        assert len(await queue.arrived()) == 2


def parcel(name: str, *, body: bytes = b"Please help.\r\n", recipient: str = "queue@acd.test") -> Sealed:
    """A sealed message made by hand."""
    message_id = f"<{name}@bridge.test>"
    head = (
        f"From: Jane <reply@bridge.test>\r\nTo: {recipient}\r\nSubject: {name}\r\n"
        f"Date: {format_datetime(_AT)}\r\nMessage-ID: {message_id}\r\n\r\n"
    )
    return Sealed(
        key=f"inject:{name}",
        message_id=message_id,
        sender="bounce@bridge.test",
        recipients=(recipient,),
        content=head.encode() + body,
        text=body.decode("utf-8", "replace"),
    )


def proxy(desk: str) -> Proxy:
    """A proxy of a customer with an awkward name and text."""
    post = Post(
        channel="forum",
        id="4711",
        kind=Kind.TOPIC,
        visibility=Visibility.PUBLIC,
        thread="4711",
        author=Author(id="u1", handle="jané", name='Jané "J" Doe, 🦊'),
        text="Is it down again?\n.\n.hidden\nGrüße 🦊",
        at=_AT,
        answers=frozenset({Visibility.PUBLIC}),
        lang="en",
    )
    return Proxy(
        key="inject:forum/4711",
        conversation=post.conversation.id,
        desk=desk,
        post=post,
        verdict=Verdict(route="urgent", desk=desk, priority=Priority.HIGH),
        subject="Is it down again?",
        priority=Priority.HIGH,
        thread=(),
        contacts=(),
        references=(),
        notes=(),
        delimiter="k3x9mq",
        made=_AT,
    )


def notice(desk: str) -> Notice:
    """A notice to an agent."""
    return Notice(
        key="tell:letter-1",
        desk=desk,
        audience=Audience.AGENT,
        to="agent1@acd.test",
        reason="too_long",
        subject="Your answer was not published",
        text="It is 12 characters too long.",
        made=_AT,
    )


def _same(arrived: bytes, sent: bytes) -> bool:
    """Equal but for line ends and a server's own header lines on top."""
    return _local(arrived).endswith(_local(sent))


def _body(raw: bytes) -> bytes:
    """Everything from our own From line on, as a local file holds it; all of it where it is no mail."""
    text = _local(raw)
    return text[max(text.find(b"From: "), 0) :]


def _local(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")
