"""Samples on both databases: which posts were left alone in a week, what admins said of them, and whose words they show."""

from datetime import UTC, timedelta
from functools import partial

from bridge.core.decision import Decision, Fact, Judged
from bridge.core.events import Sighting
from bridge.core.model import Reason, Verdict
from bridge.core.sampling import NEAR, NOTHING, finished
from bridge.store import samples
from bridge.store.codec import micros, short
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

ASKS = Reason(rule="asks", hit=True, detail="is_question: ?")
NONE = Reason(rule="", hit=False, detail="no route takes it")
NEARLY = Verdict(route=None, desk=None, points=1, why=(ASKS, NONE))
LEFT = Verdict(route=None, desk=None, why=(NONE,))


async def come(store: SqlStore, post_id: str, verdict: Verdict | None, **changes: object) -> None:
    """A post with its verdict."""
    post = making.post(post_id, thread=post_id, **changes)
    judged = (Judged(post=post.key, verdict=verdict),) if verdict else ()
    await store.apply(Decision(sightings=(Sighting(post=post),)))
    await store.apply(Decision(judged=judged))


async def test_what_was_left_alone_by_rules_in_public_is_found_page_by_page(
    either: SqlStore, clock: MovableClock
) -> None:
    since = clock.now()
    for n in range(3):
        await come(either, f"near{n}", NEARLY)
        await come(either, f"left{n}", LEFT)
    await come(either, "forwarded", making.VERDICT)
    await come(either, "unjudged", None)
    private = making.private_post()
    await either.apply(Decision(sightings=(Sighting(post=private),)))
    await either.apply(Decision(judged=(Judged(post=private.key, verdict=LEFT),)))
    await come(either, "gone", LEFT)
    await either.apply(Decision(deleted=(making.post("gone").key,)))

    until = clock.now() + timedelta(hours=1)
    page = await either.read(partial(samples.left, seen=micros(since) - 1, last=0, until=until))
    found = {key.id: stratum for key, stratum in page.posts}
    assert found == {f"near{n}": NEAR for n in range(3)} | {f"left{n}": NOTHING for n in range(3)}
    assert not page.more
    rest = await either.read(partial(samples.left, seen=page.seen, last=page.last, until=until))
    assert rest.posts == ()
    none = await either.read(partial(samples.left, seen=micros(since) - 1, last=0, until=since - timedelta(hours=1)))
    assert none.posts == ()


async def test_what_admins_said_is_read_by_the_sample_and_says_whose_posts_it_shows(
    either: SqlStore, clock: MovableClock
) -> None:
    week = finished(clock.now(), UTC)
    detail = {"of near": "10", "of nothing": "90", "1": "forum/p1", "why 1": NEAR, "2": "forum/p2", "why 2": NOTHING}
    sampled = Fact(key=week.once, kind="sampled", at=clock.now(), conversation=week.id, detail=detail)
    await either.apply(Decision(once=week.once, facts=(sampled,)))
    assert not (await either.apply(Decision(once=week.once, facts=(sampled,)))).applied
    for at, (number, label) in enumerate([("1", "right"), ("1", "should"), ("2", "right")]):
        said = {"post": f"forum/p{number}", "number": number, "label": label}
        fact = Fact(key=f"reviewed|{at}", kind="reviewed", at=clock.now(), conversation=week.id, detail=said)
        await either.apply(Decision(facts=(fact,)))

    found = await either.read(partial(samples.looked_at, samples=[week.id]))
    assert (found.judged, found.should, found.share) == (2, 1, 0.1)
    assert (await either.read(partial(samples.looked_at, samples=["a" * 16]))).judged == 0
    assert await either.read(partial(samples.showing, posts=["forum/p2"])) == {short(week.id)}
    assert await either.read(partial(samples.showing, posts=["forum/p9"])) == frozenset()
