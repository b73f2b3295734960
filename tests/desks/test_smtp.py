"""The SMTP desk keeps the contract of desks, and knows what is certain after every answer and every silence."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bridge.desks._line import Patience
from bridge.desks.smtp import Dialer, Pool, Settings, SmtpDesk, build
from bridge.ports import Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret
from bridge.testing.desks import DeskContract, parcel
from bridge.testing.fakes.smtp import CUT, HANG, SmtpServer
from bridge.testing.faults import FaultProxy
from bridge.testing.tls import Authority
from bridge.testing.toxics import CutAfter, LimitData, ResetPeer, Slicer, Timeout

PLAIN = {"to": "queue@acd.test", "host": "127.0.0.1", "tls": "none"}
QUICK = Patience(connect=2, command=2, data=2, block=2, dot=0.3, leave=1)


def desk_for(port: int, *, patience: Patience = QUICK, **more: Any) -> SmtpDesk:
    settings = Settings.model_validate(PLAIN | {"port": port} | more)
    dialer = Dialer(settings, tokens=None, hello="bridge.test", patience=patience)
    pool = Pool(dialer.call, size=settings.connections, idle=settings.idle.total_seconds())
    return SmtpDesk("support", pool, seal=lambda _: parcel("sealed"))


USUAL = ("SIZE 33554432", "8BITMIME", "DSN")


@pytest.fixture(params=[USUAL, (*USUAL, "PIPELINING")], ids=["one by one", "pipelined"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[SmtpServer]:
    async with SmtpServer(extensions=request.param) as server:
        yield server


@dataclass
class SmtpQueue:
    """What the scripted server took."""

    server: SmtpServer
    fittings: Fittings

    def desk(self) -> SmtpDesk:
        return build("support", Settings.model_validate(PLAIN | {"port": self.server.port}), self.fittings)

    async def arrived(self) -> Sequence[bytes]:
        return [taken.content for taken in self.server.journal]

    async def vanish(self) -> None:
        await self.server.stop()


class TestSmtpDesk(DeskContract):
    @pytest.fixture
    def queue(self, server: SmtpServer, fittings: Fittings) -> SmtpQueue:
        return SmtpQueue(server, fittings)


T, P, L, U, OK = TemporaryProblem, PermanentProblem, LoginProblem, UncertainProblem, None

ANSWERS = [
    ("GREETING", "220 mail.test ready", OK),
    ("GREETING", "421 4.3.2 too busy", T),
    ("GREETING", "450 4.7.1 come back", T),
    ("GREETING", "554 5.7.1 not you", T),
    ("GREETING", "welcome, stranger", T),
    ("GREETING", CUT, T),
    ("GREETING", HANG, T),
    ("EHLO", "421 4.3.2 shutting down", T),
    ("EHLO", "502 5.5.1 what", T),
    ("EHLO", CUT, T),
    ("MAIL", "250 2.1.0 fine", OK),
    ("MAIL", "421 4.7.0 closing", T),
    ("MAIL", "451 4.3.0 try later", T),
    ("MAIL", "452 4.3.1 disk full", T),
    ("MAIL", "530 5.7.0 log in", L),
    ("MAIL", "550 5.7.1 sender refused", P),
    ("MAIL", "552 5.3.4 too large", P),
    ("MAIL", "\0\1garbage", T),
    ("MAIL", CUT, T),
    ("MAIL", HANG, T),
    ("RCPT", "251 2.1.5 will forward", OK),
    ("RCPT", "421 4.7.0 closing", T),
    ("RCPT", "450 4.2.0 greylisted", T),
    ("RCPT", "452 4.2.2 mailbox full", T),
    ("RCPT", "550 5.1.1 no such user", P),
    ("RCPT", "554 5.7.1 refused", P),
    ("RCPT", CUT, T),
    ("DATA", "451 4.3.0 not now", T),
    ("DATA", "554 5.5.1 no valid recipients", P),
    ("DATA", "250 what", T),
    ("DATA", CUT, T),
    ("DATA", HANG, T),
    ("DOT", "250 2.0.0 queued as 1", OK),
    ("DOT", "250-2.0.0 queued\r\n250 as 2", OK),
    ("DOT", "299 an unusual yes", OK),
    ("DOT", "421 4.3.2 going down", T),
    ("DOT", "450 4.7.1 content greylisted", T),
    ("DOT", "452 4.3.1 no space", T),
    ("DOT", "550 5.7.1 content refused", P),
    ("DOT", "552 5.2.2 quota", P),
    ("DOT", "354 more please", U),
    ("DOT", "gibberish", U),
    ("DOT", "25", U),
    ("DOT", CUT, U),
    ("DOT", HANG, U),
]


@pytest.mark.parametrize(("step", "answer", "expected"), ANSWERS)
async def test_ft09_every_answer_has_its_meaning(
    server: SmtpServer, step: str, answer: str, expected: type[Exception] | None
) -> None:
    """Exactly the named problem, no subclass by chance; and the next mail goes through whatever the last one met."""
    server.script[step] = [answer]
    desk = desk_for(server.port, patience=Patience(connect=0.3, command=0.3, data=0.3, block=2, dot=0.3, leave=1))
    if expected:
        with pytest.raises(expected) as raised:
            await desk.inject(parcel("first"))
        assert raised.type is expected
    else:
        await desk.inject(parcel("first"))
    await desk.inject(parcel("second"))
    assert server.journal[-1].content == parcel("second").content
    await desk.close()


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_problems_repeat_codes_and_never_the_servers_words(server: SmtpServer, step: str) -> None:
    server.script[step] = ["550 5.1.1 <jane.doe@private.test> secret words"]
    desk = desk_for(server.port)
    with pytest.raises(PermanentProblem, match=r"^the mail was refused: the mail server answered 550 5\.1\.1$"):
        await desk.inject(parcel("one"))
    await desk.close()


async def test_a_refused_mail_leaves_its_connection_to_the_next(server: SmtpServer) -> None:
    server.script["RCPT"] = ["550 5.1.1 no"]
    desk = desk_for(server.port)
    with pytest.raises(PermanentProblem):
        await desk.inject(parcel("one"))
    await desk.inject(parcel("two"))
    await desk.close()
    assert server.connections == 1
    assert "RSET" in server.seen


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
async def test_c24_a_server_that_wants_a_mail_without_sender_or_recipient_gets_none(step: str) -> None:
    """RFC 2920 3.1: it said no, and to the next command yes."""
    script = {step: ["550 5.7.1 no"], "DATA": ["354 go ahead"]}
    async with SmtpServer(extensions=("PIPELINING",), script=script) as server:
        desk = desk_for(server.port)
        with pytest.raises(PermanentProblem, match="550"):
            await desk.inject(parcel("one"))
        await desk.inject(parcel("two"))
        await desk.close()
    assert [taken.content for taken in server.journal] == [parcel("two").content]
    assert server.connections == 2


async def test_c04_an_answer_that_nothing_was_asked_for_is_taken_for_none(server: SmtpServer) -> None:
    desk = desk_for(server.port)
    await desk.inject(parcel("one"))
    server.interject("250 2.0.0 taken")
    await asyncio.sleep(0.05)  # until it lies there
    server.script["DOT"] = ["451 4.3.0 not now"]
    with pytest.raises(TemporaryProblem):
        await desk.inject(parcel("two"))
    await desk.close()
    assert server.connections == 2


async def test_three_commands_go_with_one_write_where_the_server_allows_it() -> None:
    async with SmtpServer(extensions=("PIPELINING",), script={"MAIL": [HANG]}) as server:
        desk = desk_for(server.port, patience=Patience(command=0.2))
        with pytest.raises(TemporaryProblem):
            await desk.inject(parcel("one"))
        await server.until("GONE")
        assert server.unread.startswith(b"RCPT TO:<queue@acd.test>")
        assert server.unread.endswith(b"DATA\r\n")
        await desk.close()


async def test_connections_are_shared_and_bounded(server: SmtpServer) -> None:
    desk = desk_for(server.port, connections=3)
    await asyncio.gather(*(desk.inject(parcel(f"n{number}")) for number in range(30)))
    await desk.close()
    assert server.connections == 3
    assert len(server.journal) == 30


async def test_a_rested_connection_is_asked_before_it_gets_a_mail(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.desks._pool._FRESH", 0.0)
    desk = desk_for(server.port)
    await desk.inject(parcel("one"))
    await desk.inject(parcel("two"))
    server.drop_all()
    await desk.inject(parcel("three"))
    await desk.close()
    assert server.seen.count("NOOP") == 1
    assert server.connections == 2
    assert len(server.journal) == 3


async def test_an_idle_connection_is_closed_with_a_word(server: SmtpServer) -> None:
    desk = desk_for(server.port, idle=timedelta(milliseconds=50))
    await desk.inject(parcel("one"))
    await server.until("QUIT")
    await desk.close()


async def test_a_cancelled_mail_takes_its_connection_with_it(server: SmtpServer) -> None:
    server.script["RCPT"] = [HANG]
    desk = desk_for(server.port)
    task = asyncio.create_task(desk.inject(parcel("one")))
    await server.until("RCPT")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await desk.inject(parcel("two"))
    await desk.close()
    assert [taken.content for taken in server.journal] == [parcel("two").content]


async def test_the_envelope_asks_for_reports_by_the_message_id(server: SmtpServer) -> None:
    desk = desk_for(server.port)
    await desk.inject(parcel("a+b"))
    await desk.close()
    [taken] = server.journal
    assert taken.options == f"SIZE={len(parcel('a+b').content)} RET=HDRS ENVID=a+2Bb@bridge.test NOTIFY=FAILURE,DELAY"


async def test_d04_a_notice_asks_for_no_report(server: SmtpServer) -> None:
    sealed = parcel("notice")
    notice = type(sealed)(**{name: getattr(sealed, name) for name in sealed.__slots__} | {"sender": ""})
    desk = desk_for(server.port)
    await desk.tell(notice)
    await desk.close()
    assert server.journal[0].sender == ""
    assert "NOTIFY" not in server.journal[0].options


@pytest.mark.parametrize(
    ("extensions", "content", "word"),
    [
        (("SIZE 100",), b"x" * 200, "larger than the 100 bytes"),
        (("SIZE",), "Grüße\r\n".encode(), "letters beyond ASCII"),
        (("8BITMIME",), b"one\ntwo\r\n", "bare line end"),
        (("8BITMIME",), b"one\rtwo\r\n", "bare line end"),
    ],
)
async def test_what_the_server_cannot_take_is_refused_before_a_word(
    extensions: tuple[str, ...], content: bytes, word: str
) -> None:
    """A16 too: bare line ends are what smuggles a second message."""
    sealed = parcel("one", body=content)
    async with SmtpServer(extensions=extensions) as server:
        desk = desk_for(server.port)
        with pytest.raises(PermanentProblem, match=word):
            await desk.inject(sealed)
        assert "MAIL" not in server.seen
        await desk.close()


async def test_letters_beyond_ascii_are_announced(server: SmtpServer) -> None:
    desk = desk_for(server.port)
    await desk.inject(parcel("one", body="Grüße 🦊\r\n".encode()))
    await desk.close()
    assert "BODY=8BITMIME" in server.journal[0].options
    assert server.journal[0].content.endswith("Grüße 🦊\r\n".encode())


@pytest.mark.parametrize("recipients", [(), ("a@acd.test", "b@acd.test")])
async def test_c24_a_mail_has_one_recipient(server: SmtpServer, recipients: tuple[str, ...]) -> None:
    sealed = parcel("one")
    wrong = type(sealed)(**{name: getattr(sealed, name) for name in sealed.__slots__} | {"recipients": recipients})
    desk = desk_for(server.port)
    with pytest.raises(PermanentProblem, match="exactly one recipient"):
        await desk.inject(wrong)
    await desk.close()


# --- faults on the line


async def test_ft07_cut_between_the_dot_and_the_answer_is_uncertain_and_the_same_bytes_go_again(
    server: SmtpServer,
) -> None:
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        proxy.up.append(CutAfter(word=b"\r\n.\r\n"))
        desk = desk_for(proxy.port)
        with pytest.raises(UncertainProblem):
            await desk.inject(parcel("one"))
        assert len(server.journal) == 1
        proxy.up.clear()
        await desk.inject(parcel("one"))
        await desk.close()
    assert server.journal[0].content == server.journal[1].content


async def test_c04_a_line_that_breaks_inside_a_large_mail_is_certain(server: SmtpServer) -> None:
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        proxy.up.append(LimitData(limit=200_000))
        desk = desk_for(proxy.port)
        with pytest.raises(TemporaryProblem):
            await desk.inject(parcel("large", body=(b"y" * 76 + b"\r\n") * 400_000))
        await desk.close()
    assert not server.journal


@pytest.mark.parametrize("size", [1, 7])
async def test_ft06_small_pieces_make_no_difference(server: SmtpServer, size: int) -> None:
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        proxy.up.append(Slicer(size=size))
        proxy.down.append(Slicer(size=size))
        desk = desk_for(proxy.port, patience=Patience(dot=10))
        await desk.inject(parcel("one", body=b".\r\n..\r\nend\r\n"))
        await desk.close()
    assert server.journal[0].content.endswith(b"\r\n\r\n.\r\n..\r\nend\r\n")


@pytest.mark.parametrize("toxic", [Timeout(seconds=None), ResetPeer()])
async def test_ft06_a_server_that_falls_silent_before_the_mail_is_certain(
    server: SmtpServer, toxic: Timeout | ResetPeer
) -> None:
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        proxy.down.append(toxic)
        desk = desk_for(proxy.port, patience=Patience(connect=0.3))
        with pytest.raises(TemporaryProblem):
            await desk.inject(parcel("one"))
        await desk.close()


async def test_ft08_a_half_open_connection_is_noticed_and_replaced_before_the_mail(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing comes through a kept connection any more and nobody says so: only our own time-out tells."""
    monkeypatch.setattr("bridge.desks._pool._FRESH", 0.0)
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        desk = desk_for(proxy.port)
        await desk.inject(parcel("one"))
        proxy.stall()
        await asyncio.wait_for(desk.inject(parcel("two")), 10)
        await desk.close()
    assert server.connections == 2
    assert len(server.journal) == 2


