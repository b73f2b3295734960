"""The words by which people end text messages, begin them again and ask who writes, as shipped: by language, and by country where law or carriers add some.

Sources: the CTIA's messaging principles and the FCC's list of 2025 (US and Canada), Twilio's defaults, and the words that carriers and regulators of the other countries name.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Whole messages that are one of these words, whatever their case, accents and marks."""

    stop: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    help: tuple[str, ...] = ()


WORDS: Mapping[str, Words] = {
    "en": Words(stop=("stop", "stop all", "stopall", "unsubscribe"), start=("start", "unstop"), help=("help",)),
    "de": Words(stop=("stopp", "abmelden", "abbestellen"), start=("anmelden",), help=("hilfe",)),
    "fr": Words(stop=("arret", "arreter", "desabonner", "desinscrire"), start=("reprendre",), help=("aide",)),
    "es": Words(stop=("baja", "parar", "alto"), start=("alta",), help=("ayuda",)),
    "it": Words(stop=("ferma", "basta", "disiscrivi"), start=("inizia",), help=("aiuto",)),
    "pt": Words(stop=("parar", "sair", "cancelar"), start=("iniciar",), help=("ajuda",)),
    "nl": Words(stop=("afmelden", "uitschrijven"), start=("aanmelden",), help=("hulp",)),
    "+1": Words(
        stop=("cancel", "end", "quit", "revoke", "opt out", "optout", "no more"), start=("yes",), help=("info",)
    ),
    "+44": Words(stop=("end", "quit", "cancel")),
    "+353": Words(stop=("end", "quit", "cancel")),
    "+61": Words(stop=("end", "quit", "cancel")),
}
"""A key is a language, whose words count for everybody, or the beginning of the customer's number, whose words count there alone."""
