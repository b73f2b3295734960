"""A post on its way to a desk: the proxy in its final form, and that it went there."""

from dataclasses import replace
from datetime import datetime

from bridge.core import render, responses, templates
from bridge.core.conversation import Record, Sent
from bridge.core.effects import Inject
from bridge.core.model import Post, Verdict
from bridge.core.moment import Moment
from bridge.core.policy import DeskPolicy, Way
from bridge.core.proxies import Contact


def proxied(
    record: Record,
    post: Post,
    verdict: Verdict,
    *,
    desk: DeskPolicy,
    delimiter: str,
    at: Moment,
    contacts: tuple[Contact, ...] = (),
    gap: str = "",
    letter: str = "",
    remarks: tuple[str, ...] = (),
) -> Inject:
    """The proxy, with the operator's own lines and the responses that there are; `letter` is the one that asked for it, where one did.

    A letter's proxy is another one than triage's: it may bring a post back to a desk that had it before.
    """
    channel = at.policy.channels[post.channel]
    proxy = render.proxy(
        record,
        post,
        verdict,
        desk=desk,
        channel=channel,
        contacts=contacts,
        now=at.now,
        delimiter=delimiter,
        gap=gap,
    )
    own = templates.notes(at.policy.templates, post, desk=desk.name, platform=channel.platform)
    key = f"{proxy.key}|{letter}" if letter else proxy.key
    proxy = replace(
        proxy,
        key=key,
        notes=(*remarks, *proxy.notes, *own),
        responses=responses.offered(at.policy.responses, post),
        by_mail=desk.way is Way.AGENTS,
    )
    return Inject(proxy=proxy, sealed=at.seal(proxy))


def sent(inject: Inject, *, at: datetime, waits: bool, leads: bool) -> Sent:
    """That the proxy goes into its queue at that time, or waits from then on."""
    proxy = inject.proxy
    return Sent(
        key=inject.key,
        post=proxy.post.id,
        fingerprint=proxy.post.fingerprint,
        message_id=inject.sealed.message_id,
        desk=proxy.desk,
        text=inject.sealed.text,
        delimiter=proxy.delimiter,
        at=at,
        waits=waits,
        leads=leads,
        helped_by=proxy.verdict.helped_by,
    )