async def test_ft08_a_connection_that_parts_in_the_middle_of_a_dialogue_is_certain(server: SmtpServer) -> None:
    """The mail is not begun yet, so it is tried again."""
    server.script["RCPT"] = [HANG]
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        desk = desk_for(proxy.port)
        sending = asyncio.create_task(desk.inject(parcel("one")))
        await server.until("RCPT")
        proxy.stall()
        with pytest.raises(TemporaryProblem):
            await asyncio.wait_for(sending, 10)
        await desk.inject(parcel("one"))
        await desk.close()
    assert len(server.journal) == 1


# --- TLS and login


def account(authority: Authority, **more: Any) -> dict[str, Any]:
    return {"host": "localhost", "ca_file": authority.file, "user": "bridge", "password": Secret("right")} | more


@pytest.mark.parametrize("methods", ["PLAIN LOGIN", "LOGIN", "PLAIN", "CRAM-MD5 PLAIN"])
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a20_mail_goes_over_tls_after_logging_in(authority: Authority, tls: str, methods: str) -> None:
    context = authority.server_context("localhost")
    async with SmtpServer(
        tls=context, implicit=tls == "implicit", users={"bridge": "right"}, methods=methods
    ) as server:
        desk = desk_for(server.port, **account(authority, tls=tls))
        await desk.inject(parcel("one"))
        await desk.close()
    assert len(server.journal) == 1


