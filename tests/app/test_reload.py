"""What a reload takes up, what waits for the restart, and that neither loses a post or an alarm (G01)."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bridge.app import compose
from bridge.app.compose import Current
from bridge.app.daemon import opened
from bridge.app.reloading import reload
from bridge.config import Loaded, load
from bridge.core.health import Health
from bridge.shell import courier, intake
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.store import reports
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import Town, plain

RULES = """
[[route]]
name = "all"
desk = "support"
"""

SALES = """
    [desk.sales]
    kind = "maildir"
    path = "{mailbox}"
    to = "sales@acme.test"
    inbox = "replies"
"""

OTHERS = """
    [inbox.others]
    kind = "maildir"
    path = "others"
"""


@pytest.fixture
def town(tmp_path: Path, forum: Forum) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    place.rules(RULES)
    return place


def loaded(town: Town) -> Loaded:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return found


def rewrite(town: Town, before: str, after: str) -> None:
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace(before, after))


def reloaded(town: Town, current: Current) -> bool:
    return reload(current, town.configuration, town.configuration / "credentials")


async def turn(house: House) -> Health:
    """How the forum is after one more turn, with its posts judged and forwarded."""
    lookout = Lookout(house)
    await intake.turn(house, "forum", timedelta(0), lookout=lookout)
    await courier.drain(house, ("judge", "inject"))
    return lookout.watches["channel forum"].state


async def test_a_channel_that_left_is_read_and_forwarded_until_the_restart(town: Town, forum: Forum) -> None:
    async with opened(loaded(town)) as (house, current, _store):
        assert await turn(house) is Health.WELL
        rewrite(town, "[channel.forum]", "[channel.board]")
        assert reloaded(town, current)
        forum.write("jane", "My shop is broken.", title="Broken")

        assert await turn(house) is Health.WELL
        assert house.policy().channels["forum"].platform == "Forum"
        assert "board" not in house.policy().channels
    (mail,) = town.mails()
    assert "My shop is broken." in plain(mail)


async def test_a_channel_that_stays_has_what_its_stanza_says_now(town: Town) -> None:
    async with opened(loaded(town)) as (house, current, _store):
        rewrite(town, 'platform = "Forum"', 'platform = "Board"')
        assert reloaded(town, current)

        assert house.policy().channels["forum"].platform == "Board"


async def test_a_post_for_a_desk_that_only_a_restart_opens_is_held_for_it(town: Town, forum: Forum) -> None:
    async with opened(loaded(town)) as (house, current, store):
        assert await turn(house) is Health.WELL
        with (town.configuration / "bridge.toml").open("a") as file:
            file.write(SALES.format(mailbox=town.mailbox))
        rewrite(town, "[bridge]", '[bridge]\nalerts = { desk = "sales" }')
        town.rules(RULES.replace("support", "sales"))
        assert reloaded(town, current)
        forum.write("jane", "What does it cost?", title="Price")

        assert await turn(house) is Health.WELL
        (item,) = await store.read(lambda connection: reports.held(connection, 9))
        assert (item.kind, item.reason) == ("judge", "desk_missing")
        assert house.policy().alert_desk == "support"


async def test_a_desk_that_left_takes_no_answers_any_more(town: Town) -> None:
    async with opened(loaded(town)) as (house, current, _store):
        rewrite(town, "[desk.support]", "[desk.sales]")
        town.rules("")
        assert reloaded(town, current)

        assert house.policy().desks == {}
        assert house.policy().alert_desk == "support"


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        ('endpoint = "', 'endpoint = "http://elsewhere.test/', "channel forum"),
        ("[channel.forum]", "[channel.board]", "channel forum"),
        ('inbox = "replies"', 'inbox = "others"', "desk support"),
        ("[inbox.replies]", '[inbox.replies]\ndelivered = "X-To"', "inbox replies"),
        ('kid = "a"', 'kid = "b"', "bridge reply_keys"),
        ("reply.acme.test", "answers.acme.test", "bridge reply_domain"),
        ("[bridge]", '[bridge]\nstatus = { listen = "127.0.0.1:9468" }', "bridge status"),
        ("[bridge]", '[bridge]\nlog = { level = "debug" }', "bridge log"),
        ("[bridge]", '[bridge]\ndatabase = "postgresql://localhost/bridge"', "bridge database"),
        ('/state"', '/other"', "bridge state"),
    ],
)
def test_what_only_a_restart_takes_up_is_named(town: Town, before: str, after: str, part: str) -> None:
    rewrite(town, "[inbox.replies]", f"{OTHERS}\n[inbox.replies]")
    current = Current(loaded(town))
    rewrite(town, before, after)
    with capture_logs() as logs:
        assert reloaded(town, current)

    (needed,) = [line["parts"] for line in logs if line["event"] == "restart_needed"]
    assert part in needed


def test_what_a_reload_takes_up_needs_no_restart(town: Town) -> None:
    current = Current(loaded(town))
    rewrite(town, 'interval = "1s"', 'interval = "2s"')
    rewrite(town, "[bridge]", '[bridge]\nretention = { posts = "9d" }')
    with capture_logs() as logs:
        assert reloaded(town, current)

    assert [line["event"] for line in logs] == ["configuration_adopted"]


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What systemd hears; asking it where nothing was said raises BlockingIOError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(tmp_path / "notify"))
        ears.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield ears


def test_a_reload_that_breaks_keeps_the_old_configuration_and_ends(
    town: Town, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = Current(before := loaded(town))
    heard = []

    def breaks(_loaded: Loaded) -> None:
        heard.append(systemd.recv(99))
        with pytest.raises(BlockingIOError):
            systemd.recv(99)
        raise MemoryError

    monkeypatch.setattr(compose, "labeller", breaks)
    town.rules(RULES.replace("all", "everything"))
    with capture_logs() as logs:
        assert not reloaded(town, current)

    assert heard == [b"RELOADING=1"]
    assert systemd.recv(99) == b"READY=1"
    assert [line["event"] for line in logs] == ["configuration_rejected"]
    assert (current.loaded, current.judge.version) == (before, before.rules.version)
    assert not current.reload_fine
