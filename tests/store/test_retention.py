"""What is kept and what is not: by age, by person, and never what somebody still waits for."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridge.core.decide import decide
from bridge.core.decision import Decision, Fact
from bridge.core.effects import Intent, Publish, Remind, Settlement, State
from bridge.core.events import Performed, Sighting
from bridge.core.model import Author, PostKey, Visibility
from bridge.core.publications import Posted
from bridge.core.replies import Filed, LetterOutcome
from bridge.ports import Known, Stale, Store
from bridge.store import audit, copies, reports, retention, schema
from bridge.store.erasing import Erased, erase_person
from bridge.store.people import UnknownPerson
from bridge.store.retention import Keep, retain
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.making import NOW
from bridge.testing.store_claiming import claim
from bridge.testing.store_deciding import filed, page

KEEP = Keep(posts=timedelta(days=30), letters=timedelta(days=30), facts=timedelta(days=400))
CANARY = "canary-7f3a"


def said(post_id: str, words: str = CANARY, person: str = "u1") -> Decision:
    """A post that was judged, forwarded, answered and settled, with every place where its words are kept."""
    author = Author(id=f"{person}-{CANARY}", name=f"Jane {CANARY}")
    post = making.post(post_id, f"{words} {post_id}", thread=post_id, author=author)
    answer = making.publish(f"answer {CANARY}", of=post, letter=post_id)
    letter = replace(
        filed(),
        fingerprint=f"fp-{post_id}",
        raw=f"To: {CANARY}".encode(),
        sender=CANARY,
        conversation=post.conversation.id,
        outcome=LetterOutcome.ANSWER,
    )
    return Decision(
        sightings=(Sighting(post=post, raw=CANARY.encode()),),
        intents=(Intent(effect=making.inject(post), at=NOW), Intent(effect=answer, at=NOW)),
        record=replace(making.waiting(post), version=0),
        filed=letter,
        facts=(Fact(key=f"fact-{post_id}", kind="test", at=NOW, conversation=post.conversation.id),),
    )


async def settle_all(store: Store) -> None:
    """Perform everything."""
    while rows := await claim(store):
        for row in rows:
            posted = Posted(id=f"r-{row.key}") if isinstance(row.effect, Publish) else None
            done = Settlement(key=row.key, state=State.DONE, epoch=row.epoch, posted=posted)
            await store.apply(Decision(settlements=(done,)))


async def counts(store: SqlStore) -> dict[str, int]:
    tables = (schema.post, schema.post_version, schema.conversation, schema.outbox, schema.letter, schema.identity)
    query = [(table.name, sa.select(sa.func.count()).select_from(table)) for table in tables]
    return await store.read(lambda connection: {name: connection.execute(each).scalar_one() for name, each in query})


async def test_what_is_old_goes_and_does_not_come_back(store: SqlStore, clock: MovableClock) -> None:
    """I01: the words go, hashes and keys stay: neither the post nor its answer is new when it is seen again."""
    await store.apply(said("old"))
    await settle_all(store)
    clock.advance(timedelta(days=31))
    await store.apply(said("young"))
    erased = await retain(store, KEEP)
    assert {name: count for name, count in erased.items() if count} == {
        "post": 1,
        "conversation": 1,
        "outbox": 2,
        "letter": 1,
    }
    assert await store.known("forum", ["old"]) == {"old": Known(fingerprint="", conversation="", deleted=True)}
    answer_again = replace(said("old"), record=None, intents=said("old").intents[1:])
    assert not (await store.apply(answer_again)).new_intents
    judged = Decision(
        sightings=said("old").sightings,
        intents=(Intent(effect=making.judge(said("old").sightings[0].post), at=NOW),),
    )
    assert (await store.apply(judged)).new_intents == 0
    assert (await store.known("forum", ["young"]))["young"].fingerprint
    kept = await store.kept("fp-old")
    assert isinstance(kept, Filed)
    assert (kept.raw, kept.sender, kept.outcome) == (b"", "", LetterOutcome.ANSWER)
    published = said("old").intents[1].key
    assert await store.kept(published) is None
    assert set(await store.known("forum", [f"r-{published}"])) == {f"r-{published}"}


async def test_everything_goes_in_the_end(store: SqlStore, clock: MovableClock) -> None:
    """After the record's own time only the newest facts remain."""
    await store.apply(said("old"))
    await settle_all(store)
    clock.advance(timedelta(days=401))
    await retain(store, KEEP)
    assert set((await counts(store)).values()) == {0}
    clock.advance(timedelta(days=401))
    await retain(store, KEEP)
    assert not await store.known("forum", ["old"])


