"""What people write on Facebook, as the bridge understands it."""

from dataclasses import dataclass, replace
from datetime import datetime

from bridge.channels._graph.messages import PRIVATE_REPLY
from bridge.channels._graph.shapes import Comment, Person, Post, Rating
from bridge.channels._text import clean, line
from bridge.core import model
from bridge.core.model import Author, Kind, Quote, Visibility

SITE = "https://www.facebook.com"
INBOX = "https://business.facebook.com/latest/inbox/all"
"""Where a person reads and answers messages by hand."""

_RECOMMENDS = {"positive": "recommends the Page", "negative": "does not recommend the Page"}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where the posts are seen."""

    channel: str
    account: str
    now: datetime

    def at(self, now: datetime) -> "View":
        """The same at another time: what can be answered depends on it."""
        return replace(self, now=now)

    def by_us(self, person: Person | None) -> bool:
        """Whether the Page itself wrote it."""
        return person is not None and person.key == self.account

    def post(self, post: Post, kind: Kind) -> model.Post:
        """A visitor's post, or one elsewhere that tags the Page."""
        url = post.permalink_url or f"{SITE}/{post.key}"
        return model.Post(
            channel=self.channel,
            id=post.key,
            kind=kind,
            visibility=Visibility.PUBLIC,
            thread=f"p:{post.key}",
            author=author(post.from_, post.key),
            text=clean(post.message),
            at=post.at,
            url=url,
            answer_url=url,
            media=post.media,
            answers=self._answers(post.at, privately=post.can_reply_privately),
            private_until=post.at + PRIVATE_REPLY,
        )

    def comment(self, comment: Comment, post: str, context: tuple[Quote, ...]) -> model.Post:
        """A comment below a post, or an answer to one."""
        url = comment.permalink_url or f"{SITE}/{comment.key}"
        answers = self._answers(comment.at, privately=comment.can_reply_privately)
        if not comment.can_comment or comment.is_private:
            answers -= {Visibility.PUBLIC}
        return model.Post(
            channel=self.channel,
            id=comment.key,
            kind=Kind.COMMENT,
            visibility=Visibility.PRIVATE if comment.is_private else Visibility.PUBLIC,
            thread=f"p:{post}",
            parent=comment.parent.key if comment.parent else post,
            author=author(comment.from_, comment.key),
            text=clean(comment.message),
            at=comment.at,
            url=url,
            answer_url=url,
            media=comment.media,
            context=context,
            answers=answers,
            private_until=comment.at + PRIVATE_REPLY,
        )

    def rating(self, rating: Rating) -> model.Post:
        """A recommendation: it can be answered where it came with a story."""
        story = rating.open_graph_story
        url = f"{SITE}/{story.key}" if story else f"{SITE}/{self.account}/reviews"
        return model.Post(
            channel=self.channel,
            id=rating.key,
            kind=Kind.REVIEW,
            visibility=Visibility.PUBLIC,
            thread=f"p:{rating.key}",
            author=author(rating.reviewer, rating.key),
            title=_RECOMMENDS.get(rating.recommendation_type, ""),
            text=clean(rating.review_text),
            at=rating.at,
            url=url,
            answer_url=url,
            rating=rating.rating if rating.rating in range(1, 6) else None,
            answers=frozenset({Visibility.PUBLIC} if story else ()),
        )

    def _answers(self, at: datetime, *, privately: bool) -> frozenset[Visibility]:
        """A public one always; a private one once, and not for long."""
        private = privately and self.now - at < PRIVATE_REPLY
        return frozenset({Visibility.PUBLIC, Visibility.PRIVATE} if private else {Visibility.PUBLIC})


def author(person: Person | None, post: str) -> Author:
    """Who wrote it; where the platform withholds that, everyone is somebody else."""
    if person is None or not person.key:
        return Author(id=f"?{post}")
    return Author(id=person.key, handle=line(person.username), name=line(person.name), url=f"{SITE}/{person.key}")


def quote(entry: Post | Comment, *, ours: bool) -> Quote:
    """An earlier text of the same thread."""
    name = line(entry.from_.name) if entry.from_ else ""
    return Quote(author=name or "?", text=clean(entry.message), at=entry.at, url=entry.permalink_url, ours=ours)
