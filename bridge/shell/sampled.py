"""An admin's answer to a sample of what was left alone: the sample as it stands now, the decision, and its outcome."""

import structlog

from bridge.core.conversation import Record
from bridge.core.effects import Row, Tell
from bridge.core.model import PostKey
from bridge.core.proxies import Notice
from bridge.core.replies import Letter, LetterOutcome, Reading
from bridge.core.reviewing import Review, SampleAnswered, reviewed
from bridge.core.sampling import notice_key
from bridge.shell.house import House
from bridge.shell.sender_keys import Keys, require_proof

log = structlog.get_logger("bridge.inbound")


async def consider(house: House, letter: Letter, said: Reading, *, keys: Keys) -> LetterOutcome:
    """Decide upon the letter and apply it; its labels, what it brings to a desk and its outcome are one decision.

    Raises KeyMissing where it waits for what could prove its sender.
    """
    sample = said.conversations[0]
    notice = await _notice(house, sample)
    event = SampleAnswered(
        reading=said,
        received=letter.received,
        inbox=letter.inbox,
        raw=letter.raw,
        switches=await house.store.switches(),
        sample=sample,
        reviews=tuple([await _review(house, key) for key in notice.drawn]) if notice else (),
        delimiter=notice.delimiter if notice else "",
    )
    decision = reviewed(event, at=house.moment())
    require_proof(house, keys, decision, now=house.clock.now())
    receipt = await house.apply(decision)
    outcome = decision.filed.outcome if receipt.applied and decision.filed else LetterOutcome.REPLAY
    log.info("sample_answered", inbox=letter.inbox, sample=sample, outcome=outcome)
    return outcome


async def _notice(house: House, sample: str) -> Notice | None:
    """The sample's mail; None once retention has emptied it."""
    row = await house.store.kept(notice_key(sample))
    return row.effect.notice if isinstance(row, Row) and isinstance(row.effect, Tell) else None


async def _review(house: House, key: PostKey) -> Review:
    """A post of the sample as it stands now."""
    known = (await house.store.known(key.channel, [key.id])).get(key.id)
    if known is None or known.deleted:
        return Review(key=key, post=None)
    record = await house.store.conversation(known.conversation)
    post = record.post(key.id) if record else None
    return Review(key=key, post=post, seen_to=record is not None and _seen_to(record, key.id))


def _seen_to(record: Record, post: str) -> bool:
    """Whether a desk has the post, or it was answered."""
    asked = any(sent.post == post for sent in record.sent)
    return asked or any(given.post == post and not given.dropped for given in record.given)
