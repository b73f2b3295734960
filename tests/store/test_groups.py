"""Tickets that stand for many, in the store: found while they wait, joined once, and gone with their people."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core import likeness
from bridge.core.conversation import Phase, Record
from bridge.core.decide import decide
from bridge.core.decision import Decision, Fact, Judged
from bridge.core.effects import Intent, Judge, Settlement, State
from bridge.core.events import GroupGrew, Sighting
from bridge.core.likeness import Joined, Led
from bridge.core.model import Author, Post, Priority
from bridge.core.publications import Posted
from bridge.core.share import Tally, left_out
from bridge.core.share_events import FollowedUp
from bridge.store import groups, reports, schema
from bridge.store.erasing import erase_person
from bridge.store.retention import Keep, retain
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.store_deciding import page

SAID = "The whole site is down again since ten o'clock and nobody tells us anything"
FIRST = making.post("p1", SAID, thread="t1")
OTHER = making.post("p2", f"{SAID}!", thread="t2", author=Author(id="u2", handle="bob"))
HOUR = timedelta(hours=1)


async def led(store: SqlStore, clock: MovableClock, of: Post = FIRST) -> None:
    """A ticket that others may join."""
    await store.apply(page([FIRST, OTHER]))
    record = replace(making.waiting(of), version=0)
    await store.apply(Decision(record=record, led=Led(post=of, marks=likeness.marks(of, "s"), at=clock.now())))


async def joined(store: SqlStore, clock: MovableClock, post: Post = OTHER) -> None:
    await store.apply(Decision(joined=Joined(group=FIRST.conversation.id, post=post, at=clock.now())))


async def found(store: SqlStore, clock: MovableClock, scope: str = "s") -> list[Post]:
    leads = await store.leads(likeness.marks(OTHER, scope), since=clock.now() - HOUR)
    return [lead.post for lead in leads]


async def test_a_ticket_is_found_while_it_waits_and_is_young(either: SqlStore, clock: MovableClock) -> None:
    await led(either, clock)
    assert await found(either, clock) == [FIRST]
    assert await found(either, clock, scope="other") == []

    record = await either.conversation(FIRST.conversation.id)
    assert record is not None
    await either.apply(Decision(record=replace(record, phase=Phase.ANSWERED)))
    assert await found(either, clock) == []


AGAIN = making.post("p4", f"{SAID}?", thread="t4", author=OTHER.author)
THIRD = making.post("p3", f"{SAID}?!", thread="t3", author=Author(id="u3", handle="cid"))


async def crowded(store: SqlStore, clock: MovableClock) -> None:
    """Three posts by two people joined, one a minute."""
    await led(store, clock)
    await store.apply(page([THIRD, AGAIN], before="c1", after="c2"))
    for post in (OTHER, THIRD, AGAIN):
        folded = Record(key=post.conversation, phase=Phase.FOLDED, posts=(post,), group=FIRST.conversation.id)
        await store.apply(Decision(record=folded))
        await joined(store, clock, post)
        clock.advance(HOUR / 60)


async def walked(store: SqlStore, clock: MovableClock, until: timedelta = HOUR) -> list[str]:
    """Everybody in turn, as long as they joined by then."""
    found, after = list[str](), ""
    while member := await store.next_member(FIRST.conversation.id, until=clock.now() - HOUR + until, after=after):
        after = member.post
        found.append(after)
    return found


async def test_each_customer_of_a_group_has_one_turn(either: SqlStore, clock: MovableClock) -> None:
    await crowded(either, clock)
    assert await walked(either, clock) == ["p2", "p3"]
    assert await walked(either, clock, HOUR - 2.5 * HOUR / 60) == ["p2"]
    assert await either.next_member(OTHER.conversation.id, until=clock.now(), after="") is None
    late = await either.late_members(FIRST.conversation.id, since=clock.now() - 2.5 * HOUR / 60)
    assert [member.post for member in late] == ["p3", "p4"]
    assert late[0].conversation == THIRD.conversation.id


async def test_a_crowd_is_whoever_has_no_ticket_of_their_own(either: SqlStore, clock: MovableClock) -> None:
    await crowded(either, clock)
    lead = FIRST.conversation.id
    assert await either.crowd(lead, until=clock.now()) == 2
    assert await either.crowd(lead, until=clock.now() - HOUR) == 0
    record = await either.conversation(THIRD.conversation.id)
    assert record is not None
    await either.apply(Decision(record=replace(record, phase=Phase.WAITING, desk="support")))
    assert await either.crowd(lead, until=clock.now()) == 1


async def test_what_became_of_an_answer_to_all_is_counted(either: SqlStore, clock: MovableClock) -> None:
    await crowded(either, clock)
    share = making.share(post=FIRST, conversation=FIRST.conversation.id, until=clock.now())
    assert await either.tally(share) == Tally()
    publish = making.publish(of=OTHER, letter=f"f1@{OTHER.conversation.id}")
    key = left_out("f1", THIRD.conversation.id)
    fact = Fact(key=key, kind="not_shared", at=clock.now(), detail={"reason": "changed"})
    await either.apply(Decision(intents=(Intent(effect=publish, at=making.NOW),), facts=(fact,)))
    assert publish.key == share.answer(OTHER.conversation.id)
    assert await either.tally(share) == Tally(waiting=1, left_out={"changed": 1})
    (row,) = (await either.claim(["publish"], 9, owner="me", lease=HOUR)).rows
    done = Settlement(key=row.key, epoch=row.epoch, state=State.DONE, posted=Posted(id="77"))
    await either.apply(Decision(settlements=(done,)))
    assert await either.tally(share) == Tally(published=1, left_out={"changed": 1})


async def test_an_answer_to_all_is_kept_as_it_is_and_claimed_by_its_kind(either: SqlStore, clock: MovableClock) -> None:
    share = making.share(post=FIRST, conversation=FIRST.conversation.id)
    await either.apply(Decision(intents=(Intent(effect=share, at=making.NOW, priority=Priority.LOW),)))
    (row,) = (await either.claim(["share"], 9, owner="me", lease=HOUR)).rows
    assert row.effect == share
    on = Settlement(key=row.key, epoch=row.epoch, state=State.READY, at=making.NOW, effect=replace(share, after="p2"))
    await either.apply(Decision(settlements=(on,)))
    (row,) = (await either.claim(["share"], 9, owner="me", lease=HOUR)).rows
    assert row.effect == replace(share, after="p2")


async def test_who_joined_a_ticket_whose_post_was_deleted_is_found(either: SqlStore, clock: MovableClock) -> None:
    await crowded(either, clock)
    since = making.NOW - HOUR
    assert await either.read(lambda connection: groups.orphaned(connection, since)) == ()
    await either.apply(Decision(deleted=(FIRST.key,)))
    found = await either.read(lambda connection: groups.orphaned(connection, since))
    assert {(lead, member.post) for lead, member in found} == {
        (FIRST.conversation.id, "p2"),
        (FIRST.conversation.id, "p3"),
        (FIRST.conversation.id, "p4"),
    }
    record = await either.conversation(FIRST.conversation.id)
    assert record is not None
    await either.apply(Decision(record=replace(record, phase=Phase.ANSWERED)))
    assert await either.read(lambda connection: groups.orphaned(connection, since)) == ()


async def test_an_old_ticket_takes_in_nobody(store: SqlStore, clock: MovableClock) -> None:
    await led(store, clock)
    clock.advance(2 * HOUR)

    assert await found(store, clock) == []


async def test_a_post_joins_once(either: SqlStore, clock: MovableClock) -> None:
    await led(either, clock)
    await joined(either, clock)
    await joined(either, clock)
    (group,) = await either.read(lambda connection: groups.groups(connection, clock.now() - HOUR))

    assert (group.lead, group.count, group.people) == (FIRST.conversation.id, 1, 1)
    assert await either.read(lambda connection: groups.members(connection, group.lead, 9)) == (OTHER,)


async def folded(store: SqlStore, clock: MovableClock) -> int:
    status = await store.read(lambda connection: reports.status(connection, clock.now() - HOUR))
    assert status.folded <= sum(count for route, count in status.posts.items() if route)
    return status.folded


async def test_only_posts_of_the_time_that_stand_in_a_group_are_counted(either: SqlStore, clock: MovableClock) -> None:
    """What came before that time and joined in it is not counted, nor what went to a desk of its own since."""
    await led(either, clock)
    judged = Judged(post=OTHER.key, verdict=making.VERDICT)
    record = Record(key=OTHER.conversation, phase=Phase.FOLDED, posts=(OTHER,))
    await either.apply(Decision(record=record, judged=(judged,)))
    clock.advance(HOUR / 2)
    await joined(either, clock)
    assert await folded(either, clock) == 1
    kept = await either.conversation(OTHER.conversation.id)
    assert kept is not None
    await either.apply(Decision(record=replace(kept, phase=Phase.WAITING)))
    assert await folded(either, clock) == 0
    await either.apply(Decision(record=replace(kept, version=kept.version + 1)))
    clock.advance(HOUR)
    assert await folded(either, clock) == 0


async def test_whoever_is_erased_counts_no_more(either: SqlStore, clock: MovableClock) -> None:
    await led(either, clock)
    await joined(either, clock)
    await erase_person(either, "forum", "u2", by="operator ann")

    assert await either.read(lambda connection: groups.groups(connection, clock.now() - HOUR)) == ()


async def judgements(store: SqlStore) -> list[Post]:
    """Posts that are to be judged, and are by this."""
    batch = await store.claim(["judge"], 9, owner="me", lease=HOUR)
    done = (Settlement(key=row.key, epoch=row.epoch, state=State.DONE) for row in batch.rows)
    await store.apply(Decision(settlements=tuple(done)))
    return [row.effect.post for row in batch.rows if isinstance(row.effect, Judge)]


async def test_whoever_joined_an_erased_persons_ticket_is_judged_anew(either: SqlStore, clock: MovableClock) -> None:
    await led(either, clock)
    assert await judgements(either) == [FIRST, OTHER]
    await joined(either, clock)
    await erase_person(either, "forum", "u1", by="operator ann")

    assert await judgements(either) == [OTHER]
    assert await either.read(lambda connection: groups.members(connection, FIRST.conversation.id, 9)) == ()


async def test_nobody_is_judged_anew_whose_ticket_was_answered(either: SqlStore, clock: MovableClock) -> None:
    await led(either, clock)
    await judgements(either)
    await joined(either, clock)
    record = await either.conversation(FIRST.conversation.id)
    assert record is not None
    await either.apply(Decision(record=replace(record, phase=Phase.ANSWERED)))
    await erase_person(either, "forum", "u1", by="operator ann")

    assert await judgements(either) == []


async def test_whoever_an_answer_to_all_had_not_reached_is_judged_anew_once_its_first_customer_is_erased(
    either: SqlStore, clock: MovableClock
) -> None:
    had = making.post("p3", f"{SAID}!!", thread="t3", author=Author(id="u3", handle="cat"))
    await led(either, clock)
    await either.apply(Decision(sightings=(Sighting(post=had),)))
    await judgements(either)
    for post, phase in ((OTHER, Phase.FOLDED), (had, Phase.ANSWERED)):
        await joined(either, clock, post)
        member = Record(key=post.conversation, phase=phase, posts=(post,), group=FIRST.conversation.id)
        await either.apply(Decision(record=member))
    record = await either.conversation(FIRST.conversation.id)
    assert record is not None
    going = Intent(effect=making.share(post=FIRST, conversation=record.id), at=clock.now() + HOUR)
    await either.apply(Decision(record=replace(record, phase=Phase.ANSWERED), intents=(going,)))
    await erase_person(either, "forum", "u1", by="operator ann")

    assert await judgements(either) == [OTHER]


OF_OTHERS = pytest.mark.parametrize(
    "event", [GroupGrew(step=1, count=1, people=1, newest=(OTHER,)), FollowedUp(post=replace(OTHER, id="p9"))]
)


async def told(store: SqlStore, clock: MovableClock, event: GroupGrew | FollowedUp) -> str:
    """The ticket is to be told of whoever joined it; returns the notice's key."""
    record = await store.conversation(FIRST.conversation.id)
    decision = decide(record, event, at=making.moment(clock.now()))
    await store.apply(decision)
    return decision.intents[0].key


