"""The keys of a Discourse channel."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza


class Settings(Stanza):
    """The keys of a Discourse channel."""

    endpoint: Endpoint
    account: str
    """Numeric id of the user that answers; another one behind the key is refused (F03)."""
    username: str
    key: Secret
    private: bool = True
    """Whether private messages are read too."""
    groups: tuple[str, ...] = ()
    """Groups whose private messages are ours as well."""
    private_title: Annotated[str, Field(min_length=2, max_length=150)] = "About your post"
    """Title of a private answer to a public post; the post's place is added."""
    per_minute: Annotated[int, Field(ge=1)] = 50
    """Requests that we make at most; a fifth is kept for publishing."""
    allow_private: bool = False
    timeout: Duration = timedelta(seconds=30)
    backfill: Duration = timedelta(0)

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
