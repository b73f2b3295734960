"""The small Graph API shows what its journal says: after a restart it shows the same."""

from pathlib import Path

import pytest

from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fakes.graph_edges import listed
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fakes.graph_saying import change, say


def _lived(place: GraphPlace) -> None:
    """Everything that may happen there, once."""
    own, shown = place.publish("Our new plan"), place.show("Our shop")
    comment = place.comment("ann", "Is it cheaper?", below=own)
    place.state.marks.mark(Mark.ANONYMOUS, place.visit("bob", "Hello"))
    place.tag("cid", "Look at them")
    place.picture("dan", "With you")
    place.recommend("eve", "Good", story=own, positive=True)
    place.write_direct("fay", "A question")
    place.write_private("gil", "Another")
    place.comment("hal", "Nice", below=shown)
    node = place.state.key(place.board.item(comment))
    words = {"recipient": f'{{"comment_id": "{node}"}}', "message": '{"text": "In private"}'}
    say(place.state, place.state.page, "messages", words=words, source=None)
    say(place.state, node, "likes", words={}, source=None)
    change(place.state, node, {"is_hidden": "true"})
    place.state.marks.bring(b"picture")


def _shown(place: GraphPlace) -> list[object]:
    state, page = place.state, place.state.page
    edges = [(page, "feed"), (page, "tagged"), (page, "ratings"), (page, "conversations")]
    fields = {"ratings": "recommendation_type,review_text,open_graph_story"}
    instagram = [(state.instagram, "media"), (state.instagram, "tags")]
    shown: list[object] = [
        listed(state, node, edge, query={"fields": fields.get(edge, "id")}) for node, edge in [*edges, *instagram]
    ]
    marks = state.marks
    kept = [marks.replied, marks.photos, marks.hidden, marks.liked, marks.instagrammers]
    return [*shown, *kept, [marks.marked(mark) for mark in Mark], [item.text for item in place.said()]]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "graph.jsonl"


def test_a_restart_changes_nothing_that_is_shown(journal: Path) -> None:
    before = GraphPlace(brand="acme", journal=journal)
    _lived(before)
    shown = _shown(before)
    before.journal.close()
    after = GraphPlace(brand="acme", journal=journal)
    assert _shown(after) == shown
    after.journal.close()
