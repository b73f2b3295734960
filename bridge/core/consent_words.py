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
    "en": Words(
        stop=("stop", "stop all", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "opt out", "optout"),
        start=("start", "unstop", "resume", "subscribe", "opt in", "optin"),
        help=("help", "info"),
    ),
    "de": Words(stop=("stopp", "abmelden", "abbestellen"), start=("anmelden",), help=("hilfe",)),
    "fr": Words(stop=("arret", "arreter", "desabonner", "desinscrire"), start=("reprendre",), help=("aide",)),
    "es": Words(
        stop=("alto", "baja", "parar", "cancelar", "detener"), start=("alta", "inicio", "iniciar"), help=("ayuda",)
    ),
    "it": Words(
        stop=("ferma", "disdici", "disiscrivi", "annulla", "basta"), start=("riprendi", "inizia"), help=("aiuto",)
    ),
    "pt": Words(stop=("pare", "parar", "sair", "cancelar"), start=("comecar", "iniciar"), help=("ajuda",)),
    "nl": Words(stop=("stoppen", "afmelden", "uitschrijven"), start=("aanmelden",), help=("hulp",)),
    "nb": Words(stop=("stopp alle", "avslutt")),
    "sv": Words(stop=("avsluta",)),
    "fi": Words(stop=("lopeta",)),
    "pl": Words(stop=("koniec", "rezygnuje")),
    "ru": Words(stop=("стоп",), start=("старт",)),
    "+1": Words(stop=("no more",)),
}
"""A key is a language, whose words count for everybody, or the beginning of the customer's number, whose words count there alone.

A wrong silence is mended by one more message of the customer's, and a wrong message by nothing; so a word of any language
stops. An ordinary yes starts nothing: it may answer anything.
"""
