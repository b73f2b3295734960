"""Personal particulars in a text: telephone numbers, mail addresses, bank accounts and cards (B08)."""

import re
import unicodedata
from collections.abc import Callable, Mapping

MAX_TEXT = 100_000
"""Characters that are looked at; no platform takes an answer that long."""

_EMAIL = re.compile(
    r"(?<![\w@.+-])[\w.+-]{1,64}(?:@|\s?[\[({]\s?(?:at|@|ät|arroba|chiocciola)\s?[\])}]\s?)"
    r"(?:[\w-]{1,63}(?:\.|\s?[\[({]\s?(?:dot|punkt|punto|point|\.)\s?[\])}]\s?)){1,8}[^\W\d_][\w-]{1,62}",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Z0-9])", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,-])(?:[23456]\d{3}(?:[ -]?\d){8,15})(?!\d)")
_CARD_LENGTHS: Mapping[str, range] = {
    "34": range(15, 16), "37": range(15, 16), "36": range(14, 15), "38": range(14, 15), "35": range(16, 17),
    "4": range(13, 20), "51": range(16, 17), "52": range(16, 17), "53": range(16, 17), "54": range(16, 17),
    "55": range(16, 17), "22": range(16, 17), "23": range(16, 17), "24": range(16, 17), "25": range(16, 17),
    "26": range(16, 17), "27": range(16, 17), "5": range(16, 17), "6": range(16, 20),
}  # fmt: skip
"""By the first digits of the number (ISO/IEC 7812), its possible lengths."""

