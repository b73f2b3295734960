"""Commands at the top of a reply: which are obeyed, which are reported, and what is left to be published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.replies import Command
from bridge.letters.commands import FLAGS, KNOWN, NAMING, SAYING, split_commands, split_marks

OBEYED = [
    ("#private\nHello", [("private", "")], "Hello"),
    ("#Private\n\nHello\n", [("private", "")], "Hello"),
    ("\n \n#PRIVATE.\nHello", [("private", "")], "Hello"),
    ("＃private\nHello", [("private", "")], "Hello"),
    ("﹟private\nHello", [("private", "")], "Hello"),
    ("# private\nHello", [("private", "")], "Hello"),
    ("#\u00a0private \nHello", [("private", "")], "Hello"),
    ("\u200b#private\ufeff\nHello", [("private", "")], "Hello"),
    ("#private!\r\nHello", [("private", "")], "Hello"),
    ("#re-open\nHello", [("reopen", "")], "Hello"),
    ("#private #close\nHello", [("private", ""), ("close", "")], "Hello"),
    ("#private, #close.\nHello", [("private", ""), ("close", "")], "Hello"),
    ("#private\n#close\n\nHello\n\nBye", [("private", ""), ("close", "")], "Hello\n\nBye"),
    ("#escalate billing", [("escalate", "billing")], ""),
    ("#Escalate to Billing.\nfor you", [("escalate", "Billing")], "for you"),
    ("#escalate: billing #note they know her", [("escalate", "billing"), ("note", "they know her")], ""),
    ("#escalate", [("escalate", "")], ""),
    ("#use “refund”", [("use", "refund")], ""),
    ("#Use refund…\nBest", [("use", "refund")], "Best"),
    ("#note called her, see #4711\nshe is happy", [("note", "called her, see #4711")], "she is happy"),
    ("#reject too long, and rude!", [("reject", "too long, and rude!")], ""),
    ("#cancel", [("cancel", "")], ""),
    ("#done\u2028Hello", [("done", "")], "Hello"),
]

UNKNOWN = [
    ("#privat\nHello", "#privat", "#privat\nHello"),
    ("#BlackFriday offers are here", "#BlackFriday offers are here", "#BlackFriday offers are here"),
    ("#private lessons start on Monday", "#private lessons start on Monday", "#private lessons start on Monday"),
    ("#split-screen works now", "#split-screen works now", "#split-screen works now"),
    ("#take\nHello", "#take", "#take\nHello"),
    ("#-private\nHello", None, None),
    ("#Привет!\nмир", "#Привет!", "#Привет!\nмир"),
    ("#рrivate\nHello", "#рrivate", "#рrivate\nHello"),
    ("#private #oops\nHello", "#private #oops", "#private #oops\nHello"),
    ("#private\n#oops\nHello", "#oops", "#oops\nHello"),
]

LEFT_ALONE = [
    "Hello\n#BlackFriday is over",
    "We love #private gardens",
    "#1 restart it\n#2 wait",
    "#4711 is your ticket",
    "#️⃣ is the key to press",
    "# \nHello",
    "Hello",
    "",
]


@pytest.mark.parametrize(("text", "commands", "rest"), OBEYED)
def test_known_commands_are_taken_whatever_the_keyboard_made_of_them(
    text: str, commands: list[tuple[str, str]], rest: str
) -> None:
    split = split_commands(text)
    assert [(c.name, c.argument) for c in split.commands] == commands
    assert (split.unknown, split.misplaced, split.rest) == ((), (), rest)


@pytest.mark.parametrize(("text", "told", "rest"), UNKNOWN)
def test_a_line_that_only_looks_like_a_command_is_reported_and_kept(text: str, told: str | None, rest: str) -> None:
    split = split_commands(text)
    if told is None:
        assert split.commands == (Command(name="private"),)
    else:
        assert (split.unknown, split.rest) == ((told,), rest)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_uses_of_the_sign_belong_to_the_answer(text: str) -> None:
    split = split_commands(text)
    assert (split.commands, split.unknown, split.misplaced) == ((), (), ())
    assert split.rest == text.strip("\n")


def test_a_command_further_down_is_not_obeyed_but_reported() -> None:
    split = split_commands("Hello Jane,\nplease send us your number.\n#Private\n")
    assert split.commands == ()
    assert split.misplaced == ("#Private",)
    assert "#Private" in split.rest


@given(st.text(alphabet="#＃ abpz\n.-1é\u00a0\u200b", max_size=60))
def test_no_word_is_ever_eaten(text: str) -> None:
    split = split_commands(text)
    kept = "".join(split.rest.split()) + "".join(c.name + c.argument for c in split.commands)
    letters = [c for c in text.casefold() if c.isalpha()]
    assert sorted(c for c in kept.casefold() if c.isalpha()) == sorted(letters)


@given(st.lists(st.sampled_from(sorted(KNOWN)), max_size=6), st.text(max_size=50).map(lambda t: "x" + t))
def test_commands_come_back_in_order(names: list[str], answer: str) -> None:
    split = split_commands("".join(f"#{name}\n" for name in names) + answer)
    assert [c.name for c in split.commands] == names
    assert split.unknown == ()
    assert split.rest == "\n".join(answer.splitlines()).strip("\n")


def test_the_vocabulary_has_no_command_of_two_kinds() -> None:
    assert len(KNOWN) == len(FLAGS) + len(NAMING) + len(SAYING)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ["#", "# ", "#private ", "#private #", "#.", "#a", "#\n", "#private\n", "#use #", "# -"]
)
def test_hostile_lines_cost_linear_time(unit: str) -> None:
    split_commands(unit * 200_000)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("#should 3 7\n#right rest", [("should", "3 7"), ("right", "rest")]),
        ("\uff03Should: 3, 7.\n\n# right   the rest\nThanks, Al", [("should", "3, 7"), ("right", "the rest")]),
        ("#should 1 #right 2-4", [("should", "1"), ("right", "2-4")]),
        ("#should", [("should", "")]),
        ("All fine.\n#should 1", []),
    ],
)
def test_marks_of_a_sample_stand_at_the_top_with_their_numbers(text: str, marks: list[tuple[str, str]]) -> None:
    assert [(command.name, command.argument) for command in split_marks(text).commands] == marks


@pytest.mark.parametrize("text", ["#close", "#should 1\n#ignore 2", "#shold 3"])
def test_what_is_no_mark_is_told_apart(text: str) -> None:
    assert split_marks(text).unknown


def test_marks_are_no_commands_to_a_customers_ticket() -> None:
    assert split_commands("#right 1\n\nHello").commands == ()
    assert split_commands("#should 1").unknown == ("#should 1",)
