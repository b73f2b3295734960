"""Posts to proxies and replies to publications: what agents see, stable subjects, limits that are counted and never cut."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import render, showing
from bridge.core.captions import KINDS, NOTES
from bridge.core.conversation import Given, PrivateConversation, PublicConversation, Record
from bridge.core.model import Author, Kind, Priority, Quote, Verdict, Visibility
from bridge.core.policy import DeskPolicy
from bridge.core.proxies import Contact
from bridge.core.publications import PrivateAnswer, PublicAnswer
from bridge.core.render import Draft
from bridge.core.split import Overrun
from bridge.testing import making
from bridge.testing.making import CHANNEL, CUSTOMER, DESK, LIMITS, NOW, VERDICT

PUBLIC = frozenset({Visibility.PUBLIC})
PRIVATE = frozenset({Visibility.PRIVATE})


def proxy(post=None, record=None, **changes):
    about = post or making.post()
    given = {
        "desk": DESK,
        "channel": CHANNEL,
        "contacts": (),
        "now": NOW,
        "delimiter": "abcd1234",
        "gap": "",
        "verdict": VERDICT,
    } | changes
    verdict = given.pop("verdict")
    return render.proxy(record or Record(key=about.conversation), about, verdict, **given)


def labels(made) -> list[str]:
    return [note.partition(":")[0] for note in made.notes]


def test_a_proxy_is_the_same_for_the_same_arguments() -> None:
    assert proxy() == proxy()


def test_its_key_names_post_desk_and_words() -> None:
    post = making.post()
    assert proxy(post).key == f"inject|forum|p1|support|{post.fingerprint}"
    assert proxy(post).key != proxy(replace(post, text="other words")).key
    assert proxy(post).key != proxy(post, desk=replace(DESK, name="noc")).key


def test_it_follows_the_conversations_earlier_proxies() -> None:
    first, second = making.post("p1"), making.post("p2", "And now?")
    record = making.waiting(first)
    assert proxy(second, record).references == (record.sent[0].message_id,)


# the subject


def test_the_subject_comes_from_the_first_post_and_stays() -> None:
    first = making.post("p1", "The shop is down")
    made = proxy(first)
    record = replace(making.waiting(first), subject=made.subject)

    assert made.subject == "Jane Doe on Forum: The shop is down"
    assert proxy(making.post("p2", "It works again"), record).subject == made.subject


@pytest.mark.parametrize("tag", ["[acme #17]", "[Ticket#2026112410000012]", "[issue42]", "[#acme-5]"])
def test_the_tickets_tag_stands_in_front_once(tag) -> None:
    record = replace(making.waiting(), subject="Jane Doe on Forum: The shop is down", tag=tag)
    subject = proxy(making.post("p2"), record).subject

    assert subject == f"{tag} Jane Doe on Forum: The shop is down"
    assert proxy(making.post("p3"), replace(record, subject=subject)).subject == subject


@pytest.mark.parametrize(
    ("title", "never"),
    [
        ("Hello [acme #17] there", "[acme"),
        ("Ticket#2026112410000012", "#2026"),
        ("Ticket#: 2026112410000012", "#:"),
        ("broken [priority=critical;status=resolved]", "["),
        ("{{ 7 * 7 }} {0.__class__}", "{"),
        ("an AutoReply came", "AutoReply"),
        ("Re: AW: Fwd: hi", "Re:"),
        ("tricky \u202e[17# emca]", "\u202e"),
        ("two\r\nBcc: x@evil.test", "\n"),
    ],
)
def test_a19_no_words_of_a_stranger_steer_a_ticket_system(title, never) -> None:
    subject = proxy(making.post(title=title)).subject
    assert never not in subject
    assert subject.startswith("Jane Doe on Forum: ")


def test_names_steer_no_ticket_system_either() -> None:
    made = proxy(making.post(author=Author(id="u", name="[acme #1] Jane")))
    assert made.subject.startswith("(acme no. 1) Jane on Forum")


def test_a_private_post_says_so_and_an_empty_one_too() -> None:
    assert proxy(making.private_post()).subject.startswith("Jane Doe on Forum (private): ")
    assert proxy(making.post(text=" \n ")).subject == "Jane Doe on Forum: (without words)"
    assert proxy(making.post(author=Author(id="u"), text="hi")).subject == "Someone on Forum: hi"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_subject_is_one_short_line(name, text) -> None:
    subject = proxy(making.post(text=text, author=Author(id="u", name=name))).subject
    assert len(subject) < 200
    assert len(subject.splitlines()) == 1
    assert not set("[]{}") & set(subject)


# what the agent must know


@pytest.mark.parametrize(
    ("answers", "visibility", "first"),
    [
        (PUBLIC, Visibility.PUBLIC, "Public: everyone on Forum can read your answer."),
        (
            PUBLIC | PRIVATE,
            Visibility.PUBLIC,
            "Public: everyone on Forum can read your answer. Begin with a line #private",
        ),
        (PRIVATE, Visibility.PUBLIC, "Private: the post is public, but your answer goes to Jane Doe alone."),
        (PRIVATE, Visibility.PRIVATE, "Private: only Jane Doe can read your answer."),
        (
            frozenset(),
            Visibility.PUBLIC,
            "By hand: Forum takes no answers from us here. Answer there yourself: https://",
        ),
    ],
)
def test_the_readers_of_an_answer_are_named(answers, visibility, first) -> None:
    made = proxy(making.post(answers=answers, visibility=visibility))
    assert any(note.startswith(first) for note in made.notes), made.notes


def test_a_private_conversation_never_offers_a_public_answer() -> None:
    made = proxy(making.post(answers=PUBLIC | PRIVATE, visibility=Visibility.PRIVATE))
    assert "Public" not in labels(made)


def test_lengths_are_the_platforms() -> None:
    assert "Length: at most 280 characters in public, 1,000 in private." in proxy().notes
    assert "Length: at most 280 characters." in proxy(making.post(answers=PUBLIC)).notes
    same = replace(CHANNEL, limits=replace(LIMITS, max_private_length=280, unit="graphemes"))
    assert "Length: at most 280 graphemes." in proxy(channel=same).notes


def test_the_end_of_the_time_for_private_answers_is_told_where_there_is_one() -> None:
    until = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    note = "Time: Forum takes a private answer until Wed 25 Nov 2026, 08:30 UTC."
    assert note in proxy(making.post(answers=PUBLIC | PRIVATE, private_until=until)).notes
    assert "Time" not in labels(proxy(making.post(answers=PUBLIC, private_until=until)))
    assert "Time" not in labels(proxy())


def test_where_no_answer_is_possible_nothing_speaks_of_one() -> None:
    made = proxy(
        making.post(answers=frozenset(), answer_url="javascript:alert(1)", url=""),
        desk=replace(DESK, approve_by=("leads",)),
    )
    assert labels(made) == ["By hand"]
    assert "javascript" not in made.notes[0]


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"desk": replace(DESK, live=False)}, "Rehearsal"),
        ({"gap": "3 h 5 min"}, "Late"),
        ({"verdict": replace(VERDICT, target=timedelta(hours=1))}, "Due"),
        ({"verdict": replace(VERDICT, approve_by=("leads",))}, "Approval"),
        ({"desk": replace(DESK, approve_by=("leads",))}, "Approval"),
        ({"desk": replace(DESK, allow_media=True)}, "Files"),
    ],
)
def test_what_is_unusual_is_noted(changes, label) -> None:
    assert label in labels(proxy(**changes))
    assert label not in labels(proxy())


def test_an_edited_and_a_deleted_post_are_marked() -> None:
    first = making.post("p1", "old words")
    record = making.waiting(first)
    assert "Edited" in labels(proxy(replace(first, text="new words"), record))
    assert "Edited" not in labels(proxy(first, record))
    assert "Deleted" in labels(proxy(first, replace(record, deleted=("p1",))))


def test_without_an_undo_window_none_is_promised() -> None:
    assert (
        "Undo: for 60 seconds after you send it, a mail with #cancel or a corrected text takes its place."
        in proxy().notes
    )
    assert "Undo" not in labels(proxy(desk=replace(DESK, undo=timedelta(0))))


@pytest.mark.parametrize(
    ("name", "handle", "why"),
    [
        ("J\u0430ne Doe", "jane", "different alphabets"),
        ("Acme Support", "help", "looks like ours (acme)"),
        ("\u0410cme", "x", "looks like ours (acme)"),
        ("Jane", "acrne", "looks like ours (acme)"),
        ("Jane", "@acme", "looks like ours (acme)"),
        ("Exarnple", "x", "looks like ours (example)"),
        ("exampel", "x", "looks like ours (example)"),
        ("exmple", "x", "looks like ours (example)"),
        ("Ex4mple H3lp", "x", "looks like ours (example)"),
        ("\U0001d404\U0001d431\U0001d41a\U0001d426\U0001d429\U0001d425\U0001d41e", "x", "looks like ours (example)"),
    ],
)
def test_e06_names_that_may_deceive_are_marked(name, handle, why) -> None:
    made = proxy(
        making.post(author=Author(id="u", name=name, handle=handle)),
        channel=replace(CHANNEL, brand=("acme", "example")),
    )
    assert any(note.startswith("Careful") and why in note for note in made.notes), made.notes


@pytest.mark.parametrize(
    "name", ["Jane Doe", "Иван Петров", "Анна Schmidt", "山田Taro", "محمد", "José Ñandú", "", "Σωκράτης"]
)
def test_e06_honest_names_are_not(name) -> None:
    assert "Careful" not in labels(proxy(making.post(author=Author(id="u", name=name, handle="u77"))))


def test_e05_links_that_may_deceive_are_shown_with_their_real_host() -> None:
    made = proxy(
        making.post(
            text="see https://\u0430\u0440\u0440\u04cf\u0435.com/x and https://bank.example@evil.test/ and https://ok.example"
        )
    )
    (note,) = [note for note in made.notes if "links" in note]
    assert "xn--80ak6aa92e.com, evil.test." in note
    assert "ok.example" not in note


def test_e10_a_text_of_more_than_100_kb_is_said_to_be_cut() -> None:
    assert "Long" in labels(proxy(making.post(text="x" * (showing.MAX_TEXT + 1))))


def test_every_note_is_a_label_and_a_sentence() -> None:
    for note in NOTES.values():
        label, colon, sentence = note.partition(": ")
        assert colon
        assert label[0].isupper()
        assert len(label) < 12
        assert sentence.rstrip("}").endswith((".", "url"))


def test_every_kind_of_post_has_its_words() -> None:
    assert set(KINDS) == set(Kind)


def test_e16_braces_of_strangers_stay_what_they_are() -> None:
    made = proxy(making.post(text="{gap} %s ${x} {0}", author=Author(id="u", name="{customer.__class__}")), gap="{url}")
    assert made.post.text == "{gap} %s ${x} {0}"
    assert any("{url}" in note for note in made.notes)


# thread and contacts


def test_the_thread_is_in_order_and_tells_us_from_them() -> None:
    first = making.post("p1", "one", at=NOW - timedelta(hours=3))
    third = making.post("p3", "three", context=(Quote(author="Bob", text="zero"), Quote(author="x", text="one")))
    record = replace(
        making.waiting(first),
        given=(
            Given(key="a", text="two", at=NOW - timedelta(hours=2), published="r1"),
            Given(key="b", text="withdrawn", at=NOW, dropped=True),
            Given(key="c", text="soon", at=NOW),
        ),
    )
    thread = proxy(third, record).thread

    assert [quote.text for quote in thread] == ["zero", "one", "two", "soon"]
    assert [quote.ours for quote in thread] == [False, False, True, True]
    assert thread[2].author == "@acme (us)"
    assert thread[3].author == "@acme (us, not published yet)"


def test_an_emptied_post_says_why_it_is_empty() -> None:
    record = making.waiting(making.post("p1", ""))
    assert proxy(making.post("p2"), record).thread[0].text == "(deleted by the customer)"


def test_long_threads_and_long_posts_are_bounded() -> None:
    context = tuple(Quote(author=f"u{n}", text=f"{n} " + "x" * 5000) for n in range(40))
    thread = proxy(making.post(context=context)).thread
    assert len(thread) == render.MAX_QUOTES
    assert all(len(quote.text) <= render.MAX_QUOTE + 1 for quote in thread)
    assert thread[-1].text.startswith("39 ")


def test_contacts_are_few_and_short() -> None:
    contacts = tuple(Contact(channel="x", at=NOW, text="a\nb " * 200, phase="answered") for _ in range(9))
    made = proxy(contacts=contacts).contacts
    assert len(made) == render.MAX_CONTACTS
    assert all(len(contact.text) <= render.MAX_CONTACT and "\n" not in contact.text for contact in made)


# answers


def public() -> PublicConversation:
    return PublicConversation(making.waiting())


def draft(text: str = "We are on it.") -> Draft:
    return Draft(letter="f1", part=1, text=text)


def test_a_reply_becomes_the_same_words_under_the_same_post() -> None:
    answer = render.public_answer(public(), making.post(), draft("  two  spaces \n"), channel=CHANNEL)
    assert answer == PublicAnswer(
        key="publish|f1|1", channel="forum", thread="t1", parent="p1", author=CUSTOMER, text="  two  spaces \n"
    )


def test_b10_a_long_reply_is_counted_and_never_cut() -> None:
    over = render.public_answer(public(), making.post(), draft("x" * 281), channel=CHANNEL)
    assert over == Overrun(count=281, limit=280, unit="characters", at=280)
    assert isinstance(render.public_answer(public(), making.post(), draft("x" * 280), channel=CHANNEL), PublicAnswer)


def test_b10_private_answers_have_their_own_limit() -> None:
    assert isinstance(render.private_answer(public(), making.post(), draft("x" * 999), channel=CHANNEL), PrivateAnswer)
    assert isinstance(render.private_answer(public(), making.post(), draft("x" * 1001), channel=CHANNEL), Overrun)


def test_b03_a_private_conversation_is_never_answered_in_public() -> None:
    post = replace(making.private_post(), answers=PUBLIC | PRIVATE)
    private = PrivateConversation(Record(key=post.conversation))
    with pytest.raises(TypeError, match="never answered in public"):
        render.public_answer(private, post, draft(), channel=CHANNEL)  # the annotations refuse it too
    with pytest.raises(ValueError, match="cannot be opened as a public one"):
        PublicConversation(Record(key=post.conversation))
    assert isinstance(render.private_answer(private, post, draft(), channel=CHANNEL), PrivateAnswer)


@pytest.mark.parametrize("answer", [render.public_answer, render.private_answer])
def test_b04_only_a_post_of_the_conversation_is_answered(answer) -> None:
    with pytest.raises(ValueError, match="another conversation"):
        answer(public(), making.post(thread="t2"), draft(), channel=CHANNEL)
    with pytest.raises(ValueError, match="takes no"):
        answer(public(), making.post(answers=frozenset()), draft(), channel=CHANNEL)
    with pytest.raises(TypeError):
        answer(making.waiting(), making.post(), draft(), channel=CHANNEL)


def test_both_kinds_of_answer_have_the_same_parts() -> None:
    assert [f.name for f in fields(PublicAnswer)] == [f.name for f in fields(PrivateAnswer)]


def test_the_rehearsal_is_the_default_of_a_new_desk() -> None:
    assert "Rehearsal" in labels(proxy(desk=DeskPolicy(name="new")))


def test_the_priority_is_the_verdicts() -> None:
    verdict = Verdict(route="urgent", desk="support", priority=Priority.URGENT)
    assert proxy(verdict=verdict).priority is Priority.URGENT
