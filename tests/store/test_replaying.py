"""Judged posts for a replay: in the order in which they came, page by page, without those that have no verdict or words."""

from datetime import timedelta

import pytest

from bridge.core.decision import Decision, Judged
from bridge.core.model import PostKey
from bridge.store import replaying
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.making import NOW
from bridge.testing.store_deciding import page, posts

LONG_AGO = NOW - timedelta(days=9000)


async def test_judged_posts_come_in_order_with_their_verdicts(either: SqlStore) -> None:
    judged = tuple(Judged(post=post.key, verdict=making.VERDICT) for post in posts(4)[:3])
    await either.apply(page(posts(4)))
    await either.apply(Decision(judged=judged, deleted=(PostKey(channel="forum", id="p1"),)))
    ((spanned, found),) = await either.read(lambda connection: tuple(replaying.pages(connection, LONG_AGO)))
    assert spanned == 4
    assert [one.post.id for one in found] == ["p0", "p2"]
    assert [one.verdict for one in found] == [making.VERDICT] * 2
    assert await either.read(lambda connection: replaying.count(connection, LONG_AGO)) == 4


async def test_every_post_comes_once_however_many_pages_there_are(
    either: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "_PAGE", 3)
    await either.apply(page(posts(7)))
    await either.apply(Decision(judged=tuple(Judged(post=post.key, verdict=making.LEFT) for post in posts(7))))
    pages = await either.read(lambda connection: tuple(replaying.pages(connection, LONG_AGO)))
    assert [spanned for spanned, _found in pages] == [3, 3, 1]
    assert [one.post.id for _spanned, found in pages for one in found] == [post.id for post in posts(7)]


async def test_posts_from_before_are_left_out(either: SqlStore) -> None:
    await either.apply(page(posts(2)))
    far = NOW + timedelta(days=9000)
    assert await either.read(lambda connection: tuple(replaying.pages(connection, far))) == ((0, ()),)
