"""Sends answers as text messages: consent first, then the night, then the money, and only then the words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.channels._problems import the_one
from bridge.channels._sms.people import is_number, zones
from bridge.channels._sms.quiet import Quiet
from bridge.channels._sms.spending import Spending
from bridge.channels._text import same_words
from bridge.channels._twilio.asking import Asking
from bridge.channels._twilio.posts import ends
from bridge.channels._twilio.refusals import OPTED_OUT, undelivered
from bridge.channels._twilio.settings import Settings
from bridge.channels._twilio.shapes import ARRIVED, UNDELIVERED, Message
from bridge.core import segments
from bridge.core.consent import Said, Texting
from bridge.core.publications import Posted, PrivateAnswer, Publication
from bridge.ports import (
    Clock,
    LoginProblem,
    PermanentProblem,
    StoppedProblem,
    TemporaryProblem,
    UncertainProblem,
    WaitProblem,
)

_LOOKS = (0.5, 1.0, 2.0)
"""Seconds between looks at what became of a message; the last one is repeated."""

_SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Writes from the account's numbers."""

    asking: Asking
    settings: Settings
    spending: Spending | None
    clock: Clock
    texting: Texting

    async def say(self, publication: Publication) -> Posted:
        """Send it, unless the customer wants no messages, sleeps, or the day's money is spent."""
        text, (ours, theirs) = self._checked(publication), ends(publication.thread)
        await self._welcome(ours, theirs)
        if self.spending:
            self.spending.pay(segments.count(text), self.clock.now())
        sent = await self.asking.send(sender=ours, receiver=theirs, text=text)
        await self._watched(sent)
        return Posted(id=sent.sid)

    def words(self, text: str) -> str:
        """The text as it is sent."""
        return segments.plainer(text) if self.settings.plain else text

    def _checked(self, publication: Publication) -> str:
        """The words, where they are fit to be sent to that number."""
        ours, theirs = ends(publication.thread)
        text = self.words(publication.text)
        if not isinstance(publication, PrivateAnswer):
            raise PermanentProblem("text messages are between two people: nothing is public there")
        if ours not in self.settings.numbers or not is_number(theirs):
            raise PermanentProblem("the talk is between numbers that cannot write to each other")
        if publication.media:
            raise PermanentProblem("no files go out by text message")
        if segments.count(text) > self.settings.segments:
            raise PermanentProblem("the answer has more segments than one may have")
        return text

    async def _welcome(self, ours: str, theirs: str) -> None:
        """Raises StoppedProblem for somebody who asked to be left alone, and TemporaryProblem at night."""
        newest: datetime | None = None
        try:
            async for message in self.asking.talk(sender=theirs, receiver=ours):
                newest = newest or message.at
                match self.texting.said(message.words, theirs):
                    case Said.STOP:
                        raise StoppedProblem(OPTED_OUT)
                    case Said.START:
                        break
        except UncertainProblem as problem:
            raise TemporaryProblem(f"whether the customer wants messages cannot be told: {problem}") from None
        if self.settings.quiet:
            self._awake(self.settings.quiet, theirs, newest)

    def _awake(self, quiet: Quiet, theirs: str, newest: datetime | None) -> None:
        now = self.clock.now()
        wait = quiet.wait(now, zones(theirs))
        if wait and (newest is None or now - newest > quiet.session):
            raise WaitProblem("it is night where the customer is", wait.total_seconds())

    async def _watched(self, sent: Message) -> None:
        """Raises PermanentProblem where the network refuses a message soon after Twilio took it."""
        over = self.clock.now() + self.settings.watched
        looks = iter(_LOOKS)
        while sent.status not in ARRIVED | UNDELIVERED:
            pause = next(looks, _LOOKS[-1])
            if self.clock.now() + timedelta(seconds=pause) > over:
                return
            await self.clock.sleep(pause)
            try:
                sent = await self.asking.message(sent.sid) or sent
            except (TemporaryProblem, PermanentProblem, LoginProblem):
                return
        if sent.status in UNDELIVERED:
            raise PermanentProblem(undelivered(sent.error_code))

    async def find(self, publication: Publication) -> Posted | None:
        """Our message with these words since the one that was answered, if it did not fail."""
        ours, theirs = ends(publication.thread)
        answered = await self.asking.message(publication.parent)
        if answered is None:
            raise UncertainProblem("Twilio does not have the message any more that was answered")
        wanted, found = same_words(self.words(publication.text)), []
        async for message in self.asking.talk(sender=ours, receiver=theirs):
            if message.at < answered.at - _SKEW:
                break
            if message.status not in UNDELIVERED and same_words(self.words(message.words)) == wanted:
                found.append(message)
        match = the_one(found, "messages")
        return Posted(id=match.sid) if match else None
