"""What an SMTP server's no means for us: pure, by its code (delivery.md 4.1)."""

import re

from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_LOGIN = frozenset({530, 534, 535, 538})
"""Codes of RFC 4954 that say that the login, not the mail, is the trouble."""


def mail_refused(code: int, text: str) -> TemporaryProblem | PermanentProblem:
    """The problem for an answer about a mail; a code that is none, as from a garbled answer, is the server's bad day."""
    if code in _LOGIN:
        return login_refused(code, text)
    said = f"the mail was refused: {_answer(code, text)}"
    return PermanentProblem(said) if _is_final(code) else TemporaryProblem(said)


def login_refused(code: int, text: str) -> TemporaryProblem | LoginProblem:
    """The problem for an answer about who we are."""
    said = f"the login was refused: {_answer(code, text)}"
    return LoginProblem(f"{said}; check user and password") if _is_final(code) else TemporaryProblem(said)


def line_refused(code: int, text: str) -> TemporaryProblem:
    """The problem for an answer before any mail was named: it is about the server's state, so no mail is given up for it."""
    return TemporaryProblem(f"the connection was refused: {_answer(code, text)}")


def _is_final(code: int) -> bool:
    return code // 100 == 5  # noqa: PLR2004 - the first digit of a final no (RFC 5321 4.2.1)


def _answer(code: int, text: str) -> str:
    """Of the server's text only the enhanced status is repeated (RFC 3463): the rest may name people."""
    enhanced = _ENHANCED.match(text)
    return f"the mail server answered {code}{' ' + enhanced[0] if enhanced else ''}"
