"""Machines without any mark: ticket systems' news, acknowledgements and surveys, colleagues' notes, absences; held, never said (A12, A14, A15, B01)."""

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.letters.machine_talk import AWAY, INTERNAL, doubts
from bridge.testing.mailing import DESK, SYSTEM, judged, raw, read

ORDINARY = Path(__file__).parents[1] / "core" / "ordinary_answers.txt"
UNTAUGHT = replace(SYSTEM, acknowledgements=())
"""A desk whose operator told us none of the target's texts."""

TAUGHT = """\
We have received your request. A ticket has been created: #4711.
Your ticket [ACME-17] has been assigned to Bob.
The status of your ticket has changed to Solved.
Ihr Ticket wurde erstellt. Ihre Ticketnummer lautet 20260302.
Votre demande a bien été reçue (n° 4711).
This ticket has been merged into ticket #12.
Case 00012345 has been closed.
Bob added an internal note: do not refund.
Hemos recibido su solicitud. Su número de caso es 4711.
Abbiamo ricevuto la tua richiesta.
Uw verzoek is ontvangen en wordt behandeld.
Ticket #4711 is now pending.
You have been assigned ticket 4711.
A new reply has been posted to ticket 4711.
Vi har tagit emot ditt ärende.
Zgłoszenie 4711 zostało zamknięte.
Ваше обращение №4711 зарегистрировано.
Talebiniz alındı. Talep numaranız 4711.
お問い合わせを受け付けました。
您的工单已关闭。
문의가 접수되었습니다.
Recebemos a sua solicitação e em breve responderemos.
Thanks for contacting us! We'll get back to you within 24 hours.
""".splitlines()
"""What the words were written for."""

ASIDE = """\
Bob Agent changed the status of ticket 4711 from Open to Pending.
Ticket 4711 was escalated to Level 2.
Your case 00012345 has been reopened.
An agent has been assigned to your conversation.
SLA breach warning: ticket 4711 is overdue.
Request #4711 "The shop is down" was updated by Bob.
Your support request has been submitted successfully. Reference: 4711.
Ticket 4711 wurde Bob zugewiesen.
Das Ticket 4711 wurde mit dem Ticket 4712 zusammengeführt.
Ihre Anfrage ist bei uns eingegangen. Wir melden uns in Kürze.
Der Status Ihres Tickets wurde auf "Gelöst" geändert.
Le ticket 4711 a été fermé.
Votre demande n° 4711 a été assignée à Bob.
Nous avons bien reçu votre message et vous répondrons rapidement.
El ticket 4711 ha sido cerrado.
Se ha asignado su caso a Luis.
La tua richiesta 4711 è stata chiusa.
Il ticket è stato assegnato a Mario.
O seu chamado 4711 foi encerrado.
Seu pedido foi recebido. Protocolo: 4711.
Uw ticket 4711 is gesloten.
Wij hebben uw melding ontvangen onder nummer 4711.
Ditt ärende 4711 har stängts.
Din sag er oprettet med nummer 4711.
Saken din er lukket.
Pyyntösi on vastaanotettu.
Tikettisi 4711 on suljettu.
Otrzymaliśmy Twoje zgłoszenie.
Váš požadavek byl přijat pod číslem 4711.
Megkaptuk a megkeresését. Azonosító: 4711.
Solicitarea dvs. a fost înregistrată.
Ваша заявка закрыта.
Ваше звернення прийнято.
Talebiniz kapatılmıştır.
リクエストは解決済みです。
您的请求已收到，编号4711。
티켓이 해결되었습니다.
Please rate our support: https://x.test/rate
Wie zufrieden waren Sie mit unserer Antwort auf Ihr Ticket?
Comment évaluez-vous notre réponse à votre demande ?
Jane Doe commented on ticket 4711:
Private note by Bob: customer is difficult.
Interne Notiz von Bob: nicht kulant sein.
You are now following ticket 4711.
This ticket will be closed automatically in 3 days.
Ticket 4711 - due date changed from 3 March to 5 March.
Bob Agent (Acme) replied to your ticket.
Your ticket has been transferred to Billing.
We've closed ticket 4711 because we have not heard back from you.
Ticket 4711 has a new watcher: Carol.
Bob Agent has taken over this conversation.
Ticket INC0012345 has been created on your behalf.
INC0012345 has been resolved. Please confirm within 5 days or it will be closed.
Your enquiry has been passed to the second-level team.
The following ticket has been updated: 4711
Ticket: 4711. New status: Waiting for customer.
Ihr Vorgang 4711 wird nun bearbeitet.
Ticket 4711: Neue Notiz von Bob.
Für Ihr Ticket wurde ein Kommentar hinzugefügt.
Votre ticket 4711 est en cours de traitement.
Su ticket 4711 está en proceso.
Il suo ticket 4711 è in lavorazione.
Seu chamado 4711 está em andamento.
Uw melding 4711 is in behandeling.
Ärende 4711: status ändrad till löst.
Zgłoszenie 4711 jest w trakcie realizacji.
Požadavek 4711 byl předán technikovi.
Заявка 4711 передана специалисту.
チケット4711のステータスが変更されました。
工单4711状态已变更。
티켓 4711의 상태가 변경되었습니다.
How likely are you to recommend us to a friend?
¿Cómo calificaría nuestra atención?
Come valuta il servizio ricevuto?
Op een schaal van 1 tot 10, hoe tevreden bent u?
Jak oceniasz naszą obsługę?
Оцените, пожалуйста, работу специалиста.
We received your message and will get back to you as soon as possible.
Thank you for your message. Our team will respond within one business day.
Danke für Ihre Nachricht. Wir antworten innerhalb von 24 Stunden.
Merci pour votre message. Notre équipe vous répondra sous 48 heures.
This is to confirm that we have received your email.
Your message has been delivered to our support team.
Your conversation has been marked as resolved.
Carol has been added as a participant.
Bob changed the priority to High.
Escalation: no reply for 24 hours on case 4711.
Reminder: ticket 4711 is waiting for your reply.
You have 3 unanswered tickets.
Ticket 4711 assigned.
""".splitlines()
"""Written before the words were tried on them; the second half of them after the words were mended by the first."""

