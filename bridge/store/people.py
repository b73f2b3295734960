"""Which identities are one person: an operator says so, and contacts are then shown together."""

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.decision import Decision, Fact
from bridge.store import schema
from bridge.store.codec import identity_key, moment
from bridge.store.group import Surroundings, apply_one
from bridge.store.schema import plain

_identity = schema.identity

Account = tuple[str, str]
"""The platform's word and the author's id there."""


class UnknownPerson(Exception):
    """No post of this author is kept."""


def link(connection: Connection, now: int, around: Surroundings, *, one: Account, other: Account, by: str) -> int:
    """Make one person of two, with all that were linked to either; returns how many identities they have now.

    Raises UnknownPerson.
    """
    first, second = _person(connection, one), _person(connection, other)
    connection.execute(sa.update(_identity).where(_identity.c.person == second).values(person=first))
    _record(connection, now, around, _fact("person_linked", now, by, one=_key(one), other=_key(other)))
    query = sa.select(sa.func.count()).where(_identity.c.person == first)
    count: int = connection.execute(query).scalar_one()
    return count


def unlink(connection: Connection, now: int, around: Surroundings, *, account: Account, by: str) -> None:
    """Make an identity a person of its own again; raises UnknownPerson."""
    person, key = _person(connection, account), _key(account)
    others = sa.select(_identity.c.key).where(_identity.c.person == person, _identity.c.key != key)
    heirs = sorted(row.key for row in connection.execute(others))
    if heirs and person == key:  # the others were named after this one
        connection.execute(sa.update(_identity).where(_identity.c.key.in_(heirs)).values(person=heirs[0]))
    connection.execute(sa.update(_identity).where(_identity.c.key == key).values(person=key))
    _record(connection, now, around, _fact("person_unlinked", now, by, one=key))


def _key(account: Account) -> bytes:
    return identity_key(*map(plain, account))


def _person(connection: Connection, account: Account) -> bytes:
    query = sa.select(_identity.c.person).where(_identity.c.key == _key(account)).with_for_update()
    person: bytes | None = connection.execute(query).scalar()
    if person is None:
        raise UnknownPerson("nothing is kept of this author")
    return person


def _fact(kind: str, now: int, by: str, **identities: bytes) -> Fact:
    """What was done, with the hashes of the identities and nothing that people could read (law 7)."""
    names = {name: key.hex() for name, key in identities.items()}
    return Fact(key=f"{kind}|{'|'.join(names.values())}|{now}", kind=kind, at=moment(now), actor=by, detail=names)


def _record(connection: Connection, now: int, around: Surroundings, fact: Fact) -> None:
    apply_one(connection, Decision(facts=(fact,)), now=now, around=around)
