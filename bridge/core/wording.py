"""Notices: what agents and tickets are told, each once, by keys that say what once means."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from string import Formatter

from bridge.core import links, showing, subjects
from bridge.core.chaining import standing
from bridge.core.conversation import Given, Record, Sent
from bridge.core.effects import WAITS, Act, Publish
from bridge.core.model import Post, Visibility
from bridge.core.notes import moment
from bridge.core.phrases import ACTED, HELD, NEVER_TOLD, OTHERWISE, OUTCOMES, TICKET, TOO_LONG, Phrase
from bridge.core.proxies import Audience, Notice
from bridge.core.publications import Posted, PublicAnswer, Publication
from bridge.core.replies import Finding, Reading
from bridge.core.split import Overrun

_GAPS = re.compile(r"\n{3,}")

_MOST = 4000
"""Characters of an answer or a post that a notice repeats."""


def held(record: Record, reading: Reading, finding: Finding, *, desk: str, to: str, now: datetime) -> Notice | None:
    """Why a letter was held or refused and what to do; `to` is its sender, verified by G4 and G5.

    None for reasons that nobody is ever told.
    Once for each reason, conversation, sender and day; once for each order that cannot be followed.
    """
    if finding.reason in NEVER_TOLD:
        return None
    phrase = HELD.get(finding.reason, OTHERWISE)
    post = _newest(record)
    order = f"|{finding.detail}" if finding.reason == "not_possible" else ""
    values = {
        "detail": sentence(finding.detail),
        "reason": finding.reason,
        "post": quoted(post.text) if post else "",
        "url": _by_hand(post),
    }
    return to_agent(
        record,
        phrase,
        values,
        reason=finding.reason,
        once=f"{record.id}|{to}|{now:%Y-%m-%d}{order}",
        desk=desk,
        to=to,
        said=reading.text,
        now=now,
    )


def too_long(
    record: Record, reading: Reading, overrun: Overrun, *, whole: bool, desk: str, to: str, now: datetime
) -> Notice:
    """How far an answer is too long, where it breaks, and the offer to split it where that can be: not where it must be `whole`.

    Once for each count, conversation, sender and day: who shortens an answer and not enough must hear it again.
    """
    values = {
        "count": f"{overrun.count:,}",
        "limit": f"{overrun.limit:,}",
        "unit": overrun.unit,
        "fits": quoted(f"{reading.text[: overrun.at][-120:].rstrip()} \u25c0"),
    }
    return to_agent(
        record,
        TOO_LONG if whole else HELD["too_long"],
        values,
        reason="too_long",
        once=f"{record.id}|{to}|{now:%Y-%m-%d}|{overrun.count}",
        desk=desk,
        to=to,
        said=reading.text,
        now=now,
    )


def rehearsed(record: Record, publication: Publication, *, others: int, desk: str, to: str, now: datetime) -> Notice:
    """What would have been published were the desk live; once for each part of a letter."""
    how = "In public" if isinstance(publication, PublicAnswer) else "To the customer alone"
    how += f", and to up to {others:,} others who joined this ticket," if others else ""
    return to_agent(
        record,
        HELD["rehearsal"],
        {"how": how},
        reason="rehearsal",
        once=publication.key,
        desk=desk,
        to=to,
        said=publication.text,
        now=now,
    )


def published(record: Record, publish: Publish, posted: Posted, *, now: datetime) -> Notice:
    """The answer stands under the post."""
    return outcome(record, publish, "published", url=posted.url, now=now)


def outcome(record: Record, publish: Publish, reason: str, *, url: str, now: datetime) -> Notice:
    """What became of an answer that was not held: published, cancelled, replaced, too_late_to_cancel."""
    return _of_publication(record, publish, OUTCOMES[reason], reason=reason, values={"url": page(url)}, now=now)


def waits(record: Record, publish: Publish, *, why: str, until: datetime, now: datetime) -> Notice:
    """An answer goes out later by itself; once for each answer, however often it is put off."""
    values = {"detail": sentence(why), "until": moment(until)}
    return _of_publication(record, publish, OUTCOMES[WAITS], reason=WAITS, values=values, now=now)


def given_up(record: Record, publish: Publish, reason: str, *, detail: str, now: datetime) -> Notice:
    """An operator dropped an answer: before anybody saw it, or while it was in doubt (dropped, dropped_in_doubt)."""
    values = {"detail": sentence(detail), "url": _by_hand(record.post(publish.publication.parent))}
    return _of_publication(record, publish, OUTCOMES[reason], reason=reason, values=values, now=now)


def held_publication(record: Record, publish: Publish, reason: str, *, detail: str, now: datetime) -> Notice:
    """Why an answer that had passed the gates was not published after all, and what to do; once for each reason.

    All parts that wait for one that is missing are told of together.
    """
    post = record.post(publish.publication.parent)
    phrase = HELD.get(reason, OTHERWISE)
    values = {
        "detail": sentence(detail),
        "reason": reason,
        "post": quoted(post.text) if post else "",
        "url": _by_hand(post),
    }
    told = replace(phrase, text=f"{phrase.text}\n\n{standing(record, publish.key)}")
    return _of_publication(record, publish, told, reason=reason, values=values, now=now)


def acted(record: Record, act: Act, reason: str, *, detail: str, now: datetime) -> Notice:
    """What became of an order to act on the platform; once for each order and target."""
    values = {"detail": sentence(detail), "deed": str(act.deed), "url": _by_hand(record.post(act.target))}
    return to_agent(
        record,
        ACTED[reason],
        values,
        reason=reason,
        once=act.key,
        desk=act.desk,
        to=act.notify,
        said="",
        now=now,
    )


def edited(record: Record, post: Post, *, now: datetime) -> Notice:
    """The ticket learns the newer words; once for each change, also back to words that stood there before."""
    text = f"{TICKET['edited']}\n\n{quoted(post.text)}"
    once = f"{post.key}|{post.fingerprint}|{record.version}"
    return to_ticket(record, text, reason="edited", once=once, now=now)


def deleted(record: Record, post_id: str, *, now: datetime) -> Notice:
    """The ticket learns that a post is gone."""
    once = f"{record.key.channel}/{post_id}"
    return to_ticket(record, TICKET["deleted"], reason="deleted", once=once, now=now)


def consent_changed(record: Record, post: Post, reason: str, *, now: datetime) -> Notice:
    """The ticket learns that the customer ended text messages, or wants them again (stopped, started)."""
    return to_ticket(record, TICKET[reason], reason=reason, once=str(post.key), now=now)


def closing(record: Record, post: Post, until: datetime, *, platform: str, now: datetime) -> Notice:
    """The ticket learns that the time for a private answer ends soon, and what is possible afterwards."""
    public = "\n\nAn answer in public is still possible then." if Visibility.PUBLIC in post.answers else ""
    words = {"platform": platform, "until": moment(until), "url": _by_hand(post), "public": public}
    text = filled(TICKET["closing"], words)
    return to_ticket(record, text, reason="closing", once=str(post.key), now=now)


def answered_natively(record: Record, answer: Given, *, now: datetime) -> Notice:
    """The ticket learns that someone answered on the platform itself."""
    who = showing.line(answer.agent, 80) or "our account"
    parts = [TICKET["answered_natively"].format(who=who), quoted(answer.text), page(answer.url)]
    text = "\n\n".join(part for part in parts if part)
    return to_ticket(record, text, reason="answered_natively", once=answer.key, now=now)


def undelivered(record: Record, answer: Given, *, why: str, now: datetime) -> Notice:
    """The ticket learns that an answer which the platform had taken did not reach the customer."""
    text = f"{filled(TICKET['undelivered'], {'why': showing.line(why, 200)})}\n\n{quoted(answer.text)}"
    once = f"{record.key.channel}/{answer.published}"
    return to_ticket(record, text, reason="undelivered", once=once, now=now)


def tried(record: Record, sent: Sent, *, now: datetime) -> Notice:
    """The ticket learns what others answered while the post was held for them, the oldest first."""
    answers = [f"{quote.author}:\n\n{quoted(quote.text)}\n\n{page(quote.url)}".rstrip() for quote in sent.tried]
    text = "\n\n".join([TICKET["tried"], *answers])
    return to_ticket(record, text, reason="tried", once=sent.key, now=now)


def _of_publication(
    record: Record, publish: Publish, phrase: Phrase, *, reason: str, values: Mapping[str, str], now: datetime
) -> Notice:
    return to_agent(
        record,
        phrase,
        values,
        reason=reason,
        once=publish.key if reason != "part_missing" else publish.letter,
        desk=publish.desk or record.desk,
        to=publish.notify,
        said=publish.publication.text,
        now=now,
    )


def to_agent(
    record: Record,
    phrase: Phrase,
    values: Mapping[str, str],
    *,
    reason: str,
    once: str,
    desk: str,
    to: str,
    said: str,
    now: datetime,
) -> Notice:
    """A notice in the conversation's thread, with the answer that it is about."""
    parts = [filled(phrase.text, values), f"Your answer:\n\n{quoted(said)}" if said.strip() else ""]
    return Notice(
        key=f"tell|{reason}|{once}",
        desk=desk,
        audience=Audience.AGENT,
        to=to,
        reason=reason,
        subject=f"{filled(phrase.subject, values)}: {subjects.again(record)}",
        text="\n\n".join(part for part in parts if part),
        conversation=record.id,
        person=record.person,
        visibility=record.key.visibility,
        references=_references(record),
        made=now,
        customer=_customer(record),
        delimiter=record.there[-1].delimiter if record.there else "",
    )


