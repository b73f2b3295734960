"""The keys of a YouTube channel."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza


class Settings(Stanza):
    """The keys of a YouTube channel."""

    account: str = Field(
        pattern=r"^UC[A-Za-z0-9_-]{22}$",
        description="Id of the YouTube channel whose comments are read and answered; another one behind the token is refused.",
    )
    client_id: str = Field(pattern=r"^[\w.-]{10,120}$", description="OAuth client id of your Google Cloud project.")
    client_secret: Secret = Field(description="The client's secret.")
    refresh_token: Secret = Field(
        description="Refresh token of the channel's owner for that client, with the scope `youtube.force-ssl`."
    )
    held: tuple[Literal["heldForReview", "likelySpam"], ...] = Field(
        default=("heldForReview",),
        description="Which comments that YouTube keeps back come in too; each costs one unit a poll.",
    )
    hide_as: Literal["heldForReview", "rejected"] = Field(
        default="heldForReview",
        description="What hiding does: hold a comment for review, or reject it, which also hides its replies.",
    )
    units: int = Field(
        default=10_000, ge=100, description="Units of quota that a day has, up to midnight Pacific time."
    )
    reserve: float = Field(
        default=0.3, ge=0, lt=1, description="Share of them that is kept for answers; each answer costs about 51."
    )
    endpoint: Endpoint = Field(default="https://youtube.googleapis.com", description="The server of the API.")
    login: Endpoint = Field(default="https://oauth2.googleapis.com", description="The server that gives tokens.")
    allow_private: bool = Field(default=False, description="Let the servers be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        for server in (self.endpoint, self.login):
            guard_login(server, allow_private=self.allow_private)
        return self
