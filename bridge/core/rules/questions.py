"""Is this a question? By its mark in any script, or by the word that it begins with."""

import re
from functools import lru_cache

from bridge.core.rules.words import tokens, without_links

_MARKS = "?\uff1f\u061f\u037e\u055e\u1367\u2e2e\u203d\u2047\u2048\u2049"
"""Question marks: Latin, full width, Arabic, Greek, Armenian, Ethiopic, and their combinations."""
_MARKED = re.compile(f"[{_MARKS}]")
_SENTENCE = re.compile(r"[.!\n。！।…]+")
_SENTENCES = 20
"""Sentences whose first word is looked at."""
_BEGINNING = 200
"""Characters of a sentence in which it must have begun."""
_ADDRESSED = re.compile(r"^[\s.,:]*(?:@[\w.-]+[\s,:]*)*")

_FIRST_WORDS = """
what where who whom whose why how which can could would will does did is are should shall anyone anybody
wann wo wer wem wen warum wieso weshalb wie welche welcher welches kann kannst konnt konnen ist sind hat habt gibt
ou pourquoi comment quel quelle quels quelles combien puis
donde quien quienes cual cuales cuanto cuanta cuantos
onde quem qual quais quanto quantos dove chi perche quale quali posso puo
wanneer waar wie waarom hoe welk waarvoor
kiedy gdzie kto dlaczego jak czy jaki jaka jakie ile
где кто почему зачем как какой какая какие сколько можно
nerede neden nicin nasil hangi kim
varfor nar hvordan hvorfor hvornar miksi milloin missa kuka miten
متى اين لماذا كيف هل ماذا كم
क्या कब कहां कहाँ कौन क्यों कैसे
"""
_ASKING = frozenset(word for line in _FIRST_WORDS.split() for word in tokens(line))
"""First words of questions, folded; words with which plain statements often begin (when, was, have) are left out."""
_EXCLAIMED = (["a"], ["an"])
"""“What a day” is no question."""
_GLUED_WORDS = """
什么 怎么 为什么 吗 哪里 几时 なぜ どう いつ どこ ですか ますか 왜 언제 어디 어떻게 나요 까요 ทำไม อย่างไร ไหม เมื่อไหร่
"""
_GLUED = tuple(_GLUED_WORDS.split())
"""Question words of scripts without spaces; they may stand anywhere."""


@lru_cache(maxsize=8)
def is_question(text: str) -> bool:
    """Whether somebody asks something; marks inside links do not count."""
    plain = without_links(text)
    if "?" in plain:
        return True
    if not plain.isascii() and (_MARKED.search(plain) or any(word in plain for word in _GLUED)):
        return True
    return any(_asks(sentence) for sentence in _SENTENCE.split(plain, _SENTENCES)[:_SENTENCES])


def _asks(sentence: str) -> bool:
    """Whether the sentence begins as a question does, after the handles that it is addressed to."""
    begun = sentence[:_BEGINNING]
    words = tokens(begun if begun[:1].isalpha() else _ADDRESSED.sub("", begun, count=1))
    return bool(words) and words[0] in _ASKING and words[1:2] not in _EXCLAIMED
