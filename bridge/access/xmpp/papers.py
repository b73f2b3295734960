"""An agent's words as the turn that the inbox hands out: the form in which every answer is read, kept and held."""

from bridge.access.xmpp.steps import Answer
from bridge.core.replies import Turn
from bridge.letters.turns import MAX_TEXT, written

__all__ = ["MAX_TEXT", "letter"]

_SESSION = "session"
"""Our own server says who sent it: an account logged in there, or one whose server ours has checked."""


def letter(answer: Answer) -> bytes:
    """The answer as octets, the same for the same answer; its id follows from who said it and from the stanza's own."""
    turn = Turn(
        id=_name(answer, answer.id),
        address=answer.chat.reply,
        sender=answer.agent,
        proof=_SESSION,
        text=answer.text,
        answers=answer.answers,
        corrects=_name(answer, answer.corrects) if answer.corrects else "",
        links=answer.links,
    )
    return written(turn)


def _name(answer: Answer, stanza: str) -> str:
    """Of the agent and the conversation, so that nobody else's ids are ever taken for these."""
    return f"{answer.agent} {answer.chat.conversation} {stanza}"
