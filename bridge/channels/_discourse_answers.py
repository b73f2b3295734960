"""Discourse's answers, as far as they are read."""

import msgspec

from bridge.channels._overlap import Place


class Session(msgspec.Struct, frozen=True):
    class User(msgspec.Struct, frozen=True):
        id: int
        username: str

    current_user: User


class SiteSettings(msgspec.Struct, frozen=True):
    min_post_length: int = 20
    max_post_length: int = 32_000


class Public(msgspec.Struct, frozen=True):
    latest_posts: list[msgspec.Raw]


class Private(msgspec.Struct, frozen=True):
    private_posts: list[msgspec.Raw]


class Latest(msgspec.Struct, frozen=True):
    class Topics(msgspec.Struct, frozen=True):
        topics: list[msgspec.Raw] = []

    topic_list: Topics = Topics()


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    public: Place = Place()
    private: Place = Place()
