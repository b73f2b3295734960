"""What may be published and what may not, by tables: ordinary answers pass, each kind of trouble is found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import content, particulars
from bridge.core.content import MEANINGS, Rules, troubles
from bridge.core.model import Visibility
from bridge.letters.address import Purpose

RULES = Rules(
    visibility=Visibility.PUBLIC,
    links=("acme.example", "docs.example.org"),
    confidential=("Project Bluebird", "intern", "机密"),
    reply_domain="reply.acme.example",
    mentions=frozenset({"jane_doe", "@acme", "Ana@social.example"}),
    hashtags=frozenset({"outage"}),
)
OPEN = Rules(
    visibility=Visibility.PUBLIC,
    links=("*",),
    contacts=frozenset({"phone", "email", "iban", "card"}),
    reply_domain="reply.acme.example",
)


def ordinary() -> list[str]:
    text = (Path(__file__).parent / "ordinary_answers.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


def codes(text: str, rules: Rules = RULES) -> set[str]:
    return {trouble.code for trouble in troubles(text, rules)}


def test_there_are_enough_ordinary_answers() -> None:
    assert len(ordinary()) >= 110


@pytest.mark.parametrize("text", ordinary())
def test_ordinary_answers_pass(text: str) -> None:
    assert troubles(text, RULES) == ()
    assert not content.own_address(text, RULES.reply_domain)


def test_all_ordinary_answers_pass_as_one_text() -> None:
    assert troubles("\n\n".join(ordinary()), RULES) == ()


PHONES = """
Please call us at 0800 123 4567.
Rufen Sie uns an: 0711 / 12345-67
You can reach me on +49 171 1234567.
+49 (0)30 123456-78
0049 30 12345678
(030) 123 45 67
My number is 555-123-4567
Call (212) 555-0123 and ask for Jo.
1-800-555-0199
06 12 34 56 78
06.12.34.56.78
06-12-34-56-78
07911 123456
+44 20 7946 0958
Tel. 123 45 67
Tél : 01 44 55 66 77
Teléfono: 912 345 678
llámanos al 600 123 456
chiamaci al 02 1234567
Zadzwoń: 22 123 45 67
тел. 8 800 555-35-35
電話: 03-1234-5678
电话 138 1234 5678
هاتف: ٠٥٠ ١٢٣ ٤٥٦٧
+1.415.555.2671
WhatsApp 0176/12345678
in that case call 0800 123 456
01711234567
０３－１２３４－５６７８ ☎
Telefon 0711
12345678
""".strip().splitlines()[:-2]

OFFENDING = [
    *(("phone", text) for text in PHONES),
    ("phone", "Telefon 0711\n1234567"),
    ("email", "Write to jane.doe+x@mail.example.com please"),
    ("email", "jane (at) example (dot) com"),
    ("email", "jane [at] example.com"),
    ("email", "Schreiben Sie an info@müller.example"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "IBAN: GB29NWBK60161331926819 thanks"),
    ("iban", "fr14 2004 1010 0505 0001 3m02 606"),
    ("iban", "DE89 3704 0044\n0532 0130 00"),
    ("card", "4111 1111 1111 1111"),
    ("card", "Your card 5500-0000-0000-0004 was charged"),
    ("card", "378282246310005"),
    ("link", "See https://evil.example/login"),
    ("link", "see www.evil.example"),
    ("link", "look at bit.ly/3xyz"),
    ("link", "look at example.com"),
    ("link", "go to bbc.co.uk today"),
    ("link", "http://acme.example.evil.test/"),
    ("link", "https://acme.example@evil.test/"),
    ("link", "notacme.example.com"),
    ("link", "hxxp://evil.test"),
    ("link", "ftp://files.test/x"),
    ("link", "[help](https://evil.test)"),
    ("link", "https://аcme.example/"),
    ("own_host", "Host reply.acme.example is ours"),
    ("internal_host", "it runs on build01.corp.local"),
    ("internal_host", "see jira.intranet/browse"),
    ("internal_host", "on localhost it works"),
    ("internal_host", r"copy it from \\files01\share"),
    ("internal_host", "the server is 10.20.30.40"),
    ("internal_host", "ping 172.16.5.77"),
    ("confidential", "that is part of project  bluebird"),
    ("confidential", "that is part of Project\nBluebird"),
    ("confidential", "Das ist Intern, bitte"),
    ("confidential", "这是机密文件"),
    ("mention", "@john please look"),
    ("mention", "cc @acme_support"),
    ("mention", "ask @ana@other.example"),
    ("mention", "thanks ＠john"),
    ("hashtag", "so sorry #fail"),
    ("hashtag", "#Ärger"),
    ("command", "/me waves"),
    ("command", "Hello\n/close"),
    ("command", "!remindme"),
    ("broken", "f\ufffdr Sie"),
    ("broken", "fÃ¼r Sie"),
    ("broken", "itâ€™s done"),
    ("broken", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚"),
    ("broken", "a\x92b"),
    ("broken", "R&amp;D"),
    ("invisible", "abc\u202edef"),
    ("invisible", "pass\u200bword"),
    ("invisible", "a\u2066b\u2069"),
    ("invisible", "tag\U000e0041"),
    ("invisible", "bell\x07"),
    ("lookalike", "visit pаypal now"),
    ("lookalike", "Αcme says hello"),
]


@pytest.mark.parametrize(("code", "text"), OFFENDING)
def test_b05_b08_b09_b11_b12_each_kind_of_trouble_is_found(code: str, text: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(("code", "text"), OFFENDING)
def test_a_trouble_names_its_kind_and_place_and_never_the_value(code: str, text: str) -> None:
    told = " ".join(str(trouble) for trouble in troubles(f"Hello\n\n{text}", RULES))
    assert code in told
    assert "in line 3" in told or "\n" in text
    assert not any(word in told for word in text.split() if len(word) > 7 and word.isascii() and word not in MEANINGS)


@pytest.mark.parametrize("text", ["D jane your code is here", " d @jane hello", "dm @jane hello"])
def test_b09_a_text_may_not_begin_as_old_commands_did(text: str) -> None:
    assert "command" in codes(text)
    assert "command" not in codes(f"Hello. {text}")


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, text in OFFENDING if kind in {"phone", "email", "iban", "card"}]
)
def test_b08_a_desk_may_allow_a_kind(kind: str, text: str) -> None:
    assert kind not in codes(text, OPEN)


@pytest.mark.parametrize(
    "text",
    [
        "See https://www.acme.example/help?id=1#top.",
        "https://docs.example.org/a/b",
        "(acme.example/status)",
        "www.acme.example",
        "HTTPS://ACME.EXAMPLE",
        "@Jane_Doe, thanks! cc @ACME",
        "Hi @ana@social.example!",
        "#Outage is over",
    ],
)
def test_b09_what_is_listed_passes(text: str) -> None:
    assert codes(text) == set()


def test_b09_a_star_allows_every_host_and_an_empty_list_none() -> None:
    link = "See https://anything.test/x and example.com"
    assert codes(link, OPEN) == set()
    assert codes(link, Rules(visibility=Visibility.PUBLIC)) == {"link"}


def test_b05_the_reply_domain_may_be_allowed_only_by_its_own_name() -> None:
    same = Rules(visibility=Visibility.PUBLIC, links=("acme.test",), reply_domain="acme.test")
    assert codes("see https://acme.test/help and www.acme.test", same) == set()
    assert codes("see https://reply.acme.example/", OPEN) == {"own_host"}


@pytest.mark.parametrize(
    "text",
    [
        "reply+k1.abcdefghijklmnop.abcdefghijklmnopqrstuvwxyz@reply.acme.example",
        "REPLY+K1.ABCDEFGHIJKLMNOP.ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "bounce+k1.abcdefghijklmnop.abcdefghijklmnopqrstuvwxyz@other.example",
        "code ab2defghijklmnopqrstuvwxyz",
        "x+anything@reply.acme.example",
        "reply+k1. abcdefghijklmnop. abcdefghijklmnopqrstuvwxyz",
    ],
)
def test_b05_nothing_of_the_form_of_our_addresses_is_published(text: str) -> None:
    assert content.own_address(f"Hello\n{text}!", "reply.acme.example")


@pytest.mark.parametrize("purpose", Purpose)
def test_b05_every_purpose_of_an_address_is_known(purpose: Purpose) -> None:
    assert content.own_address(f"at {purpose} + k1.abcdefghijklmnop. {'q' * 26}", "")


def test_in_private_the_customer_may_be_told_how_to_reach_us_but_no_account() -> None:
    private = Rules(visibility=Visibility.PRIVATE)
    assert codes("Call 0800 123 4567 or write to a@b.example", private) == set()
    assert codes("DE89 3704 0044 0532 0130 00", private) == {"iban"}
    assert codes("4111 1111 1111 1111", private) == {"card"}


@pytest.mark.parametrize("text", ["4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "1234567890123456"])
def test_b08_numbers_whose_check_digits_are_wrong_are_no_accounts(text: str) -> None:
    assert not {"iban", "card"} & set(particulars.kinds(text))


@given(st.text(max_size=400))
def test_any_text_is_judged_without_a_fall(text: str) -> None:
    assert all(trouble.code in MEANINGS and trouble.line >= 0 for trouble in troubles(text, RULES))


@given(st.integers(min_value=10**14, max_value=10**15 - 1))
def test_b08_any_valid_card_number_is_found_however_it_is_grouped(stem: int) -> None:
    digits = f"4{stem}"[:15]
    check = next(c for c in "0123456789" if particulars._luhn(digits + c) % 10 == 0)
    number = digits + check
    grouped = " ".join(number[start : start + 4] for start in range(0, 16, 4))
    assert "card" in particulars.kinds(f"card {number}.")
    assert "card" in particulars.kinds(f"card {grouped}.")
