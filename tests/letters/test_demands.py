"""Ticket systems' demands to answer above their line: cut with all below, whatever their language; what people say of lines is not."""

import pytest

from bridge.letters.delimiter import delimiter
from bridge.letters.extract import Extraction, extract
from bridge.letters.mime import read

TAUGHT = """\
##- Please type your reply above this line -##
##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##
##- Veuillez saisir votre réponse au-dessus de cette ligne -##
##- Responda por encima de esta línea -##
##- Por favor, escriba su respuesta por encima de esta línea -##
##- Por favor, digite sua resposta acima dessa linha -##
##- Por favor, digite a sua resposta acima desta linha -##
##- Digita la risposta sopra questa riga -##
##- Typ uw antwoord boven deze regel -##
##- Gelieve uw antwoord boven deze regel te typen -##
##- Skriv ditt svar ovanför den här raden -##
##- Skriv dit svar over denne linje -##
##- Skriv inn svaret over denne linjen -##
##- Kirjoita vastauksesi tämän rivin yläpuolelle -##
##- Wpisz odpowiedź powyżej tej linii -##
##- Prosimy o wpisanie odpowiedzi powyżej tej linii -##
##- Zadejte svou odpověď nad tento řádek -##
##- Svoju odpoveď zadajte nad tento riadok -##
##- Írja be a választ e sor fölé -##
##- Introduceți răspunsul deasupra acestei linii -##
##- Введите ответ выше этой строки -##
##- Пожалуйста, введите ваш ответ над этой чертой -##
##- Будь ласка, введіть відповідь над цим рядком -##
##- Моля, въведете отговора си над този ред -##
##- Πληκτρολογήστε την απάντησή σας πάνω από αυτήν τη γραμμή -##
##- Lütfen yanıtınızı bu satırın üzerine yazın -##
##- الرجاء كتابة الرد فوق هذا السطر -##
##- נא הקלד את תגובתך מעל שורה זו -##
##- この行より上に返信を入力してください -##
##- 返信はこの行より上に入力してください -##
##- 请在此行上方键入您的回复 -##
##- 請在此行上方輸入您的回覆 -##
##- 이 줄 위에 회신을 입력하세요 -##
##- Silakan ketik balasan Anda di atas baris ini -##
##- Vui lòng nhập câu trả lời của bạn phía trên dòng này -##
##- โปรดพิมพ์การตอบกลับของคุณเหนือบรรทัดนี้ -##
Reply above this line.
—-—-—-— Reply above this line. —-—-—-—
-- REPLY ABOVE THIS LINE --
-------- Reply above this line --------
-- Please reply above this line --
--- Please reply above this line ---
{color:red}##### Reply above this line #####
=-=-= Reply above this line =-=-=
[Please do not write below this line]
=====Reply above this line=====
--- Antworten Sie oberhalb dieser Zeile ---
-- Bitte antworten Sie über dieser Linie --
-----------Bitte oberhalb dieser Linie antworten-----------
--- Please write your reply above this line ---
* * * Please reply above this line * * *
*** Please reply above this line ***
-=-=-=- Please reply above this line -=-=-=-
~~~~~~~~~~ Reply above this line ~~~~~~~~~~
### Please reply ABOVE this line ###
#---- Reply above this line to add a comment ----#
## Reply above this line to add a note ##
Reply above this line to respond.
Write ABOVE THIS LINE to post a reply
*Write above this line to post a reply*
--write above this line--
—— Please type your reply above this line ——
Please type your reply above this line
Enter reply above this line
Please enter your response above this line
==== Please reply above this line. ====
To respond to this message, please write above this line
_______ Please leave this line _______ reply above
-------------- Reply above this line. Don't remove this line --------------
--- Reply ABOVE THIS LINE to add a note to this request ---
You can add comments by replying above this line.
****** Please enter your reply above this line ******
>>>> Reply above this line <<<<
[[-- Type your reply above this line --]]
-------------- Пожалуйста, пишите ответ выше этой линии --------------
--- Ответьте выше этой строки ---
--- Répondez au-dessus de cette ligne ---
--- Merci de répondre au-dessus de cette ligne ---
--- Répondre au-dessus de cette ligne ---
--- Por favor responda encima de esta línea ---
--- Responder encima de esta linea ---
--- Escriba su respuesta arriba de esta línea ---
--- Responda acima desta linha ---
--- Rispondi sopra questa linea ---
--- Rispondere al di sopra di questa riga ---
--- Antwoord boven deze lijn ---
--- Reageer boven deze lijn ---
--- Svara ovanför denna linje ---
--- Svar over denne linje ---
--- Vastaa tämän viivan yläpuolelle ---
--- Odpowiedz powyżej tej linii ---
--- Odpovězte nad touto čarou ---
--- Bu çizginin üzerinde yanıtlayın ---
--- Respondez deasupra acestei linii ---
--- Válaszoljon e vonal fölé ---
--- Balas di atas garis ini ---
--- この線の上に返信してください ---
--- 上の行に返信してください ---
--- 请在此线以上回复 ---
--- 이 선 위에 답장하세요 ---
--- Vennligst svar over denne linjen ---
--- Palun vastake selle rea kohale ---
--- Lūdzu, atbildiet virs šīs līnijas ---
--- Atsakykite virš šios linijos ---
--- Odgovorite nad to vrstico ---
--- Odgovorite iznad ove linije ---
--- Отговорете над тази линия ---
--- Responeu per sobre d'aquesta línia ---
--- Отговорете над този ред ---
--- Απαντήστε πάνω από αυτή τη γραμμή ---
""".splitlines()
"""What the words were written for."""

