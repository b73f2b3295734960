"""What an agent must know to answer a post well: who can read the answer, how long it may be, what is unusual."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bridge.core import leads, links, lookalikes, showing, subjects
from bridge.core.captions import NOTES
from bridge.core.conversation import Record
from bridge.core.model import Post, Reason, Verdict, Visibility
from bridge.core.policy import ChannelPolicy, DeskPolicy

BECAUSE = Reason(rule="sample", hit=True, detail="an admin said that it should have been answered")
"""Why a post that was left alone goes to a desk after all."""

_HOUR = 3600
_MINUTE = 60


def notes(
    record: Record, post: Post, verdict: Verdict, *, desk: DeskPolicy, channel: ChannelPolicy, gap: str
) -> tuple[str, ...]:
    """Sentences with a label each, warnings first."""
    return (
        *_state(record, post, verdict, desk=desk, gap=gap),
        *_warnings(post, channel),
        *_due(post, verdict),
        *_readers(post, channel),
        *_until(post, channel),
        *_lengths(post, channel),
        *_on_the_way(post, verdict, desk, channel),
    )


def moment(at: datetime) -> str:
    """A time as people read it: Tue 24 Nov 2026, 18:33 UTC."""
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}, {at.hour:02}:{at.minute:02} UTC"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _state(record: Record, post: Post, verdict: Verdict, *, desk: DeskPolicy, gap: str) -> Iterator[str]:
    if not desk.live:
        yield NOTES["rehearsal"]
    if post.id in record.deleted:
        yield NOTES["deleted"]
    elif any(sent.post == post.id and sent.fingerprint != post.fingerprint for sent in record.sent):
        yield NOTES["edited"]
    if gap:
        yield NOTES["after_all" if BECAUSE in verdict.why else "late"].format(gap=gap)
    if len(post.text) > showing.MAX_TEXT:
        yield NOTES["long"].format(shown=f"{showing.MAX_TEXT:,}")


def _warnings(post: Post, channel: ChannelPolicy) -> Iterator[str]:
    """Names and links that may deceive the agent (E05, E06)."""
    names = (post.author.name, post.author.handle)
    if any(lookalikes.mixed(name) for name in names):
        yield NOTES["mixed"]
    ours = next((ours for name in names if (ours := lookalikes.resembles(name, channel.brand))), "")
    if ours:
        yield NOTES["resembles"].format(ours=ours)
    hosts = links.disguised(post.text)
    if hosts:
        yield NOTES["links"].format(hosts=", ".join(hosts))


def _due(post: Post, verdict: Verdict) -> Iterator[str]:
    if verdict.target is not None:
        yield NOTES["due"].format(time=moment(post.at + verdict.target))


def _readers(post: Post, channel: ChannelPolicy) -> Iterator[str]:
    """Who can read the answer, or where to answer by hand."""
    public = Visibility.PUBLIC in post.answers and post.visibility is Visibility.PUBLIC
    private = Visibility.PRIVATE in post.answers
    words = {"platform": channel.platform, "customer": subjects.customer(post)}
    if public and private:
        yield NOTES["either"].format(**words)
    elif public:
        yield NOTES["public"].format(**words)
    elif private:
        yield NOTES["private" if post.visibility is Visibility.PRIVATE else "shrunk"].format(**words)
    else:
        by_hand = links.link(post.answer_url or post.url)
        yield NOTES["none_link" if by_hand else "none"].format(**words, url=by_hand.href if by_hand else "")


def _until(post: Post, channel: ChannelPolicy) -> Iterator[str]:
    """The end of the time in which the platform takes a private answer."""
    if post.private_until is not None and Visibility.PRIVATE in post.answers:
        yield NOTES["until"].format(platform=channel.platform, time=moment(post.private_until))


def _lengths(post: Post, channel: ChannelPolicy) -> Iterator[str]:
    """How long the answer may be, in the platform's own unit."""
    limits = channel.limits
    public = limits.room(Visibility.PUBLIC) if Visibility.PUBLIC in post.answers else 0
    private = limits.room(Visibility.PRIVATE) if Visibility.PRIVATE in post.answers else 0
    if public and private and public != private:
        yield NOTES["lengths"].format(limit=f"{public:,}", unit=limits.unit, private=f"{private:,}")
    elif public or private:
        yield NOTES["length"].format(limit=f"{public or private:,}", unit=limits.unit)
    if public and limits.caution:
        yield limits.caution


def _on_the_way(post: Post, verdict: Verdict, desk: DeskPolicy, channel: ChannelPolicy) -> Iterator[str]:
    """What happens between the agent's mail and its publication; nothing where no answer is possible."""
    if not post.answers:
        return
    if leads.is_needed(desk, verdict.approve_by, ""):
        yield NOTES["approval"].format(leads=" or ".join(leads.asked_first(desk, verdict.approve_by, "")) or "a lead")
    if desk.allow_media and channel.limits.max_media:
        yield NOTES["media"].format(most=channel.limits.max_media)
    if undo := desk.undo_for(post.visibility):
        yield NOTES["undo"].format(time=spoken(undo))


def spoken(length: timedelta) -> str:
    """A length of time as people say it: 60 seconds, 5 minutes, 2 hours."""
    seconds = int(length.total_seconds())
    for size, word in ((_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= 2 * size or (seconds >= size and word == "hour"):
            return f"{seconds // size} {word}{'s' if seconds // size > 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def day(at: datetime) -> str:
    """A date as people read it: 24 Nov 2026."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
