"""The SMTP desk keeps its contract against a real Postfix, by implicit TLS and STARTTLS, and its repeats are merged by Sieve."""

import asyncio
import email
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bridge.core.replies import Letter
from bridge.desks.smtp import Settings as SmtpSettings
from bridge.desks.smtp import SmtpDesk, build
from bridge.inboxes.imap import Settings as ImapSettings
from bridge.inboxes.imap import build as build_inbox
from bridge.letters.address import Purpose, Token, find, verify
from bridge.letters.mailbox import loose_addresses
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.desks import DeskContract, parcel, proxy
from bridge.testing.faults import FaultProxy
from bridge.testing.postoffice import PostOffice
from bridge.testing.toxics import CutAfter

SECONDS = 50

RELAY = {"host": "127.0.0.1", "tls": "none", "user": "", "password": None, "ca_file": None}
"""A stanza for the relay on this machine, which wants neither TLS nor a login."""


@dataclass
class PostfixQueue:
    """The mailbox `queue@`, filled through Postfix; between the desk and Postfix stands a proxy that can cut the line."""

    office: PostOffice
    fittings: Fittings
    proxy: FaultProxy
    more: dict[str, Any]

    def desk(self, **change: Any) -> SmtpDesk:
        usual = {
            "to": f"queue@{self.office.domain}",
            "host": "localhost",
            "port": self.proxy.port,
            "tls": "implicit",
            "ca_file": self.office.authority.file,
            "user": f"agent1@{self.office.domain}",
            "password": Secret(self.office.passwords["agent1"]),
        }
        settings = SmtpSettings.model_validate(usual | self.more | change)
        return build("support", settings, self.fittings)

    async def arrived(self) -> Sequence[bytes]:
        """What lies in the mailboxes, once Postfix has nothing more under way."""
        await settled(self.office)
        return [*self.office.mails("queue"), *self.office.mails("agent1")]

    async def vanish(self) -> None:
        await self.proxy.refuse()
        self.proxy.reset_all()


async def settled(office: PostOffice) -> None:
    """Wait until Postfix's queue is empty."""
    async with asyncio.timeout(SECONDS):
        while await asyncio.to_thread(office.queued):  # noqa: ASYNC110 - another process empties it
            await asyncio.sleep(0.05)


@asynccontextmanager
async def fresh(office: PostOffice, fittings: Fittings, port: int, **more: Any) -> AsyncIterator[PostfixQueue]:
    """Empty mailboxes and an empty queue."""
    await asyncio.to_thread(office.drop_queue)
    for name in ("queue", "agent1", "reply"):
        office.wipe(name)
    async with FaultProxy("127.0.0.1", port) as proxy:
        yield PostfixQueue(office, fittings, proxy, more)


@pytest.fixture
async def queue(post_office: PostOffice, fittings: Fittings) -> AsyncIterator[PostfixQueue]:
    async with fresh(post_office, fittings, post_office.ports.smtps) as queue:
        yield queue


class TestSmtpDeskByImplicitTls(DeskContract):
    @pytest.fixture
    async def queue(self, post_office: PostOffice, fittings: Fittings) -> AsyncIterator[PostfixQueue]:
        async with fresh(post_office, fittings, post_office.ports.smtps) as queue:
            yield queue


class TestSmtpDeskByStarttls(DeskContract):
    @pytest.fixture
    async def queue(self, post_office: PostOffice, fittings: Fittings) -> AsyncIterator[PostfixQueue]:
        async with fresh(post_office, fittings, post_office.ports.submission, tls="starttls") as queue:
            yield queue


class TestSmtpDeskToALocalRelay(DeskContract):
    @pytest.fixture
    async def queue(self, post_office: PostOffice, fittings: Fittings) -> AsyncIterator[PostfixQueue]:
        async with fresh(post_office, fittings, post_office.ports.smtp, **RELAY) as queue:
            yield queue


async def test_a_wrong_password_is_a_login_problem_in_clear_words(queue: PostfixQueue) -> None:
    desk = queue.desk(password=Secret("wrong"))
    with pytest.raises(LoginProblem, match=r"answered 535 5\.7\.8; check user and password"):
        await desk.inject(parcel("one"))
    await desk.close()


async def test_a20_an_unknown_authority_is_named(queue: PostfixQueue) -> None:
    for change in ({}, {"port": queue.office.ports.submission, "tls": "starttls"}):
        desk = queue.desk(ca_file=None, **change)
        with pytest.raises(TemporaryProblem, match=r"unable to get local issuer certificate.*ca_file"):
            await desk.inject(parcel("one"))
        await desk.close()


