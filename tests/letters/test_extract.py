"""The agent's words, case by case: what is cut, what stays, and what is said to be unsure."""

import pytest

from bridge.letters.draft import Kind
from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read

HEAD = "From: Maria Huber <maria@acme.example>\nContent-Transfer-Encoding: 8bit\nContent-Type: text/{kind}; charset=utf-8{more}\n\n"
WROTE = "On Mon, Apr 2, 2012 at 6:26 PM Jane Doe <jane@example.com> wrote:"


def plain(text: str, more: str = "") -> Extraction:
    return extract(read((HEAD.format(kind="plain", more=more) + text).encode()), ())


def html(text: str) -> Extraction:
    return extract(read((HEAD.format(kind="html", more="") + text).encode()), ())


def both(text: str, page: str) -> Extraction:
    raw = (
        "From: Maria Huber <maria@acme.example>\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
        f"--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{page}\n--b--\n"
    )
    return extract(read(raw.encode()), ())


KEPT_WHOLE = {
    "one line": "We are on it.",
    "emoji alone": "👍🏽",
    "greeting and paragraphs": "Hello Jane,\n\nfirst.\n\nSecond paragraph.",
    "starts like an attribution": "On Monday, I will call you.\nOn the other hand, you may call us.",
    "verb and colon inside": "You wrote: it is broken. We fixed it.",
    "list": "Please bring:\n- your ticket\n- your passport\n* a smile\n1. and time",
    "list with dashes": "Because of:\n-- first point to check\n-- second point to check\n\nCan you look?",
    "regards in a sentence": "With regards to your bag: it is found.\nAs regards the flight, it is late.",
    "best as a name": "Best of all, it is free.\nGeorge Best was a player.",
    "thanks in the middle": "Thank you\n\nfor waiting so long. We are nearly there now.",
    "thanks at the end": "It works again.\n\nThanks!",
    "sent from as a sentence": "Your parcel was sent.\n\nSent from our warehouse in Linz on Monday morning, so it takes two days.",
    "the word signature": "Your signature is missing on the form.",
    "a table": "Flight  From    To\nOS1     Vienna  Linz\nOS2     Linz    Vienna",
    "from and to of a journey": "From: Vienna\nTo: Linz",
    "confidential in a sentence": "Your data is confidential with us.\n\nNobody else can read it.",
    "markdown": "It is **fixed**.\n\n# How\n\n`reboot` and _wait_.",
    "a link": "See https://acme.example/help?a=1&b=2 for more.",
    "arrow at the end": "Menu > Settings > Reset",
    "a colon at the end": "Our address:",
    "hashtag and mention": "@jane it is back #acme",
    "german thanks above more": "Danke\n\nfür Ihre Geduld, wir melden uns morgen wieder bei Ihnen.",
    "japanese": "お問い合わせありがとうございます。\n\nシステムは復旧しました。",
    "arabic": "شكرا لتواصلكم معنا.\n\nتم حل المشكلة الآن.",
    "hebrew": "שלום ג׳יין,\n\nהתיק שלך נמצא.",
    "closing first": "Viele Grüße aus Wien und willkommen!",
    "a list of towns": "We are here:\n\nVienna Mall\nLinz Center\nGraz West",
    "dashes as a list": "Bring these.\n\n-Passport\n-Ticket",
    "all the best for something": "It works.\n\nAll the best for your trip to Vienna!",
    "short rule of a person": "Here is what we know.\n\n----\n\nThe rest follows tomorrow, as soon as we know more.",
}


@pytest.mark.parametrize("text", KEPT_WHOLE.values(), ids=KEPT_WHOLE)
def test_words_that_only_look_like_something_else_stay(text: str) -> None:
    found = plain(text)
    assert (found.text.split(), found.doubts) == (text.split(), ())


