"""What people ask: how things stand, what is held, what happened, which posts came, all about one conversation."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bridge.core.conversation import Phase
from bridge.core.decision import Decision, Fact, Judged, Switch
from bridge.core.effects import Intent, Settlement, State, Turn
from bridge.core.events import Gap, Quarantined, Sighting
from bridge.core.model import Author, Customer, PostKey, Visibility
from bridge.core.replies import LetterOutcome
from bridge.ports import Store
from bridge.store import dossiers, people, quarantine, reports
from bridge.store.people import UnknownPerson
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.store_claiming import claim
from bridge.testing.store_deciding import filed, page, posts

MINUTE = timedelta(minutes=1)
LONG_AGO = NOW - timedelta(days=9000)


async def lively(store: Store) -> None:
    """A store in which something of everything happened."""
    await store.apply(
        replace(
            page(posts(4)),
            gap=Gap(since="a", until="b"),
            quarantined=(Quarantined(id="q", reason="broken", raw=b"x"),),
            judged=tuple(
                Judged(post=PostKey(channel="forum", id=f"p{n}"), verdict=verdict)
                for n, verdict in enumerate((making.VERDICT, making.VERDICT, making.LEFT))
            ),
            switches=(Switch(name="channel:forum", value="paused", by="ann"),),
        )
    )
    (done, *_) = await claim(store, limit=1)
    await store.apply(
        Decision(
            record=replace(making.waiting(making.post("p0", thread="t0")), version=0),
            settlements=(Settlement(key=done.key, state=State.DONE, epoch=done.epoch),),
            intents=(
                Intent(effect=making.inject(making.post("p0", thread="t0")), at=NOW),
                Intent(effect=making.publish(of=making.post("p0", thread="t0")), at=NOW, held="links"),
            ),
            filed=replace(filed(), conversation=making.post("p0", thread="t0").conversation.id),
            facts=(
                Fact(key="f1", kind="forwarded", at=NOW, conversation=making.post("p0", thread="t0").conversation.id),
                Fact(key="f2", kind="page", at=NOW, channel="forum", actor="bridge", detail={"new": "4"}),
            ),
        )
    )


async def test_the_state_of_things(either: SqlStore) -> None:
    """Counts by route, kind, state and outcome; the channels; the switches."""
    await lively(either)
    status = await either.read(partial(reports.status, since=LONG_AGO))
    assert (dict(status.posts), status.unjudged) == ({"help": 2, "": 1}, 1)
    waiting = [(each.kind, each.state, each.count) for each in status.waiting]
    assert waiting == [
        ("inject", State.READY, 1),
        ("judge", State.READY, 3),
        ("publish", State.HELD, 1),
    ]
    assert status.settled == {("judge", State.DONE): 1}
    assert (status.letters, status.held_letters) == ({LetterOutcome.HELD: 1}, 1)
    (letter,) = await either.read(partial(reports.held_letters, reason="delimiter"))
    assert (letter.key, letter.since) == ("fp1", status.oldest_held_letter)
    assert await either.read(partial(reports.held_letters, reason="paused")) == ()
    (channel,) = status.channels
    assert (channel.name, channel.newest, channel.gaps, channel.quarantined) == ("forum", NOW, 1, 1)
    assert (status.switches, status.facts) == ({"channel:forum": "paused"}, 2)
    later = await either.read(partial(reports.status, since=channel.polled + timedelta(days=1)))
    assert (later.posts, later.settled, later.letters) == ({}, {}, {})
    assert later.waiting == status.waiting


async def age(store: SqlStore, clock: MovableClock) -> timedelta:
    """Since when the only row is late, to the minute."""
    (waiting,) = (await store.read(partial(reports.status, since=NOW))).waiting
    return timedelta(minutes=round((clock.now() - waiting.oldest) / MINUTE))


async def test_what_waits_as_planned_is_not_late(store: SqlStore, clock: MovableClock) -> None:
    """Else a storm's end or the community's time would call somebody out; what was tried in vain is as old as it is."""
    planned = timedelta(hours=2)
    await store.apply(Decision(intents=(Intent(effect=making.inject(), at=clock.now() + planned),)))
    assert await age(store, clock) == -planned

    clock.advance(planned)
    (row,) = (await store.claim(["inject"], 1, owner="me", lease=MINUTE)).rows
    assert await age(store, clock) == planned
    again = Settlement(key=row.key, epoch=row.epoch, state=State.READY, at=clock.now() + planned)
    await store.apply(Decision(settlements=(again,)))
    assert await age(store, clock) == planned


async def test_what_had_its_turn_is_as_old_as_that(store: SqlStore, clock: MovableClock) -> None:
    intent = Intent(effect=making.inject(), at=clock.now(), turn=Turn.OPENS)
    await store.apply(Decision(intents=(intent,)))
    clock.advance(timedelta(hours=2))
    await store.apply(Decision(settlements=(Settlement(key=intent.key, state=State.READY),)))
    assert await age(store, clock) == timedelta(0)

    clock.advance(MINUTE)
    await store.claim(["inject"], 1, owner="me", lease=MINUTE)
    assert await age(store, clock) == MINUTE


async def test_what_is_held(either: SqlStore) -> None:
    """Rows and letters in one list, oldest first."""
    await lively(either)
    items = await either.read(partial(reports.held, limit=10))
    assert {(item.kind, item.reason, item.sender) for item in items} == {
        ("publish", "links", ""),
        ("letter", "delimiter", "ann@acme.test"),
    }
    for item in items:
        assert await either.kept(item.key) is not None
    assert len(await either.read(partial(reports.held, limit=1))) == 1


async def test_what_happened(either: SqlStore) -> None:
    """The tail, and what came after a fact that was seen."""
    await lively(either)
    tail = await either.read(partial(reports.facts, after=-1, limit=1))
    assert [(fact.kind, fact.actor, dict(fact.detail)) for fact in tail] == [("page", "bridge", {"new": "4"})]
    first, second = await either.read(partial(reports.facts, after=0, limit=9))
    assert first.conversation == making.post("p0", thread="t0").conversation.id
    assert await either.read(partial(reports.facts, after=first.id, limit=9)) == (second,)


async def test_posts_since_a_time(either: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order and in pieces; private ones only where they are asked for (I04)."""
    monkeypatch.setattr(reports, "_PAGE", 2)
    await lively(either)
    await either.apply(Decision(sightings=(Sighting(post=making.private_post(), raw=b"raw"),)))
    public = frozenset({Visibility.PUBLIC})

    async def ids(visibilities: frozenset[Visibility]) -> list[str]:
        found = await either.read(lambda c: list(reports.posts_since(c, LONG_AGO, visibilities=visibilities)))
        return [stored.post.id for stored in found]

    assert await ids(public) == ["p0", "p1", "p2", "p3"]
    assert await ids(frozenset(Visibility)) == ["p0", "p1", "p2", "p3", "d1"]
    one = await either.read(partial(reports.post, key=PostKey(channel="forum", id="d1")))
    assert one is not None
    assert (one.post, one.raw, one.verdict) == (making.private_post(), b"raw", None)
    judged = await either.read(partial(reports.post, key=PostKey(channel="forum", id="p0")))
    assert judged is not None
    assert judged.verdict == making.VERDICT
    assert await either.read(partial(reports.post, key=PostKey(channel="forum", id="nothing"))) is None