async def test_a_wrong_password_is_a_login_problem_and_is_tried_once(authority: Authority) -> None:
    context = authority.server_context("localhost")
    async with SmtpServer(tls=context, implicit=True, users={"bridge": "right"}) as server:
        desk = desk_for(server.port, **account(authority, tls="implicit", password=Secret("wrong")))
        with pytest.raises(LoginProblem, match="check user and password") as raised:
            await desk.inject(parcel("one"))
        await desk.close()
    assert server.seen.count("AUTH") == 1
    assert "wrong" not in str(raised.value)


@pytest.mark.parametrize("answer", ["454 4.7.0 not now", "432 4.3.2 too many", "421 4.7.0 bye"])
async def test_a_login_that_fails_for_now_is_temporary(authority: Authority, answer: str) -> None:
    context = authority.server_context("localhost")
    script = {"AUTH": [answer]}
    async with SmtpServer(tls=context, implicit=True, users={"bridge": "right"}, script=script) as server:
        desk = desk_for(server.port, **account(authority, tls="implicit"))
        with pytest.raises(TemporaryProblem):
            await desk.inject(parcel("one"))
        await desk.inject(parcel("one"))
        await desk.close()


async def test_a20_a_server_without_starttls_gets_neither_password_nor_mail(authority: Authority) -> None:
    async with SmtpServer(users={"bridge": "right"}) as server:
        desk = desk_for(server.port, **account(authority, tls="starttls"))
        with pytest.raises(TemporaryProblem, match="offers no STARTTLS"):
            await desk.inject(parcel("one"))
        await desk.close()
    assert not {"AUTH", "MAIL"} & set(server.seen)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("certificate", "word"),
    [
        (("localhost", -1), "certificate has expired"),
        (("elsewhere.test", 1), "Hostname mismatch"),
    ],
)
async def test_a20_a_bad_certificate_is_named(
    authority: Authority, tls: str, certificate: tuple[str, int], word: str
) -> None:
    context = authority.server_context(certificate[0], until=timedelta(days=certificate[1]))
    async with SmtpServer(tls=context, implicit=tls == "implicit") as server:
        desk = desk_for(server.port, host="localhost", tls=tls, ca_file=authority.file)
        with pytest.raises(TemporaryProblem, match=f"certificate is not accepted .*{word}"):
            await desk.inject(parcel("one"))
        await desk.close()


