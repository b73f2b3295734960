"""Proxies and notices as mails: golden files for each target, and no name or title that can bend a header (E04-E07, E16, E19)."""

import email
import os
import re
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32, default
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.core import operators, render, wording
from bridge.core.conversation import Given, Record
from bridge.core.model import Author, Kind, Media, Priority, Quote, Reason, Verdict
from bridge.core.policy import DeskPolicy
from bridge.core.proxies import Audience, Contact, Notice
from bridge.core.publications import Posted
from bridge.core.replies import LetterKind
from bridge.letters import address, loop, mime
from bridge.letters.address import KeyRing, Purpose, Token
from bridge.letters.automatic import Facts, classify
from bridge.letters.compose import Stationery, Unsendable, compose
from bridge.letters.delimiter import delimiter, find
from bridge.letters.profiles import PROFILES
from bridge.testing import making
from bridge.testing.addresses import reply_address
from bridge.testing.making import AGENT, CHANNEL, DESK, NOW

GOLDEN = Path(__file__).parent / "golden"
RING = KeyRing(keys={"k1": b"a key for tests, of 32 bytes or so"}, signing="k1")
OTHER = KeyRing(keys={"k1": b"another key for tests, 32 bytes or so"}, signing="k1")

VERDICT = Verdict(
    route="urgent",
    desk="support",
    priority=Priority.HIGH,
    points=3,
    tags=("outage", "login"),
    lang="en",
    target=timedelta(hours=1),
    why=(Reason(rule="outage", hit=True, detail="down"), Reason(rule="praise", hit=False, detail="no word of it")),
)
POST = making.post(
    "p2",
    "I can't log in since this morning. Is the site down again?\n\nThird time this month.",
    title="Login broken",
    lang="en",
    media=(Media(url="https://forum.test/1.png", type="image/png", alt="an error page"),),
)
EARLIER = making.post("p1", "Login page shows an error.", at=NOW - timedelta(hours=3))
RECORD = replace(
    making.waiting(EARLIER),
    subject="Jane Doe on Forum: Login page shows an error",
    given=(Given(key="a", text="We are looking into it.", at=NOW - timedelta(hours=2), published="r1"),),
)


def stationery(profile: str = "plain", **changes) -> Stationery:
    given = {
        "desk": "support",
        "to": "queue@acd.test",
        "brand": "Acme",
        "reply_domain": "reply.acme.test",
        "ring": RING,
        "instance": "7f3a",
        "profile": PROFILES[profile],
    }
    return Stationery(**(given | changes))


def proxy(post=POST, record=None, verdict=VERDICT, **changes):
    given = {
        "desk": DESK,
        "channel": CHANNEL,
        "contacts": (Contact(channel="x-acme", at=NOW - timedelta(days=21), text="Invoice?", phase="answered"),),
        "now": NOW,
        "delimiter": "k3v9x7q2m4",
        "gap": "",
    }
    made = render.proxy(record or Record(key=post.conversation), post, verdict, **(given | changes))
    return replace(made, responses=("outage", "sorry"), by_mail=True)


def read(sealed):
    return email.message_from_bytes(sealed.content, policy=compat32)


def part(sealed, kind: str) -> str:
    (found,) = [p for p in read(sealed).walk() if p.get_content_type() == kind]
    return found.get_payload(decode=True).decode("utf-8")


def names(sealed) -> list[str]:
    return read(sealed).keys()


# golden files: what each target gets, byte for byte

CASES = {f"{name}-{turn}": (name, turn) for name in PROFILES for turn in ("first", "later", "edited", "held")}


def golden(profile: str, turn: str):
    """A first proxy, one for a ticket that has a tag, a notice to the ticket, one to an agent."""
    tagged = replace(RECORD, tag="[acme #17]")
    message = {
        "first": proxy,
        "later": lambda: proxy(record=tagged),
        "edited": lambda: wording.edited(tagged, EARLIER, now=NOW),
        "held": lambda: wording.held_publication(tagged, making.publish(of=EARLIER), "refused", detail="", now=NOW),
    }[turn]()
    return compose(message, stationery(profile))


@pytest.mark.parametrize("case", sorted(CASES))
def test_each_target_gets_these_bytes(case) -> None:
    """Set GOLDEN=write to write the files anew, and read the difference before you commit it."""
    made = golden(*CASES[case]).content
    path = GOLDEN / f"{case}.eml"
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(made)
    assert made == path.read_bytes()


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.eml")} == set(CASES)


# headers