CUT = {
    "signature": ("It works.\n\n-- \nMaria Huber\nAcme", "It works.", Kind.SIGNATURE),
    "signature without space": ("It works.\n\n--\nMaria Huber\nAcme", "It works.", Kind.SIGNATURE),
    "own name": ("It works.\n\nMaria\nCare Team Vienna", "It works.", Kind.SIGNATURE),
    "name, title, company": ("It works.\n\nPaul Smith\nHead of Care\nAcme Airlines Ltd", "It works.", Kind.SIGNATURE),
    "disclaimer": (
        "It works.\n\nThis e-mail is confidential. If you are not the intended recipient, delete this message.",
        "It works.",
        Kind.DISCLAIMER,
    ),
    "german disclaimer": (
        (
            "Es geht.\n\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. "
            "Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender."
        ),
        "Es geht.",
        Kind.DISCLAIMER,
    ),
    "disclaimer under a rule": (
        "It works.\n\n**********\nThe information in this message is intended solely for the addressee.\n**********",
        "It works.",
        Kind.FOOTER,
    ),
    "external banner": (
        "CAUTION: This email originated from outside of the organization. Do not click links.\n\nIt works.",
        "It works.",
        Kind.DISCLAIMER,
    ),
    "virus note": (
        "It works.\n\n---\nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
        "It works.",
        Kind.DISCLAIMER,
    ),
    "list footer": (
        (
            "It works.\n\n_______________________________________________\nfans mailing list\nfans@lists.example\n"
            "https://lists.example/mailman/listinfo/fans"
        ),
        "It works.",
        Kind.FOOTER,
    ),
    "dashed name": ("It works.\n\n-Paul\n+43 1 555 0123", "It works.", Kind.SIGNATURE),
    "card of one line": ("It works.\n\nPaul Smith | Acme Ltd | +43 1 555 0123", "It works.", Kind.SIGNATURE),
    "signature under a rule": ("It works.\n\n_____\nPaul Smith\nTel: +43 1 555 0123", "It works.", Kind.SIGNATURE),
    "token of a ticket system": ("It works.\n\nRef:MSG1234567", "It works.", Kind.FOOTER),
    "head of Notes": (
        "It works.\n\nFrom:\tJane Doe\n03/26/2001 10:20 AM\nTo:\tCare/Acme\ncc:\nSubject:\tBag\n\nHelp!",
        "It works.",
        Kind.HEADER_BLOCK,
    ),
    "name and date above a head": (
        "It works.\n\nJane Doe\n03/26/2001 10:20 AM\nTo: Care/Acme\ncc:\nSubject: Bag\n\nHelp!",
        "It works.",
        Kind.HEADER_BLOCK,
    ),
    "unknown title above a head": (
        "It works.\n\n----- Blorg zqua -----\nDe: Jane <j@x.example>\nÀ: nous\nObjet: valise\n\nAu secours!",
        "It works.",
        Kind.HEADER_BLOCK,
    ),
    "initials as quote marks": ("It works.\n\nJD> Is it open?\nJD> Really?\n", "It works.", Kind.QUOTE),
    "escaped quote marks": ("It works.\n\n&gt; Is it open?\n", "It works.", Kind.QUOTE),
    "uuencoded file": ("It works.\n\nbegin 644 a.txt\n#86)C\n`\nend\n", "It works.", Kind.FOOTER),
    "forward": (
        "For your information.\n\n---------- Forwarded message ---------\nFrom: A <a@b.example>\nSubject: x\n\nSecret.",
        "For your information.",
        Kind.FORWARD,
    ),
    "image placeholder": ("It works.\n[image: logo.png]", "It works.", Kind.FOOTER),
    "comment of a ticket system": (
        "Paul <p@acme.example> added the comment:\n\nIt works.",
        "It works.",
        Kind.ATTRIBUTION,
    ),
    "two introductions": (
        "It works.\n\nAm 20.06.24 um 16:20 schrieb Jane\nVon: Jane\nDatum: 20. Juni 2024\nAn: uns\n\nHilfe!",
        "It works.",
        Kind.HEADER_BLOCK,
    ),
    "all fields in one line": (
        "It works.\n\n-------- Original message --------From: Jane <j@x.example> Date: 2.4.12 To: us Subject: Bag\n\nHelp!",
        "It works.",
        Kind.FORWARD,
    ),
    "quotation wrapped without marks": (
        f"It works.\n\n{WROTE}\n> My bag is lost since Monday and nobody in your whole company seems to be\nable to find\n> it.\n",
        "It works.",
        Kind.QUOTE,
    ),
    "addresses of quoted links": (
        f"It works.\n\n{WROTE}\n\n> Look here [1] and there [2].\n\n\nLinks:\n------\n[1] https://a.example/x\n[2] mailto:b@a.example",
        "It works.",
        Kind.FOOTER,
    ),
    "older mail below": (f"It works.\n\n{WROTE}\n> a\n>\n> {WROTE}\n>> b\n>>> c\n", "It works.", Kind.QUOTE),
    "signature below the quotation": (f"It works.\n\n{WROTE}\n> a\n\n-- \nMaria Huber\n", "It works.", Kind.SIGNATURE),
    "bracket on the next line": (
        "It works.\n\nOn Mon, Apr 2, 2012 at 6:26 PM Jane <\njane.with.a.long.address@mail.example.com\n> wrote:\n\n> a\n",
        "It works.",
        Kind.ATTRIBUTION,
    ),
    "colon on the next line": (
        'Es geht.\n\nAm 21.04.2016 17:48 schrieb "Jane Doe" <jane.with.a.long.address@example.com\n>:\n\n> a\n',
        "Es geht.",
        Kind.ATTRIBUTION,
    ),
}