ASIDE = """\
== ADD YOUR REPLY ABOVE THIS LINE ==
******************* Reply Above This Line *******************
===== Reply above this line =====
##- Bitte oberhalb dieser Zeile antworten / Please reply above this line -##
-- DO NOT DELETE ANYTHING BELOW THIS LINE --
--- Type your reply above this line — ticket 4711 ---
--- SCHRIJF JE BERICHT HIER BOVEN DEZE LIJN ---
Antwoord boven deze lijn alstublieft
#- Please type your reply above this line -#
----- Bitte oberhalb dieser Linie antworten -----
--- Svar venligst over denne linje ---
##- Skriv venligst dit svar over denne linje -##
Répondez au-dessus de cette ligne
Antworten Sie oberhalb dieser Zeile
Ответьте выше этой строки
=== Enter your reply above this line ===
=== REPLY ABOVE THIS LINE ===
_________ Reply above this line to add your comment _________
<<< Please reply above this line >>>
~~~ Please reply above this line ~~~
«— Merci d'écrire votre réponse au-dessus de cette ligne —»
[Please reply ABOVE this line]
{Reply above this line}
(Please reply above this line)
→ Reply above this line ←
••• Reply above this line •••
––––––– Reply above this line –––––––
________________ Please do not edit below this line ________________
+++++ Please keep your reply above this line +++++
------------------ Escribe tu respuesta por encima de esta línea ------------------
--- Por favor, contesta por encima de esta línea ---
--- Favor de responder arriba de esta línea ---
##- Favor responder acima desta linha -##
--- Escreva a sua resposta acima desta linha ---
--- Per rispondere scrivi sopra questa linea ---
##- Inserisci la tua risposta sopra questa riga -##
--- Reageer boven deze streep ---
##- Gelieve te antwoorden boven deze lijn -##
--- Vänligen svara ovanför den här linjen ---
##- Ange ditt svar ovanför den här raden -##
--- Besvar over denne linje ---
##- Skriv svaret ditt over denne linjen -##
##- Kirjoita vastaus tämän rivin yläpuolelle -##
##- Prosimy wpisać odpowiedź nad tą linią -##
--- Proszę odpowiadać powyżej tej linii ---
--- Odpovězte prosím nad tímto řádkem ---
##- Napíšte odpoveď nad túto čiaru -##
##- Kérjük, válaszát e sor fölé írja -##
##- Vă rugăm să introduceți răspunsul deasupra acestei linii -##
##- Введите ответ над этой строкой -##
--- Пишите ваш ответ над этой линией ---
##- Введіть свою відповідь над цією лінією -##
--- Напишете отговора си над тази линия ---
--- Παρακαλούμε απαντήστε πάνω από αυτή τη γραμμή ---
--- Lütfen cevabınızı bu satırın üstüne yazınız ---
--- يرجى الرد أعلى هذا الخط ---
--- נא להשיב מעל לשורה זו ---
--- この行より上にご返信ください ---
##- この行の上に返信を入力してください -##
--- 请在本行上方回复 ---
--- 請於此線以上回覆 ---
--- 이 줄 위로 답장을 작성해 주세요 ---
--- Mohon balas di atas garis ini ---
##- Vui lòng nhập câu trả lời phía trên dòng này -##
--- กรุณาตอบกลับเหนือบรรทัดนี้ ---
--- Molimo odgovorite iznad ove linije ---
--- Prosimo, odgovorite nad to črto ---
--- Prašome atsakyti virš šios linijos ---
--- Lūdzu, rakstiet atbildi virs šīs līnijas ---
--- Vastake palun selle joone kohale ---
--- Si us plau, responeu per sobre d'aquesta línia ---
When replying, please write above this line.
To reply, type above this line and press send
Your reply goes above this line
Reply ABOVE THIS LINE or use the portal
Only text above this line will be added to the ticket as a comment
Anything below this line will not be included in your reply
*Please reply above this line*
**## Reply above this line ##**
&nbsp;##- Please type your reply above this line -##
=-=-=-= Please type your response above this line. =-=-=-=
| Reply above this line |
>> Reply above this line <<
-- please reply above this line to update your case --
Please reply above this dotted line.
----- Reply above this dashed line -----
-- Please do not remove this line or the text below --
----------- Please respond above this line -----------
——————  Reply above this line  ——————
#### Please enter your reply above this marker ####
Please reply above this delimiter
""".splitlines()
"""Gathered and written before the words were tried on them: they say how far the words reach."""