def test_the_sender_bears_the_customers_name_and_the_signed_address() -> None:
    sealed = compose(proxy(), stationery())
    mail = read(sealed)
    ((name, box),) = getaddresses([mail["From"]])

    assert name == "Jane Doe via Forum"
    assert mail["Reply-To"] == mail["From"]
    assert address.verify(RING, box, ["noc", "support"]) == Token(
        purpose=Purpose.REPLY, subject=POST.conversation.id, desk="support", kid="k1"
    )
    assert mail["To"] == "queue@acd.test"
    assert sealed.recipients == ("queue@acd.test",)


def test_complaints_come_to_an_address_of_another_purpose() -> None:
    sealed = compose(proxy(), stationery())
    assert address.verify(RING, sealed.sender, ["support"]).purpose is Purpose.BOUNCE
    assert compose(proxy(), stationery(bounces=False)).sender == getaddresses([read(sealed)["From"]])[0][1]


def test_the_message_id_is_the_same_for_the_same_message_and_cannot_be_guessed() -> None:
    sealed = compose(proxy(), stationery())
    assert sealed == compose(proxy(), stationery())
    assert read(sealed)["Message-ID"] == sealed.message_id
    assert re.fullmatch(r"<[a-z2-7]{26}@reply\.acme\.test>", sealed.message_id)
    assert compose(proxy(), stationery(ring=OTHER)).message_id != sealed.message_id
    assert compose(proxy(post=replace(POST, id="p3")), stationery()).message_id != sealed.message_id


def test_the_date_is_when_it_was_made() -> None:
    assert parsedate_to_datetime(read(compose(proxy(), stationery()))["Date"]) == NOW


def test_a_thread_is_tied_together() -> None:
    ids = tuple(f"<{n:026d}@reply.acme.test>" for n in range(30))
    mail = read(compose(replace(proxy(), references=ids), stationery()))
    assert mail["In-Reply-To"] == ids[-1]
    assert mail["References"].split() == [ids[0], *ids[-19:]]
    assert "References" not in names(compose(proxy(), stationery()))


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_targets_see_an_automatic_mail_only_where_they_do_not_throw_it_away(profile) -> None:
    mail = read(compose(proxy(), stationery(profile)))
    assert (mail["Auto-Submitted"] == "auto-generated") == (profile not in {"roundup", "zendesk"})
    assert (mail["Precedence"] == "bulk") == (profile == "freescout")


@pytest.mark.parametrize(
    ("profile", "priority", "field", "value"),
    [
        ("plain", Priority.URGENT, "X-Priority", "1"),
        ("plain", Priority.HIGH, "Importance", "high"),
        ("plain", Priority.NORMAL, "Importance", None),
        ("plain", Priority.LOW, "Priority", "non-urgent"),
        ("zammad", Priority.URGENT, "X-Zammad-Ticket-Priority", "3 high"),
        ("zammad", Priority.LOW, "X-Zammad-Ticket-Priority", "1 low"),
        ("otobo", Priority.URGENT, "X-OTOBO-Priority", "5 very high"),
        ("otobo", Priority.NORMAL, "X-OTRS-Priority", "3 normal"),
    ],
)
def test_priorities_are_in_the_targets_own_words(profile, priority, field, value) -> None:
    made = replace(proxy(), priority=priority)
    assert read(compose(made, stationery(profile)))[field] == value


@pytest.mark.parametrize("profile", ["plain", "roundup"])
@pytest.mark.parametrize("turn", ["first", "later", "edited", "held"])
def test_d01_every_mail_names_its_installation_and_no_bridge_takes_it_for_a_persons(profile, turn) -> None:
    sealed = golden(profile, turn)
    assert read(sealed)[loop.INSTANCE] == "7f3a"
    assert read(sealed)[loop.HOPS] == "1"
    assert classify(mime.read(sealed.content), Facts()).kind is not LetterKind.REPLY


def test_filters_of_the_queue_find_what_triage_decided() -> None:
    mail = read(compose(proxy(), stationery()))
    assert mail["X-Bridge-Channel"] == "forum"
    assert mail["X-Bridge-Route"] == "urgent"
    assert mail["X-Bridge-Tags"] == "outage, login"


@pytest.mark.parametrize("pattern", ["{customer} ({platform})", "{platform}", "Customer"])
def test_an_operator_may_choose_the_name(pattern) -> None:
    mail = read(compose(proxy(), stationery(from_name=pattern)))
    assert getaddresses([mail["From"]])[0][0] == pattern.format(customer="Jane Doe", platform="Forum")


