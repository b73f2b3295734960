"""The keys of a Discourse channel."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza


class Settings(Stanza):
    """The keys of a Discourse channel."""

    endpoint: Endpoint = Field(description="The forum's address.")
    account: str = Field(
        pattern=r"^\d+$", description="Number of the user that answers; another one behind the key is refused."
    )
    username: str = Field(min_length=1, description="The name of that user, sent with the key.")
    key: Secret = Field(description="An API key of that user.")
    private: bool = Field(default=True, description="Read private messages too.")
    groups: tuple[str, ...] = Field(default=(), description="Groups whose private messages are ours as well.")
    private_title: str = Field(
        default="About your post",
        min_length=2,
        max_length=150,
        description="Title of a private answer to a public post; the post's place is added.",
    )
    per_minute: int = Field(
        default=50, ge=1, description="Requests a minute at most; a fifth of them is kept for publishing."
    )
    allow_private: bool = Field(default=False, description="Let the forum be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
