"""Operators' own lines in proxies: chosen by desk and language, with fields and no other power."""

from dataclasses import replace

import pytest

from bridge.core import templates
from bridge.core.decide import decide
from bridge.core.events import PostJudged
from bridge.testing.making import POLICY, VERDICT, claimed, judge, moment, post

TEXTS = {
    "all": "# for us\nTone: greet {customer} by name\n\n",
    "all.de": "Ton: {customer} mit Namen grüßen",
    "support": "Hours: we answer until 18:00",
}


def test_lines_are_chosen_by_desk_and_language() -> None:
    assert templates.notes(TEXTS, post(), desk="support", platform="Forum") == (
        "Tone: greet Jane Doe by name",
        "Hours: we answer until 18:00",
    )
    assert templates.notes(TEXTS, post(lang="de"), desk="noc", platform="Forum") == ("Ton: Jane Doe mit Namen grüßen",)


def test_a_customer_s_name_is_never_read_as_a_template() -> None:
    """E16."""
    author = replace(post().author, name="{handle}{0.__class__}%s")

    (line,) = templates.notes({"all": "Tone: greet {customer}"}, post(author=author), desk="x", platform="Forum")
    assert line == "Tone: greet {handle}{0.__class__}%s"


@pytest.mark.parametrize(
    ("text", "wrong"), [("Tone: x", ""), ("no label", "label"), ("Tone: {nmae}", "nmae"), ("# all", "")]
)
def test_what_no_proxy_could_show_is_a_complaint(text: str, wrong: str) -> None:
    assert wrong in templates.trouble(text)
    assert bool(templates.trouble(text)) == bool(wrong)


def test_proxies_carry_the_lines() -> None:
    about = post()
    event = PostJudged(
        claimed=claimed(judge(about)), post=about, verdict=VERDICT, current=about.fingerprint, delimiter="abcd1234"
    )
    (intent,) = decide(None, event, at=moment(policy=replace(POLICY, templates=TEXTS))).intents

    assert "Tone: greet Jane Doe by name" in intent.effect.proxy.notes