def to_ticket(record: Record, text: str, *, reason: str, once: str, now: datetime) -> Notice:
    """A follow-up of the conversation's own ticket, under the ticket's own subject."""
    return Notice(
        key=f"tell|{reason}|{once}",
        desk=record.desk,
        audience=Audience.TICKET,
        to="",
        reason=reason,
        subject=subjects.again(record),
        text=text,
        conversation=record.id,
        person=record.person,
        visibility=record.key.visibility,
        references=_references(record),
        made=now,
        customer=_customer(record),
        delimiter=record.there[-1].delimiter if record.there else "",
    )


def filled(template: str, values: Mapping[str, str]) -> str:
    """A phrase of ours with its values, missing ones empty; values are never read as templates (E16)."""
    wanted = {field: values.get(field, "") for _, field, _, _ in Formatter().parse(template) if field}
    lines = (line.strip() for line in template.format(**wanted).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def _references(record: Record) -> tuple[str, ...]:
    return tuple(sent.message_id for sent in record.there)


def _customer(record: Record) -> str:
    post = _newest(record)
    return subjects.customer(post) if post else ""


def _newest(record: Record) -> Post | None:
    return record.posts[-1] if record.posts else None


def quoted(text: str) -> str:
    """Words of a person, cut to what a notice repeats."""
    return showing.marked(showing.block(text, _MOST).strip())


def sentence(detail: str) -> str:
    """A finding's detail as a sentence of its own."""
    detail = showing.line(detail, 400)
    return f"{detail[:1].upper()}{detail[1:]}{'' if detail.endswith(('.', '!', '?')) else '.'}" if detail else ""


def page(url: str) -> str:
    """An address that may be shown; empty where it may not."""
    link = links.link(url)
    return link.href if link else ""


def _by_hand(post: Post | None) -> str:
    """Where to answer or look by hand."""
    return (page(post.answer_url or post.url) if post else "") or "see the link in the customer's mail"
