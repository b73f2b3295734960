"""Post to proxy, and reply to publication within the platform's limit."""

from dataclasses import dataclass, replace
from datetime import datetime

from bridge.core import showing, subjects
from bridge.core.conversation import Conversation, Given, PrivateConversation, PublicConversation, Record
from bridge.core.effects import Publish
from bridge.core.model import Post, Quote, Verdict, Visibility
from bridge.core.notes import notes
from bridge.core.policy import ChannelPolicy, DeskPolicy
from bridge.core.proxies import Contact, Proxy
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer, Publication
from bridge.core.split import Overrun, measure

MAX_QUOTES = 12
MAX_QUOTE = 1500
MAX_AUTHOR = 80
MAX_CONTACTS = 5
MAX_CONTACT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An agent's words on their way to the platform."""

    letter: str
    """Fingerprint of the letter that they came in."""
    part: int
    """Counts from 1; a split answer has several parts."""
    text: str
    media: tuple[Attachment, ...] = ()

    @property
    def key(self) -> str:
        """One publication for each part of a letter."""
        return f"publish|{self.letter}|{self.part}"


def proxy(
    record: Record,
    post: Post,
    verdict: Verdict,
    *,
    desk: DeskPolicy,
    channel: ChannelPolicy,
    contacts: tuple[Contact, ...],
    now: datetime,
    delimiter: str,
    gap: str,
) -> Proxy:
    """Everything that an agent must see to answer a post; the same for the same arguments."""
    return Proxy(
        key=f"inject|{post.channel}|{post.id}|{desk.name}|{post.fingerprint}",
        conversation=record.id,
        desk=desk.name,
        platform=channel.platform,
        post=post,
        verdict=verdict,
        subject=subjects.of(record, post, platform=channel.platform),
        priority=verdict.priority,
        thread=_thread(record, post, channel),
        contacts=tuple(_brief(contact) for contact in contacts[:MAX_CONTACTS]),
        references=tuple(sent.message_id for sent in record.sent),
        notes=notes(record, post, verdict, desk=desk, channel=channel, gap=gap),
        delimiter=delimiter,
        made=now,
        person=record.person,
        moved=bool(record.sent) and record.sent[-1].desk != desk.name,
    )


def public_answer(
    conversation: PublicConversation, post: Post, draft: Draft, *, channel: ChannelPolicy
) -> PublicAnswer | Overrun:
    """The draft as everyone will read it, or how far it is too long; never cut.

    Raises TypeError for a private conversation, whatever the annotations were (law 9), and ValueError where the post
    is not of the conversation or its platform takes no public answer to it.
    """
    if not isinstance(conversation, PublicConversation):
        raise TypeError("a private conversation is never answered in public")
    _check(conversation, post, Visibility.PUBLIC)
    limits = channel.limits
    overrun = measure(draft.text, limit=limits.room(Visibility.PUBLIC), count=limits.count, unit=limits.unit)
    return overrun or PublicAnswer(
        key=draft.key,
        channel=post.channel,
        thread=post.thread,
        parent=post.id,
        author=post.author,
        text=draft.text,
        media=draft.media,
    )


def private_answer(
    conversation: Conversation, post: Post, draft: Draft, *, channel: ChannelPolicy
) -> PrivateAnswer | Overrun:
    """The draft as only the customer will read it, or how far it is too long; never cut.

    Raises ValueError where the post is not of the conversation or its platform takes no private answer to it.
    """
    if not isinstance(conversation, PublicConversation | PrivateConversation):
        raise TypeError("only a conversation can be answered")
    _check(conversation, post, Visibility.PRIVATE)
    limits = channel.limits
    overrun = measure(draft.text, limit=limits.room(Visibility.PRIVATE), count=limits.count, unit=limits.unit)
    return overrun or PrivateAnswer(
        key=draft.key,
        channel=post.channel,
        thread=post.thread,
        parent=post.id,
        author=post.author,
        text=draft.text,
        media=draft.media,
    )


def spoken(answer: Given, post: Post) -> Publication:
    """An answer that was already given, as the publication that it was."""
    kind = PrivateAnswer if answer.visibility is Visibility.PRIVATE else PublicAnswer
    return kind(
        key=answer.key, channel=post.channel, thread=post.thread, parent=post.id, author=post.author, text=answer.text
    )


def given(publish: Publish, now: datetime) -> Given:
    """The answer that a publication is, as the record keeps it: who may read it is told by its type (law 9)."""
    private = isinstance(publish.publication, PrivateAnswer)
    return Given(
        key=publish.key,
        text=publish.publication.text,
        at=now,
        agent=publish.agent,
        post=publish.publication.parent,
        visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        letter=publish.letter,
        group=publish.group,
    )


def _check(conversation: Conversation, post: Post, visibility: Visibility) -> None:
    """Refuse the wrong post and the wrong kind of answer (B03, B04)."""
    if post.conversation != conversation.record.key:
        raise ValueError("the post belongs to another conversation")
    if visibility not in post.answers:
        raise ValueError(f"the platform takes no {visibility} answer to this post")


def _thread(record: Record, post: Post, channel: ChannelPolicy) -> tuple[Quote, ...]:
    """What was said before, oldest first: context of others, the customer's earlier posts, our answers."""
    earlier = [_said(known) for known in record.posts if known.id != post.id]
    given = [_given(answer, channel) for answer in record.given if not answer.dropped]
    known = {_words(quote.text) for quote in (*earlier, *given)} | {_words(post.text)}
    context = [quote for quote in post.context if _words(quote.text) not in known]
    ours = sorted((*earlier, *given), key=lambda quote: quote.at or post.at)
    return tuple(_capped(quote) for quote in (*context, *ours)[-MAX_QUOTES:])


def _said(post: Post) -> Quote:
    text = post.words or "(deleted by the customer)"
    return Quote(author=subjects.customer(post), text=text, at=post.at, url=post.url)


def _given(answer: Given, channel: ChannelPolicy) -> Quote:
    us = f"@{channel.brand[0]}" if channel.brand else channel.platform
    state = "us" if answer.published else "us, not published yet"
    return Quote(author=f"{us} ({state})", text=answer.text, at=answer.at, url=answer.url, ours=True)


def _words(text: str) -> str:
    return " ".join(text.split())


def _capped(quote: Quote) -> Quote:
    text = showing.block(quote.text, MAX_QUOTE)
    text += "\u2026" if len(quote.text) > MAX_QUOTE else ""
    author = showing.line(quote.author, MAX_AUTHOR)
    return quote if (author, text) == (quote.author, quote.text) else replace(quote, author=author, text=text)


def _brief(contact: Contact) -> Contact:
    return replace(contact, text=showing.line(contact.text, MAX_CONTACT))
