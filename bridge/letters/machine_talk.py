"""Words without any mark of a machine that a machine may have written all the same: a ticket's news, a colleague's note, an absence.

That is doubt and no proof: agents speak of tickets, too, so that it holds an answer and calls nothing automatic.
"""

import re
from functools import lru_cache

from bridge.letters.matching import Phrasebook, fold, phrasebook
from bridge.letters.vocabulary import absence, automated, receipts, tickets

NEWS = "this may be a ticket system's news"
INTERNAL = "this speaks of what is for colleagues only"
AWAY = "this may be a notice of absence"

_SENTENCES = re.compile(r"(?<!\bno)(?<!\bnr)[.!?؟](?=\s|$)(?!\s+[a-zà-ÿ])|[\n。！？]")
_MAX_SENTENCES = 60
_FEW_WORDS = 4
"""Words of a greeting, a closing, a name or a link's caption."""
_GREETING = re.compile(
    r"(?:hello|hi|dear|hallo|guten|liebe|sehr geehrte|bonjour|cher|chere|hola|estimad|buenos|buenas|ciao|gentile|buongiorno|ola|prezad|caro|cara|beste|geachte|hej|kaere|hei|drahy|vazeny|szanown|dzien dobry|"
    r"dobry den|tisztelt|buna|stimat|здравствуйте|уважаем|добрый|шановн|доброго|merhaba|sayin|γεια|αγαπητ|שלום|مرحبا|عزيز)\b"
)
_SPEAKER = re.compile(
    r"\b(?:I|(?i:ich|mir|mich|je|j'ai|yo|io|eu|ik|jag|jeg|mina|minä|já|én|я|мне|меня|мной|ben|εγώ|אני|أنا|saya|tôi))\b|私|我(?![们們])|제가|저는"
)
"""No program says I."""
_HAPPENED = frozenset({"survey", "deed"})
_DIRECTIONS = frozenset({"direction", "reopening", "survey", "unanswerable", "receipt", "soon"})


def doubts(text: str, *, from_system: bool) -> tuple[str, ...]:
    """Why words that are about to count as the agent's may be a machine's; news of tickets only where a ticket system sends."""
    topics = _book().topics_in(fold(text)).keys()
    found = {INTERNAL: "internal" in topics, AWAY: "away" in topics, NEWS: from_system and _is_news(text)}
    return tuple(reason for reason, speaks in found.items() if speaks)


def _is_news(text: str) -> bool:
    """Whether half of the sentences that say anything tell what happened to a ticket, or what to do about one."""
    told = spoken = 0
    happened = received = promised = False
    for sentence in _SENTENCES.split(text)[:_MAX_SENTENCES]:
        plain = fold(sentence)
        topics = _book().topics_in(plain).keys()
        event = bool(topics & _HAPPENED) or {"ticket", "event"} <= topics or _numbered().search(plain) is not None
        received, promised = received or "receipt" in topics, promised or "soon" in topics
        if _SPEAKER.search(sentence):
            spoken += 1
        elif event or topics & _DIRECTIONS:
            told, happened = told + 1, happened or event
        elif not _is_neutral(plain):
            spoken += 1
    return (happened or (received and promised)) and told >= spoken


def _is_neutral(sentence: str) -> bool:
    return len(sentence.split()) <= _FEW_WORDS or _GREETING.match(sentence) is not None


@lru_cache(maxsize=1)
def _numbered() -> re.Pattern[str]:
    """A ticket by its number, in folded text."""
    called = "|".join(sorted({fold(word) for word in (*tickets.TICKETS, *tickets.NUMBERED)}, key=len, reverse=True))
    number = r"[ :]{0,2}(?:#|nr\.?|no\.?|num\w{0,8}|n°|№|id)?[ :]{0,2}[a-z]{0,5}-?\d{2,}"
    return re.compile(rf"(?<![^\W\d_])(?:(?:{called}){number}|(?:inc|req|ritm|tkt|chg|prb|cs)-?\d{{4,}})")


@lru_cache(maxsize=1)
def _book() -> Phrasebook:
    return phrasebook({
        "ticket": tickets.TICKETS, "event": tickets.EVENTS, "deed": tickets.DEEDS, "soon": tickets.SOON, "receipt": receipts.RECEIPTS, "internal": tickets.INTERNAL, "direction": receipts.PROMISES,
        "away": absence.STATEMENTS, "reopening": receipts.REOPENING, "survey": receipts.SURVEYS, "unanswerable": automated.UNANSWERABLE,
    })  # fmt: skip
