"""What a fake Page knows of its posts beside their words: where they stand, who hides, what was liked; folded from the journal."""

from base64 import b64decode, b64encode
from collections import defaultdict
from enum import StrEnum

from bridge.testing.fakes.journal import Entry, Journal


class Mark(StrEnum):
    """What is special about a post."""

    OWN = "own"
    """The Page's own, published past the bridge."""
    ELSEWHERE = "elsewhere"
    """On other people's walls; it tags the Page."""
    MEDIA = "media"
    """A picture on Instagram."""
    TAGGING = "tagging"
    """A picture of others that the Instagram account is tagged in."""
    ANONYMOUS = "anonymous"
    """Its writer is withheld."""
    PRIVATE = "private"
    """A comment that only the Page can read."""


class Marks:
    """Every change is an entry of the journal first."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._marked: dict[Mark, set[int]] = defaultdict(set)
        self.instagrammers: set[str] = set()
        """Members who write to us on Instagram, not on Messenger."""
        self.replied: dict[int, str] = {}
        """Posts that got their one private reply, with the conversation that it went to."""
        self.ratings: list[Entry] = []
        self.photos: dict[str, bytes] = {}
        self.hidden: set[int] = set()
        self.liked: set[int] = set()
        for entry in journal:
            self._apply(entry)

    def marked(self, mark: Mark) -> set[int]:
        """The posts with that mark."""
        return self._marked[mark]

    def mark(self, mark: Mark, item: int) -> None:
        """From now on the post is one of these."""
        self._record("marked", mark=mark.value, id=item)

    def meet(self, member: str) -> None:
        """Somebody writes to us, or is written to, on Instagram."""
        if member not in self.instagrammers:
            self._record("met", member=member)

    def reply(self, item: int, conversation: str) -> None:
        """A post got its private reply."""
        self._record("replied", id=item, conversation=conversation)

    def recommend(self, member: str, text: str, *, story: int | None, positive: bool) -> None:
        """Somebody recommends the Page, or does not."""
        self._record("recommended", member=member, text=text, story=story, positive=positive)

    def bring(self, content: bytes) -> str:
        """Keep a picture that is not published by itself; gives back its name."""
        name = str(7_000 + len(self.photos))
        self._record("brought", name=name, content=b64encode(content).decode())
        return name

    def hide(self, item: int, *, hidden: bool) -> None:
        """Hide a post, or show it again."""
        self._record("hid", id=item, hidden=hidden)

    def like(self, item: int) -> None:
        """Like a post."""
        self._record("liked", id=item)

    def _record(self, what: str, **fields: str | int | bool | None) -> None:
        self._apply(self._journal.append(what, **fields))

    def _apply(self, entry: Entry) -> None:
        """Fold one entry into the state; those of the board are its own."""
        fields = entry.fields
        match entry.what:
            case "marked":
                self._marked[Mark(str(fields["mark"]))].add(_number(fields["id"]))
            case "met":
                self.instagrammers.add(str(fields["member"]))
            case "replied":
                self.replied[_number(fields["id"])] = str(fields["conversation"])
            case "recommended":
                self.ratings.append(entry)
            case "brought":
                self.photos[str(fields["name"])] = b64decode(str(fields["content"]))
            case "hid" if fields["hidden"]:
                self.hidden.add(_number(fields["id"]))
            case "hid":
                self.hidden.discard(_number(fields["id"]))
            case "liked":
                self.liked.add(_number(fields["id"]))


def _number(value: object) -> int:
    """A number as the journal keeps it."""
    if not isinstance(value, int):
        raise TypeError("the journal holds something else than a number")
    return value