@pytest.mark.parametrize("changes", [{"from_name": "{handle}"}, {"from_name": "{0}"}, {"from_name": "{customer.id}"}])
def test_a_pattern_with_other_fields_is_refused_at_once(changes) -> None:
    with pytest.raises(ValueError, match="other fields"):
        stationery(**changes)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "queue",
        "a@b.test, c@d.test",
        "Queue <a@b.test>",
        "a@b.test\r\nBcc: x@y.test",
        "=?utf-8?q?x?=@b.test",
        "ü@b.test",
    ],
)
def test_e07_only_one_plain_mailbox_gets_a_mail(to) -> None:
    with pytest.raises(Unsendable):
        stationery(to=to)
    notice = replace(wording.published(RECORD, making.publish(), Posted(id="1"), now=NOW), to=to)
    with pytest.raises(Unsendable):
        compose(notice, stationery())


# notices


def test_a_notice_to_an_agent_cannot_start_a_loop() -> None:
    sealed = golden("plain", "held")
    mail = read(sealed)
    assert sealed.sender == ""
    assert sealed.recipients == (AGENT,)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    ((name, box),) = getaddresses([mail["Reply-To"]])
    assert name == "Acme bridge"
    assert address.verify(RING, box, ["support"]).subject == RECORD.id


def test_a_notice_to_a_ticket_comes_from_the_tickets_own_customer() -> None:
    mail, first = read(golden("plain", "edited")), read(golden("plain", "later"))
    assert mail["To"] == "queue@acd.test"
    assert getaddresses([mail["From"]])[0][1] == getaddresses([first["From"]])[0][1]
    assert mail["Subject"] == first["Subject"] == "[acme #17] Jane Doe on Forum: Login page shows an error"
    assert mail["References"]


def test_an_alert_has_no_address_that_could_be_answered_about_a_customer() -> None:
    (notice,) = operators.alert(making.POLICY, "undeliverable", subject="forum/p1", now=NOW)
    sealed = compose(notice, stationery())
    mail = read(sealed)
    assert getaddresses([mail["From"]])[0][1] == "bridge@reply.acme.test"
    assert mail["Reply-To"] is None
    assert sealed.recipients == ("ops@acme.test",)


# the body


def test_the_delimiter_is_the_first_thing_in_both_parts() -> None:
    sealed = compose(proxy(), stationery())
    line = delimiter("k3v9x7q2m4")
    visible = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", "", part(sealed, "text/html")).strip()
    assert part(sealed, "text/plain").startswith(line + "\r\n")
    assert visible.startswith(line)
    assert find(sealed.text) == 0


def test_what_is_kept_is_what_readers_see() -> None:
    sealed = compose(proxy(), stationery())
    assert part(sealed, "text/plain").replace("\r\n", "\n") == sealed.text


def test_e19_no_line_of_a_customer_can_pass_for_ours() -> None:
    evil = f"hello\n{delimiter('k3v9x7q2m4')}\nOn Monday, Ann wrote:\n\n-- \nPublic: everyone"
    post = replace(POST, text=evil, title=delimiter("aaaaaaaa"), context=(Quote(author="Eve", text=evil),))
    text = compose(proxy(post), stationery()).text
    ours = [line for line in text.split("\n") if not line.startswith("|")]
    assert [line for line in ours if "answer above this line" in line] == [delimiter("k3v9x7q2m4")]
    assert not any(line.startswith(("On Monday", "-- ")) for line in ours)


def test_everything_an_agent_needs_is_in_both_parts() -> None:
    sealed = compose(proxy(record=RECORD), stationery())
    for shown in (part(sealed, "text/plain"), part(sealed, "text/html")):
        for words in (
            "Jane Doe (@jane)", "commented on Forum", "Mon 2 Mar 2026, 09:55 UTC", "Login broken", "Third time this month.",
            "https://forum.test/1.png", "an error page", "https://forum.test/t1/p2", "Login page shows an error.",
            "@acme (us)", "We are looking into it.", "Invoice?", "writes English", "id u1", "route urgent",
            "priority high", "outage: down", "280 characters", "#private", "(#use NAME)", "sorry", "Sent for Acme.",
        ):  # fmt: skip
            assert words in shown, words
        assert "no word of it" not in shown


def test_a_review_shows_its_stars_and_a_language_its_name() -> None:
    post = replace(POST, kind=Kind.REVIEW, rating=2, lang="de", text="Schlecht.")
    sealed = compose(proxy(post), stationery())
    assert "★★☆☆☆" in sealed.text
    assert "writes German" in sealed.text
    assert "&#9733;&#9733;&#9734;" in part(sealed, "text/html")
    assert "★" not in compose(proxy(replace(post, rating=77)), stationery()).text


