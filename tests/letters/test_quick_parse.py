"""The quick reader of a mail's structure gives the very message that the standard library gives, or none."""

import json
import os
from email.feedparser import FeedParser
from email.message import Message
from email.policy import compat32
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.letters.quick_parse import quick_parse
from bridge.testing.mailing import raw

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("BRIDGE_CORPUS", ROOT.parent / "shared" / "corpus"))

PIECES = st.sampled_from([
    "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", " ", "\t", "--b", "--b--", "--b \n", "--bb", "\n--b\n", "\n--b--\n", "\n--b--", "\r\n--b\r\n", "From ", "From a b\n", ">From ",
    "Subject: x", "subject : x\n", ": y\n", "X\n", "X-Y:\n", "A: 1\n B: 2\n", "To: a@b\n", "Content-Type: text/plain\n", "Content-Type: text/html; charset=utf-8\n", "Content-Type:\n multipart/mixed;\n boundary=b\n",
    'Content-Type: multipart/alternative; boundary="b"\n', "Content-Type: multipart/digest; boundary=b\n", "Content-Type: message/rfc822\n", "Content-Type: multipart/mixed\n", "Content-Type: x\n",
    "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: 8bit\n", "\x0b", "\x0c", "\x1c", "\udce9", "\udcc3\udca9", "word", "a: b", "\x00",
])  # fmt: skip
HEADS = st.sampled_from(["Content-Type: multipart/mixed; boundary=b\n\n--b\n", "Subject: x\n\n", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", ""])  # fmt: skip
TAILS = st.sampled_from(["\n--b--\n", "\n--b--", "\r\n--b--\r\n", "", "\n", "\n--b--\n\n"])
BODIES = st.builds("{}{}{}".format, HEADS, st.lists(PIECES, max_size=12).map("".join), TAILS)


def make() -> Message:
    return Message(policy=compat32)


def thorough(text: str) -> Message:
    parser = FeedParser(policy=compat32)
    parser.feed(text)
    return parser.close()


def shown(message: Message) -> object:
    """All that a message holds."""
    payload = message.get_payload()
    return (
        list(message.raw_items()),
        [shown(part) for part in payload] if isinstance(payload, list) else payload,
        (message.preamble, message.epilogue, message.get_default_type(), message.get_unixfrom()),
        [type(defect) for defect in message.defects],
    )


def agree(text: str) -> bool:
    """Whether the quick reader read it; asserts that it read the same."""
    quick = quick_parse(text, make)
    if quick is not None:
        assert shown(quick) == shown(thorough(text))
    return quick is not None


@settings(max_examples=1500, deadline=None)
@given(BODIES)
def test_what_the_quick_reader_reads_is_what_the_thorough_one_reads(text: str) -> None:
    agree(text)


@pytest.mark.skipif(not CORPUS.is_dir() and os.environ.get("CI") != "true", reason="no corpus: set BRIDGE_CORPUS")
def test_it_agrees_on_every_mail_of_the_corpus_and_reads_many() -> None:
    quick = [
        agree((CORPUS / part / entry["mail"]).read_bytes().lstrip(b"\r\n").decode("ascii", "surrogateescape"))
        for part in ("automated", "replies")
        for entry in map(json.loads, (CORPUS / part / "manifest.jsonl").read_text().splitlines())
        if str(entry["mail"]).endswith(".eml")
    ]
    assert sum(quick) > 0.33 * len(quick)


PARTS = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nHi\n\n--b\nContent-Type: text/html\n\n<p>Hi</p>\n--b--\n"


@pytest.mark.parametrize(
    "text", [raw().decode(), raw().decode().replace("\n", "\r\n"), PARTS, PARTS.replace("\n", "\r\n")]
)
def test_ordinary_mails_are_read_quickly(text: str) -> None:
    assert agree(text)