async def test_what_could_not_be_read_is_shown_as_it_came(either: SqlStore) -> None:
    """Of one channel or of all, the newest first; also what came without a page."""
    await lively(either)
    answer = Quarantined(id="answer /feed 1", reason="a web page", raw=b"<html>", channel="page")
    await either.apply(Decision(quarantined=(answer,)))
    kept = await either.read(partial(quarantine.quarantined, channel="", limit=9))
    assert sorted((item.channel, item.id, item.raw) for item in kept) == [
        ("forum", "q", b"x"),
        ("page", "answer /feed 1", b"<html>"),
    ]
    assert [item.id for item in await either.read(partial(quarantine.quarantined, channel="forum", limit=9))] == ["q"]
    one = await either.read(partial(quarantine.quarantined_one, channel="page", item="answer /feed 1"))
    assert one is not None
    assert (one.reason, one.raw) == ("a web page", b"<html>")
    assert await either.read(partial(quarantine.quarantined_one, channel="forum", item="answer /feed 1")) is None


async def test_everything_about_a_conversation(either: SqlStore) -> None:
    """Posts with verdicts, rows, letters, facts."""
    await lively(either)
    about = making.post("p0", thread="t0").conversation.id
    dossier = await either.read(partial(dossiers.conversation, conversation_id=about))
    assert dossier is not None
    assert dossier.record.id == about
    assert [stored.verdict for stored in dossier.posts] == [making.VERDICT]
    assert [row.state for row in dossier.rows] == [State.READY, State.HELD]
    assert [letter.fingerprint for letter in dossier.letters] == ["fp1"]
    assert [fact.kind for fact in dossier.facts] == ["forwarded"]
    assert await either.read(partial(dossiers.conversation, conversation_id="aaaaaaaaaaaaaaaa")) is None
    waiting = frozenset({Phase.WAITING})
    (line,) = await either.read(partial(dossiers.conversations, phases=waiting, limit=5))
    assert (line.id, line.phase, line.channel, line.desk) == (about, Phase.WAITING, "forum", "support")
    assert not await either.read(partial(dossiers.conversations, phases=frozenset({Phase.CLOSED}), limit=5))


async def test_one_person_on_two_platforms(either: SqlStore) -> None:
    """Linked by an operator, contacts stand together; accounts of one platform are one identity anyway."""
    jane = making.post("a", "on the forum")
    same = making.post("b", "on X", channel="x-acme", author=Author(id="77"), at=NOW)
    shop = making.post("c", "on X again", channel="x-shop", author=Author(id="77"), at=NOW + timedelta(days=1))
    await either.apply(Decision(sightings=tuple(Sighting(post=post) for post in (jane, same, shop))))

    async def texts(platform: str, author: str) -> list[str]:
        customer = Customer(platform=platform, author=author)
        return [contact.text for contact in await either.history(customer.id, limit=9)]

    assert await texts("X", "77") == ["on X again", "on X"]
    assert await texts("forum", "u1") == ["on the forum"]
    link = partial(people.link, one=("forum", "u1"), other=("X", "77"), by="operator ann")
    assert await either.chore(link) == 2
    assert await texts("forum", "u1") == await texts("X", "77") == ["on X again", "on X", "on the forum"]
    both = await either.read(partial(dossiers.person, platform="X", author="77"))
    assert {(each.platform, each.author, each.posts) for each in both} == {("forum", "u1", 1), ("X", "77", 2)}
    await either.chore(partial(people.unlink, account=("forum", "u1"), by="operator ann"))
    assert await texts("forum", "u1") == ["on the forum"]
    assert await texts("X", "77") == ["on X again", "on X"]
    kinds = [fact.kind for fact in await either.read(partial(reports.facts, after=0, limit=9))]
    assert kinds == ["person_linked", "person_unlinked"]
    with pytest.raises(UnknownPerson):
        await either.chore(partial(people.link, one=("forum", "u1"), other=("X", "nobody"), by="x"))
