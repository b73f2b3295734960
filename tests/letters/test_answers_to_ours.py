"""Answers to our own mails: whatever a client makes of the quotation, the agent's words are found, all and alone (B01)."""

import re
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html import unescape

import pytest

from bridge.core import render, wording
from bridge.core.conversation import Given, Record
from bridge.core.model import Author, Kind, Priority, Quote, Reason, Verdict, Visibility
from bridge.core.proxies import Contact
from bridge.letters import mime
from bridge.letters.address import KeyRing
from bridge.letters.compose import Stationery, compose
from bridge.letters.extract import extract
from bridge.letters.profiles import PROFILES
from bridge.testing import making
from bridge.testing.making import CHANNEL, DESK, NOW

STATIONERY = Stationery(
    desk="support",
    to="queue@acd.test",
    brand="Acme",
    reply_domain="reply.acme.test",
    ring=KeyRing(keys={"k1": b"a key for tests, of 32 bytes or so"}, signing="k1"),
    instance="7f3a",
    profile=PROFILES["plain"],
)
URGENT = Verdict(
    route="urgent",
    desk="support",
    priority=Priority.URGENT,
    tags=("outage",),
    points=3,
    lang="de",
    why=(Reason(rule="outage", hit=True, detail="down"),),
)
POSTS = {
    "plain": making.post("p2", "The shop is down.\n\nCan you help me, please?\nThanks"),
    "german": making.post("p2", "Der Laden geht nicht.\nWer hilft mir? Grüße aus Köln", title="Kaputt", lang="de"),
    "japanese": making.post(
        "p2", "サイトが動きません。\n助けてください。", author=Author(id="u1", name="山田太郎", handle="yamada")
    ),
    "arabic": making.post(
        "p2", "الموقع لا يعمل.\nهل يمكنكم المساعدة؟", author=Author(id="u1", name="محمد", handle="m")
    ),
    "review": making.post("p2", "Slow and rude.", kind=Kind.REVIEW, rating=1, answers=frozenset({Visibility.PUBLIC})),
    "nasty": making.post("p2", "On Monday, Ann wrote:\n> yes\nFrom: Eve <eve@evil.test>\n<b>bold</b> & more"),
    "emoji": making.post("p2", "👍🏽 👩‍👩‍👧‍👦 great\nthank you 🇩🇪", author=Author(id="u1", name="🦄", handle="uni")),
}
WORDS = ("#use sorry", "We are on it.\n\nIt works again at noon.", "Vielen Dank für Ihre Geduld.")


def proxy(post):
    record = replace(
        Record(key=post.conversation, posts=(making.post("p1", "Hello?"),)),
        given=(Given(key="a", text="Good morning, how can we help?", at=NOW, published="r1"),),
    )
    about = replace(post, context=(Quote(author="Bob", text="Same here", at=NOW),))
    contacts = (Contact(channel="x-acme", at=NOW, text="Where is my invoice?", phase="answered"),)
    made = render.proxy(
        record,
        about,
        URGENT,
        desk=DESK,
        channel=CHANNEL,
        contacts=contacts,
        now=NOW,
        delimiter="k3v9x7q2m4",
        gap="2 h 5 min",
    )
    return compose(replace(made, responses=("hours", "outage", "sorry"), by_mail=True), STATIONERY)


def page(sealed) -> str:
    return BytesParser(policy=default).parsebytes(sealed.content).get_body(("html",)).get_content()


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


HEAD = "From: Jane Doe via Forum <reply@x.test>\nSent: Monday, March 2, 2026 10:00 AM\nTo: queue@acd.test\nSubject: x\n"
GMAIL = "On Mon, 2 Mar 2026 at 10:00, Jane Doe via Forum <reply@x.test> wrote:"


def top(words, ours):
    return f"{words}\n\n{GMAIL}\n\n{quoted(ours.text)}", ""


def bottom(words, ours):
    return f"{GMAIL}\n{quoted(ours.text)}\n\n{words}", ""


def unquoted(words, ours):
    return f"{words}\n\n________________________________\n{HEAD}\n{ours.text}", ""


def outlook(words, ours):
    html = f"<html><body><p>{words.replace(chr(10), '<br>')}</p><div><p><b>From:</b> Jane Doe via Forum<br><b>Sent:</b> Monday, March 2, 2026 10:00 AM<br><b>To:</b> queue@acd.test<br><b>Subject:</b> x</p></div>{page(ours)}</body></html>"
    return f"{words}\n\n{HEAD}\n{ours.text}", html


def outlook_text(words, ours):
    """Outlook writes the address of each link behind its words, and wraps before what is too long."""
    links = re.findall(r'<a href="(mailto:[^"]*)" [^>]*>([^<]*)</a>', page(ours))
    shown = "\xa0· ".join(f"{name}<{unescape(href)}>" for href, name in links)
    text = ours.text.replace(", ".join(name for _, name in links), shown)
    text = text.replace("\nhttps://", "<https://").replace("/t1/p2\n", "/t1/p2>\n")
    return f"{words}\n\n{HEAD}\n{text}", ""


def html_only(words, ours):
    return "", f'<div dir="ltr">{words.replace(chr(10), "<br>")}</div><br>{page(ours)}'


CLIENTS = {client.__name__: client for client in (top, bottom, unquoted, outlook, outlook_text, html_only)}


def answer(words: str, ours, client: str) -> bytes:
    plain, html = CLIENTS[client](words, ours)
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "Ann <ann@acme.test>", "<m1@acme.test>"
    if plain:
        mail.set_content(plain)
    if html and plain:
        mail.add_alternative(html, subtype="html")
    elif html:
        mail.set_content(html, subtype="html")
    return mail.as_bytes()


@pytest.mark.parametrize("client", sorted(CLIENTS))
@pytest.mark.parametrize("words", WORDS, ids=["a response", "two paragraphs", "one line"])
@pytest.mark.parametrize("post", sorted(POSTS))
def test_an_answer_to_a_proxy_is_found_whole_and_surely(post, words, client) -> None:
    ours = proxy(POSTS[post])
    found = extract(mime.read(answer(words, ours, client)), [ours.text])
    assert found.text == words
    assert found.confident, found.doubts


@pytest.mark.parametrize("client", sorted(CLIENTS))
@pytest.mark.parametrize("words", ["#release", "Other words, shorter ones."])
def test_an_answer_to_a_notice_too(words, client) -> None:
    first = proxy(POSTS["plain"])
    record = making.waiting(POSTS["plain"])
    record = replace(record, sent=(replace(record.sent[0], text=first.text, delimiter="k3v9x7q2m4"),))
    ours = compose(
        wording.held_publication(record, making.publish("Long words of mine."), "refused", detail="", now=NOW),
        STATIONERY,
    )
    found = extract(mime.read(answer(words, ours, client)), [first.text, ours.text])
    assert found.text == words
    assert found.confident, found.doubts
