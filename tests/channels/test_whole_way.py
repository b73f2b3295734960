"""From the agent's mail to the platform over real sockets, through every failure of saying: never twice, and never silently lost."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from channels_nodebb import built
from channels_reddit import settings as reddit_settings
from channels_x import by_signature, stanza
from channels_youtube import settings as youtube_settings
from faults.world import UNDO, World

from bridge.channels import facebook, instagram, reddit, x, youtube
from bridge.core.effects import Row, State
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance, words
from bridge.testing.channel_saying import OUTCOMES
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fakes.nodebb import NodeBBForum
from bridge.testing.fakes.nodebb_chats import words as without_address
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fakes.x import XPlace
from bridge.testing.fakes.x_world import Told
from bridge.testing.fakes.youtube import YouTubeServer
from bridge.testing.making import NOW

ANSWER = "Thank you for telling us: a technician is on the way to you."
KINDS = ("judge", "inject", "tell", "reread")
ENDS = {Mode.REFUSE: State.HELD, Mode.FORBID: State.HELD, Mode.TOO_LARGE: State.HELD, Mode.REDIRECT: State.HELD}
"""Failures after which a person must look; after all others the answer stands there in the end."""

PRIVATE = ("inject|forum|m", "inject|forum|t4_", "inject|forum|r")
"""How the keys of private posts begin."""

ROUNDS = 40
"""Turns of the courier, half an hour apart, within which every failure must have come to its end."""


_LINE = 2_000
"""Words of one line."""


class Following:
    """The world's clock, once there is a world."""

    world: World | None = None

    def now(self) -> datetime:
        return self.world.clock.now() if self.world is not None else NOW

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0


class OnX:
    """X with one account."""

    def __init__(self, clock: Following) -> None:
        self.clock = clock
        self.place = XPlace(brand="acme", now=clock.now)
        self.place.windows.factor = 100

    def channel(self, fittings: Fittings) -> Channel:
        given = stanza(self.place, by_signature(self.place), timeout=timedelta(seconds=1))
        return x.build("forum", x.Settings.model_validate(given), fittings)

    def write(self, text: str) -> None:
        self.place.write("ann", text)

    def write_private(self, text: str) -> None:
        self.place.write_private("ann", text)

    def said(self) -> Sequence[Utterance]:
        return [
            Utterance(text=thing.sent if isinstance(thing, Told) else thing.text, private=not isinstance(thing, Told))
            for thing in self.place.said()
        ]


class OnFacebook:
    """A Page with one post."""

    def __init__(self, clock: Following) -> None:
        self.clock = clock
        self.place = GraphPlace(brand="Acme", journal=None, now=clock.now)
        self._post = self.place.publish("What do you think of our new plan?")

    def channel(self, fittings: Fittings) -> Channel:
        keys = {**self.place.facebook_keys(), "timeout": timedelta(seconds=1)}
        return facebook.build("forum", facebook.Settings.model_validate(keys), fittings)

    def write(self, text: str) -> None:
        self.place.comment("ann", text, below=self._post)

    def write_private(self, text: str) -> None:
        self.place.write_private("ann", text)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=item.text, private=item.private) for item in self.place.said()]


class OnInstagram(OnFacebook):
    """The account with one picture."""

    def __init__(self, clock: Following) -> None:
        super().__init__(clock)
        self._post = self.place.show("Our new shop")

    def channel(self, fittings: Fittings) -> Channel:
        keys = {**self.place.instagram_keys(), "timeout": timedelta(seconds=1)}
        return instagram.build("forum", instagram.Settings.model_validate(keys), fittings)

    def write_private(self, text: str) -> None:
        self.place.write_direct("ann", text)


class OnReddit:
    """One account with an app, and a subreddit."""

    def __init__(self, clock: Following) -> None:
        self.clock = clock
        self.place = RedditServer(brand="acme_help", now=clock.now)

    def channel(self, fittings: Fittings) -> Channel:
        return reddit.build("forum", reddit_settings(self.place, timeout=timedelta(seconds=1)), fittings)

    def write(self, text: str) -> None:
        self.place.write("ann", text)

    def write_private(self, text: str) -> None:
        self.place.message("ann", text)

    def said(self) -> Sequence[Utterance]:
        things = sorted((*self.place.said(), *self.place.sent()), key=lambda thing: int(thing.id, 36))
        return [Utterance(text=thing.text, private=thing.kind == "t4") for thing in things]


class OnNodeBB:
    """One user of a forum."""

    def __init__(self, clock: Following) -> None:
        self.clock = clock
        self.place = NodeBBForum(brand="acme", master=True, now=clock.now)

    def channel(self, fittings: Fittings) -> Channel:
        return built(self.place, fittings, timeout=timedelta(seconds=1))

    def write(self, text: str) -> None:
        self.place.write("ann", text, title="A question")

    def write_private(self, text: str) -> None:
        self.place.write_private("ann", text)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=without_address(item.text), private=item.private) for item in self.place.said()]


class OnYouTube:
    """One channel, whose customers write below its videos; there is nothing private."""

    def __init__(self, clock: Following) -> None:
        self.clock = clock
        self.place = YouTubeServer(brand="acme", now=clock.now)

    def channel(self, fittings: Fittings) -> Channel:
        return youtube.build("forum", youtube_settings(self.place, timeout=timedelta(seconds=1)), fittings)

    def write(self, text: str) -> None:
        self.place.write("ann", text)

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=comment.text, private=False) for comment in self.place.said()]


Place = OnX | OnFacebook | OnReddit | OnYouTube | OnNodeBB
PLACES = {
    "x": OnX,
    "facebook": OnFacebook,
    "instagram": OnInstagram,
    "reddit": OnReddit,
    "youtube": OnYouTube,
    "nodebb": OnNodeBB,
}