@pytest.mark.parametrize(("text", "own", "kind"), CUT.values(), ids=CUT)
def test_what_is_not_the_agents_is_cut_and_named(text: str, own: str, kind: Kind) -> None:
    found = plain(text)
    assert (found.text, found.doubts) == (own, ())
    assert kind in {cut.kind for cut in found.cut}


def test_addresses_of_the_agents_own_links_are_not_cut_off() -> None:
    found = plain(
        f"Read our page [1].\n\n{WROTE}\n\n> Look here [2].\n\nLinks:\n------\n[1] https://a.example/x\n[2] https://b.example"
    )
    assert "https://a.example/x" in found.text
    assert not found.confident


def test_thanks_above_a_closing_stay() -> None:
    assert plain("It works.\n\nMany thanks.\n\nKind regards\nPaul Smith").text == "It works.\n\nMany thanks."


def test_interleaved_answers_are_the_unquoted_lines() -> None:
    found = plain(f"{WROTE}\n> Is it open?\n\nYes.\n\n> And on Sunday?\n\nNo, sorry.\n")
    assert (found.text, found.doubts) == ("Yes.\n\nNo, sorry.", ())


def test_an_answer_right_below_the_last_quoted_line() -> None:
    found = plain(f"{WROTE}\n> Is it open?\nYes, it is.\n")
    assert (found.text, found.doubts) == ("Yes, it is.", ())


def test_postscript_keeps_the_whole_text() -> None:
    text = "It works.\n\nKind regards\nPaul\n\nPS: Bring your passport, please."
    assert plain(text).text == text


DOUBTED = {
    "text below a device line": "It works.\n\nSent from my iPhone\n\nSomething that somebody else may have written here.",
    "drawn line": "It works.\n\n" + "-" * 40 + "\n\nSomething that somebody else may have written here.",
    "closing above more text": "It works.\n\nKind regards\nPaul\n\nAcme is a registered company that sells many things everywhere.",
    "half a header block": "It works.\n\nFrom: Jane\nDate: 2.4.2012\n\nHelp me with it!",
    "unfinished attribution": "It works.\n\n2 April 2012 18:26 Jane Doe\n\nHelp me with it!",
    "framed title": "It works.\n\n----- Blorg zqua -----\n\nHelp me with it!",
    "two lines of a signature": "It works.\n\nPaul Smith\nHead Of Care",
    "names under a text": "We have shops.\n\nVienna Mall\nLinz Center\nGraz West",
    "footer that an agent may have written": "Log in first.\n\nTo unsubscribe from our newsletter, click the link at its foot.",
    "answers inside an original": (
        "See my answers below in red.\n\nFrom: Jane <j@x.example>\nSent: 1.1.2020\nTo: us\nSubject: x\n\nIs it open? Yes!"
    ),
    "fields of an unknown language": "It works.\n\nBlorg: Jane <j@x.example>\nZqua: 1.1.2020\nFnord: us\n\nHelp!",
    "brand in a last line": "It works.\n\nBlorg zqua iPhone",
    "full quoted line above": f"{WROTE}\n> My bag is lost since Monday, and nobody in your company was able to\nFind it.\n",
    "only an original": "-----Original Message-----\nFrom: Jane\n\nHelp me!",
    "introduction of an unknown kind": "It works.\n\nJane blorgte zqua:\n> Help me!\n",
    "broken character": "It wor\ufffds.",
    "encrypted": "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----",
}


@pytest.mark.parametrize("text", DOUBTED.values(), ids=DOUBTED)
def test_what_cannot_be_told_is_doubted_with_its_line(text: str) -> None:
    found = plain(text)
    assert not found.confident
    assert found.doubts


def test_code_with_quote_marks_is_kept_and_doubted() -> None:
    text = "Type this:\n\n```\n> restart\n```\n\nThen it works."
    assert plain(text).text == text
    assert not plain(text).confident


def test_a_mail_without_words_is_surely_empty() -> None:
    assert plain("\n\n") == Extraction(text="", confident=True, doubts=(), cut=())
    assert plain("> quoted\n> only").confident


def test_a21_a_clear_signed_text_is_taken_out_of_its_armour() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt works.\n- -- yes\n-----BEGIN PGP SIGNATURE-----\n\nabc\n"
        "-----END PGP SIGNATURE-----\n"
    )
    assert plain(text).text == "It works.\n-- yes"