def test_e04_the_html_part_fetches_and_runs_nothing() -> None:
    evil = '<script>x</script><img src="https://t.test/p.gif" onerror=x><style>@import url(x)</style><form>&amp; cid:1'
    post = replace(
        POST,
        text=evil,
        title=evil,
        author=Author(id=evil, name=evil, handle=evil),
        context=(Quote(author=evil, text=evil),),
    )
    html = part(
        compose(proxy(post, contacts=(Contact(channel=evil, at=NOW, text=evil, phase=evil),)), stationery()),
        "text/html",
    )
    tags = {tag.lower() for tag in re.findall(r"<\s*([a-zA-Z]+)", html)}
    assert tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tr",
        "td",
        "div",
        "span",
        "b",
        "br",
        "a",
    }
    assert re.findall(r'\s(?:src|background|action|on\w+)\s*=\s*["\']', html) == []
    button, *responses = re.findall(r'href="([^"]*)"', html)
    assert button == "https://forum.test/t1/p2"
    assert all(href.startswith("mailto:reply%2B") for href in responses)
    assert "url(" not in html.split("</style>")[0]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://a:b@evil.test/", ""])
def test_e05_only_a_plain_web_address_becomes_a_link(url) -> None:
    html = part(compose(proxy(replace(POST, url=url)), stationery()), "text/html")
    assert all(href.startswith("mailto:reply%2B") for href in re.findall(r'<a href="([^"]*)"', html))


def test_e05_the_button_names_the_real_host() -> None:
    sealed = compose(proxy(replace(POST, url="https://\u0430pple.com/x")), stationery())
    assert "Open it on xn--pple-43d.com" in sealed.text
    assert 'href="https://xn--pple-43d.com/x"' in part(sealed, "text/html")


def response_links(sealed) -> dict[str, str]:
    found = re.findall(r'<a href="(mailto:[^"]*)" [^>]*>([^<]*)</a>', part(sealed, "text/html"))
    return {name: unescape(href) for href, name in found}


def test_a_click_begins_the_answer_that_uses_a_standard_response() -> None:
    sealed = compose(proxy(record=RECORD), stationery())
    links = response_links(sealed)
    assert list(links) == ["outage", "sorry"]
    link = urlsplit(links["sorry"])
    ((_, box),) = getaddresses([read(sealed)["Reply-To"]])
    assert unquote(link.path) == box
    assert parse_qs(link.query) == {
        "subject": [f"Re: {RECORD.subject}"],
        "In-Reply-To": [sealed.message_id],
        "body": ["#use sorry"],
    }


def test_a_desk_whose_answers_come_from_a_ticket_system_gets_no_such_link() -> None:
    sealed = compose(replace(proxy(), by_mail=False), stationery())
    assert response_links(sealed) == {}
    assert "STANDARD RESPONSES (#use NAME)\noutage, sorry\n" in sealed.text
    assert "outage &middot; sorry" in part(sealed, "text/html")


def test_e07_no_title_bends_such_a_link() -> None:
    evil = replace(POST, title='x&body=%23use secret"><script>\r\nbcc: eve@evil.test')
    for name, href in response_links(compose(proxy(evil), stationery())).items():
        fields = parse_qs(urlsplit(href).query, strict_parsing=True)
        assert list(fields) == ["subject", "In-Reply-To", "body"]
        assert fields["body"] == [f"#use {name}"]


def test_a_text_of_the_other_direction_keeps_it() -> None:
    html = part(compose(proxy(replace(POST, title="", text="مرحبا، الموقع لا يعمل")), stationery()), "text/html")
    assert '<div dir="rtl" style="text-align:right">' in html


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain words", "7bit"),
        ("Grüße aus Köln", "quoted-printable"),
        ("日本語の長い文章です。" * 40, "base64"),
        ("x" * 2000, "quoted-printable"),
        ("a\nFrom here on", "7bit"),
    ],
)
def test_the_shortest_transfer_encoding_is_chosen(text, encoding) -> None:
    sealed = compose(proxy(replace(POST, text=text)), stationery())
    plain, html = (p for p in read(sealed).walk() if not p.is_multipart())
    assert plain["Content-Transfer-Encoding"] == encoding
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"


def test_e10_a_huge_post_is_bounded() -> None:
    sealed = compose(proxy(replace(POST, text="word " * 100_000)), stationery())
    assert len(sealed.content) < 400_000
    assert max(map(len, sealed.content.split(b"\r\n"))) <= 998


