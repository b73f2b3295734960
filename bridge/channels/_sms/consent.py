"""Words by which people take back and give their consent to text messages; whatever else is configured, they come first.

The English ones are those of the CTIA's Short Code Monitoring Handbook; the others are what carriers of these countries ask for.
A word counts in every country, since a wrong silence is mended by one more message, and a wrong message by nothing.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

STOP = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "stop all",
    "stopp", "abmelden", "abbestellen",
    "arret", "arrêt", "arreter", "arrêter", "desabonner", "désabonner",
    "alto", "baja", "parar", "cancelar", "detener",
    "ferma", "disdici", "annulla", "basta",
    "pare", "sair",
    "stoppen", "afmelden",
    "stopp alle", "avslutt", "avsluta", "lopeta", "koniec", "rezygnuje", "rezygnuję", "стоп",
})  # fmt: skip
"""No message goes to somebody who sent one of these."""

START = frozenset({
    "start", "unstop", "resume", "subscribe", "optin", "opt in",
    "anmelden", "reprendre", "inicio", "iniciar", "alta", "riprendi", "aanmelden", "comecar", "começar", "старт",
})  # fmt: skip
"""Somebody who sent one of these may be written to again; an ordinary yes is none, since it may answer anything."""

HELP = frozenset({"help", "info", "hilfe", "aide", "ayuda", "aiuto", "ajuda", "hulp"})
"""Answered by the carrier or by whoever runs the number; agents see it."""

_AROUND = re.compile(r"^\W+|\W+$")


class Asked(StrEnum):
    """What somebody asked for by a whole message."""

    STOP = "stop"
    START = "start"
    HELP = "help"


def asked(text: str) -> Asked | None:
    """What a message asks for; None for one that says anything besides."""
    word = " ".join(_AROUND.sub("", text[:60]).casefold().split()) if len(text) <= 60 else ""  # noqa: PLR2004 - longer than any word of these
    for kind, words in ((Asked.STOP, STOP), (Asked.START, START), (Asked.HELP, HELP)):
        if word in words:
            return kind
    return None


def stopped(newest_first: Iterable[str]) -> bool:
    """Whether the last thing that somebody asked for was to be left alone."""
    return next((each is Asked.STOP for each in map(asked, newest_first) if each in {Asked.STOP, Asked.START}), False)
