"""What every store must keep to when decisions are applied: whole or not at all, once, and only on what was read."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import consent
from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.decision import CursorMove, Decision, Fact, Judged, Switch
from bridge.core.effects import Intent, Judge, Settlement, State
from bridge.core.events import Gap, Quarantined, Sighting
from bridge.core.model import Author, Customer, Post, PostKey
from bridge.core.publications import PrivateAnswer
from bridge.core.replies import Filed, LetterOutcome
from bridge.ports import Receipt, Stale, Store
from bridge.testing import making
from bridge.testing.making import NOW

MINUTE = timedelta(minutes=1)
ALL = ("judge", "inject", "publish", "tell", "reread")


def page(posts: Iterable[Post], before: str | None = None, after: str = "c1") -> Decision:
    """What intake decides upon a page."""
    seen = tuple(posts)
    return Decision(
        sightings=tuple(Sighting(post=post, raw=b'{"id": 1}') for post in seen),
        intents=tuple(Intent(effect=Judge(post=post), at=NOW) for post in seen),
        cursor=CursorMove(channel="forum", before=before, after=after, newest=NOW),
    )


def posts(count: int, start: int = 0) -> list[Post]:
    """Posts of as many threads."""
    return [making.post(f"p{number}", thread=f"t{number}") for number in range(start, start + count)]


async def refused(store: Store, decision: Decision) -> None:
    """Expect Stale."""
    with pytest.raises(Stale):
        await store.apply(decision)


class DecidingContract:
    """Applied decisions."""

    async def test_a_page_is_stored_with_its_posts_its_intents_and_its_cursor(self, store: Store) -> None:
        """C02, C03: in one transaction."""
        receipt = await store.apply(page(posts(3)))
        assert receipt == Receipt(applied=True, new_posts=3, new_intents=3)
        assert await store.cursor("forum") == "c1"
        assert set(await store.known("forum", ["p0", "p1", "p2", "p3"])) == {"p0", "p1", "p2"}
        batch = await store.claim(["judge"], 10, owner="me", lease=MINUTE)
        assert [row.effect for row in batch.rows] == [Judge(post=post) for post in posts(3)]

    async def test_the_same_page_again_is_absorbed(self, store: Store) -> None:
        """Law 4, C15."""
        await store.apply(page(posts(3)))
        receipt = await store.apply(page(posts(4), before="c1", after="c2"))
        assert receipt == Receipt(applied=True, new_posts=1, new_intents=1)

    async def test_a_judgement_that_was_made_is_not_asked_again_by_the_same_words(self, store: Store) -> None:
        """Even where its row was settled long ago."""
        await store.apply(page(posts(1)))
        (row,) = (await store.claim(["judge"], 1, owner="me", lease=MINUTE)).rows
        await store.apply(Decision(settlements=(Settlement(key=row.key, state=State.DONE, epoch=row.epoch),)))
        await store.apply(page(posts(1), before="c1", after="c2"))
        assert not (await store.claim(ALL, 9, owner="me", lease=MINUTE)).rows

    async def test_a_cursor_moves_only_from_where_the_poll_started(self, store: Store) -> None:
        """C13: two nodes polled; the later one changes nothing."""
        await store.apply(page(posts(1)))
        await refused(store, page(posts(5)))
        await refused(store, page(posts(5), before="c0", after="c2"))
        assert await store.cursor("forum") == "c1"
        assert set(await store.known("forum", ["p0", "p1"])) == {"p0"}

    async def test_a_first_cursor_needs_an_empty_place(self, store: Store) -> None:
        """A store that lost its cursor must not take one that claims to go on."""
        await refused(store, page(posts(1), before="c1", after="c2"))
        assert await store.cursor("forum") is None

    async def test_a_decision_with_a_known_key_is_skipped_whole(self, store: Store) -> None:
        """The key need not stand among the decision's own facts."""
        first = replace(page(posts(1)), once="page|forum|1")
        assert (await store.apply(first)).applied
        again = await store.apply(replace(page(posts(2), before="c1", after="c2"), once="page|forum|1"))
        assert again == Receipt(applied=False)
        assert await store.cursor("forum") == "c1"

    async def test_a_fact_is_a_key_too(self, store: Store) -> None:
        """Written twice is written once; a decision that names it is skipped."""
        fact = Fact(key="f1", kind="test", at=NOW)
        await store.apply(Decision(facts=(fact, fact)))
        await store.apply(Decision(facts=(fact,)))
        assert not (await store.apply(Decision(once="f1"))).applied

    async def test_a_record_is_written_only_over_the_version_that_was_read(self, store: Store) -> None:
        """New ones have version 0; each write counts one up."""
        record = making.waiting()
        await refused(store, Decision(record=record))
        await store.apply(Decision(record=replace(record, version=0)))
        await refused(store, Decision(record=replace(record, version=0)))
        stored = await store.conversation(record.id)
        assert stored == replace(record, version=1)
        await store.apply(Decision(record=replace(record, version=1, subject="new")))
        await refused(store, Decision(record=replace(record, version=1, subject="newer")))
        stored = await store.conversation(record.id)
        assert stored is not None
        assert (stored.version, stored.subject) == (2, "new")

    async def test_of_two_who_read_the_same_version_one_wins(self, store: Store) -> None:
        """They are written in one group and still see each other."""
        record = Record(key=making.post().conversation)
        changed = [Decision(record=replace(record, subject=str(n)), facts=(_fact(n),)) for n in range(10)]
        outcomes = await asyncio.gather(*map(store.apply, changed), return_exceptions=True)
        assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 9
        stored = await store.conversation(record.id)
        assert stored is not None
        winner = next(n for n, outcome in enumerate(outcomes) if not isinstance(outcome, Exception))
        assert stored.subject == str(winner)
        written = [n for n in range(10) if not (await store.apply(Decision(once=f"f{n}"))).applied]
        assert written == [winner]

    async def test_a_stale_decision_changes_nothing_else_either(self, store: Store) -> None:
        """Everything of it is checked before anything is written."""
        stale = Decision(
            record=making.waiting(),
            intents=(Intent(effect=making.inject(), at=NOW),),
            facts=(_fact(1),),
            sightings=(Sighting(post=making.post()),),
            switches=(Switch(name="publishing", value="paused", by="x"),),
            filed=filed(),
        )
        await refused(store, stale)
        assert not await store.switches()
        assert not await store.known("forum", ["p1"])
        assert await store.kept("fp1") is None
        assert await store.kept(making.inject().key) is None
        assert (await store.apply(Decision(once="f1"))).applied

    async def test_a_stale_decision_among_many_is_alone(self, store: Store) -> None:
        """One group, one refused, all others durable."""
        many = [Decision(sightings=(Sighting(post=post),)) for post in posts(40)]
        many[17] = Decision(record=making.waiting(), sightings=many[17].sightings)
        outcomes = await asyncio.gather(*map(store.apply, many), return_exceptions=True)
        assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Stale)] == [17]
        assert len(await store.known("forum", [f"p{n}" for n in range(40)])) == 39

    async def test_a_faulty_decision_among_many_is_alone(self, store: Store) -> None:
        """C20: its caller is told, nobody else notices."""
        many = [Decision(sightings=(Sighting(post=post),)) for post in posts(40)]
        many[17] = Decision(facts=(Fact(key="x", kind="x", at=NOW, conversation="not an id"),))
        outcomes = await asyncio.gather(*map(store.apply, many), return_exceptions=True)
        assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Exception)] == [17]
        assert len(await store.known("forum", [f"p{n}" for n in range(40)])) == 39

    async def test_a_thousand_at_once(self, store: Store) -> None:
        """Every post is stored once and every judgement handed out once."""
        await asyncio.gather(*(store.apply(replace(page([post]), cursor=None)) for post in posts(1000) + posts(1000)))
        assert len(await store.known("forum", [f"p{n}" for n in range(1000)])) == 1000
        batches = [await store.claim(["judge"], 300, owner="me", lease=MINUTE) for _ in range(5)]
        keys = [row.key for batch in batches for row in batch.rows]
        assert len(keys) == len(set(keys)) == 1000

    async def test_newer_words_of_a_known_post_are_known_and_judged(self, store: Store) -> None:
        """An edit, and the bait and switch (B13)."""
        await store.apply(page([making.post()]))
        newer = making.post(text="Now it says something else.")
        receipt = await store.apply(page([newer], before="c1", after="c2"))
        assert receipt == Receipt(applied=True, new_posts=0, new_intents=1)
        assert (await store.known("forum", ["p1"]))["p1"].fingerprint == newer.fingerprint

    async def test_a_post_is_known_with_where_its_verdict_sent_it(self, store: Store) -> None:
        """None before it is judged, and empty where it was left alone."""
        await store.apply(page(posts(3)))
        for name, verdict in (("p0", making.VERDICT), ("p1", making.LEFT)):
            await store.apply(Decision(judged=(Judged(post=PostKey(channel="forum", id=name), verdict=verdict),)))
        known = await store.known("forum", ["p0", "p1", "p2"])
        assert [known[name].route for name in ("p0", "p1", "p2")] == [making.VERDICT.route, "", None]

    async def test_a_post_twice_on_one_page(self, store: Store) -> None:
        """C17: an id that is used twice says its last words."""
        first, last = making.post(text="one"), making.post(text="two")
        receipt = await store.apply(page([first, last, last]))
        assert receipt.new_posts == 1
        assert (await store.known("forum", ["p1"]))["p1"].fingerprint == last.fingerprint

    async def test_a_deleted_post_stays_known(self, store: Store) -> None:
        """I03."""
        await store.apply(page([making.post()]))
        await store.apply(Decision(deleted=(PostKey(channel="forum", id="p1"), PostKey(channel="forum", id="p9"))))
        assert (await store.known("forum", ["p1"]))["p1"].deleted

    async def test_a_letter_has_one_final_outcome(self, store: Store) -> None:
        """P3: what was held may still become something else, everything else stands."""
        await store.apply(Decision(filed=filed()))
        assert await store.kept("fp1") == filed()
        answered = replace(filed(), outcome=LetterOutcome.ANSWER, reason="")
        await store.apply(Decision(filed=answered))
        await store.apply(Decision(filed=replace(filed(), outcome=LetterOutcome.REFUSED)))
        assert await store.kept("fp1") == answered

    async def test_a_consent_is_kept_by_its_pair_and_an_older_word_changes_nothing(self, store: Store) -> None:
        """B19: whoever said STOP is known to have said so, whatever comes late; both words stand until a newer one."""
        pair, other = consent.key("+1", "+2"), consent.key("+1", "+3")
        stop = Consent(key=pair, stopped=True, at=NOW, post="p1")
        await store.apply(Decision(consent=stop))
        assert await store.kept(pair) == stop
        assert await store.kept(other) is None
        await store.apply(Decision(consent=replace(stop, stopped=False, at=NOW - MINUTE, post="p0")))
        assert await store.kept(pair) == stop
        start = replace(stop, stopped=False, at=NOW + MINUTE, post="p2")
        await store.apply(Decision(consent=start))
        assert await store.kept(pair) == start

    async def test_switches_stand_until_they_are_taken_away(self, store: Store) -> None:
        """An operator's last word counts."""
        await store.apply(Decision(switches=(Switch(name="publishing", value="paused", by="ann"),)))
        await store.apply(Decision(switches=(Switch(name="channel:forum", value="paused", by="ann"),)))
        await store.apply(Decision(switches=(Switch(name="publishing", value="", by="ann"),)))
        assert await store.switches() == {"channel:forum": "paused"}

    async def test_gaps_and_quarantined_items_may_come_again(self, store: Store) -> None:
        """C16, C20: what a channel shows twice is kept once and is no trouble."""
        again = replace(
            page([]), gap=Gap(since="a", until="b"), quarantined=(Quarantined(id="q", reason="broken", raw=b"\xff"),)
        )
        await store.apply(again)
        move = CursorMove(channel="forum", before="c1", after="c2")
        assert (await store.apply(replace(again, cursor=move))).applied

    async def test_an_answer_in_private_stays_one(self, store: Store) -> None:
        """Law 9: its class comes back from the store as it went in."""
        public = making.publish()
        answer = public.publication
        private = PrivateAnswer(
            key=answer.key,
            channel=answer.channel,
            thread=answer.thread,
            parent=answer.parent,
            author=answer.author,
            text=answer.text,
        )
        effect = replace(public, publication=private)
        await store.apply(Decision(intents=(Intent(effect=effect, at=NOW),)))
        (row,) = (await store.claim(["publish"], 1, owner="me", lease=MINUTE)).rows
        assert row.effect == effect

    async def test_what_strangers_write_fits_whatever_it_is(self, store: Store) -> None:
        """NUL, half a surrogate pair and long texts are stored or replaced, and never break a page."""
        evil = "a\x00b\ud800c\U0001f600"
        post = making.post(f"id{evil}", text=evil * 1000, thread=evil, author=Author(id=evil, name=evil))
        decision = replace(
            page([post], after=evil),
            filed=replace(filed(), sender=evil, message_id=evil, detail=evil),
            quarantined=(Quarantined(id=evil, reason=evil, raw=evil.encode("utf-8", "replace")),),
            gap=Gap(since=evil, until=evil),
        )
        assert (await store.apply(decision)).new_posts == 1
        known = await store.known("forum", [post.id])
        assert known[post.id].fingerprint == post.fingerprint
        assert len((await store.claim(["judge"], 1, owner="me", lease=MINUTE)).rows) == 1
        assert len(await store.history(Customer(platform="forum", author=evil).id, limit=1)) == 1
        again = await store.apply(page([post], before=evil, after="c2"))
        assert again == Receipt(applied=True)


def _fact(number: int) -> Fact:
    return Fact(key=f"f{number}", kind="test", at=NOW, detail={"n": str(number)})


def filed() -> Filed:
    """A letter that waits for a person."""
    return Filed(
        fingerprint="fp1",
        inbox="replies",
        outcome=LetterOutcome.HELD,
        reason="delimiter",
        received=NOW,
        raw=b"From: ann@acme.test\r\n\r\nHello \xff",
        conversation=making.post().conversation.id,
        sender="ann@acme.test",
        message_id="<m1@acme.test>",
        detail="more",
    )
