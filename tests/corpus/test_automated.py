"""The corpus of machines' mail and the corpus of people's answers: none of the first is a reply, all of the second are (A12 to A15)."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.core.replies import LetterKind
from bridge.letters.automatic import Classification, Facts, classify
from bridge.letters.bounces import read_bounce
from bridge.letters.mime import read

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("BRIDGE_CORPUS", ROOT.parent / "shared" / "corpus"))
pytestmark = pytest.mark.skipif(
    not (CORPUS / "automated").is_dir() and os.environ.get("CI") != "true",
    reason="no corpus: set BRIDGE_CORPUS to its directory",
)

LABELS = {
    "arf": {"arf": 8},
    "auto-ack": {"notification": 1},
    "autoreply": {"autoreply": 4},
    "bounce-delay": {"bounce-delay": 10},
    "bounce-other": {"bounce-other": 60},
    "bulk": {"bulk": 8, "notification": 3},
    "calendar": {"calendar": 12},
    "challenge": {"challenge": 2},
    "dmarc": {"dmarc": 5},
    "dsn": {"dsn": 62},
    "dsn-delay": {"dsn-delay": 13},
    "list": {"list": 24},
    "mdn": {"mdn": 5},
    "notification": {"autoreply": 4, "list": 4, "notification": 6},
    "ooo": {"autoreply": 1, "ooo": 8},
}
"""What each class is labelled; whoever changes the signs updates this table and looks at what moved."""

UNMARKED_REPLIES = {
    "auto-ack": 1,
    "autoreply": 3,
    "bounce-other": 1,
    "bulk": 1,
    "list": 22,
    "notification": 5,
    "ooo": 1,
}
"""How many of each class would pass as replies if they bore no mark at all and came from an agent's mailbox."""

BOUNCES = {"mails": 145, "read": 145, "recipient": 136, "message_id": 111}
"""What is read of the bounces; the others do not hold a Message-ID of what came back, or no address of a recipient."""

KEPT = (
    "subject:",
    "content-type:",
    "mime-version:",
    "content-transfer-encoding:",
    "date:",
    "to:",
    "content-disposition:",
)
BARE_HEAD = "From: Ann Agent <ann@acme.example>\nMIME-Version: 1.0\nContent-Type: text/{form}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
ANSWERING = "Subject: Re: [X] hello\nIn-Reply-To: <p.1@bridge.example>\n\n"


def listed(part: str) -> Iterator[tuple[dict[str, str], bytes]]:
    for line in (CORPUS / part / "manifest.jsonl").read_text().splitlines():
        entry = json.loads(line)
        yield entry, (CORPUS / part / entry["mail"]).read_bytes()


def unmarked(raw: bytes) -> bytes:
    """The mail as if a person had sent it: the words and the structure stay, everything else of the header goes."""
    lines = raw.replace(b"\r\n", b"\n").lstrip().split(b"\n")
    end = lines.index(b"") if b"" in lines else len(lines)
    kept: list[bytes] = []
    keeping = False
    for line in lines[:end]:
        keeping = (
            keeping if line[:1] in {b" ", b"\t"} else line.lower().startswith(tuple(name.encode() for name in KEPT))
        )
        kept.extend([line] * keeping)
    return b"\n".join([b"From: Ann Agent <ann@acme.example>", *kept, *lines[end:]])


def as_mail(entry: dict[str, str], content: bytes) -> bytes:
    """A case of the replies as a mail that answers; some cases are bare texts."""
    if entry["form"] == "eml":
        return content
    return (BARE_HEAD.format(form="html" if entry["form"] == "html" else "plain") + ANSWERING).encode() + content


@pytest.fixture(scope="module")
def machines() -> list[tuple[dict[str, str], Classification]]:
    return [(entry, classify(read(raw), Facts())) for entry, raw in listed("automated")]


def test_no_machine_is_taken_for_a_person(machines: list[tuple[dict[str, str], Classification]]) -> None:
    assert [entry["id"] for entry, told in machines if told.kind is LetterKind.REPLY] == []


def test_each_class_has_its_label(machines: list[tuple[dict[str, str], Classification]]) -> None:
    counted: dict[str, Counter[str]] = {}
    for entry, told in machines:
        counted.setdefault(entry["class"], Counter())[told.label] += 1
    assert counted == LABELS


def test_failures_and_delays_are_bounces(machines: list[tuple[dict[str, str], Classification]]) -> None:
    wrong = [
        entry["id"]
        for entry, told in machines
        if entry["class"].startswith(("dsn", "bounce")) and told.kind is not LetterKind.BOUNCE
    ]
    assert wrong == []


def test_words_and_structure_tell_most_machines_without_any_mark() -> None:
    passed = Counter(
        entry["class"]
        for entry, raw in listed("automated")
        if classify(read(unmarked(raw)), Facts()).kind is LetterKind.REPLY
    )
    assert passed == UNMARKED_REPLIES


def test_bounces_name_what_came_back() -> None:
    found = [
        read_bounce(read(raw)) for entry, raw in listed("automated") if entry["class"].startswith(("dsn", "bounce"))
    ]
    read_ones = [bounce for bounce in found if bounce]
    counted = {
        "mails": len(found),
        "read": len(read_ones),
        "recipient": sum(bool(bounce.recipient) for bounce in read_ones),
        "message_id": sum(bool(bounce.message_id) for bounce in read_ones),
    }
    assert counted == BOUNCES


def test_delays_are_no_failures() -> None:
    wrong = []
    for entry, raw in listed("automated"):
        if entry["class"].startswith(("dsn", "bounce")):
            bounce = read_bounce(read(raw))
            if bounce is None or (bounce.action == "delayed") != entry["class"].endswith("delay"):
                wrong.append(entry["id"])
    assert wrong == []


def test_no_person_is_taken_for_a_machine() -> None:
    wrong = [
        entry["id"]
        for entry, raw in listed("replies")
        if classify(read(as_mail(entry, raw)), Facts()).kind is not LetterKind.REPLY
    ]
    assert wrong == []


def test_no_person_is_taken_for_a_machine_even_where_nothing_shows_that_they_answer() -> None:
    bare = ((entry, BARE_HEAD.format(form="html" if entry["form"] == "html" else "plain").encode() + b"Subject: hello\n\n" + raw)
            for entry, raw in listed("replies") if entry["form"] != "eml")  # fmt: skip
    assert [entry["id"] for entry, raw in bare if classify(read(raw), Facts()).kind is not LetterKind.REPLY] == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("alpine-reply", "human"), ("neomutt-reply", "human"), ("s-nail-reply-bottom", "human"), ("roundup-agent-rest", "human"),
        ("rt5-agent-web", "human"), ("postfix-bounce", "dsn"), ("rt5-autoreply", "auto-ack"), ("vacation-autoreply", "ooo"),
    ],
)  # fmt: skip
def test_what_real_clients_and_ticket_systems_sent(name: str, label: str) -> None:
    assert classify(read((CORPUS / "clients" / f"{name}.eml").read_bytes()), Facts()).label == label