async def test_nothing_goes_that_somebody_waits_for(store: SqlStore, clock: MovableClock) -> None:
    """P5: open and held things have their own alarms."""
    await store.apply(said("open"))
    held = said("held")
    await store.apply(replace(held, intents=(replace(held.intents[1], held="links"),)))
    letter = said("letter")
    assert letter.filed is not None
    await store.apply(replace(letter, intents=(), filed=replace(letter.filed, outcome=LetterOutcome.HELD)))
    before = await counts(store)
    clock.advance(timedelta(days=399))
    await retain(store, KEEP)
    assert await counts(store) == before
    kept = await store.kept("fp-letter")
    assert isinstance(kept, Filed)
    assert kept.raw
    assert len(await store.read(partial(reports.held, limit=9))) == 2


async def test_i01_a_warning_for_later_keeps_nobodys_words(store: SqlStore, clock: MovableClock) -> None:
    """It may lie further ahead than anything is kept, and is given to nobody then."""
    await store.apply(said("old"))
    await settle_all(store)
    until = clock.now() + timedelta(days=90)
    remind = Remind(post="old", conversation=said("old").sightings[0].post.conversation.id, until=until)
    await store.apply(Decision(intents=(Intent(effect=remind, at=until - timedelta(days=15)),)))
    clock.advance(timedelta(days=31))
    erased = await retain(store, KEEP)

    assert (erased["post"], erased["conversation"]) == (1, 1)
    clock.advance(timedelta(days=45))
    (row,) = (await store.claim(["remind"], 9, owner="me", lease=timedelta(minutes=1))).rows
    late = decide(None, Performed(claimed=row), at=making.moment(clock.now()))
    await store.apply(late)
    assert late.intents == ()


async def test_earlier_words_and_deleted_posts_go(store: SqlStore, clock: MovableClock) -> None:
    """I03: within a day after the platform said so."""
    await store.apply(page([making.post("a", "one"), making.post("b", "two", thread="t2")]))
    await store.apply(page([making.post("a", "newer")], before="c1", after="c2"))
    await settle_all(store)
    await store.apply(Decision(deleted=(PostKey(channel="forum", id="b"),)))
    assert (await counts(store))["post_version"] == 1
    clock.advance(timedelta(hours=25))
    await retain(store, KEEP)
    assert (await counts(store))["post"] == 1
    assert (await store.known("forum", ["b"]))["b"].deleted
    clock.advance(timedelta(days=29))
    await store.apply(page([making.post("a", "newest")], before="c2", after="c3"))
    await settle_all(store)
    clock.advance(timedelta(days=2))
    await retain(store, KEEP)
    assert (await counts(store))["post_version"] == 0


