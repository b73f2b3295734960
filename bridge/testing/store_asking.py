"""What every store must answer: conversations, contacts, leases, single rows, and all of it after a restart."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bridge.core.decision import Decision, Switch
from bridge.core.effects import Intent, Row, Settlement, State
from bridge.core.events import Sighting
from bridge.core.model import Author, Customer, Visibility
from bridge.ports import Store
from bridge.testing import making
from bridge.testing.making import NOW
from bridge.testing.store_claiming import ENDED, NEVER, claim, intend, keys, soon
from bridge.testing.store_deciding import MINUTE, filed, page

DAY = timedelta(days=1)


class AskingContract:
    """Questions."""

    async def test_an_empty_store_knows_nothing(self, store: Store) -> None:
        """And says so without an error."""
        assert await store.cursor("forum") is None
        assert await store.known("forum", []) == {}
        assert await store.known("forum", ["p1"]) == {}
        assert await store.conversation("aaaaaaaaaaaaaaaa") is None
        assert await store.conversation("no id at all") is None
        assert await store.history(Customer(platform="forum", author="u1").id, limit=5) == ()
        assert await store.kept("publish|x|1") is None
        assert await store.switches() == {}
        batch = await store.claim(["judge"], 5, owner="me", lease=MINUTE)
        assert (batch.rows, batch.next_due) == ((), None)

    async def test_a_conversation_comes_back_whole(self, store: Store) -> None:
        """With its posts, proxies, answers and held letters."""
        record = replace(making.waiting(making.post(), making.post("p2")), version=0, tag="[acme #17]", deleted=("p9",))
        await store.apply(Decision(record=record))
        assert await store.conversation(record.id) == replace(record, version=1)

    async def test_many_ids_at_once(self, store: Store) -> None:
        """More than any list that databases like."""
        await store.apply(Decision(sightings=(Sighting(post=making.post("p7")),)))
        assert set(await store.known("forum", [f"p{number}" for number in range(5000)])) == {"p7"}

    async def test_posts_of_other_channels_are_others(self, store: Store) -> None:
        """The same id on two platforms."""
        await store.apply(Decision(sightings=(Sighting(post=making.post()),)))
        assert not await store.known("x-acme", ["p1"])

    async def test_contacts_come_newest_first_and_of_one_customer(self, store: Store) -> None:
        """Private ones are marked."""
        posts = [making.post(f"p{n}", f"text {n}", thread=f"t{n}", at=NOW - n * DAY) for n in range(5)]
        other = making.post("o", author=Author(id="u2"))
        private = replace(making.private_post(), at=NOW + DAY)
        await store.apply(Decision(sightings=tuple(Sighting(post=post) for post in (*posts, other, private))))
        await store.apply(Decision(record=replace(making.waiting(posts[1]), version=0)))
        contacts = await store.history(Customer(platform="forum", author="u1").id, limit=3)
        assert [contact.text for contact in contacts] == [private.text, "text 0", "text 1"]
        assert [contact.visibility for contact in contacts][:2] == [Visibility.PRIVATE, Visibility.PUBLIC]
        assert [contact.phase for contact in contacts] == ["new", "new", "waiting"]

    async def test_a_lease_has_one_owner(self, store: Store) -> None:
        """C13, C14: it may be renewed, ends by itself, and counts its owners."""
        mine = await store.lease("poll:forum", owner="me", length=MINUTE)
        assert mine is not None
        assert await store.lease("poll:forum", owner="you", length=MINUTE) is None
        renewed = await store.lease("poll:forum", owner="me", length=ENDED)
        assert renewed is not None
        assert renewed.epoch == mine.epoch
        yours = await store.lease("poll:forum", owner="you", length=MINUTE)
        assert yours is not None
        assert (yours.owner, yours.epoch) == ("you", mine.epoch + 1)
        assert await store.lease("poll:forum", owner="me", length=MINUTE) is None
        assert await store.lease("poll:other", owner="me", length=MINUTE) is not None

    async def test_a_row_can_be_looked_at(self, store: Store) -> None:
        """For a person's decision about it."""
        effect = making.publish()
        await intend(store, soon(effect, held="links"))
        kept = await store.kept(effect.key)
        assert isinstance(kept, Row)
        assert (kept.key, kept.effect, kept.state, kept.reason) == (effect.key, effect, State.HELD, "links")
        assert (kept.attempt, kept.posted) == (0, None)


class DurabilityContract:
    """What must survive the end of the process; needs the fixture `reopen`."""

    async def test_everything_is_there_after_a_restart(
        self, store: Store, reopen: Callable[[], Awaitable[Store]]
    ) -> None:
        """P6: and a claim that nobody else took over may still be settled."""
        await store.apply(page([making.post()]))
        await store.apply(Decision(record=replace(making.waiting(), version=0), filed=filed()))
        await store.apply(Decision(switches=(Switch(name="publishing", value="paused", by="ann"),)))
        (row,) = await claim(store)
        await intend(store, Intent(effect=making.tell(), at=NEVER))
        again = await reopen()
        assert await again.cursor("forum") == "c1"
        assert set(await again.known("forum", ["p1"])) == {"p1"}
        assert await again.conversation(making.waiting().id) == making.waiting()
        assert await again.kept("fp1") == filed()
        assert await again.switches() == {"publishing": "paused"}
        await again.apply(Decision(settlements=(Settlement(key=row.key, state=State.DONE, epoch=row.epoch),)))
        assert (await again.claim(["tell"], 1, owner="me", lease=MINUTE)).next_due == NEVER

    async def test_a_lane_keeps_its_order_after_a_restart(
        self, store: Store, reopen: Callable[[], Awaitable[Store]]
    ) -> None:
        """What comes later still stands behind."""
        first, second = making.publish(letter="a"), making.publish(letter="b")
        await intend(store, soon(first))
        again = await reopen()
        await intend(again, soon(second))
        assert keys(await claim(again)) == [first.key]