def test_format_flowed_is_joined_to_the_paragraphs_that_were_typed() -> None:
    found = plain("This line goes on \nhere.\n\n> quoted \n> more\n", more="; format=flowed")
    assert found.text == "This line goes on here."


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("<p>It works.</p><blockquote>My bag</blockquote>", "It works."),
        ('<div>It works.</div><div class="gmail_signature">Maria<br>Acme</div>', "It works."),
        (
            (
                '<div dir="ltr">It works.</div><div class="gmail_quote"><div class="gmail_attr">Zqua blorg:</div>'
                "<blockquote>My bag</blockquote></div>"
            ),
            "It works.",
        ),
        ('<div>It works.</div><div class="moz-cite-prefix">Blorg Jane zqua:</div><p>My bag</p>', "It works."),
        ('<div>It works.</div><div id="yahoo_quoted_1" class="yahoo_quoted">My bag</div>', "It works."),
        (
            (
                "<p class=MsoNormal>It works.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
                "<p class=MsoNormal><b>Von:</b> Jane &lt;j@x.example&gt;<br><b>Gesendet:</b> Montag, 2. April 2012 18:26<br>"
                "<b>An:</b> Maria<br><b>Betreff:</b> Koffer</p></div><p class=MsoNormal>My bag</p>"
            ),
            "It works.",
        ),
        (
            (
                '<div>It works.</div><hr><div id="divRplyFwdMsg"><b>From:</b> Jane &lt;j@x.example&gt;<br><b>Sent:</b> 2.4.12<br>'
                "<b>To:</b> Maria<br><b>Subject:</b> Bag</div><div>My bag</div>"
            ),
            "It works.",
        ),
        (
            (
                '<div>Es geht.</div><div name="quote"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Jane</div>'
                '<div name="quoted-content">Koffer</div></div>'
            ),
            "Es geht.",
        ),
        ("<ul><li>one<li>two</ul><ol><li>first</li><li>second</li></ol>", "- one\n- two\n\n1. first\n2. second"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<p>It <b>really</b>\n works&nbsp;&amp; now.<br>Yes.</p>", "It really works & now.\nYes."),
        ('<p>It works.<span style="display:none">Hidden</span></p>', "It works."),
        (
            (
                '<p>See <a href="https://acme.example/a?b=1&amp;c=2">our help</a>, <a href="https://acme.example/">acme.example</a> '
                'or <a href="mailto:x@acme.example">write</a>.</p>'
            ),
            "See our help <https://acme.example/a?b=1&c=2>, acme.example or write.",
        ),
    ],
)
def test_html_only_mails(page: str, own: str) -> None:
    found = html(f"<html><head><title>x</title><style>p {{}}</style></head><body>{page}</body></html>")
    assert (found.text, found.doubts) == (own, ())


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("It works.", "<p>It works.</p>"),
        (
            "It *works*, see\nthis <https://acme.example/a>",
            '<p>It <b>works</b>, see <a href="https://acme.example/a">this</a></p>',
        ),
        ("It works.\n\n[image: logo]", '<p>It works.</p><img src="cid:logo">'),
        (f"It works.\n\n{WROTE}\n\n> My bag\n", f"<p>It works.</p><div>{WROTE}</div><blockquote>My bag</blockquote>"),
        ("It works.\n\nCare team of Acme", '<p>It works.</p><div class="gmail_signature">Care team of Acme</div>'),
    ],
)
def test_b07_text_and_html_that_say_the_same(text: str, page: str) -> None:
    found = both(text, page)
    assert found.doubts == ()
    assert found.text.startswith("It ")
    assert "Care team" not in found.text


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("It works.", "<p>It does not work.</p>"),
        ("It works. Call 555.", "<p>It works.</p>"),
        ("It works.", "<p>It works.</p><p>But not on Sundays.</p>"),
        ("Your client cannot show this mail.", "<p>It works.</p>"),
        ("It works.\n\nPay at evil.example", '<p>It works.</p><p style="display:none">Pay at evil.example</p>'),
    ],
)
def test_b07_text_and_html_that_differ_are_doubted(text: str, page: str) -> None:
    assert not both(text, page).confident


def test_signs_that_a_web_mail_spells_in_its_text_are_those_that_were_typed() -> None:
    typed = "Your 5 \u20ac \u2014 as promised \u2013 are \u201con their way\u201d\u2026 it\u2019s done\u2122"
    text = 'Your 5 EUR -- as promised - are "on their way"\u2026 it\'s done(tm)'
    found = both(f"{text}\n\n{WROTE}\n> a \u2013 b", f"<p>{typed}</p><p>{WROTE}</p><blockquote>a \u2013 b</blockquote>")
    assert (found.text, found.doubts) == (typed, ())

    other = both("Your 5 USD - as promised.", "<p>Your 5 \u20ac \u2013 as promised.</p>")
    assert not other.confident


def test_b12_what_cannot_be_seen_is_removed() -> None:
    found = plain("It\u202e wor\u200bks\x07. \ufeff👩\u200d👩\u200d👧 ❤\ufe0f e\u0301\n")
    assert found.text == "It works. 👩\u200d👩\u200d👧 ❤\ufe0f \u00e9"


def test_b11_a_guessed_charset_is_doubted() -> None:
    assert not extract(read(b"Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe"), ()).confident
