"""Pages of channels: what is new, known, edited, gone, ours, and how far we are."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bridge.core.arrivals import sort_out, wanted
from bridge.core.effects import Judge
from bridge.core.events import AnsweredNatively, Gap, Page, PostDeleted, PostEdited, Quarantined, Sighting, Undelivered
from bridge.core.model import Priority
from bridge.testing.making import BRAND, CHANNEL, NOW, post, private_post


@dataclass(frozen=True)
class Known:
    fingerprint: str = ""
    conversation: str = "c1"
    deleted: bool = False


def page(*posts, **changes):
    return replace(Page(sightings=tuple(Sighting(post=p) for p in posts), cursor="2"), **changes)


def sorted_out(of, known=None):
    return sort_out(of, known or {}, channel=CHANNEL, before="1", now=NOW)


def test_new_posts_are_stored_and_judged_in_the_cursor_s_transaction() -> None:
    """C02, C03."""
    arrivals = sorted_out(page(post("p1"), post("p2")))

    assert [sighting.post.id for sighting in arrivals.page.sightings] == ["p1", "p2"]
    assert [intent.effect for intent in arrivals.page.intents] == [Judge(post=post("p1")), Judge(post=post("p2"))]
    assert (arrivals.page.cursor.before, arrivals.page.cursor.after) == ("1", "2")
    assert arrivals.events == ()


def test_known_posts_are_absorbed() -> None:
    arrivals = sorted_out(page(post()), {"p1": Known(post().fingerprint)})

    assert arrivals.page.sightings == arrivals.page.intents == arrivals.page.facts == ()
    assert arrivals.counts["duplicate"] == 1


def test_other_words_under_a_known_id_are_an_edit() -> None:
    """C17."""
    newer = post(text="Never mind, it works.")
    arrivals = sorted_out(page(newer), {"p1": Known("old")})

    assert arrivals.events == (("c1", PostEdited(post=newer, before="old")),)
    assert arrivals.page.sightings == ()


def test_what_was_erased_does_not_come_back_as_an_edit() -> None:
    """I02: the store knows that there was something, and not what."""
    gone = sorted_out(page(post()), {"p1": Known(fingerprint="", conversation="", deleted=True)})
    assert gone.events == ()
    assert gone.page.sightings == ()
    assert gone.counts["duplicate"] == 1


def test_folded_white_space_is_no_edit() -> None:
    shown = post(text="The  shop is down,\ncan you help?")

    assert sorted_out(page(shown), {"p1": Known(post().fingerprint)}).events == ()


def test_our_own_publications_never_come_back_as_posts() -> None:
    """D02."""
    own = post("r9", author=BRAND, parent="p1")
    arrivals = sorted_out(page(own), {"r9": Known(), "p1": Known(post().fingerprint)})

    assert arrivals.events == ()
    assert arrivals.page.sightings == ()


def test_an_answer_given_past_the_bridge_is_told_to_the_conversation() -> None:
    answer = post("r9", author=BRAND, parent="p1")
    arrivals = sorted_out(page(answer), {"p1": Known(post().fingerprint, "c7")})

    assert arrivals.events == (("c7", AnsweredNatively(answer=answer)),)


def test_what_we_post_unasked_concerns_nobody() -> None:
    arrivals = sorted_out(page(post("n1", author=BRAND)))

    assert arrivals.events == ()
    assert arrivals.page.intents == ()


def test_deletions_are_told_once() -> None:
    known = {"p1": Known(), "p2": Known(deleted=True)}
    arrivals = sorted_out(page(deleted=("p1", "p2", "unknown")), known)

    assert [event for _, event in arrivals.events] == [PostDeleted(key=post("p1").key)]


def test_private_messages_go_first() -> None:
    arrivals = sorted_out(page(post(), private_post()))

    assert [intent.priority for intent in arrivals.page.intents] == [Priority.NORMAL, Priority.URGENT]


def test_what_was_caught_up_late_says_so() -> None:
    """C16."""
    arrivals = sorted_out(page(post(at=NOW - timedelta(hours=26, minutes=5))))

    assert arrivals.page.intents[0].effect.gap == "26 h 5 min"


def test_a_gap_and_what_could_not_be_read_are_on_record() -> None:
    """C16, C20, law 10."""
    broken = Quarantined(id="x", reason="not an object", raw=b"[]")
    arrivals = sorted_out(page(gap=Gap(since="1", until="9"), quarantined=(broken,)))

    assert arrivals.page.gap == Gap(since="1", until="9")
    assert arrivals.page.quarantined == (broken,)
    assert {fact.kind for fact in arrivals.page.facts} == {"page", "gap"}


def test_every_id_that_matters_is_asked_for() -> None:
    asked = wanted(page(post("p2", parent="p1"), deleted=("p0",)))

    assert asked == {"p0", "p1", "p2"}


def test_an_answer_that_did_not_arrive_concerns_its_conversation() -> None:
    lost = Undelivered(id="r1", why="the phone is switched off")
    unknown = Undelivered(id="r2", why="the phone is switched off")
    shown = page(undelivered=(lost, unknown))

    assert wanted(shown) == {"r1", "r2"}
    assert sorted_out(shown, {"r1": Known(fingerprint="")}).events == ((Known().conversation, lost),)