async def test_much_goes_in_small_steps(store: SqlStore, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write in between."""
    monkeypatch.setattr(retention, "BATCH", 7)
    many = [making.post(f"p{n}", thread=f"t{n}") for n in range(40)]
    await store.apply(Decision(sightings=tuple(Sighting(post=post) for post in many)))
    clock.advance(timedelta(days=31))
    erasing = asyncio.create_task(retain(store, KEEP))
    await store.apply(Decision(facts=(Fact(key="meanwhile", kind="test", at=NOW),)))
    assert (await erasing)["post"] == 40


async def test_the_record_still_holds_when_its_beginning_was_erased(store: SqlStore, clock: MovableClock) -> None:
    """G13, I01: what the rest is bound to was noted."""
    for number in range(20):
        at = NOW + timedelta(days=40 * number)
        await store.apply(Decision(facts=(Fact(key=f"f{number}", kind="test", at=at),)))
    clock.advance(NOW + timedelta(days=799) - clock.now())
    erased = await retain(store, KEEP)
    assert erased["fact"] == 10
    found = await store.read(audit.verify)
    assert (found.facts, found.breaks) == (11, ())
    await retain(store, KEEP)
    assert (await store.read(audit.verify)).breaks == ()


def _files(path: Path) -> Iterator[bytes]:
    return (file.read_bytes() for file in sorted(path.parent.iterdir()))


async def test_an_erased_person_is_gone_from_every_byte(store: SqlStore, path: Path) -> None:
    """I02: posts, names, mails, proxies and answers; the facts stay, and polling does not bring anything back."""
    await store.apply(said("one"))
    edited = making.post("one", f"{CANARY} edited", thread="one", author=said("one").sightings[0].post.author)
    await store.apply(Decision(sightings=(Sighting(post=edited),)))
    await settle_all(store)
    held = said("two")
    await store.apply(replace(held, intents=(held.intents[0], replace(held.intents[1], held="links"))))
    other = making.post("other", "of someone else", thread="t9", author=Author(id="u2"))
    await store.apply(Decision(sightings=(Sighting(post=other),)))
    assert any(CANARY.encode() in content for content in _files(path))
    erased = await erase_person(store, "forum", f"u1-{CANARY}", by="operator ann")
    assert erased == Erased(identities=1, posts=2, conversations=2, rows=4, letters=2)
    store.close()
    assert not any(CANARY.encode() in content for content in _files(path))


async def test_copies_of_upgrades_go_with_what_is_too_old(store: SqlStore, path: Path) -> None:
    """They hold what was erased since; a young one stays for whoever wants to go back."""
    old, young = copies.named(path, "0001"), copies.named(path, "0002")
    for copy in (old, young):
        copy.write_text(CANARY)
    then = time.time() - (copies.KEPT + timedelta(hours=1)).total_seconds()
    os.utime(old, (then, then))
    await retain(store, KEEP)

    assert (old.exists(), young.exists()) == (False, True)


async def test_an_erased_person_does_not_come_back(either: SqlStore) -> None:
    """The same page again: known, deleted, and nothing is judged; what was to be done is dropped."""
    await either.apply(said("one"))
    (inject, publish) = await claim(either)
    await erase_person(either, "forum", f"u1-{CANARY}", by="operator ann")
    known = await either.known("forum", ["one"])
    assert known == {"one": Known(fingerprint="", conversation="", deleted=True)}
    assert (await either.apply(replace(said("one"), record=None, intents=()))).new_posts == 0
    with pytest.raises(Stale):
        await either.apply(Decision(settlements=(Settlement(key=inject.key, state=State.DONE, epoch=inject.epoch),)))
    assert not await claim(either)
    assert await either.kept(publish.key) is None
    facts = await either.read(partial(reports.facts, after=0, limit=9))
    assert [(fact.kind, fact.actor) for fact in facts] == [("test", ""), ("person_erased", "operator ann")]
    assert CANARY not in repr(facts)
    assert (await either.read(audit.verify)).breaks == ()
    with pytest.raises(UnknownPerson):
        await erase_person(either, "forum", f"u1-{CANARY}", by="operator ann")


async def test_private_words_go_with_the_public_ones(store: SqlStore) -> None:
    """One person, both sorts of conversations."""
    await store.apply(Decision(sightings=(Sighting(post=making.post()), Sighting(post=making.private_post()))))
    erased = await erase_person(store, "forum", "u1", by="operator ann")
    assert erased.posts == 2
    everything = frozenset(Visibility)
    left = await store.read(lambda c: list(reports.posts_since(c, NOW - timedelta(days=999), visibilities=everything)))
    assert left == []
