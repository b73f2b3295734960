"""What a fake Page and its Instagram account show, over a board and its marks: names, places, conversations."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bridge.testing.fakes.board import Board, Item, Member
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.graph_marks import Mark, Marks
from bridge.testing.fakes.journal import Entry

Rating = dict[str, object]


class GraphState:
    """What is shown of the journal, and what a test lets the platform refuse."""

    def __init__(self, board: Board, faults: Faults, *, brand: Member, now: Callable[[], datetime]) -> None:
        self.board = board
        self.faults = faults
        self.brand = brand
        self.now = now
        self.marks = Marks(board.journal)
        self.closed: set[int] = set()
        """Posts whose comments are refused, as long as a test wants it."""
        self.sealed: set[str] = set()
        """Conversations whose messages are refused."""
        self.unreachable: set[str] = set()
        """People who can receive nothing at the moment."""
        self.approved_human_agent = False
        self.names_replies = True
        """Whether a comment tells the conversation of its private reply."""

    @property
    def page(self) -> str:
        """The Page's number."""
        return number(self.brand)

    @property
    def instagram(self) -> str:
        """The number of the Instagram account."""
        return instagram_number(self.brand)

    def platform(self, message: Item) -> str:
        """Where a private message is."""
        return "instagram" if self.other(message).id in self.marks.instagrammers else "messenger"

    def on_instagram(self, item: Item) -> bool:
        """Whether it is a picture there, or below one."""
        return item.topic in self.marks.marked(Mark.MEDIA) or item.topic in self.marks.marked(Mark.TAGGING)

    def ratings(self) -> list[Rating]:
        """Recommendations as the Page shows them, in their order."""
        return [self._rating(entry) for entry in self.marks.ratings]

    def _rating(self, entry: Entry) -> Rating:
        member, story = self.board.by_id(str(entry.fields["member"])), entry.fields["story"]
        assert member is not None
        return {
            "created_time": entry.at.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "reviewer": {"id": number(member), "name": member.name},
            "rating": None,
            "recommendation_type": "positive" if entry.fields["positive"] else "negative",
            "review_text": entry.fields["text"],
            "open_graph_story": None if story is None else {"id": self.key(self.board.item(int(story)))},
        }

    def key(self, item: Item) -> str:
        """The name of an item, as Meta forms it."""
        if item.private:
            return f"m_{item.id}"
        if self.on_instagram(item):
            return f"1790{item.id:013d}"
        if item.id in self.marks.marked(Mark.ELSEWHERE):
            return f"{number(item.author)}_{item.id}"
        return f"{self.page}_{item.id}" if item.id == item.topic else f"{item.topic}_{item.id}"

    def item(self, node: str) -> Item | None:
        """The public item of that name, if it stands."""
        for item in self.board.everything():
            if not item.private and self.key(item) == node and self.stands(item):
                return item
        return None

    def names_us(self, item: Item) -> bool:
        """Whether somebody's picture or a comment below one mentions the Instagram account; the picture of such a comment too."""
        words = [item.text, *(other.text for other in self.comments(item) if item.id == item.topic)]
        return self.on_instagram(item) and any(f"@{self.brand.name}".lower() in text.lower() for text in words)

    def stands(self, item: Item) -> bool:
        """Whether neither it nor anything above it was taken away."""
        above = None if item.parent is None else self.board.item(item.parent)
        return not item.deleted and (above is None or self.stands(above))

    def member(self, node: str) -> Member | None:
        """The person of that number."""
        return self.board.by_id(f"m{int(node) - _FIRST}") if node.isdigit() else None

    def top(self, item: Item) -> Item | None:
        """The first comment above an answer; None for a first comment: answers are kept in one level."""
        parent = None if item.parent is None else self.board.item(item.parent)
        if parent is None or parent.id == parent.topic:
            return None
        return self.top(parent) or parent

    def listed(self, items: Sequence[Item]) -> list[Item]:
        """What a listing shows at the moment, the oldest first."""
        shown = [item for item in items if self.stands(item)]
        if lag := self.faults.take(Mode.LISTING_LAG):
            shown = [item for item in shown if item.at <= self.now() - timedelta(seconds=lag.amount)]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            shown = shown[-int(window.amount) :]
        if self.faults.take(Mode.IDS_BACK):
            shown = shown[:-1]
        return shown

    def newest_of_others(self) -> int:
        """The newest public item that is not the Page's."""
        public = [item for item in self.board.everything() if not item.private and item.author.id != self.brand.id]
        return max((item.id for item in public), default=0)

    def comments(self, post: Item) -> list[Item]:
        """What stands below a post."""
        return [item for item in self.board.topic(post.topic) if item.id != post.id]

    def talks(self) -> dict[str, list[Item]]:
        """Conversations by their names, the oldest message first."""
        found: dict[str, list[Item]] = {}
        for item in self.board.shown_to(self.brand.id):
            if item.private and not item.deleted:
                found.setdefault(conversation(self.other(item)), []).append(item)
        return found

    def other(self, item: Item) -> Member:
        """With whom a message is shared."""
        assert item.to is not None
        return item.to if item.author.id == self.brand.id else item.author


_FIRST = 900_000


def number(member: Member) -> str:
    """Meta's people and Pages have numbers."""
    return str(_FIRST + int(member.id.removeprefix("m")))


def instagram_number(member: Member) -> str:
    """The number of somebody's account on Instagram."""
    return f"178414{number(member)}"


def conversation(member: Member) -> str:
    """The name of the conversation with a person."""
    return f"t_{number(member)}"
