"""The keys of a NodeBB channel."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza


class Settings(Stanza):
    """The keys of a NodeBB channel."""

    endpoint: Endpoint = Field(description="The forum's address, with the folder that it lies in.")
    account: str = Field(
        pattern=r"^[1-9]\d*$", description="Number of the user that answers; another one behind the token is refused."
    )
    token: Secret = Field(description="An API token of that user, or a master token.")
    categories: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        min_length=1, description="Numbers of the categories that are read; posts elsewhere are left alone."
    )
    private: bool = Field(default=True, description="Read chats with the account too.")
    per_minute: int = Field(
        default=300, ge=1, description="Requests a minute at most; a fifth of them is kept for publishing."
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
