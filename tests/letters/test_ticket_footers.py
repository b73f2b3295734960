"""What ticket systems put below an agent's words: marks that find the case again, links, properties, surveys; cut or held, never said."""

import pytest

from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read

WORDS = "Hello Jane,\n\nyour parcel leaves today."

CUT = (
    "Ref:MSG0012345_aBcDeFgHiJ",
    "--\nAcme Support\n{#HS:123456789-4711#}",
    "{#HS:123456789-4711#}",
    "ref:_00D30abcd._5003000000D8cuI:ref",
    "ref:!00D300000000abc.!5003000000D8cu:ref",
    "[ref:_00D30abcd._5003000000D8cuI:ref]",
    "thread::abcdefGHIJK-lmnop::",
    "[Ticket #4711]",
    "[Ticket: 20260302471100012]",
    "[#REQ-4711]\n--\nSupport",
    "**ref_8f3kd92_ref**",
    "[4KP9QL-X1Z2]",
    "--------------------------------\nThis email is a service from Acme. Delivered by Zendesk\n\n[4KP9QL-X1Z2]",
    "--\nThis message was sent by Atlassian Jira\n(v9.4.0#940000)",
    "View request · Turn off this request's notifications",
    "Reply to this email or view the conversation in Intercom",
    "Ticket: https://acme.freshdesk.com/helpdesk/tickets/4711",
    "-- \nAcme Support\nTicket-ID: 4711",
)
KEPT_OUT = (
    "Ticket Details\n-------------------\nTicket ID: ABC-123-45678\nDepartment: Support\nPriority: Medium\nStatus: Open",
    "[Ticket #4711] The shop is down\nPriority: Medium\nStatus: open",
    "Ticket status: Solved\nAssignee: Bob",
    "How would you rate the support you received?\n\nGood, I'm satisfied: https://x.test/1\nBad, I'm unsatisfied: https://x.test/2",
    "Wie zufrieden sind Sie mit unserer Antwort?\n\nGut, ich bin zufrieden\nSchlecht, ich bin unzufrieden",
    "This is shared with Jane Doe.\nPowered by Jira Service Management",
    "Status: Gelöst\nPriorität: hoch\nBearbeiter: Bob",
    "Statut : Résolu\nPriorité : Haute",
    "Estado: Resuelto\nPrioridad: Alta\nAsignado a: Bob",
    "Статус: решено\nПриоритет: высокий",
    "ステータス: 解決済み\n優先度: 高",
    "*Assigned To:* Bob\n*Due Date:* 3 March",
    "- Status: Closed\n- Queue: Social",
    "To add additional comments, reply to this email.",
    "Antworten Sie auf diese E-Mail, um einen Kommentar hinzuzufügen.",
    "Répondez à cet e-mail pour ajouter un commentaire.",
    "Category : Delivery\nSub Category : Late\nOpened By : Jane",
    "Stav: Vyřešeno\nPriorita: Vysoká",
    "Oceń nasz kontakt: https://x.test/ocena",
    "Comment pourrions-nous faire mieux ? Évaluez notre réponse.",
    "Tracker: Bug\nComponent: Web\nWatchers: 3",
)
ASIDE = (
    "{ticketno:[#4711-99]}",
    "[[4711-ABC]]",
    "(Case #00012345)",
    "<!-- ticket 4711 -->",
    "[request-id: 4711]",
    "[ticket:4711]",
    "[Case ID: ABC-4711]",
    "ref:00D30abcd.5003000000D8cuI:ref",
    "Case Number: 00012345\nCase Owner: Bob\nStatus: Closed",
    "Antwort bewerten: gut | schlecht",
    "Rate this response: 😀 😐 🙁",
    "You can view the ticket online: https://x.test/4711",
    "Sent via Freshdesk",
    "Powered by Zoho Desk",
    "This ticket was closed by Bob.",
    "Your ticket has been marked as solved.",
    "Please do not change the subject line.",
    "Please keep the ticket number in the subject.",
    "Resolution: Fixed\nResolved by: Bob",
    "Priorité: 3 - Normale\nService: Social",
    "Prioridade: Média\nEstado: Aberto",
    "優先度：中\n状態：対応中",
    "Öncelik: Orta\nDurum: Açık",
)
"""Written before the rules were tried on them."""

SAID = (
    "[please-help]",
    "(2026)",
    "The code is {summer}.",
    "Status: shipped, and your parcel has the number 4711.",
    "Order: 4711\nArrival: Tuesday",
    "Opening hours:\nMonday: 9 to 5",
    "Ask for ticket number 4711 at the counter.",
    "I saw your request, view it as done.",
    "Please keep ref: 4711 in mind.",
    "The agent: that is me.",
    "1. Status page: all green.\n2. Shop: open.",
)


def answer(footer: str) -> Extraction:
    head = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return extract(read(f"{head}{WORDS}\n\n{footer}\n".encode()), ())


@pytest.mark.parametrize("footer", CUT)
def test_a_footer_is_cut(footer: str) -> None:
    found = answer(footer)
    assert (found.text, found.confident) == (WORDS, True)


@pytest.mark.parametrize("footer", [*KEPT_OUT, *ASIDE])
def test_what_may_be_the_agents_own_is_cut_or_held(footer: str) -> None:
    found = answer(footer)
    assert found.text == WORDS or not found.confident


@pytest.mark.parametrize("words", SAID)
def test_what_agents_say_is_said(words: str) -> None:
    found = answer(words)
    assert (found.text, found.confident) == (f"{WORDS}\n\n{words}", True)


OWN = (
    ("Quote this when you call:", "(Case 12345678)"),
    ("Quote this when you call:", "[Case 12345678]"),
    ("Your number is", "[Ticket #4711]"),
    ("See the paper that we sent.", "(Ref. 12345678)"),
    ("Use it by Friday.", "{SAVE-20}"),
    ("We are there on Monday.", "{12:30-14:00}"),
    ("Begin with the first step.", "[[step-1]]"),
    ("It is this platform.", "(No 10)"),
)


@pytest.mark.parametrize(("above", "line"), OWN)
def test_a_number_that_is_meant_for_the_customer_is_kept_or_held(above: str, line: str) -> None:
    found = answer(f"{above}\n\n{line}")
    assert line in found.text or not found.confident