PEOPLE = """\
Please sign above the dotted line on page two.
Write your name above the line and send it back.
The reply above is from our warehouse.
I answered this above, see there.
See the line above for the price.
As I wrote above, the parcel leaves today.
Our line is open above all in the morning.
Wir antworten über diese Leitung.
Die Antwort steht oben in der ersten Zeile.
Der Bus hält oberhalb der Linie 5.
Nous vous répondrons sur cette ligne.
Le bus passe au-dessus de la gare, ligne 5.
Hablamos sobre la línea 5 mañana.
Estamos trabajando sobre la línea de metro.
La risposta è sopra.
We reply on the same line of mail.
You get an answer under the number below.
- Please answer the two questions above
* the line above the total is the tax
(see the table above)
In the mail below you find my comment on line 3.
Draw a line above this text.
Please cross out the line below.
**Line 5** runs above ground from Monday.
-- we answered above --
The answer: 42, below the line.
Linjen över bron är stängd, vi svarar snart.
Vi svarer over telefonlinjen.
""".splitlines()
"""What agents write: their own, or held; never cut."""

HELD = """\
Write ABOVE THIS LINE to post a reply
To respond to this message, please write above this line
You can add comments by replying above this line.
Antwoord boven deze lijn alstublieft
Répondez au-dessus de cette ligne
Antworten Sie oberhalb dieser Zeile
Ответьте выше этой строки
--- Por favor, contesta por encima de esta línea ---
When replying, please write above this line.
To reply, type above this line and press send
Your reply goes above this line
Reply ABOVE THIS LINE or use the portal
Only text above this line will be added to the ticket as a comment
Anything below this line will not be included in your reply
&nbsp;##- Please type your reply above this line -##
-- Please do not remove this line or the text below --
""".splitlines()
"""Those of them that are not drawn, or do not speak of answering: some agent may mean a line by such words."""

SENTENCES = """\
Sobre esta linha responderemos amanhã.
Sobre esta línea le responderemos mañana.
Under this line item no answer is needed.
Please write your answer above this line and sign it.
Onder deze regel antwoorden wij niet.
Sopra questa linea risponde il mio collega.
Unter dieser Zeile antworten wir nicht.
**remove this line**
*(see the note above the line)*
- please remove this line from the form -
- reply above, please -
""".splitlines()
"""What agents write of lines, above words of theirs that change what it means."""

WORDS = "Hello Jane,\n\nyour parcel leaves today."
OLDER = "Ticket #4711 was updated.\nBob Agent wrote: Foreign words here\nstatus: open\n"


def answer(text: str) -> Extraction:
    head = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return extract(read((head + text).encode()), ())


@pytest.mark.parametrize("line", [*TAUGHT, *ASIDE])
def test_a_demand_is_cut_with_all_below_it(line: str) -> None:
    found = answer(f"{WORDS}\n\n{line}\n\n{OLDER}")
    assert (found.text, found.confident) == (WORDS, line not in HELD)


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_about_a_line_never_cuts_what_follows_it_unseen(line: str) -> None:
    found = answer(f"{WORDS}\n\n{line}\n\nBut only if you sign by Friday.\n")
    assert not found.confident or (line in found.text and "by Friday" in found.text)


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_about_a_line_at_the_end_is_kept_or_held(line: str) -> None:
    found = answer(f"{WORDS}\n\n{line}\n")
    assert line in found.text or not found.confident


def test_the_lines_drawn_around_it_go_with_it() -> None:
    found = answer(f"{WORDS}\n\n—-—-—-—\nReply above this line.\n\n{OLDER}")
    assert (found.text, found.confident) == (WORDS, True)


@pytest.mark.parametrize("line", PEOPLE)
def test_what_people_say_of_lines_is_kept_or_held(line: str) -> None:
    found = answer(f"{WORDS}\n\n{line}\n\nThat is all.\n")
    assert line in found.text
    assert found.text.endswith("That is all.")


@pytest.mark.parametrize("line", ["Bitte nichts unter dieser Linie ändern.", "Acima desta linha, por favor."])
def test_a_place_that_nobody_taught_us_to_answer_at_is_held(line: str) -> None:
    assert not answer(f"{WORDS}\n\n{line}\n\n{OLDER}").confident


def test_a_delimiter_of_somebody_elses_making_is_no_demand() -> None:
    found = answer(f"{WORDS}\n\n{delimiter('aaaaaaaaaa')}\n\nand more of it.\n")
    assert "and more of it." in found.text
    assert not found.confident


def test_a_demand_above_everything_is_held() -> None:
    assert not answer(f"##- Please type your reply above this line -##\n\n{WORDS}\n").confident
