"""Discourse's answers, as far as they are read."""

import msgspec

from bridge.channels._overlap import Place


class Session(msgspec.Struct, frozen=True):
    """Who is logged in."""

    class User(msgspec.Struct, frozen=True):
        """The account behind the key."""

        id: int
        username: str

    current_user: User


class SiteSettings(msgspec.Struct, frozen=True):
    """The forum's bounds for a post, in characters; its own defaults where it tells none."""

    min_post_length: int = 20
    max_post_length: int = 32_000


class Public(msgspec.Struct, frozen=True):
    """A page of the public posts, the newest first."""

    latest_posts: list[msgspec.Raw]


class Private(msgspec.Struct, frozen=True):
    """A page of the posts in private messages, the newest first."""

    private_posts: list[msgspec.Raw]


class Latest(msgspec.Struct, frozen=True):
    """The topics that were written to last."""

    class Topics(msgspec.Struct, frozen=True):
        """A page of them."""

        topics: list[msgspec.Raw] = []

    topic_list: Topics = Topics()


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    public: Place = Place()
    private: Place = Place()
