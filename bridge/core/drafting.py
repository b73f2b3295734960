"""A letter's words as the platform would get them: publications, or how far one is too long."""

from bridge.core import render
from bridge.core.case import Case
from bridge.core.conversation import PublicConversation, Record, opened
from bridge.core.model import Post, Visibility
from bridge.core.policy import ChannelPolicy
from bridge.core.publications import Publication
from bridge.core.replies import Reading
from bridge.core.split import Overrun, measure


def publications(
    record: Record, reading: Reading, case: Case, *, post: Post, channel: ChannelPolicy
) -> tuple[Publication, ...]:
    """The exact words as they go out; law 9 by type and again at run time."""
    conversation = opened(record)
    media = reading.attachments if reading.asks("media") else ()
    made: list[Publication | Overrun] = []
    for number, text in enumerate(case.words, start=1):
        draft = render.Draft(letter=reading.fingerprint, part=number, text=text, media=media if number == 1 else ())
        if case.visibility is Visibility.PUBLIC and isinstance(conversation, PublicConversation):
            made.append(render.public_answer(conversation, post, draft, channel=channel))
        else:
            made.append(render.private_answer(conversation, post, draft, channel=channel))
    return tuple(publication for publication in made if not isinstance(publication, Overrun))


def overrun(case: Case) -> Overrun | None:
    """How far the first part that is too long goes beyond what the platform takes; None where all fit."""
    if case.channel is None:
        return None
    limits = case.channel.limits
    room = limits.room(case.visibility)
    overruns = (measure(text, limit=room, count=limits.count, unit=limits.unit) for text in case.words)
    return next((overrun for overrun in overruns if overrun is not None), None)