PEOPLE = """\
Hi Jane, I have forwarded your request to our technicians and will come back to you tomorrow.
Sorry about that! We have refunded the order, you should see the money within three days.
Ich habe Ihre Anfrage an die Technik weitergeleitet und melde mich morgen.
Your parcel was shipped today and will arrive on Tuesday.
We fixed the issue this morning, please restart the app.
The issue was resolved at ten, the shop is open again.
Bonjour Jane, votre colis est arrivé au point relais ce matin.
Your order has been cancelled and the money is on its way back.
Thanks for the hint, we corrected the opening hours on our page.
Das Problem ist seit heute früh behoben, bitte starten Sie die App neu.
Please send us your order number in a private message so that we can look into it.
We looked into your case and the driver had the wrong address. A new parcel leaves today.
Es tut uns leid! Die Lieferung kommt morgen zwischen 9 und 12 Uhr.
Your request makes sense, we will add it to the list for the next version.
The train to Berlin is cancelled. Your ticket is valid on the next one.
Ihr Ticket gilt auch im nächsten Zug.
You can return the ticket at any counter.
Tickets for the concert are sold out, sorry.
Your bill was changed, the new one is in your account.
In this case please call our hotline.
""".splitlines()
"""What agents say of requests and tickets."""

ABSENCES = """\
Estou ausente do escritório até segunda-feira.
Nejsem v kanceláři do 9. března.
Danke für deine Mail! Ich bin im Urlaub und lese meine Mails nicht.
I am out of the office until Monday.
Jestem poza biurem do 9 marca.
Ik ben afwezig tot 9 maart.
""".splitlines()
"""Absences without a word of what follows from them."""


@pytest.mark.parametrize("text", [*TAUGHT, *ASIDE])
@pytest.mark.parametrize("quote", [True, False], ids=["quoting", "bare"])
def test_what_a_ticket_system_tells_is_never_said(text: str, *, quote: bool) -> None:
    octets = raw(text, from_="Acme <support@acme.test>", quote=quote)
    assert judged(octets, UNTAUGHT) in {"! automatic", "! extract_doubt"}


@pytest.mark.parametrize("text", PEOPLE)
def test_what_agents_say_of_tickets_is_said(text: str) -> None:
    assert judged(raw(text, from_="Acme <support@acme.test>"), UNTAUGHT) == text


def ordinary() -> list[str]:
    lines = ORDINARY.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("text", ordinary())
def test_ordinary_answers_are_no_machines_talk(text: str) -> None:
    assert doubts(text, from_system=True) == ()


@pytest.mark.parametrize("text", ABSENCES)
def test_a12_an_absence_without_any_mark_is_held_whoever_sends_it(text: str) -> None:
    assert judged(raw(text)) in {"! automatic", "! extract_doubt"}
    assert AWAY in doubts(text, from_system=False)


def test_b01_a_colleagues_note_is_held_whoever_sends_it() -> None:
    said = read(raw("Interne Notiz von Bob: nicht kulant sein."))
    assert (said.confident, said.doubts) == (False, (INTERNAL,))


def test_people_may_speak_of_a_ticket_at_a_desk_of_people() -> None:
    assert judged(raw("Your ticket 4711 has been escalated."), DESK) == "Your ticket 4711 has been escalated."
