"""The demo over its own ports: the whole loop, what is left alone and why, and who gets nowhere."""

import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

pytestmark = pytest.mark.xdist_group("demo")


def by(author: str, state: str):
    """Holds of a story in which a post of the author was forwarded or left."""

    def holds(told):
        posts = [p for p in told["posts"] if p["author"] == author and p["verdict"]]
        return [p for p in posts if bool(p["verdict"]["desk"]) == (state == "forwarded")]

    return holds


def said(board: str, text: str):
    """Holds of boards on which the brand said so."""
    return lambda boards: [p for topic in boards[board] for p in topic["posts"] if p["ours"] and p["text"] == text]


def send(port: str, mail: EmailMessage, recipient: str, *, envelope: str) -> None:
    host, _, number = port.partition(":")
    with smtplib.SMTP(host, int(number), timeout=10) as connection:
        connection.send_message(mail, from_addr=envelope, to_addrs=[recipient])


async def test_a_post_becomes_a_mail_and_a_mail_client_answers_it_under_the_post(watcher) -> None:
    post = await watcher.write("forum", author="Jane", title="Login", text="I cannot log in, please help me!")
    mail = await watcher.mail("Jane on Forum: Login", kind="customer")

    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = "Ann <ann@acme.test>", mail["answer_to"], f"Re: {mail['subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = make_msgid(domain="acme.test"), mail["message_id"]
    reply.set_content(f"Try the new link, Jane.\n\n{mail['quoted']}\n")
    await asyncio.to_thread(
        send, (await watcher.about())["smtp"], reply, reply["To"].addresses[0].addr_spec, envelope="ann@acme.test"
    )

    waiting = await watcher.fate(reply["Message-ID"], lambda answer: answer["parts"])
    assert waiting["words"] == "Try the new link, Jane."
    assert waiting["parts"][0]["post"] == f"forum/{post}"
    (answer,) = await watcher.until("boards", said("forum", "Try the new link, Jane."))
    assert answer["parent"] == post


async def test_the_proxy_lies_in_the_maildir_for_any_client(watcher, demo) -> None:
    await watcher.write("forum", author="Omar", title="Broken", text="My order arrived broken, I want a refund.")
    opened = await watcher.mail("Omar on Forum: Broken", kind="customer")

    (file,) = (demo.root / "mailbox" / "cur").glob(f"{opened['id']}:2,*")
    assert file.name.endswith(":2,S")
    raw = file.read_text(encoding="utf-8")
    assert "Reply-To: " in raw
    assert "text/html" in raw
    assert "mailbox" in (demo.root / "neomuttrc").read_text(encoding="utf-8")


async def test_spam_and_praise_stay_where_they_are_and_the_page_says_why(watcher) -> None:
    await watcher.write("forum", author="Spammer", title="WIN", text="Giveaway! Chance to win, link in bio.")
    (post,) = await watcher.until("story", by("Spammer", "left"))

    assert post["mail"] == ""
    assert "advertising" in {why["rule"] for why in post["verdict"]["why"]}
    async with watcher.session.get(f"{watcher.address}/why/forum/{post['id']}") as response:
        nearly = [why for why in await response.json() if not why["hit"]]
    assert any(why["route"] for why in nearly)
    mails = await watcher.until("mailbox", lambda mails: mails)
    assert not any("Spammer" in mail["subject"] for mail in mails)


async def test_the_feed_is_real_and_says_where_to_answer_by_hand(watcher) -> None:
    mail = await watcher.mail("Marco on Town talk: Servers down?", kind="customer")
    async with watcher.session.get(f"{watcher.address}/talk/feed.atom") as response:
        assert response.content_type == "application/atom+xml"
        assert "@acme" in await response.text()

    assert "takes no answers from us here" in mail["text"]
    link = f"{watcher.address}/talk/topics/1#p1"
    assert link in mail["text"].replace("\n", " ")
    async with watcher.session.get(link, allow_redirects=False) as response:
        assert response.headers["Location"] == "/?board=talk&topic=1"


async def test_a_direct_message_is_answered_where_only_its_writer_can_read_it(watcher) -> None:
    await watcher.write("forum", author="Zoë", text="Please look at my invoice, my number is 12.", private=True)
    mail = await watcher.mail("Zoë on Forum", kind="customer")
    sent = await watcher.answer(mail, "We looked, it is settled.")

    answer = await watcher.fate(sent, lambda answer: answer["parts"] and answer["parts"][0]["state"] == "done")
    assert answer["parts"][0]["private"]
    boards = await watcher.until(
        "boards", lambda boards: said("messages", "We looked, it is settled.")(boards) and boards
    )
    assert not said("forum", "We looked, it is settled.")(boards)


async def test_an_answer_is_taken_back_within_its_window(watcher, time_to_think) -> None:
    await watcher.write("forum", author="Chiara", title="Fehler", text="Help me please, the app does not work at all.")
    mail = await watcher.mail("Chiara on Forum", kind="customer")
    sent = await watcher.answer(mail, "Too early.")
    await watcher.fate(sent, lambda answer: answer["parts"])
    await watcher.answer(mail, "#cancel")

    answer = await watcher.fate(sent, lambda answer: answer["parts"][0]["state"] == "dropped")
    assert answer["parts"][0]["reason"] == "cancelled"
    await watcher.mail("Cancelled: Chiara on Forum", kind="notice")
    assert not said("forum", "Too early.")(await watcher.until("boards", lambda boards: boards))


