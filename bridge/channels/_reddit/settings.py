"""The keys of a Reddit channel."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bridge.channels._stanza import Endpoint
from bridge.stanza import Duration, Stanza


class Settings(Stanza):
    """The keys of a Reddit channel."""

    subreddits: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,40}$")], ...] = Field(
        default=(), max_length=20, description="Subreddits whose posts and comments are read, without the `r/`."
    )
    search: tuple[Annotated[str, StringConstraints(min_length=2, max_length=512)], ...] = Field(
        default=(),
        max_length=10,
        description='Words to look for in the posts of all subreddits, such as `"acme router"`.',
    )
    spacing: Duration = Field(
        default=timedelta(seconds=10),
        description="Time between two requests for feeds: Reddit takes ten a minute from one address without an app.",
    )
    site: Endpoint = Field(default="https://www.reddit.com", description="The server of the feeds.")
    allow_private: bool = Field(default=False, description="Let the servers be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if not (self.subreddits or self.search):
            raise ValueError("name subreddits or words to look for: set subreddits or search")
        return self