@OF_OTHERS
async def test_i02_words_of_an_erased_person_are_gone_from_the_notices_of_others(
    either: SqlStore, clock: MovableClock, event: GroupGrew | FollowedUp
) -> None:
    await led(either, clock)
    await joined(either, clock)
    key = await told(either, clock, event)
    (row,) = (await either.claim(["tell"], 9, owner="me", lease=HOUR)).rows
    await either.apply(Decision(settlements=(Settlement(key=key, epoch=row.epoch, state=State.DONE),)))
    await erase_person(either, "forum", "u2", by="operator ann")

    assert await either.read(partial(contents, key=key)) == ("done", "", None)


@OF_OTHERS
async def test_i02_a_notice_with_words_of_an_erased_person_is_not_sent(
    either: SqlStore, clock: MovableClock, event: GroupGrew | FollowedUp
) -> None:
    await led(either, clock)
    await joined(either, clock)
    key = await told(either, clock, event)
    await erase_person(either, "forum", "u2", by="operator ann")

    assert await either.read(partial(contents, key=key)) == ("dropped", "", None)
    assert await either.conversation(FIRST.conversation.id) is not None


def contents(connection: Connection, key: str) -> tuple[str, str, bytes | None]:
    """What a row of the outbox holds."""
    of = schema.outbox.c
    row = connection.execute(sa.select(of.state, of.payload, of.sealed).where(of.key == key)).one()
    return row.state, row.payload, row.sealed


async def test_marks_and_members_end_with_their_time(store: SqlStore, clock: MovableClock) -> None:
    await led(store, clock)
    await joined(store, clock)
    clock.advance(timedelta(days=40))
    erased = await retain(store, Keep(posts=timedelta(days=30), letters=timedelta(days=30), facts=timedelta(days=400)))

    assert (erased["likeness"], erased["member"]) == (len(likeness.marks(FIRST, "s")), 1)