@pytest.fixture(params=sorted(PLACES))
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    place = PLACES[request.param](Following())
    await place.place.start()
    yield place
    await place.place.stop()


@pytest.fixture
async def world(place: Place, fittings: Fittings) -> AsyncIterator[World]:
    channel = place.channel(replace(fittings, clock=place.clock))
    world = World(limits=channel.limits, adapter=lambda _: channel)
    place.clock.world = world
    yield world
    await channel.close()
    await world.close()


async def _work(world: World, *kinds: str) -> None:
    await world.work(world.processes[0], kinds, limit=50, crossings=None)


async def _answered(world: World, place: Place, text: str = ANSWER) -> None:
    """A customer's post went to the desk, and an agent's answer to it is due."""
    await world.poll(world.processes[0], None)
    await world.pass_time(timedelta(seconds=5))
    place.write(f"{words('one')} help")
    await world.pass_time(timedelta(seconds=5))
    await world.poll(world.processes[0], None)
    for _ in range(2):
        await _work(world, *KINDS)
    [mail] = world.proxies()
    world.counter.deliver(world.answer(mail, 1, text), world.clock.now())
    await world.take_letters(world.processes[0], None)
    await world.pass_time(UNDO)


async def _row(world: World) -> Row:
    [key] = await world.store.read(
        lambda c: c.exec_driver_sql("SELECT key FROM outbox WHERE kind = 'publish'").scalars().all()
    )
    found = await world.store.kept(key)
    assert isinstance(found, Row)
    return found


@pytest.mark.parametrize("mode", sorted(OUTCOMES))
async def test_ft10_no_failure_of_a_platform_says_anything_twice_or_loses_it(
    world: World, place: Place, mode: Mode
) -> None:
    """FT07 too: an answer whose acceptance was never heard is found, not given again."""
    await _answered(world, place)
    place.place.fail(mode, amount=30)
    await _work(world, "publish")
    place.place.heal()
    for _ in range(ROUNDS):
        if (await _row(world)).state in {State.DONE, State.HELD}:
            break
        await world.pass_time(timedelta(minutes=30))
        await _work(world, "publish")
    row = await _row(world)
    assert row.state is ENDS.get(mode, State.DONE)
    assert place.said() == ([Utterance(text=ANSWER, private=False)] if row.state is State.DONE else [])
    await _work(world, *KINDS)
    told = [sealed.key for sealed in world.counter.taken if sealed.key.startswith("tell|refused|")]
    assert len(told) == (row.state is State.HELD)


def _paragraph(number: int, count: int) -> str:
    """So many words, in lines that a mail may have: longer ones are held as doubtful (`bridge.letters.bodies`)."""
    lines = ["word " * min(_LINE, count - start) for start in range(0, count, _LINE)]
    return f"Paragraph {number}. " + "\n".join(lines) + "ends."


@pytest.mark.parametrize("mode", [Mode.ACCEPT_THEN_CUT, Mode.ERROR, Mode.RATE_LIMIT, Mode.ACCEPT_LATE])
async def test_a_split_answer_comes_whole_in_order_and_once_through_doubt(
    world: World, place: Place, mode: Mode
) -> None:
    """Its second part meets a failure; where the platform makes threads each part answers the one before it."""
    words_of_it = "\n\n".join(_paragraph(number, world.limits.max_length // 8) for number in range(1, 5))
    await _answered(world, place, f"#split\n\n{words_of_it}")
    await _work(world, "publish")
    assert len(place.said()) == 1
    place.place.fail(mode, amount=30)
    await _work(world, "publish")
    place.place.heal()
    for _ in range(ROUNDS):
        await world.pass_time(timedelta(minutes=10))
        await _work(world, "publish")
    said = [utterance.text for utterance in place.said()]
    assert [text.rpartition(" ")[2] for text in said] == [f"({n}/{len(said)})" for n in range(1, len(said) + 1)]
    assert len(said) > 2
    if isinstance(place, OnX):
        told = [thing for thing in place.place.said() if isinstance(thing, Told)]
        assert [thing.reply_to for thing in told[1:]] == [thing.id for thing in told[:-1]]


async def test_law_9_what_was_said_in_private_never_comes_into_public(world: World, place: Place) -> None:
    """B03: one customer in public and in private is two mails; each answer goes its own way, and a mixed one is held."""
    if isinstance(place, OnYouTube):
        return  # nothing is private there
    await world.poll(world.processes[0], None)
    await world.pass_time(timedelta(seconds=5))
    place.write(f"{words('one')} help")
    place.write_private("please help, my customer number is 4711 and the code is 0815")
    await world.pass_time(timedelta(seconds=5))
    for _ in range(2):
        await world.poll(world.processes[0], None)
        await _work(world, *KINDS)
        await _work(world, *KINDS)
    [public] = [mail for mail in world.proxies() if not mail.key.startswith(PRIVATE)]
    [private] = [mail for mail in world.proxies() if mail.key.startswith(PRIVATE)]
    mixed = "We found that your customer number is 4711 and the code is 0815, so it works now."
    for number, mail, text in ((1, public, mixed), (2, private, mixed)):
        world.counter.deliver(world.answer(mail, number, text), world.clock.now())
        await world.take_letters(world.processes[0], None)
    await world.pass_time(UNDO)
    await _work(world, "publish")
    await _work(world, *KINDS)
    assert place.said() == [Utterance(text=mixed, private=True)]
    assert any(sealed.key.startswith("tell|private_words|") for sealed in world.counter.taken)
