"""The demo's parts by themselves: what the postman stamps, how the postbox marks, what the samples promise."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from bridge.access.maildir import furnish
from bridge.config import Loaded, load
from bridge.demo.live import Live
from bridge.demo.postbox import REPLIED, SEEN, NoSuchMail, Postbox
from bridge.demo.postman import stamp
from bridge.demo.premises import Premises, shipped
from bridge.demo.samples import samples

AGENT = "ann@acme.test"


def result(content: bytes, sender: str) -> str:
    mail = message_from_bytes(
        stamp(content, sender=sender, recipient="reply+x@reply.acme.test", helo="me"), policy=policy.default
    )
    (found,) = mail.get_all("Authentication-Results")
    return str(found)


@pytest.mark.parametrize(
    ("content", "sender", "expected"),
    [
        (b"From: ann@acme.test\n\nx", AGENT, "dmarc=pass header.from=acme.test"),
        (b"From: Ann <ANN@acme.test>\n\nx", "Ann@ACME.test", "dmarc=pass header.from=acme.test"),
        (b"From: ann@acme.test\n\nx", "mallory@elsewhere.test", "dmarc=fail header.from=acme.test"),
        (b"From: mallory@elsewhere.test\n\nx", AGENT, "dmarc=fail header.from=elsewhere.test"),
        (b"From: ann@acme.test, b@acme.test\n\nx", AGENT, "dmarc=fail header.from=unknown"),
        (b"From: ann@acme.test\nFrom: b@elsewhere.test\n\nx", AGENT, "dmarc=fail header.from=unknown"),
        (b"Subject: nobody\n\nx", "", "dmarc=fail header.from=unknown"),
        (b"", AGENT, "dmarc=fail header.from=unknown"),
    ],
    ids=[
        "the agent",
        "in capitals",
        "A02 posing",
        "A03 a stranger",
        "A05 two mailboxes",
        "A05 two fields",
        "nobody",
        "nothing",
    ],
)
def test_only_the_agents_own_client_proves_the_agent(content: bytes, sender: str, expected: str) -> None:
    assert result(content, sender) == f"mail.acme.test; {expected}"


@pytest.mark.parametrize(
    "claim",
    [
        b"Authentication-Results: mail.acme.test; dmarc=pass header.from=acme.test\n",
        b"AUTHENTICATION-results: mail.acme.test;\n\tdmarc=pass\n header.from=acme.test\n",
        b"Authentication-Results: mail.acme.test; dmarc=pass\nAuthentication-Results: mail.acme.test; dkim=pass\n",
    ],
    ids=["one", "folded", "two"],
)
def test_what_claims_to_be_us_is_taken_out(claim: bytes) -> None:
    """A04."""
    body = b"\n\nAuthentication-Results: words of the body stay\n"
    stamped = stamp(claim + b"From: x@elsewhere.test" + body, sender="x@elsewhere.test", recipient="r@r", helo="h")

    assert stamped.count(b"dmarc=pass") == 0
    assert stamped.count(b"dkim=pass") == 0
    assert stamped.endswith(b"From: x@elsewhere.test" + body)


def test_a_mail_of_headers_alone_keeps_them() -> None:
    stamped = stamp(b"From: ann@acme.test\nSubject: hi", sender=AGENT, recipient="r@r", helo="h\r\nX-Evil: 1")

    mail = message_from_bytes(stamped, policy=policy.default)
    assert (mail["Subject"], mail["X-Evil"], mail["Delivered-To"], mail["Return-Path"]) == (
        "hi",
        None,
        "r@r",
        f"<{AGENT}>",
    )


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    furnish(tmp_path)
    (tmp_path / "new" / "a.bridge").write_bytes(b"From: x\nSubject: =?utf-8?q?caf=C3=A9?=\n\nhello\n")
    return tmp_path


def test_a_mail_is_marked_as_clients_do(maildir: Path) -> None:
    box = Postbox(maildir)
    box.mark("a.bridge", REPLIED)
    box.mark("a.bridge", SEEN)

    (file,) = (maildir / "cur").iterdir()
    assert file.name == "a.bridge:2,RS"
    (line,) = box.lines()
    assert (line.subject, line.seen, line.answered, line.kind) == ("café", True, True, "notice")


def test_a_mail_that_another_client_took_away_is_no_trouble(maildir: Path) -> None:
    (maildir / "new" / "a.bridge").unlink()

    with pytest.raises(NoSuchMail):
        Postbox(maildir).mail("a.bridge")


def test_a_mail_without_anything_is_listed(maildir: Path) -> None:
    (maildir / "new" / "a.bridge").write_bytes(b"")

    (line,) = Postbox(maildir).lines()
    assert (line.name, line.subject) == ("nobody", "(without a subject)")


def test_the_configuration_is_one_of_production_with_the_shipped_rules(tmp_path: Path) -> None:
    premises = Premises(root=tmp_path / 'with "quotes" and spaces')
    premises.root.mkdir()
    premises.furnish(page="http://127.0.0.1:8080", account="m1", token="secret")
    found = load(premises.configuration, premises.credentials)

    assert isinstance(found, Loaded), found
    assert found.desks["support"].common.live
    for file in (shipped() / "rules.d").iterdir():
        assert (premises.configuration / "rules.d" / file.name).read_bytes() == file.read_bytes()
    key = (premises.credentials / "reply-key").read_text(encoding="utf-8")
    premises.furnish(page="http://127.0.0.1:8081", account="m1", token="secret")
    assert (premises.credentials / "reply-key").read_text(encoding="utf-8") == key
    assert (premises.credentials / "forum-token").stat().st_mode & 0o077 == 0


def test_the_samples_speak_many_languages_and_are_judged_both_ways() -> None:
    texts = " ".join(sample.text for sample in samples("talk"))

    assert len(samples("forum")) >= 3
    assert len(samples("talk")) >= 20
    for word in ("アプリ", "التطبيق", "退款", "주문", "कृपया", "czajnik", "commande"):
        assert word in texts


def test_the_same_again_is_no_news() -> None:
    live = Live()
    live.show("part", {"a": 1})
    before = live._shown["part"]
    live.show("part", {"a": 1})

    assert live._shown["part"] is before
