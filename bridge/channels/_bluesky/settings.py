"""The keys of a Bluesky channel."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bridge.channels._bluesky.shapes import DID
from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza


class Settings(Stanza):
    """The keys of a Bluesky channel."""

    account: str = Field(
        pattern=DID, description="The DID of the account that answers; another one behind the password is refused."
    )
    password: Secret = Field(description="An app password of that account, with access to direct messages.")
    keep: Path = Field(
        description="File in the state directory for the session: an account may log in 300 times a day, "
        "so a restart must not be a login."
    )
    endpoint: Endpoint = Field(default="https://bsky.social", description="The address of the account's server (PDS).")
    search: tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...] = Field(
        default=(), max_length=10, description='Words to look for in all public posts, for example `"acme router"`.'
    )
    messages: bool = Field(default=True, description="Read direct messages, and answer by them.")
    allow_private: bool = Field(default=False, description="Let the server be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
