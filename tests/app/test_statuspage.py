"""What monitoring reads: the format, the guards, and that the page changes nothing."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bridge.app.metrics import FAMILIES, Sample, Seen, samples
from bridge.app.statuspage import application, exposition, served
from bridge.config.bridge_stanza import Status as Settings
from bridge.core.effects import State
from bridge.core.health import Health, Watch
from bridge.core.model import Priority
from bridge.core.replies import LetterOutcome
from bridge.core.sampling import Missed
from bridge.stanza import Secret
from bridge.store.reports import ChannelState, Status, Waiting
from bridge.store.turns import Queued

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STATUS = Status(
    posts={"support": 3, "": 2},
    unjudged=1,
    waiting=(Waiting(kind="publish", state=State.UNSURE, count=1, oldest=NOW - timedelta(seconds=90)),),
    settled={("inject", State.DONE): 3},
    letters={LetterOutcome.ANSWER: 2},
    held_letters=1,
    oldest_held_letter=NOW,
    channels=(ChannelState(name="forum", polled=NOW, newest=NOW, gaps=1, quarantined=0),),
    switches={"publishing": "paused"},
    facts=12,
    folded=4,
    turns=(Queued(desk="support", priority=Priority.LOW, count=7, oldest=NOW - timedelta(minutes=5)),),
    saved={"others": 5},
)
SEEN = Seen(
    status=STATUS,
    watches={
        'channel "x"\n': Watch(state=Health.LOGIN, failures=3),
        "channel forum": Watch(state=Health.WELL, left={"money": 0.25}),
    },
    version="1",
    rules="r",
    missed=Missed(judged=40, should=3, share=0.05),
    reload_fine=True,
    now=NOW,
)


def test_prometheus_reads_every_value() -> None:
    families = {family.name: family for family in text_string_to_metric_families(exposition(samples(SEEN)))}
    values = {(s.name, tuple(s.labels.values())): s.value for family in families.values() for s in family.samples}

    assert values["bridge_outbox_oldest_seconds", ("publish", "unsure")] == 90
    assert values["bridge_desk_waiting", ("support", "low")] == 7
    assert values["bridge_desk_waiting_oldest_seconds", ("support", "low")] == 300
    assert values["bridge_publishing_paused", ()] == 1
    assert values["bridge_contacts_saved_day", ("others",)] == 5
    assert values["bridge_contacts_saved_day", ("natively",)] == 0
    assert values["bridge_left_judged", ()] == 40
    assert values["bridge_left_missed_ratio", ()] == 0.05
    assert values["bridge_posts_day", ("left",)] == 2
    assert values["bridge_connection_needs_person", ('channel "x"\n',)] == 1
    assert values["bridge_channel_allowance_left_ratio", ("forum", "money")] == 0.25


def test_every_sample_has_its_family_and_labels() -> None:
    for sample in samples(SEEN):
        assert len(sample.labels) == len(FAMILIES[sample.name][1])


async def look() -> Iterable[Sample]:
    return samples(SEEN)


async def ready() -> str:
    return "not yet polled: forum"


async def ask(settings: Settings, path: str, **given) -> tuple[int, str, dict[str, str]]:
    async with TestClient(TestServer(application(settings, look=look, ready=ready))) as client:
        session: ClientSession = client.session
        method = given.pop("method", "GET")
        async with session.request(method, client.make_url(path), **given) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


LOOPBACK = Settings(listen="127.0.0.1:9468")


@pytest.mark.parametrize(
    ("path", "status", "text"), [("/healthz", 200, "ok"), ("/readyz", 503, "not yet"), ("/metrics", 200, "bridge_info")]
)
async def test_each_page_answers(path: str, status: int, text: str) -> None:
    found = await ask(LOOPBACK, path)

    assert found[0] == status
    assert text in found[1]


async def test_the_page_only_reads_and_guards_itself() -> None:
    """G07, G08."""
    assert (await ask(LOOPBACK, "/metrics", method="POST"))[0] == 405
    headers = (await ask(LOOPBACK, "/metrics"))[2]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:9468", 200),
        ("[::1]", 200),
        ("[::1]:9468", 200),
        ("evil.test", 421),
        ("evil.test:9468", 421),
        ("[::2]:9468", 421),
        ("[::1].evil.test", 421),
        ("::1", 421),
    ],
)
async def test_only_hosts_of_this_machine_are_answered(host: str, status: int) -> None:
    """G08: a page in somebody's browser cannot read it under a name of its own."""
    assert (await ask(LOOPBACK, "/metrics", headers={"Host": host}))[0] == status


async def test_beyond_this_machine_a_bearer_is_needed() -> None:
    """G09."""
    settings = Settings(listen="0.0.0.0:9468", bearer=Secret("right"), i_accept_public_status=True)

    assert (await ask(settings, "/metrics"))[0] == 401
    assert (await ask(settings, "/metrics", headers={"Authorization": "Bearer right"}))[0] == 200


async def test_a_bearer_in_no_encoding_is_a_wrong_one() -> None:
    settings = Settings(listen="0.0.0.0:9468", bearer=Secret("right"), i_accept_public_status=True)
    async with TestServer(application(settings, look=look, ready=ready)) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: \xff\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n"
        writer.close()
        await writer.wait_closed()


async def test_an_address_that_is_taken_stops_nobody(unused_tcp_port: int) -> None:
    """Two nodes on one machine have one configuration."""
    settings = Settings(listen=f"127.0.0.1:{unused_tcp_port}")
    async with (
        served(settings, look=look, ready=ready),
        served(settings, look=look, ready=ready),
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{unused_tcp_port}/healthz") as answer,
    ):
        assert answer.status == 200
