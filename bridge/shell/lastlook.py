"""The last look before speaking: does everything that held when the reply was accepted still hold?"""

from dataclasses import replace

from bridge.core import automatic, consent, storms
from bridge.core.chaining import earlier
from bridge.core.consent import Consent
from bridge.core.conversation import Record
from bridge.core.effects import Act, Publish
from bridge.core.model import Visibility
from bridge.core.policy import Limits
from bridge.core.publications import PrivateAnswer, PublicAnswer, Publication
from bridge.core.rights import is_taken_back
from bridge.core.withdrawing import BY_HAND
from bridge.shell.house import House


async def no_longer(house: House, publish: Publish) -> str:
    """Why the publication must not go out any more; empty where nothing changed (G2, G4, G7, G10, law 9)."""
    switches = await house.store.switches()
    if is_taken_back(switches, conversation=publish.conversation, desk=publish.desk, agent=publish.agent):
        return "right_revoked"
    record = await house.store.conversation(publish.conversation)
    if record is None:
        return "target_gone"
    if not _may_be_seen(publish.publication, record.key.visibility):
        return "visibility"
    target = publish.publication.parent
    if target in record.deleted:
        return "target_gone"
    if publish.group:
        return await _no_longer_of_all(house, publish, record)
    if (before := earlier(publish.key)) and not _stands(record, before):
        return "part_missing"
    post = record.post(target)
    sent = next((s for s in reversed(record.sent) if s.post == target), None)
    changed = post is not None and sent is not None and post.fingerprint != sent.fingerprint
    return "target_changed" if changed and "target_changed" not in publish.waived else ""


async def _no_longer_of_all(house: House, publish: Publish, record: Record) -> str:
    """The same for one of those whom an answer to all goes to: it was not stopped, and still answers what they say."""
    lead = await house.store.conversation(publish.group)
    entry = lead.shared(publish.letter) if lead else None
    if entry is None or entry.stopped:
        return "cancelled"
    if record.sent or not record.is_of(publish.group):
        return "own_ticket"
    post = record.post(publish.publication.parent)
    return "" if post is not None and post.fingerprint == publish.said else "target_changed"


def _stands(record: Record, key: str) -> str:
    """The platform's id of a part that is there, and still there (delivery.md 6.3); empty where it is not known to be."""
    given = record.answer(key)
    return given.published if given is not None and not given.dropped else ""


async def chained(house: House, publish: Publish, limits: Limits) -> Publication | None:
    """The publication, hung on the part before it where its channel does so; None where that part is not known.

    A part that a person confirmed without telling its id cannot be named: what follows it answers the customer's post.
    """
    before = earlier(publish.key) if limits.chained else ""
    if not before:
        return publish.publication
    record = await house.store.conversation(publish.conversation)
    known = _stands(record, before) if record else ""
    return replace(publish.publication, follows="" if known.startswith(BY_HAND) else known) if known else None


async def overtaken(house: House, publish: Publish) -> str:
    """Why an answer that nobody wrote must not go out any more; empty for every other."""
    if publish.agent != automatic.AGENT:
        return ""
    record = await house.store.conversation(publish.conversation)
    storm = storms.name(publish.publication.channel) in await house.store.switches()
    return automatic.overtaken(publish, record, storm=storm, policy=house.policy())


def unread(house: House, publish: Publish) -> bool:
    """Whether words that came in while nobody read may stop an answer that nobody wrote; another node's reading counts.

    A `#cancel` lies in the inbox after an outage, or a colleague's answer stands on the platform: both were in time.
    """
    if publish.agent != automatic.AGENT:
        return False
    inboxes = [name for name, mark in house.postmarks.items() if publish.desk in mark.desks]
    sources = [f"channel {publish.publication.channel}", *(f"inbox {name}" for name in inboxes)]
    return not house.read.union(house.elsewhere).issuperset(sources)


def _may_be_seen(publication: Publication, visibility: Visibility) -> bool:
    """Whether this answer may go out in a conversation of that visibility."""
    match publication:
        case PublicAnswer():
            return visibility is Visibility.PUBLIC
        case PrivateAnswer():
            return True


async def paused(house: House, channel: str) -> bool:
    """Whether an operator stopped all voices, or this channel, by command."""
    switches = await house.store.switches()
    return bool(switches.get("publishing") or switches.get(f"channel:{channel}"))


async def must_wait(house: House, act: Act) -> bool:
    """Whether an operator stopped this by command: a pause of publishing lets go on what takes words away."""
    switches = await house.store.switches()
    voiced = bool(switches.get("publishing")) and not act.deed.shrinks
    return voiced or bool(switches.get(f"channel:{act.channel}"))


async def newest_word(house: House, channel: str, *, thread: str, theirs: str) -> Consent | None:
    """What a customer last said about text messages from that thread's number; None where nothing, or it has none."""
    policy = house.policy().channels.get(channel)
    texting = policy.limits.texting if policy else None
    kept = await house.store.kept(consent.key(thread, theirs)) if texting else None
    return kept if isinstance(kept, Consent) else None


async def stopped(house: House, publish: Publish) -> str:
    """Why a text message must not be sent, asked as the last of all; empty where it may: whoever said STOP gets none."""
    answer = publish.publication
    newest = await newest_word(house, answer.channel, thread=answer.thread, theirs=answer.author.id)
    return "stopped" if consent.forbids(newest, parent=answer.parent, agent=publish.agent) else ""
