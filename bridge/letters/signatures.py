"""What signatures are made of: names, titles, numbers and addresses, and how running text differs from them."""

import re

_CONTACT = re.compile(
    r"^\W{0,6}(?:tel|telephone|phone|ph|fax|mobile|mob|cell|cellphone|direct|office|hotline|skype|e-?mail|mail|web|website|"
    r"internet|www|homepage|telefon|telefax|handy|mobil|durchwahl|tél|téléphone|portable|teléfono|móvil|celular|telefono|"
    r"cellulare|telefone|telemóvel|telefoon|mobiel|mobiltelefon|tlf|puh|puhelin|gsm|kom|komórka|т|тел|моб|факс|τηλ|κιν|"
    r"電話|携帯|电话|手机|電郵|邮箱|전화|هاتف|טל|נייד|[tfmepdw])\s?[.:|/]{1,2}\s{0,9}\S|"
    r"^\W{0,4}(?:https?://|www\.)\S+\W{0,4}$|"
    r"^\W{0,4}[^\s@]{1,60}@[^\s@]{1,80}\.[a-z]{2,20}(?:\s?<mailto:[^>]{1,200}>)?\W{0,4}$|"
    r"^\W{0,4}(?:\+|00)\d[\d ()/.-]{6,25}\W{0,4}$|^\W{0,4}\(?0\d{1,5}\)?[\d /.-]{5,20}$",
    re.IGNORECASE,
)
_REGISTERED = re.compile(
    r"^\W{0,6}(?:sitz(?: der gesellschaft)?|firmensitz|registergericht|amtsgericht|handelsregister|firmenbuch\w*|hr[ab]|geschäftsführ\w*|geschaeftsfuehr\w*|"
    r"vorstand\w*|aufsichtsrat\w*|vertretungsberechtigt\w*|steuer-?n\w*|ust\.?-?id\S*|uid(?:-nr)?|registered (?:office|in|number|no|address)|"
    r"company (?:reg\S*|no|number)|vat(?: (?:no|number|reg\S*|id))?|reg(?:istration)?\.? no|siège social|siret|siren|rcs|tva|sede (?:legale|social)|p\.? ?iva|"
    r"partita iva|c\.?f\.?|nif|cif|cnpj|inscrita|registro mercantil|kvk(?:-n\w*)?|btw(?:-n\w*)?|org\.? ?nr|orgnr|cvr(?:-n\w*)?|y-tunnus|krs|nip|regon|"
    r"ičo?|dič|cégjegyzék\w*|adószám|cui|инн|огрн|кпп|αφμ)\b.{0,160}[:\d]",
    re.IGNORECASE,
)
"""What the law wants of a company's letters: seat, register, tax number, who runs it."""
_PRESENTED = re.compile(
    r"^(?P<name>[^,|@–—]{2,40}?)\s?(?:\b(?:from|at|of|von|bei|vom|de|du|da|di|van|bij|från|fra|hos|z)\b|[,|@–—]|\s-\s)\s?[^\W\d_a-z][^.?!…]{1,40}$"
)
"""A name, and where its bearer works."""
_MAX_CONTACT = 200
_MIN_DIGITS, _MAX_LETTERS = 7, 14
"""Of a line that is mostly a number."""
_CLOSE_WRITING = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_CLOSE_SENTENCE, _CLOSE_LINE = 10, 40
"""Letters of a sentence, and of a line that must be one, in scripts without spaces."""
_SENTENCE_WORDS, _LINE_WORDS = 4, 14
"""The same in words elsewhere."""
_MAX_NAME_WORDS, _MAX_NAME = 6, 60
_INITIAL = re.compile(r"(?:^|\s)\w\.$")
_ORGANISED = re.compile(
    r"\b(?:manager|director|officer|engineer|consultant|assistant|specialist|co-?ordinator|head of|chief|president|ceo|cto|cfo|founder|"
    r"representative|agent|customer|advisor|analyst|executive|secretary|editor|developer|support|service|sales|team|department|dept|division|office|"
    r"ltd|inc|llc|llp|plc|gmbh|ag|kg|e\.?v|s\.a|s\.r\.l|b\.v|n\.v|a/s|ab|oy|limited|company|corp|university|ministry|leiter\w*|geschäftsführ\w*|"
    r"referent\w*|sachbearbeiter\w*|abteilung|referat|direktor\w*|kundenservice|kundendienst|directeur|directrice|responsable|conseiller|gérant|"
    r"service client|gerente|jefe|jefa|encargado|atención|departamento|responsabile|direttore|ufficio|diretor\w*|medewerker|afdeling|klantenservice|"
    r"chef|avdelning|kundtjänst|afdeling|kundeservice|dyrektor|kierownik|specjalista|dział|biuro|ředitel|oddělení|менеджер|директор|отдел|служба)\b",
    re.IGNORECASE,
)
_CARD_SIGNS = frozenset("|•·‖│")
_CARD_PARTS = 2
_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟")
_AROUND = " *_,-–—~"


