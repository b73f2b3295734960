"""A login that dies: one mail when it begins, one when it is over, and a channel that keeps its place meanwhile."""

from structlog.testing import capture_logs

from bridge.core.effects import Tell
from bridge.core.events import Page, Sighting
from bridge.core.health import Health
from bridge.core.model import Account, Post, Verdict
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Circumstances, LoginProblem, TemporaryProblem
from bridge.shell import intake
from bridge.shell.health import Lookout, remembered
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.store_away import Distant


class Moody:
    """A channel whose problem of the moment a test sets."""

    name = "forum"
    limits = making.LIMITS
    problem: Exception | None = None
    asked_from: str | None = "never"

    async def open(self) -> Account:
        return making.ACCOUNT

    async def poll(self, cursor: str | None) -> Page:
        self.asked_from = cursor
        if self.problem is not None:
            raise self.problem
        count = int(cursor or 0) + 1
        return Page(sightings=(Sighting(post=making.post(f"p{count}")),), cursor=str(count))

    async def publish(self, publication: Publication) -> Posted:
        raise AssertionError(publication.key)

    async def find(self, publication: Publication) -> Posted | None:
        raise AssertionError(publication.key)

    async def close(self) -> None:
        return None


class Quiet:
    """A desk that seals and never sends."""

    name = "support"
    seal = staticmethod(making.seal)

    async def inject(self, sealed: object) -> None:
        raise AssertionError

    tell = inject

    async def close(self) -> None:
        return None


class Leaves:
    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        return making.LEFT


def furnished(channel: Channel) -> tuple[House, Distant]:
    clock = MovableClock()
    store = Distant(open_store(":memory:", clock=clock, create=True, platforms={}))
    house = House(
        store=store,
        groups=store,
        clock=clock,
        channels={"forum": channel},
        desks={"support": Quiet()},
        inboxes={},
        judge=Leaves(),
        policy=lambda: making.POLICY,
        postmarks={},
        owner="me",
    )
    return house, store


async def mails(store: Distant) -> list[str]:
    """Reasons of the notices that are on their way."""
    batch = await store.claim(["tell"], 9, owner="test", lease=making.LIMITS.request_timeout)
    return [row.effect.notice.reason for row in batch.rows if isinstance(row.effect, Tell)]


async def test_a_dead_login_drops_nothing_and_is_told_once() -> None:
    """F01, and the gap is caught up from the same place."""
    channel = Moody()
    house, store = furnished(channel)
    lookout = Lookout(house)
    interval = making.LIMITS.request_timeout
    await intake.turn(house, "forum", interval, lookout=lookout)

    channel.problem = LoginProblem("the token is not accepted any more")
    for _ in range(3):
        await intake.turn(house, "forum", interval, lookout=lookout)
    assert lookout.watches["channel forum"].state is Health.LOGIN
    assert await mails(store) == ["login"]
    assert await store.cursor("forum") == "1"

    channel.problem = None
    await intake.turn(house, "forum", interval, lookout=lookout)
    assert channel.asked_from == "1"
    assert await mails(store) == ["recovered"]
    store.close()


async def test_a_login_that_is_renewed_over_a_restart_is_told_as_recovered() -> None:
    """F01: and the restart does not tell of the dead one again."""
    channel = Moody()
    house, store = furnished(channel)
    interval = making.LIMITS.request_timeout
    for channel.problem, told in ((LoginProblem("no"), ["login"]), (LoginProblem("no"), []), (None, ["recovered"])):
        house.watches.clear()
        house.watches.update(await remembered(house))
        await intake.turn(house, "forum", interval, lookout=Lookout(house))
        assert await mails(store) == told

    assert await remembered(house) == {}
    store.close()


async def test_a_pause_after_a_failure_is_no_recovery() -> None:
    channel = Moody()
    house, store = furnished(channel)
    lookout = Lookout(house)
    problems = (TemporaryProblem("the disk is full"), TemporaryProblem("nothing new is taken in", after=60.0), None)
    with capture_logs() as logs:
        for channel.problem in problems:
            await intake.turn(house, "forum", making.LIMITS.request_timeout, lookout=lookout)

    said = [(line["event"], str(line["state"])) for line in logs if line["event"].startswith("connection_")]
    assert said == [
        ("connection_failing", "failing"),
        ("connection_changed", "waiting"),
        ("connection_changed", "well"),
    ]
    store.close()


async def test_a_passing_failure_is_told_to_nobody_at_first() -> None:
    channel = Moody()
    house, store = furnished(channel)
    lookout = Lookout(house)
    channel.problem = TemporaryProblem("the server does not answer")
    wait = await intake.turn(house, "forum", making.LIMITS.request_timeout, lookout=lookout)

    assert wait > making.LIMITS.request_timeout
    assert await mails(store) == []
    store.close()


async def test_what_could_not_be_told_is_told_when_the_store_is_back() -> None:
    house, store = furnished(Moody())
    lookout = Lookout(house)
    dead = LoginProblem("the token is not accepted any more")

    store.away = True
    watch = await lookout.failed("channel forum", dead)
    assert (watch.state, watch.failures) == (Health.LOGIN, 1)
    store.away = False
    for _ in range(2):
        await lookout.failed("channel forum", dead)
    assert await mails(store) == ["login"]

    store.away = True
    await lookout.well("channel forum")
    store.away = False
    for _ in range(2):
        await lookout.well("channel forum")
    assert await mails(store) == ["recovered"]
    assert lookout.watches["channel forum"].state is Health.WELL
    store.close()
