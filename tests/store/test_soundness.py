"""The checks of a store find what they are for, and nothing in a store that is sound."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.decision import Decision, Fact, Judged
from bridge.core.effects import Intent, Settlement, State
from bridge.core.publications import Posted
from bridge.store import audit, fsck, schema
from bridge.store.codec import micros
from bridge.store.fsck import Finding, check
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.making import NOW
from bridge.testing.store_claiming import NEVER, claim
from bridge.testing.store_deciding import filed, page

_outbox, _post = schema.outbox, schema.post


async def a_sound_life(store: SqlStore) -> None:
    """Posts judged, forwarded, answered, held, and one still on its way."""
    post, left, waits = (making.post(f"p{n}", thread=f"t{n}") for n in range(3))
    await store.apply(page([post, left, waits]))
    judges = {row.key: row for row in await claim(store, limit=2)}
    done = tuple(Settlement(key=key, state=State.DONE, epoch=row.epoch) for key, row in judges.items())
    answer = making.publish(of=post)
    other = making.publish(of=left, letter="f2")
    await store.apply(
        Decision(
            record=replace(making.waiting(post), version=0),
            settlements=done,
            judged=(Judged(post=post.key, verdict=making.VERDICT), Judged(post=left.key, verdict=making.LEFT)),
            intents=(
                Intent(effect=making.inject(post), at=NOW),
                Intent(effect=answer, at=NOW),
                Intent(effect=other, at=NOW, held="links"),
            ),
            filed=filed(),
            facts=(Fact(key="f1", kind="test", at=NOW), Fact(key="f2", kind="test", at=NOW)),
        )
    )
    inject, publish = [row for row in await claim(store) if "judge" not in row.key]
    injected = Fact(key=f"injected|{inject.key}|{inject.epoch}", kind="injected", at=NOW)
    await store.apply(
        Decision(
            settlements=(
                Settlement(key=inject.key, state=State.DONE, epoch=inject.epoch),
                Settlement(key=publish.key, state=State.DONE, epoch=publish.epoch, posted=Posted(id="r1")),
            ),
            facts=(injected,),
        )
    )


async def found(store: SqlStore) -> dict[str, Finding]:
    findings = await store.read(lambda connection: check(connection, _now(connection)))
    return {finding.invariant: finding for finding in findings}


def _now(connection: Connection) -> int:
    """When something last happened to a row."""
    newest: int | None = connection.execute(sa.select(sa.func.max(_outbox.c.changed))).scalar()
    return newest or 0


async def test_a_sound_store_has_no_findings(either: SqlStore) -> None:
    """delivery.md 8.1, after a life with something of everything."""
    assert await found(either) == {}
    await a_sound_life(either)
    assert await found(either) == {}


def _rows(kind: str) -> sa.ColumnElement[bool]:
    return _outbox.c.kind == kind


DAMAGES: dict[str, tuple[sa.UpdateBase, ...]] = {
    "post_judged": (sa.delete(_outbox).where(_rows("judge"), _outbox.c.settled.is_(None)),),
    "post_forwarded": (sa.delete(_outbox).where(_outbox.c.kind.in_(["inject", "publish"])),),
    "post_folded": (
        sa.insert(schema.member).values(
            lead=bytes(10), channel="forum", native="p1", conversation=bytes(9), identity=bytes(16), at=micros(NEVER)
        ),
    ),
    "handed_on_record": (sa.update(schema.fact).where(schema.fact.c.kind == "injected").values(key="other"),),
    "published_with_id": (sa.update(_outbox).where(_rows("publish")).values(posted_id=None),),
    "published_once": (sa.update(_outbox).where(_outbox.c.kind.in_(["inject", "publish"])).values(posted_id="r1"),),
    "lease_settled": (sa.update(_outbox).where(_outbox.c.state == "running").values(lease_until=1),),
    "row_awake": (sa.update(_outbox).where(_outbox.c.state == "held").values(reason=""),),
    "row_claimable": (sa.update(_outbox).where(_outbox.c.state == "held").values(rank=9),),
    "lane_serial": (
        sa.update(_outbox)
        .where(_rows("publish"))
        .values(state="running", due=5, lease_until=micros(NEVER), reason="x"),
        sa.update(_outbox).where(_rows("publish")).values(conversation=bytes(10), seq=_outbox.c.id),
    ),
    "letter_decided": (sa.update(schema.letter).values(outcome="lost"),),
    "channel_read": (sa.delete(schema.cursor),),
    "publication_proved": (
        sa.update(_outbox).where(_rows("publish")).values(payload=sa.func.replace(_outbox.c.payload, making.AGENT, "")),
    ),
    "chain_whole": (sa.update(schema.fact).where(schema.fact.c.key == "f1").values(kind="another"),),
}


@pytest.mark.parametrize("invariant", DAMAGES)
async def test_each_check_finds_what_it_is_for(either: SqlStore, invariant: str) -> None:
    """One wrong row at a time."""
    await a_sound_life(either)

    def damage(connection: Connection, *_: object) -> None:
        for statement in DAMAGES[invariant]:
            connection.execute(statement)

    await either.chore(damage)
    findings = await found(either)
    assert invariant in findings
    assert findings[invariant].count >= 1
    assert findings[invariant].examples


def test_every_check_is_proved() -> None:
    """Only the damaged file is proved elsewhere, at opening."""
    assert {invariant.code for invariant in fsck.INVARIANTS} == set(DAMAGES) | {"file_whole"}


async def test_a_running_row_is_no_finding_before_its_time(store: SqlStore) -> None:
    """A slow platform is no damage."""
    await a_sound_life(store)
    late = sa.update(_outbox).where(_outbox.c.state == "running")
    just_ended = _outbox.c.changed - fsck.LONGEST_SETTLE // timedelta(microseconds=1) + 1_000_000
    await store.chore(lambda connection, *_: connection.execute(late.values(lease_until=just_ended)).close())
    assert await found(store) == {}


def _change(connection: Connection) -> None:
    connection.execute(sa.update(schema.fact).where(schema.fact.c.place == 3).values(actor="nobody"))


def _take_out(connection: Connection) -> None:
    connection.execute(sa.delete(schema.fact).where(schema.fact.c.place == 3))


def _swap(connection: Connection) -> None:
    connection.execute(sa.update(schema.fact).where(schema.fact.c.place == 3).values(place=99))
    connection.execute(sa.update(schema.fact).where(schema.fact.c.place == 4).values(place=3))
    connection.execute(sa.update(schema.fact).where(schema.fact.c.place == 99).values(place=4))


def _cut_the_beginning(connection: Connection) -> None:
    connection.execute(sa.delete(schema.fact).where(schema.fact.c.place < 3))


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        (_change, "changed"),
        (_take_out, "missing_before"),
        (_swap, "changed"),
        (_cut_the_beginning, "foreign_start"),
    ],
)
async def test_a_changed_record_is_seen(either: SqlStore, tamper: Callable[[Connection], None], why: str) -> None:
    """G13."""
    for number in range(6):
        await either.apply(Decision(facts=(Fact(key=f"f{number}", kind="test", at=NOW, detail={"n": "1"}),)))
    before = await either.read(audit.verify)
    assert (before.facts, before.breaks, before.head) == (6, (), 6)
    await either.chore(lambda connection, *_: tamper(connection))
    after = await either.read(audit.verify)
    assert why in {broken.why for broken in after.breaks}


async def test_cutting_off_the_end_changes_the_head(store: SqlStore) -> None:
    """G13: only a head that was noted elsewhere shows it; the marker beside the database is such a note."""
    for number in range(6):
        await store.apply(Decision(facts=(Fact(key=f"f{number}", kind="test", at=NOW),)))
    noted = await store.read(audit.verify)
    await store.chore(lambda c, *_: c.execute(sa.delete(schema.fact).where(schema.fact.c.place > 4)).close())
    after = await store.read(audit.verify)
    assert after.breaks == ()
    assert (after.head, after.hash) != (noted.head, noted.hash)


async def test_a_row_that_cannot_be_read_is_kept_for_a_person(store: SqlStore) -> None:
    """C20: and the rest goes on."""
    await store.apply(page([making.post(f"p{n}", thread=f"t{n}") for n in range(3)]))
    broken = sa.update(_outbox).where(_outbox.c.id == 2).values(payload="{broken")
    await store.chore(lambda connection, *_: connection.execute(broken).close())
    assert len(await claim(store)) == 2
    assert not await claim(store)
    state = sa.select(_outbox.c.state, _outbox.c.reason).where(_outbox.c.id == 2)
    assert await store.read(lambda connection: tuple(connection.execute(state).one())) == ("held", "unreadable")