async def test_a20_a_server_that_demands_tls_gets_nothing_in_the_clear(queue: PostfixQueue) -> None:
    desk = queue.desk(port=queue.office.ports.submission, **RELAY)
    with pytest.raises(LoginProblem, match=r"answered 530 5\.7\.0"):
        await desk.inject(parcel("one"))
    await desk.close()


async def test_c26_an_unknown_recipient_and_a_mail_too_large_are_permanent(queue: PostfixQueue) -> None:
    desk = queue.desk()
    with pytest.raises(PermanentProblem, match=r"answered 550 5\.1\.1"):
        await desk.inject(parcel("one", recipient="nobody@acd.test"))
    with pytest.raises(PermanentProblem, match="larger than the 26214400 bytes"):
        await desk.inject(parcel("two", body=(b"y" * 76 + b"\r\n") * 340_000))
    await desk.inject(parcel("three"))
    await desk.close()
    assert len(await queue.arrived()) == 1


@pytest.mark.parametrize("number", range(5))
async def test_ft07_a_line_cut_after_the_dot_is_uncertain_and_the_repeat_is_merged(
    queue: PostfixQueue, number: int
) -> None:
    sealed = parcel(f"cut-{number}")
    async with FaultProxy("127.0.0.1", queue.office.ports.smtp) as proxy:
        proxy.up.append(CutAfter(word=b"\r\n.\r\n"))
        desk = queue.desk(port=proxy.port, **RELAY)
        with pytest.raises(UncertainProblem):
            await desk.inject(sealed)
        proxy.up.clear()
        await desk.inject(sealed)
        await desk.close()
    assert len(await queue.arrived()) == 1
    log = await asyncio.to_thread((queue.office.run / "log" / "dovecot.log").read_text)
    assert log.count(f"msgid={sealed.message_id}") == 2, "it came twice and was merged"


async def test_the_address_survives_the_way_round(queue: PostfixQueue, fittings: Fittings) -> None:
    """An agent answers the proxy, and the inbox finds the signed address where only the own server writes."""
    queue.fittings = replace(fittings, reply_domain=queue.office.domain)
    desk = queue.desk()
    await desk.inject(desk.seal(proxy("support")))
    await desk.close()
    [arrived] = await queue.arrived()
    [mailbox] = loose_addresses(email.message_from_bytes(arrived)["Reply-To"])
    answer = f"From: agent1@acd.test\r\nTo: <{mailbox}>\r\nSubject: Re: x\r\nMessage-ID: <r1@acd.test>\r\n\r\nHello\r\n"
    agent = queue.desk(user=f"agent2@{queue.office.domain}", password=Secret(queue.office.passwords["agent2"]))
    await agent.inject(replace(parcel("r1"), recipients=(mailbox,), content=answer.encode()))
    await agent.close()
    [found] = await letters(queue)
    [delivered] = find(email.message_from_bytes(found.raw).get_all("Delivered-To"), queue.office.domain)
    assert verify(fittings.ring, delivered, ["support"]) == verify(fittings.ring, mailbox, ["support"])
    assert isinstance(verify(fittings.ring, delivered, ["support"]), Token)


async def test_a_bounce_comes_back_to_its_own_address_and_names_the_mail(
    queue: PostfixQueue, fittings: Fittings
) -> None:
    """The envelope id that we gave stands in the report, and the delivery header keeps the bounce address through an alias."""
    queue.fittings = replace(fittings, reply_domain=queue.office.domain)
    desk = queue.desk(to=f"moved@{queue.office.domain}")
    sealed = desk.seal(proxy("support"))
    await desk.inject(sealed)
    await desk.close()
    await settled(queue.office)
    [found] = await letters(queue)
    report = email.message_from_bytes(found.raw)
    assert report.get_content_type() == "multipart/report"
    assert f"Original-Envelope-Id: {sealed.message_id.strip('<>')}".encode() in found.raw
    assert find([report["Delivered-To"]], queue.office.domain) == (sealed.sender,)
    token = verify(fittings.ring, sealed.sender, ["support"])
    assert isinstance(token, Token)
    assert token.purpose is Purpose.BOUNCE


async def letters(queue: PostfixQueue) -> Sequence[Letter]:
    """What the inbox of answers finds."""
    await settled(queue.office)
    office = queue.office
    entrance = {"host": "localhost", "port": office.ports.imaps, "ca_file": office.authority.file}
    account = {"user": f"reply@{office.domain}", "password": Secret(office.passwords["reply"])}
    inbox = build_inbox("replies", ImapSettings.model_validate(entrance | account), queue.fittings)
    found = await inbox.fetch(timedelta(seconds=10))
    await inbox.close()
    return found
