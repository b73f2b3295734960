"""The small X shows what its journal says: after a restart it shows the same."""

from pathlib import Path

from bridge.testing.fakes.x import XPlace


def _lived(place: XPlace) -> None:
    """Everything that may happen there, once."""
    world = place.world
    first = place.write("ann", "my line is down")
    answer = world.post(place.brand.id, "@ann We are on it.", reply_to=first, sent="We are on it.", media=("7",))
    world.hide(place.post("bob", "No!", reply_to=answer.id).id, hidden=True)
    place.edit(first, "my line is down again")
    place.delete(place.write("cid", "never mind"))
    place.write_private("dan", "a question")
    world.whisper(place.brand.id, world.person("dan").id, "An answer")
    world.change(world.person("ann"), username="anna", followers=7, protected=False)
    world.keep("7", b"picture")
    world.describe("7", "A plan of the works")
    world.subscribe({"event_type": "dm.received"})


def _shown(place: XPlace) -> list[object]:
    world = place.world
    return [world.people, world.posts, world.messages, world.files, world.alts, world.subscriptions, list(place.said())]


def test_a_restart_changes_nothing_that_is_shown(tmp_path: Path) -> None:
    journal = tmp_path / "x.jsonl"
    before = XPlace(brand="acme", journal=journal)
    _lived(before)
    shown = _shown(before)
    before.journal.close()
    after = XPlace(brand="acme", journal=journal)
    assert _shown(after) == shown
    after.journal.close()
