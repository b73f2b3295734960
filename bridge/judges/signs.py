"""What a post shows before anything is learned: lexicons' groups, its question, its mood, whom it speaks to."""

from collections.abc import Mapping, Sequence

from bridge.core.rules.questions import is_question
from bridge.judges.lexicon import lexicon
from bridge.judges.tokens import LONGEST_TEXT, style
from bridge.judges.valence import mood

_MOODS = 4
"""Steps of good and of bad moods that are told apart."""


def signs(text: str, tokens: Sequence[str]) -> dict[str, float]:
    """Counts of the lexicons' groups, and 1 or a share of 1 for the other signs."""
    text = text[:LONGEST_TEXT]
    found: dict[str, float] = dict(lexicon().counts(text))
    if "?" in tokens or is_question(text):
        found["asks"] = 1
    if tokens[:1] == ["<handle>"]:
        found["addressed"] = 1
    if "<link>" in tokens:
        found["link"] = 1
    felt = mood(tokens)
    if felt:
        found["good" if felt > 0 else "bad"] = abs(felt)
    return found


def hints(text: str, tokens: Sequence[str], found: Mapping[str, float]) -> list[str]:
    """The signs as terms of the model, with the style of the text."""
    told = [f"{sign} {round(strength * _MOODS) if sign in {'good', 'bad'} else 1}" for sign, strength in found.items()]
    told += [f"{sign} 2" for sign, strength in found.items() if strength > 1]
    return [*style(text, tokens), *told]
