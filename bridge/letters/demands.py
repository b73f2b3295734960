"""A ticket system's demand to answer above its line ("##- Please type your reply above this line -##"), in many languages.

The texts are the operators' own, so that no list holds them all: what counts is that a line speaks of the place above a line,
and that it is drawn as only programs draw, or speaks of answering as well.
"""

import re
from collections.abc import Iterator
from itertools import product

from ahocorasick_rs import AhoCorasick

from bridge.letters import delimiter
from bridge.letters.matching import fold

_PLACES = (
    # the place as each language builds it, its parts in order
    ("above|below|beneath|underneath|under", "this|that", "line|dotted line|dashed line|marker|mark|separator|delimiter"),
    ("oberhalb|unterhalb|über|ueber|unter", "dieser|diese|von dieser", "zeile|linie|trennlinie|markierung"),
    ("au-dessus|au dessus|au-dessous|en dessous|par-dessus|sous", "de cette|cette", "ligne"),
    ("encima|arriba|debajo|sobre", "de esta|esta", "línea|raya"),
    ("acima|por cima|abaixo|sobre", "desta|dessa|de esta|esta", "linha"),
    ("sopra|al di sopra|sotto|al di sotto", "questa|di questa|a questa", "riga|linea"),
    ("boven|onder", "deze", "lijn|regel|streep"),
    ("ovanför|ovan|över|nedanför|under", "den här|denna", "raden|rad|linjen|linje"),
    ("over|ovenfor|ovanfor|under|nedenfor", "denne|denna", "linje|linjen|linja|streg|stregen|strek|streken"),
    ("fyrir ofan", "þessa", "línu"),
    ("tämän", "rivin|viivan", "yläpuolelle|yläpuolella|alapuolelle|päälle|ylle"),
    ("selle", "rea|joone", "kohale|kohal|peale|alla"),
    ("virs|zem", "šīs", "līnijas|rindas|rindiņas"),
    ("virš|aukščiau|žemiau", "šios", "linijos|eilutės"),
    ("powyżej|ponad|nad|poniżej|pod", "tej|tą|tym|tego", "linii|linią|linijki|linijką|kreski|kreską|wiersza|wierszem"),
    ("nad|pod", "tento|tímto|touto|tuto|týmto|túto", "řádek|řádkem|čarou|čáru|linku|linkou|linií|riadok|riadkom|čiaru|čiarou|líniu"),
    ("e|ezen|ez a|ennek a|eme", "sor|vonal", "fölé|felett|fölött|alá|feletti"),
    ("deasupra|dedesubtul", "acestei|acestui", "linii|rând"),
    ("sub|peste", "această", "linie"),
    ("выше|над|ниже|под", "этой|этою|этим|данной", "строки|строкой|строкою|линии|линией|черты|чертой"),
    ("вище|над|нижче|під", "цього|цим|цієї|цією", "рядка|рядком|лінії|лінією|риски|рискою"),
    ("над|под|изнад|испод", "този|тази|овај|ове|овог|оваа|овој", "ред|реда|линия|линије|линија"),
    ("iznad|ispod|nad|pod", "ove|ovog|ovoga|to|ovu|tega", "linije|crte|retka|reda|vrstico|vrstice|črto|linijo"),
    ("πάνω από|επάνω από|κάτω από", "αυτή τη|αυτήν τη|αυτή την|αυτήν την", "γραμμή"),
    ("bu", "satırın|çizginin|hattın", "üstüne|üzerine|üstünde|üzerinde|yukarısına|altına"),
    ("per sobre|damunt|sota", "d'aquesta|aquesta", "línia"),
    ("فوق|أعلى|اعلى|تحت|أسفل", "هذا", "السطر|الخط"),
    ("بالای|زیر", "این", "خط|سطر"),
    ("מעל|מתחת", "שורה|לשורה|קו|לקו|השורה|הקו|קו", "זו|זה|הזו|הזאת|הזה"),
    ("इस", "पंक्ति|लाइन|रेखा", "के ऊपर|से ऊपर|के नीचे"),
    ("이", "줄|선|라인|행", "위에|위로|위쪽에|아래에|상단에"),
    ("di atas|diatas|di bawah", "baris|garis", "ini"),
    ("add|enter|write|type", "your", "reply above"),
    ("reply above", "", "here|the line"),
    ("reply to", "this email|this message|this mail", "above"),
    ("phía trên|bên trên|trên|phía dưới|dưới", "dòng|đường kẻ|đường", "này"),
)  # fmt: skip
_UNSPACED_PLACES = (
    ("この|本", "行|線|ライン", "より上|よりも上|の上|より下|の下"),
    ("上の|上記の", "行|線", "に|へ"),
    ("此|这|這|本|该|該|这条|這條|此条|此條", "行|线|線|横线|橫線|分隔线|分隔線", "上方|以上|之上|上面|的上方|下方|以下|之下|下面"),
    ("เหนือ|ด้านบน|ใต้", "บรรทัด|เส้น", "นี้"),
)  # fmt: skip
_DRAWN_PLACES = (
    ("above|below|beneath", "the|these|this", "line|lines|marker|separator|text|dotted line|dashed line"),
    ("oberhalb|unterhalb|über|unter", "der|die", "zeile|linie"),
    ("au-dessus|en dessous|sous", "de la|la", "ligne"),
    ("encima|arriba|debajo", "de la", "línea"),
    ("acima|abaixo", "da", "linha"),
    ("sopra|sotto", "la", "riga|linea"),
    ("boven|onder", "de", "lijn|regel"),
    ("reply|respond|replies", "", "above"),
    ("remove|delete|modify|edit|change|alter", "", "this line"),
)
"""Places that people speak of as well: a demand only where they are drawn."""
_ANSWERING = (
    "repl|respon|answer|comment|antwort|kommentar|répon|respuesta|respost|respond|rispo|antwoord|reageer|reactie|svar|vasta|odpow|odpov|"
    "válasz|răspun|ответ|відпов|відповід|отговор|одговор|odgov|απάντ|απαντ|yanıt|cevap|رد|پاسخ|תגוב|השב|תשוב|להשיב|उत्तर|जवाब|"
    "回复|回復|回覆|答复|答覆|回信|返信|返事|답장|회신|답변|balas|jawab|trả lời|phản hồi|ตอบ|atbild|atsak|resposta|"
    "do not write|don't write|do not edit|do not type|do not delete|do not remove|do not modify|do not change|nothing below|"
    "write above|type above|enter above|schreiben sie|écrivez|escriba|escreva|scrivi|scrivete|schrijf|typ |skriv |kirjoita|napisz|napište|пишите|напишите|пишіть|"
    "yazın|입력|入力|输入|輸入|键入|鍵入|ketik|tulis|nhập|พิมพ์|raksti|rašykite|írjon|írja|γράψτε|اكتب|كتابة|כתוב|הקלד"
)
_SHORTEST, _LONGEST, _LONGEST_UNDRAWN = 6, 200, 80
_DRAWN = re.compile(r"[-_=*#~+]{3}")
_BEGINS_DRAWN = re.compile(r"[^\w\s]{2}|[\[<{(*_=~\-–—─] ?[^\w\s]?")
_ENDS_DRAWN = re.compile(r"(?:[^\w\s.!?,:;…]{2}|[\]>})*_=~\-–—─])[.:]?$")
_ZENDESK = "##-"
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_WHOLE = re.compile(
    r"(?:please )?(?:reply|respond|(?:type|write|enter|keep|add) (?:your |a )?(?:reply|response|comment)) "
    r"above this (?:dotted line|dashed line|line|marker|mark|separator|delimiter)(?: to (?:respond|reply|add|post|update)\b.*)?"
)
"""Lines that hold such a demand and nothing else, as systems write it without drawing anything."""


