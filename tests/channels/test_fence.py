"""E14: which addresses may be asked, whatever they look like."""

import ipaddress
from collections.abc import AsyncIterator

import pytest
from yarl import URL

from bridge.channels._body import BodyLimits
from bridge.channels._fence import Blocked, Fence, GuardedResolver, is_public
from bridge.channels._http import Answer, Ask, Fate, Http, Lost
from bridge.testing.fakes.feeds import Answer as Fixed
from bridge.testing.fakes.feeds import FeedServer

PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1"]
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_inner_addresses_may_not_even_when_wrapped(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]:8080/x",
        "http://[::ffff:10.0.0.1]/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://user:secret@example.org/",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_forbidden_addresses_are_refused_before_a_name_is_looked_up(url: str) -> None:
    objection = Fence().objection(URL(url))
    assert objection
    assert "secret" not in objection


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1"])
async def test_names_for_inner_addresses_are_refused_when_they_are_looked_up(host: str) -> None:
    with pytest.raises(Blocked):
        await GuardedResolver(Fence()).resolve(host, 80)


async def test_an_allowed_host_may_be_inside() -> None:
    found = await GuardedResolver(Fence(frozenset({"localhost"}))).resolve("localhost", 80)
    assert found
    assert all(result["host"] in {"127.0.0.1", "::1"} for result in found)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    server = FeedServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def http(server: FeedServer) -> AsyncIterator[Http]:
    fence = Fence(frozenset({"127.0.0.1"}))
    http = Http(fence, user_agent="bridge (under test)", timeout=2.0, limits=BodyLimits())
    yield http
    await http.close()


@pytest.mark.parametrize("target", ["http://localhost:{port}/secret.rss", "http://[::1]:{port}/", "http://10.0.0.1/"])
async def test_a_redirect_never_leads_inside(server: FeedServer, http: Http, target: str) -> None:
    """The host that is allowed may redirect within itself, and to the internet, and nowhere else."""
    port = URL(server.url).port
    server.instead["away"] = Fixed(status=302, headers=(("Location", target.format(port=port)),))
    outcome = await http.follow(Ask(method="GET", url=URL(server.url) / "away.rss"))
    assert isinstance(outcome, Lost)
    assert outcome.fate is Fate.BLOCKED
    assert [asked.feed for asked in server.asked] == ["away"]


async def test_a_redirect_within_the_host_is_followed(server: FeedServer, http: Http) -> None:
    server.instead["old"] = Fixed(status=301, headers=(("Location", "/new.rss"),))
    outcome = await http.follow(Ask(method="GET", url=URL(server.url) / "old.rss"))
    assert isinstance(outcome, Answer)
    assert outcome.status == 200
    assert outcome.moved == URL(server.url) / "new.rss"


async def test_redirects_end_after_three(server: FeedServer, http: Http) -> None:
    server.instead["loop"] = Fixed(status=302, headers=(("Location", "/loop.rss"),))
    outcome = await http.follow(Ask(method="GET", url=URL(server.url) / "loop.rss"))
    assert outcome == Lost(fate=Fate.UNKNOWN, why="127.0.0.1 redirects too often")
    assert len(server.asked) == 4


async def test_a_passing_redirect_on_the_way_moves_nothing_for_good(server: FeedServer, http: Http) -> None:
    """301 then 302: only the first step is remembered."""
    server.instead["one"] = Fixed(status=301, headers=(("Location", "/two.rss"),))
    server.instead["two"] = Fixed(status=302, headers=(("Location", "/three.rss"),))
    outcome = await http.follow(Ask(method="GET", url=URL(server.url) / "one.rss"))
    assert isinstance(outcome, Answer)
    assert outcome.url == URL(server.url) / "three.rss"
    assert outcome.moved == URL(server.url) / "two.rss"