# any name, any title

unicode = st.text(st.characters(), max_size=120)
nasty = st.one_of(
    unicode,
    st.lists(
        st.sampled_from([
            "\r\n", "\n", "\r", "\x00", "\x0b", "\u2028", "\u2029", "\x85", "Bcc: x@evil.test", "=?utf-8?q?=0D=0ABcc:_x@evil.test?=",
            "=?utf-8?b?DQpCY2M6IHhAZXZpbC50ZXN0?=", "=?", "?=", '"', "\\", "<x@evil.test>", ",", ";", ":", "(", ")", "@", "\u202e",
            "\u200b", "é", "日本", "👩‍👩‍👧‍👦", " ", "\t", "a" * 80, "ä" * 80, "\ud800",
        ]),
        max_size=12,
    ).map("".join),
)  # fmt: skip

HEADER = [
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Priority",
    "Importance", "X-Bridge-Channel", "X-Bridge-Route", "X-Bridge-Priority", "X-Bridge-Tags", "X-Bridge-Language",
    "X-Bridge-Instance", "X-Bridge-Hops", "MIME-Version", "Content-Type",
]  # fmt: skip


@settings(max_examples=2000, deadline=None)
@given(name=nasty, handle=nasty, title=nasty, text=nasty, tag=nasty)
@example(
    name="=?utf-8?q?=0D=0ABcc:_x@evil.test?=", handle="", title="=?utf-8?q?=0D=0ABcc:_x@evil.test?=", text="", tag=""
)
@example(
    name='Jane" <x@evil.test>, "', handle="x", title="a\r\n\r\nbody", text="\r\n.\r\nMAIL FROM:<x>", tag="[x\r\ny]"
)
def test_e07_no_words_of_a_stranger_bend_the_mail(name, handle, title, text, tag) -> None:
    post = replace(
        POST,
        author=Author(id=name, name=name, handle=handle),
        title=title,
        text=text,
        context=(Quote(author=name, text=title),),
    )
    made = proxy(post, record=Record(key=post.conversation, tag=tag))
    sealed = compose(made, stationery())
    content = sealed.content

    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()
    for policy in (compat32, default):
        mail = BytesParser(policy=policy).parsebytes(content)
        assert mail.keys() == HEADER
        boxes = [box for field in ("From", "Reply-To", "To") for _, box in getaddresses([str(mail[field])])]
        reply = reply_address(RING, post.conversation.id, desk="support", domain="reply.acme.test")
        assert boxes == [reply, reply, "queue@acd.test"]
        assert len([p for p in mail.walk() if not p.is_multipart()]) == 2
    subject = str(make_header(decode_header(read(sealed)["Subject"])))
    assert subject == made.subject.replace("=?", "= ?")
    assert part(sealed, "text/plain").replace("\r\n", "\n") == sealed.text


@settings(max_examples=200, deadline=None)
@given(subject=nasty, text=nasty, customer=nasty, audience=st.sampled_from(list(Audience)))
def test_e07_no_notice_bends_either(subject, text, customer, audience) -> None:
    notice = Notice(
        key="tell|x|1", desk="support", audience=audience, to=AGENT, reason="x", subject=subject, text=text,
        conversation=RECORD.id, made=NOW, customer=customer,
    )  # fmt: skip
    content = compose(notice, stationery()).content
    for policy in (compat32, default):
        mail = BytesParser(policy=policy).parsebytes(content)
        assert "Bcc" not in mail
        assert len(mail.keys()) == len(set(mail.keys()))
        assert {box for _, box in getaddresses([str(mail["To"])])} <= {AGENT, "queue@acd.test"}


@pytest.mark.parametrize("field", ["route", "lang", "tags", "channel", "instance"])
def test_e07_configured_words_bend_nothing_either(field) -> None:
    evil = "x\r\nBcc: y@evil.test\r\n\r\nbody"
    verdict = replace(
        VERDICT, **({field: (evil,) if field == "tags" else evil} if field in {"route", "lang", "tags"} else {})
    )
    post = replace(POST, channel=evil) if field == "channel" else POST
    changes = {"instance": evil} if field == "instance" else {}
    mail = read(compose(proxy(post, verdict=verdict), stationery(**changes)))
    assert "Bcc" not in mail
    assert mail.keys() == HEADER


def test_a_queue_in_rehearsal_says_so_in_amber() -> None:
    html = part(compose(proxy(desk=DeskPolicy(name="support")), stationery()), "text/html")
    assert 'class="warn"' in html
    assert "Nothing is published from this queue yet" in html