def _spelled(places: tuple[tuple[str, ...], ...], space: str) -> Iterator[str]:
    return (fold(space.join(words)) for parts in places for words in product(*(part.split("|") for part in parts)))


_SPOKEN = frozenset((*_spelled(_PLACES, " "), *_spelled(_UNSPACED_PLACES, "")))
_PLACE = AhoCorasick(sorted(_SPOKEN))
_DRAWN_PLACE = AhoCorasick(sorted(_SPOKEN | frozenset(_spelled(_DRAWN_PLACES, " "))))
_ANSWER = AhoCorasick(sorted({fold(word) for word in _ANSWERING.split("|")}))


def is_reply_above(line: str) -> bool:
    """Whether a line is a ticket system's demand to answer above it, or to write nothing below."""
    text = line.strip()
    if not _SHORTEST <= len(text) <= _LONGEST:
        return False
    if text.startswith(_ZENDESK):
        return True
    plain = fold(text)
    if not _DRAWN_PLACE.find_matches_as_indexes(plain) or delimiter.find(text) is not None:
        return False  # our own delimiter cuts by its random part, or not at all
    if _is_drawn(text):
        return True
    return may_be_reply_above(text) and bool(_ANSWER.find_matches_as_indexes(plain))


def is_certainly_reply_above(line: str) -> bool:
    """Whether such a line can be no sentence of the agent's: drawn as programs draw, and about answering; or that demand and nothing else.

    People speak of lines as well: of telephones, forms and bills, and put words into brackets and between dashes.
    """
    text = line.strip()
    plain = fold(text)
    if text.startswith(_ZENDESK) or _WHOLE.fullmatch(_AROUND.sub("", plain)):
        return True
    place = _DRAWN_PLACE if _DRAWN.search(text) else _PLACE
    answers = bool(_ANSWER.find_matches_as_indexes(plain)) and bool(place.find_matches_as_indexes(plain))
    return is_reply_above(line) and _is_drawn(text) and answers


def may_be_reply_above(line: str) -> bool:
    """Whether a line may be such a demand in words that nobody taught us: it speaks of the place above or below a line."""
    text = line.strip()
    return _SHORTEST <= len(text) <= _LONGEST and _stands_out(text) and bool(_PLACE.find_matches_as_indexes(fold(text)))


def _stands_out(text: str) -> bool:
    return not text[0].isalnum() or len(text) < _LONGEST_UNDRAWN


def _is_drawn(text: str) -> bool:
    """Whether signs stand around a line as programs draw them."""
    ends = _ENDS_DRAWN.search(text) is not None
    return _DRAWN.match(text) is not None or (ends and _BEGINS_DRAWN.match(text) is not None)
