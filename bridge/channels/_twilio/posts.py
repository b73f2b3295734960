"""Text messages as the core's posts; who they are from, and whether they can be answered."""

from dataclasses import dataclass

from bridge.channels._sms.people import is_number, shown
from bridge.channels._text import clean, line
from bridge.channels._twilio.shapes import Files, Message
from bridge.core.consent import Said, Texting
from bridge.core.model import Author, Kind, Media, Post, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one account's numbers see the world."""

    channel: str
    account: str
    endpoint: str
    numbers: frozenset[str]
    texting: Texting

    def concerns(self, message: Message) -> bool:
        """Whether it went to or from a number that is ours to read."""
        return (message.to if message.inbound else message.from_) in self.numbers

    def post(self, message: Message, files: Files | None) -> Post:
        """The post as the bridge knows it; `files` are those that came with it."""
        ours, theirs = (message.to, message.from_) if message.inbound else (message.from_, message.to)
        author = _customer(theirs) if message.inbound else Author(id=ours, handle=ours)
        return Post(
            channel=self.channel,
            id=message.sid,
            kind=Kind.SMS,
            visibility=Visibility.PRIVATE,
            thread=thread(ours, theirs),
            author=author,
            text=clean(message.words).strip(),
            at=message.at,
            answers=self._answers(message),
            answer_url="https://console.twilio.com/us1/monitor/logs/sms",
            media=tuple(self._media(message, files)) if files else (),
        )

    def _answers(self, message: Message) -> frozenset[Visibility]:
        """None to somebody who just asked to be left alone, nor to what is no number."""
        stops = self.texting.said(message.words, message.from_) is Said.STOP
        can = message.inbound and is_number(message.from_) and not stops
        return frozenset({Visibility.PRIVATE}) if can else frozenset()

    def _media(self, message: Message, files: Files) -> list[Media]:
        start = f"{self.endpoint}/2010-04-01/Accounts/{self.account}/Messages/{message.sid}/Media"
        return [
            Media(url=f"{start}/{line(file.sid, 64)}", type=line(file.content_type, 60)) for file in files.media_list
        ]


def thread(ours: str, theirs: str) -> str:
    """The one talk between two numbers."""
    return f"{ours} {theirs}"


def ends(talk: str) -> tuple[str, str]:
    """Our number and theirs, of a talk."""
    ours, _, theirs = talk.partition(" ")
    return ours, theirs


def _customer(number: str) -> Author:
    return Author(id=number, handle=line(number, 60), name=line(shown(number), 60))
