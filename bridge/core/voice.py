"""The last gates, G7 to G11: may these words be said, to these readers, under this post, now?

Each says why a letter may not pass, in a lower-case sentence without anybody's private text; None where it may.
"""

import re

from bridge.core import content, leads, overlap, residue
from bridge.core.case import Case
from bridge.core.model import Visibility
from bridge.core.rights import the_desk

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d{4,}")
_OUR_ID = re.compile(r"<[a-z2-7]{26}@([a-z0-9.-]+)>")


def visibility(case: Case) -> str | None:
    """G7: what the post and the channel accept; a private conversation gets private answers only (law 9)."""
    post, channel = case.post, case.channel
    if channel is None or case.record is None or channel.name != case.record.key.channel:
        return "the channel of this conversation is not configured"
    if channel.limits.room(case.visibility) <= 0 or (post is not None and case.visibility not in post.answers):
        return f"{channel.platform} takes no {case.visibility} answer from us here"
    return None


def stopped(case: Case) -> str | None:
    """G7: whoever said STOP gets no text message any more; asked again by the courier (bridge.core.consent)."""
    ended = case.consent is not None and case.consent.stopped
    return "the customer ended text messages from us" if ended else None


def not_to_all(case: Case) -> str | None:
    """G7 (D03): an answer to all is for everyone to read, in words alone, where the platform takes such answers."""
    if not case.reading.asks("all"):
        return None
    if beside := next((name for name in ("private", "media", "split") if case.reading.asks(name)), ""):
        return f"a line #{beside} does not go together with #all"
    if case.channel is None or case.channel.limits.to_each is None:
        return f"{case.channel.platform if case.channel else 'this platform'} takes the same words only once"
    if case.visibility is not Visibility.PUBLIC:
        return "what is private goes to one customer alone"
    return None if case.others else "nobody waits who joined this ticket"


def names_one(case: Case) -> str | None:
    """G9 (B04): what is meant for one customer is not said to all."""
    if not case.reading.asks("all") or case.post is None:
        return None
    said = set(_WORD.findall(overlap.folded(case.reading.text)))
    author = case.post.author
    names = {word for word in _WORD.findall(overlap.folded(f"{author.handle} {author.name}")) if len(word) > 2}  # noqa: PLR2004
    if said & names:
        return "it is for all and names the first customer"
    numbers = set(_NUMBER.findall(case.reading.text)) & set(_NUMBER.findall(case.post.words))
    return "it is for all and repeats a number of the first customer" if numbers else None


def private_words(case: Case) -> str | None:
    """G7 (B03): what was said in private, and nowhere in this public conversation, is not said in public."""
    if case.visibility is not Visibility.PUBLIC or case.record is None:
        return None
    public = [post.words for post in case.record.posts]
    if overlap.shared("\n".join(case.words), case.private_texts, allowed=public):
        return "a public answer repeats five words or more of what the customer wrote in private"
    return None


def mismatch(case: Case) -> str | None:
    """G7 (B04): the address decides, but a mail that answers another proxy of ours needs a person's eye."""
    own = {sent.message_id.lower() for sent in case.record.sent} if case.record else set()
    named = [message_id.lower() for message_id in case.reading.in_reply_to]
    ours = [message_id for message_id in named if _is_ours(message_id, case.reply_domain.lower())]
    if ours and not own.intersection(ours):
        return "it was written as an answer to a mail of another conversation"
    return None


def extract_doubt(case: Case) -> str | None:
    """G8 (A21, B02, B07): the cut was not sure."""
    if case.reading.confident:
        return None
    # Behind the colon stands the doubtful line, which may be somebody else's.
    kinds = dict.fromkeys(doubt.partition(": ")[0] for doubt in case.reading.doubts)
    return "; ".join(kinds) or "it is not sure which words are the agent's"


def left_over(case: Case) -> str | None:
    """G8 (B01): the cut is checked once more, by what is certainly not the agent's."""
    if case.record is None:
        return "there is no conversation to compare with"
    return residue.found(case.reading.text, case.record)


def unknown_command(case: Case) -> str | None:
    """G8: a line that was meant for us is not for the customer."""
    unknown = case.reading.unknown_commands
    return f"{len(unknown)} line(s) look like commands and are none here" if unknown else None


def empty(case: Case) -> str | None:
    """G8: nothing is not an answer."""
    return None if case.words and all(words.strip() for words in case.words) else "it holds no words to publish"


