"""The keys of a Mastodon channel."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza

Hashtag = Annotated[str, StringConstraints(pattern=r"^\w{1,100}$")]
"""A hashtag without its mark."""


class Settings(Stanza):
    """The keys of a Mastodon channel."""

    endpoint: Endpoint = Field(description="The address of the server where the account is.")
    account: str = Field(
        pattern=r"^[0-9A-Za-z_-]{1,64}$",
        description="The server's id of the account that answers; another one behind the token is refused.",
    )
    token: Secret = Field(description="An access token of that account.")
    hashtags: tuple[Hashtag, ...] = Field(
        default=(), max_length=20, description="Hashtags, without #, whose public posts are read too."
    )
    search: tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...] = Field(
        default=(), max_length=10, description="Words to look for, where the server offers a search over posts."
    )
    bots: bool = Field(default=True, description="Read what accounts write that call themselves automated.")
    filtered: bool = Field(
        default=True, description="Read also the mentions that the account's own notification policy holds back."
    )
    stream: bool = Field(
        default=False, description="Let the server tell of mentions at once; `interval` says how soon they are read."
    )
    net: Duration = Field(
        default=timedelta(seconds=60),
        ge=timedelta(seconds=1),
        description="How often everything is read though the stream is well.",
    )
    allow_private: bool = Field(default=False, description="Let the server be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