async def test_a20_an_authority_that_nobody_named_is_not_trusted(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server_context("localhost"), implicit=True) as server:
        desk = desk_for(server.port, host="localhost", tls="implicit")
        with pytest.raises(TemporaryProblem, match=r"unable to get local issuer certificate.*ca_file"):
            await desk.inject(parcel("one"))
        await desk.close()


async def test_tls_against_a_plain_server_names_port_and_tls() -> None:
    async with SmtpServer() as server:
        desk = desk_for(server.port, host="localhost", tls="implicit")
        with pytest.raises(TemporaryProblem, match="check port and tls"):
            await desk.inject(parcel("one"))
        await desk.close()


# --- the stanza


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"host": "mail.example"}, "for this machine only"),
        ({"host": "127.0.0.1.example"}, "for this machine only"),
        ({"user": "bridge"}, "with user goes either password or oauth"),
        ({"password": Secret("x")}, "need user"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file cannot be used"),
        ({"host": "mail example"}, "pattern"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"tls": "sometimes"}, "'implicit', 'starttls' or 'none'"),
        ({"hots": "x"}, "Extra inputs"),
    ],
)
def test_a_wrong_stanza_is_refused_with_a_word(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Settings.model_validate(PLAIN | change)


def test_plain_text_beyond_this_machine_must_be_said() -> None:
    assert Settings.model_validate(PLAIN | {"host": "mail.example", "i_accept_plain_text": True})
    assert Settings.model_validate(PLAIN | {"host": "::1"})