_FEWEST_DIGITS = 7
"""Of every number that is looked for."""
_DIGIT = re.compile(r"\d")
_PHONE_DIGITS = range(_FEWEST_DIGITS, 16)
"""E.164 allows fifteen; shorter than seven are service numbers, prices and years."""
_SEPARATORS = r"(?:[ \u00a0./()\u2010-\u2013-]{1,3})"
_INTERNATIONAL = re.compile(rf"(?<![\w+])(?:\+|00)[1-9](?:{_SEPARATORS}?\d){{6,14}}(?!\d)")
_NATIONAL = re.compile(rf"(?<![\w.,:/+-])\(?0[1-9]\d{{0,4}}\)?(?:{_SEPARATORS}?\d){{4,11}}(?![\d:])")
_AMERICAN = re.compile(r"(?<![\w.,:/+-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])")
_TOLL_FREE = re.compile(
    rf"(?<![\w.,:/+-])[18]?[ -]?8\d\d{_SEPARATORS}\d{{3}}{_SEPARATORS}\d{{2,4}}(?:{_SEPARATORS}\d{{2}})?(?![\w-])"
)
_CUED = re.compile(
    r"(?:\btel|\bfon\b|telefon|tél|t[eé]l[eé]fono|phone|\bcall|\bdial|\bring us\b|mobil|handy|hotline|whatsapp|\bsms\b|\bruf|\bbel\b"
    r"|appel|ll[aá]m|chiam|ligue|zadzwo|тел|звон|电话|電話|联系|전화|هاتف|☎|📞)[^\d\n]{0,25}?"
    rf"(\(?\+?\d(?:{_SEPARATORS}?\d){{6,14}})(?!\d)",
    re.IGNORECASE,
)
_PHONES = (_INTERNATIONAL, _NATIONAL, _AMERICAN, _TOLL_FREE, _CUED)
_NO_PHONE = re.compile(
    r"(?<!\d)(?<!\d[./-])(?:"
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})(?: ?[-\u2013] ?\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2}))?"
    r"|\d{1,2}[.:h]\d{2}(?:[.:]\d{2})? ?(?:uhr|h|am|pm)? ?[-\u2013\u2014/] ?\d{1,2}[.:h]\d{2}(?:[.:]\d{2})?"
    r"|\d{1,2}\.\d{1,2}\.? ?[-\u2013] ?\d{1,2}\.\d{1,2}\."
    r"|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,2} ?[-\u2013\u2014/] ?\d{1,2}"
    r"|\d{4} ?[-\u2013\u2014] ?\d{4}(?= ?(?:uhr|hrs|hours|h\b))"
    r"|(?<=[A-Z]{2} )\d{5}-\d{4}"
    r"|v?(?!0\d)\d{1,3}(?:\.\d{1,5}){2,4}(?<!\d{3}\.\d{3}\.\d{4})"
    r"|\d{1,3}(?:[., \u00a0\u202f']\d{3})+(?:[.,]\d{1,2})?(?= ?[%€$£¥₹]| ?(?:EUR|USD|CHF|GBP|Euro|kr|zł|руб))"
    r"|\d+[.,]\d{1,2}"
    r"|(?:19|20)\d\d ?[/-] ?(?:19|20)?\d\d"
    r")(?!\d|[./-]\d)",
    re.IGNORECASE,
)
"""Dates, times, spans of them, versions, sums of money."""
_NUMBERED = re.compile(
    r"(?:\b(?:isbn|issn|ean|imei|sku|art(?:ikel|icle)?|modell?|version|firmware|build|order|bestell\w*|auftrags?\w*"
    r"|rma|tracking|sendungs?\w*|commande|pedido|ordine|faktura|invoice|rechnungs?\w*|serial|serien\w*|vorgangs?\w*)\b"
    r"(?:[ -]?(?:nr|no|number|nummer|num[eé]ro|n[°º]|id|code))?\.?[ :#]{0,3}|[#№])\d[\d ./-]*",
    re.IGNORECASE,
)
"""Numbers that say what they are, and it is no telephone."""
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""By country (ISO 13616 registry)."""


def kinds(text: str) -> tuple[str, ...]:
    """Which kinds of particulars a text holds: phone, email, iban, card; never the values."""
    plain = ascii_digits(text[:MAX_TEXT])
    numbers = _NUMBERS if len(_DIGIT.findall(plain)) >= _FEWEST_DIGITS else {}
    email = ("email",) if _holds_email(plain) else ()
    return (*email, *(kind for kind, holds in numbers.items() if holds(plain)))


def ascii_digits(text: str) -> str:
    """The text with the digits of all scripts as 0 to 9, and wide signs as narrow ones."""
    if text.isascii():
        return text
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in narrow)


def _holds_phone(text: str) -> bool:
    bare = _NUMBERED.sub(" ; ", _NO_PHONE.sub(" ; ", _EMAIL.sub(" ; ", text)))
    return any(_digits(match) in _PHONE_DIGITS for form in _PHONES for match in form.finditer(bare))


def _digits(match: re.Match[str]) -> int:
    return sum(c.isdigit() for c in match[match.lastindex or 0])


def _holds_email(text: str) -> bool:
    return any(sign in text for sign in "@[({") and _EMAIL.search(text) is not None


def _holds_iban(text: str) -> bool:
    """ISO 13616: the rest by 97 is one."""
    return any(_is_iban("".join(c for c in match[0] if c.isalnum()).upper()) for match in _IBAN.finditer(text))


def _is_iban(found: str) -> bool:
    """Whether the letters and digits begin with an account number; words behind it may have been taken along."""
    length = _IBAN_LENGTHS.get(found[:2], 0)
    return 0 < length <= len(found) and found[:length].isascii() and _rest(found[:length]) == 1


def _rest(account: str) -> int:
    return int("".join(str(int(c, 36)) for c in account[4:] + account[:4])) % 97


def _holds_card(text: str) -> bool:
    return any(_is_card("".join(c for c in match[0] if c.isdigit())) for match in _CARD.finditer(text))


def _is_card(number: str) -> bool:
    lengths = _CARD_LENGTHS.get(number[:2]) or _CARD_LENGTHS.get(number[:1]) or range(0)
    return len(number) in lengths and _luhn(number) % 10 == 0


def _luhn(number: str) -> int:
    """The check sum of ISO/IEC 7812."""
    digits = [int(c) for c in reversed(number)]
    return sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])


_NUMBERS: Mapping[str, Callable[[str], bool]] = {
    "phone": _holds_phone,
    "iban": _holds_iban,
    "card": _holds_card,
}
