"""An answer that somebody liked later takes the asker's post from the queue only where it is no trouble itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bridge.core.events import AnsweredByOthers
from bridge.ports import Known
from bridge.shell.judging import vouched
from bridge.testing.making import CUSTOMER, post

BEN = replace(CUSTOMER, id="u2", handle="ben")
ASKED = post()
REPLY = post("p9", "Mine is broken too, help!", parent=ASKED.id, author=BEN, likes=1)


@dataclass
class House:
    """What is known of both posts, and what conversations were told."""

    route: str | None
    told: list[tuple[str, AnsweredByOthers]] = field(default_factory=list)

    @property
    def store(self) -> "House":
        return self

    async def known(self, _channel: str, ids: Collection[str]) -> Mapping[str, Known]:
        routes = {ASKED.id: "support", REPLY.id: self.route}
        conversations = {ASKED.id: ASKED.conversation.id, REPLY.id: REPLY.conversation.id}
        return {one: Known(fingerprint="f", conversation=conversations[one], route=routes[one]) for one in ids}

    async def happened(self, conversation: str, event: AnsweredByOthers) -> None:
        self.told.append((conversation, event))


@pytest.mark.parametrize(
    ("route", "accepted", "counts"),
    [("", False, True), ("support", False, False), (None, False, False), ("support", True, True), (None, True, True)],
    ids=["left alone", "a contact", "not judged", "a contact that was accepted", "accepted and not judged"],
)
async def test_only_what_was_left_alone_or_accepted_is_an_answer(
    route: str | None,
    accepted: bool,  # noqa: FBT001 - parameters
    counts: bool,  # noqa: FBT001 - parameters
) -> None:
    """Also where its own ticket is over: a "me too" that staff has answered is no answer to whoever asked."""
    house: Any = House(route)
    answer = replace(REPLY, accepted=accepted)
    await vouched(house, answer)
    assert house.told == ([(ASKED.conversation.id, AnsweredByOthers(answer=answer))] if counts else [])