def is_contact(line: str) -> bool:
    """Whether a line is a telephone number, an address of mail or web, with or without its label, or a company's register entry."""
    return len(line) < _MAX_CONTACT and (_CONTACT.match(line) or _REGISTERED.match(line)) is not None


def is_number(line: str) -> bool:
    """Whether a line is mostly a number, as telephones, registers and post codes are."""
    digits = sum(map(str.isdigit, line))
    return digits >= _MIN_DIGITS and sum(map(str.isalpha, line)) <= _MAX_LETTERS


def is_sentence(line: str) -> bool:
    """Whether a line reads like running text rather than like a line of a signature."""
    ended = line.rstrip(" )\"'*”").endswith(_ENDS)
    if not line.isascii():
        close = len(_CLOSE_WRITING.findall(line))
        if close >= _CLOSE_LINE or (ended and close >= _CLOSE_SENTENCE):
            return True
    words = sum(1 for word in line.split() if any(map(str.isalpha, word)))
    return words >= _LINE_WORDS or (ended and words >= _SENTENCE_WORDS)


def is_name(line: str) -> bool:
    """Whether a line could be a person's or a team's name: few words, no sentence."""
    text = line.strip(_AROUND)
    return (
        0 < len(text) <= _MAX_NAME
        and len(text.split()) <= _MAX_NAME_WORDS
        and (text[-1] not in ".?!:;" or _INITIAL.search(text) is not None)
        and not any(map(str.isdigit, text))
        and "@" not in text
        and not text[0].islower()
    )


def is_titled(line: str) -> bool:
    """Whether a line is in the manner of names and titles: two words or more, nearly each with a capital."""
    words = [word for word in re.split(r"[\s/-]+", line.strip()) if word[:1].isalpha()]
    capitals = sum(1 for word in words if word[0].isupper())
    return len(words) > 1 and capitals >= len(words) - 1 and is_name(line)


def is_organised(line: str) -> bool:
    """Whether a line names an office or an organisation, as those under a name do."""
    return _ORGANISED.search(line) is not None


def is_card(line: str) -> bool:
    """Whether a line is a whole signature: name, office and address with bars or dots between them."""
    parts = sum(sign in _CARD_SIGNS for sign in line)
    return parts >= _CARD_PARTS and ("@" in line or "www." in line or sum(map(str.isdigit, line)) >= _MIN_DIGITS)


def is_named(line: str, names: frozenset[str]) -> bool:
    """Whether a line holds these names, or some of them, and nothing else but initials and where their bearer works."""
    if names and (presented := _PRESENTED.match(line.strip())):
        return is_named(presented["name"], names)
    words = [word for raw in line.split() if len(word := raw.strip(".,-–—~*_()").casefold()) > 1]
    return 0 < len(words) <= _MAX_NAME_WORDS and all(word in names for word in words)
