"""May these words be published? The content rules of gate G9, each with a stable code (B05, B08, B09, B11, B12)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bridge.core import hosts, particulars, soundness
from bridge.core.model import Visibility

MAX_TEXT = 100_000
"""Characters that are looked at; no platform takes an answer that long."""

_TOKEN = re.compile(
    r"(?:reply|public|private|sample|bounce)\s?\+\s?[a-z0-9]{1,8}\s?\.\s?[a-z2-7]{1,24}\s?\.\s?[a-z2-7]{26}",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?<![a-z0-9])[a-z2-7]{26}(?![a-z0-9])")
_MENTION = re.compile(r"(?<![\w@/.])[@＠](?=[\w.-]*[^\W\d])([\w][\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?)")
_HASHTAG = re.compile(r"(?<![\w&/#])[#＃](?=\w*[^\W\d])(\w+)")
_OPENING = re.compile(r"\s*(?:[dD]\s+@?[^\W\d]|(?:dm|DM|[mM])\s+@[^\W\d])")
"""How a text began that an old command of X sent as a direct message."""
_COMMAND = re.compile(r"^[ \t]*[/!][a-zA-Z]{2,20}(?!\S)", re.MULTILINE)
_PRIVATELY_ALLOWED = frozenset({"phone", "email"})
"""What the customer and we may write to each other where nobody else reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may stand in an answer at one desk, under one post."""

    visibility: Visibility
    contacts: frozenset[str] = frozenset()
    """Kinds of particulars that are allowed: phone, email, iban, card."""
    links: tuple[str, ...] = ()
    """Hosts that may be linked, with all below them; `*` allows all, empty none."""
    confidential: tuple[str, ...] = ()
    reply_domain: str = ""
    mentions: frozenset[str] = frozenset()
    """Handles that may be mentioned: the customer's and our own."""
    hashtags: frozenset[str] = frozenset()
    """Hashtags that stand already in the thread, folded."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing in a text that is not published; says its kind and its line, never what stands there."""

    code: str
    line: int
    """From 1; 0 where it runs over several lines."""

    def __str__(self) -> str:
        place = f"in line {self.line}" if self.line else "over several lines"
        return f"{self.code} {place}: {MEANINGS[self.code]}"


MEANINGS: Mapping[str, str] = {
    "phone": "a telephone number (the desk's allow_contacts has no phone)",
    "email": "a mail address (the desk's allow_contacts has no email)",
    "iban": "a bank account (the desk's allow_contacts has no iban)",
    "card": "a card number (the desk's allow_contacts has no card)",
    "link": "a link to a host that is not in the desk's allow_links",
    "own_host": "the host name of our reply addresses",
    "internal_host": "the name or address of an internal host",
    "confidential": "a phrase that the desk calls confidential",
    "mention": "a mention of somebody other than the customer",
    "hashtag": "a hashtag that does not stand in the thread",
    "command": "a beginning that platforms or their robots take for a command",
    "broken": "characters that were lost or garbled on the way",
    "invisible": "invisible or direction-changing characters",
    "lookalike": "a word whose letters come from two alphabets that look alike",
}


def troubles(text: str, rules: Rules) -> tuple[Trouble, ...]:
    """Everything in a text that keeps it from being published, by kinds in the order of MEANINGS and then by lines."""
    text = text[:MAX_TEXT]
    codes = dict.fromkeys(
        [*_particulars(text, rules), *(code for code, holds in _CHECKS.items() if holds(text, rules))]
    )
    return tuple(trouble for code in codes for trouble in _placed(code, text, rules))


def _placed(code: str, text: str, rules: Rules) -> Iterator[Trouble]:
    """Where the trouble is; what is seen in no single line runs over several."""
    lines = text.split("\n")
    check = _CHECKS.get(code)
    found = (check(line, rules) if check else code in _particulars(line, rules) for line in lines)
    places = [number for number, holds in enumerate(found, 1) if holds]
    yield from (Trouble(code, place) for place in places or [0])


def own_address(text: str, reply_domain: str) -> bool:
    """Whether a text holds a reply address of ours, or something of its form: it must reach nobody (threat-model 5.1)."""
    if _TOKEN.search(text) or any(_looks_random(tag[0]) for tag in _TAG.finditer(text)):
        return True
    domain = re.escape(reply_domain)
    return bool(reply_domain) and re.search(rf"\+[^\s@]*\s?@\s?{domain}(?![\w-])", text, re.IGNORECASE) is not None


def hashtags(text: str) -> frozenset[str]:
    """The hashtags of a text, folded and without their mark."""
    return frozenset(match[1].casefold() for match in _HASHTAG.finditer(text[:MAX_TEXT]))


def _particulars(text: str, rules: Rules) -> list[str]:
    """Their kinds, also where a number is wrapped over two lines."""
    allowed = rules.contacts | (_PRIVATELY_ALLOWED if rules.visibility is Visibility.PRIVATE else frozenset())
    found = {*particulars.kinds(text), *(particulars.kinds(" ".join(text.split())) if "\n" in text else ())}
    return [kind for kind in MEANINGS if kind in found and kind not in allowed]


def _links(text: str, rules: Rules) -> bool:
    return any(not hosts.within(host, rules.links) for host in hosts.linked(text))


def _own_host(text: str, rules: Rules) -> bool:
    """The reply domain itself; its name may be allowed, but only by name."""
    named = frozenset(allowed.lower() for allowed in rules.links)
    return rules.reply_domain.lower() not in named and hosts.names(text, rules.reply_domain)


def _internal_host(text: str, _: Rules) -> bool:
    return hosts.internal(text)


def _confidential(text: str, rules: Rules) -> bool:
    folded = " ".join(text.casefold().split()) if rules.confidential else ""
    return any(_says(folded, " ".join(phrase.casefold().split())) for phrase in rules.confidential)


def _says(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text as words of its own; in scripts without spaces, anywhere."""
    if not phrase:
        return False
    left = r"(?<!\w)" if _spaced(phrase[0]) else ""
    right = r"(?!\w)" if _spaced(phrase[-1]) else ""
    return re.search(left + re.escape(phrase) + right, text) is not None


def _spaced(letter: str) -> bool:
    """Whether a letter belongs to a script that puts spaces between words: those before U+0E00 do."""
    return letter.isalnum() and letter < "\u0e00"


def _mentions(text: str, rules: Rules) -> bool:
    if "@" not in text and "＠" not in text:
        return False
    allowed = frozenset(handle.lstrip("@").casefold() for handle in rules.mentions)
    return any(match[1].rstrip(".-").casefold() not in allowed for match in _MENTION.finditer(text))


def _strange_hashtags(text: str, rules: Rules) -> bool:
    return not hashtags(text) <= rules.hashtags


def _commands(text: str, _: Rules) -> bool:
    return _OPENING.match(text) is not None or _COMMAND.search(text) is not None


def _looks_random(word: str) -> bool:
    """Whether 26 letters are a code and no word: all but one of two hundred codes have digits."""
    return any(c.isdigit() for c in word)


_CHECKS: Mapping[str, Callable[[str, Rules], bool]] = {
    "link": _links,
    "own_host": _own_host,
    "internal_host": _internal_host,
    "confidential": _confidential,
    "mention": _mentions,
    "hashtag": _strange_hashtags,
    "command": _commands,
    "broken": lambda text, _: soundness.broken(text),
    "invisible": lambda text, _: soundness.invisible(text),
    "lookalike": lambda text, _: soundness.lookalike(text),
}