@pytest.mark.parametrize(
    ("writer", "reason"),
    [("stranger", "sender_not_allowed"), ("impostor", "sender_unproven")],
    ids=["A03 a stranger", "A02 an impostor"],
)
async def test_who_is_no_agent_gets_nowhere(watcher, writer: str, reason: str) -> None:
    await watcher.write(
        "forum", author=f"Victim of a {writer}", title="Help", text="Please help me, my card is charged."
    )
    mail = await watcher.mail(f"Victim of a {writer} on Forum", kind="customer")
    sent = await watcher.answer(mail, "Send me your password.", writer=writer)

    held = await watcher.fate(sent, lambda answer: answer["outcome"] != "answer")
    assert (held["outcome"], held["reason"], held["parts"]) == ("held", reason, [])
    assert held["detail"]


async def test_results_that_came_with_a_mail_count_for_nothing(watcher) -> None:
    """A04: a forged Authentication-Results of our own server's name."""
    await watcher.write("forum", author="Łukasz", title="Hilfe", text="Please help me, nothing works any more.")
    mail = await watcher.mail("Łukasz on Forum", kind="customer")
    forged = EmailMessage()
    forged["Authentication-Results"] = "mail.acme.test; dmarc=pass header.from=acme.test"
    forged["From"], forged["To"], forged["Subject"] = "ann@acme.test", mail["answer_to"], "Re: Hilfe"
    forged["Message-ID"], forged["In-Reply-To"] = make_msgid(domain="elsewhere.test"), mail["message_id"]
    forged.set_content("Call this number.")
    recipient = forged["To"].addresses[0].addr_spec
    await asyncio.to_thread(send, (await watcher.about())["smtp"], forged, recipient, envelope="mallory@elsewhere.test")

    held = await watcher.fate(forged["Message-ID"], lambda answer: True)
    assert (held["outcome"], held["reason"]) == ("held", "sender_unproven")


async def test_what_a_customer_changes_or_takes_away_reaches_the_agent(watcher) -> None:
    post = await watcher.write("forum", author="田中", title="Order", text="My order is late, please help.")
    await watcher.mail("田中 on Forum: Order", kind="customer")
    path = f"{watcher.address}/forum/customers/posts/{post}"
    async with watcher.session.put(path, json={"text": "My order is late and now broken, please help."}) as response:
        assert response.status == 200
    mail = await watcher.mail("田中 on Forum: Order", kind="notice")
    assert "now broken" in mail["text"]
    async with watcher.session.delete(path) as response:
        assert response.status == 204

    await watcher.until("story", lambda told: [p for p in told["posts"] if p["id"] == str(post) and p["deleted"]])


async def test_mail_for_others_is_not_taken(watcher) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "ann@acme.test", "somebody@elsewhere.test"
    mail.set_content("Hello")

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await asyncio.to_thread(
            send, (await watcher.about())["smtp"], mail, "somebody@elsewhere.test", envelope="ann@acme.test"
        )


async def test_other_pages_and_other_names_are_refused(watcher) -> None:
    """Writing from another page (CSRF), and names that lead here from elsewhere (DNS rebinding)."""
    post = {"author": "Eve", "text": "hello", "title": "x"}
    url = f"{watcher.address}/forum/customers/posts"
    async with watcher.session.post(url, json=post, headers={"Sec-Fetch-Site": "cross-site"}) as response:
        assert response.status == 403
    async with watcher.session.post(url, data="author=Eve&text=hello") as response:
        assert response.status == 415
    async with watcher.session.get(watcher.address, headers={"Host": "evil.example:80"}) as response:
        assert response.status == 421


async def test_the_page_fetches_nothing_from_elsewhere_and_a_mail_runs_nothing(watcher) -> None:
    async with watcher.session.get(watcher.address) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "//" not in policy.replace("'self'", "")
    (line, *_) = await watcher.until("mailbox", lambda mails: mails)
    async with watcher.session.get(f"{watcher.address}/mails/{line['id']}/page") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "sandbox allow-popups" in policy
        assert "script-src" not in policy


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/mails/nobody/answer", {"text": "x", "writer": "agent"}, 404),
        ("/mails/nobody/answer", {"text": " ", "writer": "agent"}, 422),
        ("/mails/nobody/answer", {"text": "x", "writer": "root"}, 422),
        ("/mails/nobody/answer", {"text": "x" * 20_001, "writer": "agent"}, 422),
        ("/mails/nobody/answer", ["x"], 422),
    ],
    ids=["no such mail", "no words", "no such writer", "too long", "another shape"],
)
async def test_what_cannot_be_sent_is_said(watcher, path: str, body: object, status: int) -> None:
    async with watcher.session.post(f"{watcher.address}{path}", json=body) as response:
        assert response.status == status
        assert await response.text()


@pytest.mark.parametrize(
    "path", ["/page/nothing.js", "/page/..%2ftown.py", "/mails/none", "/mails/none/page", "/why/forum/999999"]
)
async def test_what_is_not_there_is_not_there(watcher, path: str) -> None:
    async with watcher.session.get(f"{watcher.address}{path}") as response:
        assert response.status == 404
