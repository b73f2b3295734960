"""Threads at the Graph API: public ones hang on a post, private ones are conversations, and their names never meet."""

import re

from bridge.core.publications import PrivateAnswer, PublicAnswer
from bridge.ports import PermanentProblem

OBJECT = re.compile(r"\d{1,40}(?:_\d{1,40})?")
"""The id of a post or comment; messages have none like it."""

PRIVATE_THREAD = re.compile(r"m:([A-Za-z0-9][A-Za-z0-9_:.=$-]{0,299})")
"""Names the conversation."""

_PUBLIC_THREAD = re.compile(rf"[pn]:({OBJECT.pattern})")

_NAMED = "n:"
"""Begins the name of a thread below somebody else's picture, in which a comment names us."""


def is_named(answer: PublicAnswer | PrivateAnswer) -> bool:
    """Whether the answer goes to a comment of others that names us: such an answer has a way of its own."""
    return answer.thread.startswith(_NAMED)


def public_post(answer: PublicAnswer | PrivateAnswer) -> str:
    """The post at the top of a public thread, whose part it answers; raises PermanentProblem for a private thread (law 9)."""
    found = _PUBLIC_THREAD.fullmatch(answer.thread)
    if found is None:
        if PRIVATE_THREAD.fullmatch(answer.thread):
            raise PermanentProblem("a private conversation cannot be answered in public")
        raise PermanentProblem("the conversation has no post that can be answered")
    if not OBJECT.fullmatch(answer.parent):
        raise PermanentProblem("the post to be answered has no id that the platform knows")
    return found[1]


def conversation(answer: PrivateAnswer) -> str:
    """The private conversation that an answer belongs to."""
    found = PRIVATE_THREAD.fullmatch(answer.thread)
    if found is None:
        raise PermanentProblem("the conversation has no id that the platform knows")
    return found[1]