def own_address(case: Case) -> str | None:
    """G9 (B05): whoever reads such an address could write as an agent."""
    leaks = any(content.own_address(words, case.reply_domain) for words in case.words)
    return "the text holds a reply address of ours" if leaks else None


def particular(case: Case) -> str | None:
    """G9 (B05, B08, B09, B11, B12): every trouble with the words, by kind and line."""
    desk, channel, post = the_desk(case), case.channel, case.post
    if channel is None or post is None:
        return "the words cannot be judged without their post"
    rules = content.Rules(
        visibility=case.visibility,
        contacts=desk.allow_contacts,
        links=desk.allow_links,
        confidential=desk.confidential,
        reply_domain=case.reply_domain,
        mentions=frozenset({post.author.handle, *channel.brand}),
        hashtags=content.hashtags(post.words),
    )
    troubles = [str(trouble) for words in case.words for trouble in content.troubles(words, rules)]
    return "; ".join(dict.fromkeys(troubles)) or None


def too_long(case: Case) -> str | None:
    """G9 (B10): by the platform's own counting; never cut."""
    if case.channel is None:
        return "the length cannot be counted without the channel"
    limits, room = case.channel.limits, case.channel.limits.room(case.visibility)
    longest = max((limits.count(words) for words in case.words), default=0)
    return f"{longest} of {room} {limits.unit}: {longest - room} too many" if longest > room else None


def media(case: Case) -> str | None:
    """G9 (B06): files go out only where desk and platform take them, and never silently without them."""
    if case.reading.lost:
        return f"{case.reading.lost} of the files cannot go out: only pictures and films that can be fetched do"
    if not case.reading.asks("media"):
        return None
    if case.channel is None or not the_desk(case).allow_media or not case.channel.limits.max_media:
        return "files are not published here: write without #media, or without them in a chat"
    count, most = len(case.reading.attachments), case.channel.limits.max_media
    if not count:
        return "no picture or film is attached to the mail"
    return f"{count} files are attached and {most} go out at most" if count > most else None


def target_gone(case: Case) -> str | None:
    """G10 (B14)."""
    if case.post is None or case.record is None:
        return "the post is not in hand any more"
    return "the customer deleted the post" if case.post.id in case.record.deleted else None


def target_changed(case: Case) -> str | None:
    """G10 (B13): bait and switch."""
    sent, post = case.answered, case.post
    if sent is not None and post is not None and sent.fingerprint == post.fingerprint:
        return None
    return "the customer changed the post after it was sent to the desk"


def paused(case: Case) -> str | None:
    """G11: the one switch that stops the voice, and the one of a channel; any value stops."""
    channel = case.channel.name if case.channel else ""
    if case.switches.get("publishing"):
        return "publishing is paused"
    return f"channel {channel} is paused" if case.switches.get(f"channel:{channel}") else None


def breaker(case: Case) -> str | None:
    """G11 (A06, D03): more than is normal waits for a person."""
    counts, limit = case.counts, the_desk(case).breaker
    rates = (
        (counts.conversation_hour, limit.per_conversation_hour, "in a conversation and hour"),
        (counts.conversation_day, limit.per_conversation_day, "in a conversation and day"),
        (counts.desk_hour, limit.per_desk_hour, "at this desk in an hour"),
        (counts.agent_hour, limit.per_agent_hour, "by one agent in an hour"),
    )
    if case.others > limit.per_group:
        return f"an answer to all goes to no more than {limit.per_group} others, and this one would to {case.others}"
    return next((f"no more than {most} answers go out {where}" for count, most, where in rates if count >= most), None)


def approval(case: Case) -> str | None:
    """G11: a second pair of eyes where one is asked for, and never the writer's own; a lead's other words are such a pair."""
    desk, writer, approver = the_desk(case), case.reading.sender, case.approved_by.lower()
    if not leads.is_needed(desk, case.approve_by, writer):
        return None
    if not approver:
        return None if case.overruled else "a lead must approve it"
    if approver == writer:
        return "nobody approves an answer of their own"
    counts = approver in leads.allowed(desk, case.approve_by, writer, asked=case.asked)
    return None if counts else "who approved it may not do so at this desk"


def _is_ours(message_id: str, domain: str) -> bool:
    """Whether a Message-ID has the form of ours; of a long domain it carries the last labels only."""
    form = _OUR_ID.fullmatch(message_id)
    return form is not None and f".{domain}".endswith(f".{form[1]}")
