"""The keys by which a channel adds its own words of consent to the shipped ones, and says what is answered to them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from bridge.core.consent import Said, Texting
from bridge.core.consent_words import WORDS, Words
from bridge.stanza import Stanza

Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Where = Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3}|\+[1-9][0-9]{0,6})$")]


class OwnWords(Stanza):
    """Whole messages that say so, besides the shipped ones."""

    stop: tuple[Word, ...] = Field(default=(), description="End the messages.")
    start: tuple[Word, ...] = Field(default=(), description="Begin them again.")
    help: tuple[Word, ...] = Field(default=(), description="Ask who writes.")


class Confirmations(Stanza):
    """What is answered, once, to such a word; nothing where it is empty."""

    stop: str = Field(default="", max_length=480, description="After STOP: the last message that goes out.")
    start: str = Field(default="", max_length=480, description="After START, where messages had been ended.")
    help: str = Field(default="", max_length=480, description="To HELP: who writes, and how to end it; once a day.")


def texting(own: Mapping[str, OwnWords], confirmations: Confirmations) -> Texting:
    """The channel's words: no configuration takes a shipped one away."""
    rows = {where: _joined(WORDS.get(where, Words()), own.get(where, OwnWords())) for where in {*WORDS, *own}}
    told = {Said.STOP: confirmations.stop, Said.START: confirmations.start, Said.HELP: confirmations.help}
    return Texting(words=rows, confirmations={said: text for said, text in told.items() if text.strip()})


def _joined(shipped: Words, own: OwnWords) -> Words:
    return Words(stop=(*shipped.stop, *own.stop), start=(*shipped.start, *own.start), help=(*shipped.help, *own.help))
