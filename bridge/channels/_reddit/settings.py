"""The keys of a Reddit channel."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza

_PERSON = r"^[A-Za-z0-9_-]{3,20}$"


class App(Stanza):
    """An app of your own that Reddit has approved, and the account that answers by it."""

    account: str = Field(
        pattern=r"^t2_[0-9a-z]{1,13}$",
        description="The full id of the account that answers; another one behind the token is refused.",
    )
    client_id: str = Field(pattern=r"^[A-Za-z0-9_-]{5,60}$", description="The app's id, from its own page at Reddit.")
    client_secret: Secret = Field(description="The app's secret.")
    refresh_token: Secret | None = Field(
        default=None, description="A permanent refresh token of the account for this app; either this or a password."
    )
    username: str | None = Field(
        default=None, description="The account's name, for an app of the kind script with a password."
    )
    password: Secret | None = Field(default=None, description="The account's password, for an app of the kind script.")
    by: str = Field(
        pattern=_PERSON, description="Reddit name of whoever runs the app: Reddit wants it in the User-Agent."
    )

    @model_validator(mode="after")
    def _logs_in_one_way(self) -> Self:
        if (self.refresh_token is None) == (self.password is None):
            raise ValueError("an app logs in by a refresh_token, or by username and password: set one of them")
        if self.password is not None and not self.username:
            raise ValueError("a password needs the username")
        return self


class Settings(Stanza):
    """The keys of a Reddit channel."""

    app: App | None = Field(
        default=None,
        description="Your own approved app; without it the public feeds are read, and nothing is answered.",
    )
    subreddits: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,40}$")], ...] = Field(
        default=(), max_length=20, description="Subreddits whose posts and comments are read, without the `r/`."
    )
    search: tuple[Annotated[str, StringConstraints(min_length=2, max_length=512)], ...] = Field(
        default=(),
        max_length=10,
        description='Words to look for in the posts of all subreddits, such as `"acme router"`.',
    )
    inbox: bool = Field(default=True, description="Read the account's replies, mentions and messages; with an app.")
    messages: bool = Field(
        default=True, description="Read private messages, where the inbox is read, and answer by them; with an app."
    )
    private_title: str = Field(
        default="About your post",
        min_length=2,
        max_length=100,
        description="Subject of a private answer to a public post.",
    )
    per_minute: int = Field(
        default=100,
        ge=10,
        le=1000,
        description="Requests a minute at most, of which a fifth is kept for publishing; with an app.",
    )
    spacing: Duration = Field(
        default=timedelta(seconds=10),
        description="Time between two requests for feeds: Reddit takes ten a minute from one address without an app.",
    )
    endpoint: Endpoint = Field(default="https://oauth.reddit.com", description="The server of the API.")
    site: Endpoint = Field(default="https://www.reddit.com", description="The server of the feeds, and of tokens.")
    allow_private: bool = Field(default=False, description="Let the servers be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @property
    def talks(self) -> bool:
        """Whether private messages are read and answered."""
        return self.inbox and self.messages

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if not (self.subreddits or self.search or (self.app and self.inbox)):
            raise ValueError("name subreddits or words to look for: set subreddits or search")
        if self.app is not None:
            guard_login(self.endpoint, allow_private=self.allow_private)
            guard_login(self.site, allow_private=self.allow_private)
        return self
