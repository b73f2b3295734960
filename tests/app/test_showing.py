"""What `bridge conversation show` tells of what is intended and did not happen yet."""

from dataclasses import replace
from pathlib import Path

from bridge.app.daemon import opened
from bridge.app.showing import conversation
from bridge.config import Loaded, load
from bridge.core.decision import Decision
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Intent, Turn
from bridge.testing import making
from bridge.testing.making import AGENT, NOW
from bridge.testing.town import Town

RECORD = making.waiting()
HIDE = Act(
    deed=Deed.HIDE,
    channel="forum",
    target="p1",
    conversation=RECORD.id,
    letter="f1",
    agent=AGENT,
    notify=AGENT,
    desk="support",
)


async def test_what_waits_is_told_as_waiting(tmp_path: Path) -> None:
    town = Town(root=tmp_path)
    town.write(endpoint="http://127.0.0.1:9", account="brand", token="token")
    town.rules("")
    loaded = load(town.configuration, town.configuration / "credentials")
    assert isinstance(loaded, Loaded), loaded
    inject = making.inject()
    intents = (Intent(effect=inject, at=NOW, turn=Turn.OPENS), Intent(effect=HIDE, at=NOW))
    record = replace(RECORD, version=0, sent=(replace(RECORD.sent[0], key=inject.key),))
    async with opened(loaded) as (_house, _current, store):
        await store.apply(Decision(record=record, intents=intents))

    story = await conversation(loaded, RECORD.id)
    assert story is not None
    assert {what: words for _, what, words in story.told} == {
        "proxy to desk support: paced": record.sent[0].message_id,
        f"hide ordered by {AGENT}: ready": "forum/p1",
    }
