"""The keys that channels on Meta's Graph API share."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from bridge.channels._stanza import Endpoint, Here, guard_login
from bridge.stanza import Duration, Secret, Stanza


class Webhook(Stanza):
    """Where Meta's webhooks come in: an address on this machine, to which your own proxy hands them on."""

    listen: Here = Field(
        description="Address and port on this machine, such as `127.0.0.1:8781`; accounts of one app may share it."
    )
    verify: Secret = Field(description="The verify token that you enter at Meta with the address.")
    keep: Path = Field(
        description="File in the state directory, of this channel alone, for what was told and not yet read."
    )


class GraphSettings(Stanza):
    """How the Graph API is reached, and as whom."""

    token: Secret = Field(description="The Page's access token, or one of a system user for this Page.")
    app_id: str = Field(pattern=r"^\d+$", description="Number of the app that the token was made for.")
    app_secret: Secret = Field(
        description="The app's secret: proves each call (`appsecret_proof`) and asks when the token ends."
    )
    version: str = Field(
        default="v26.0", pattern=r"^v\d{2}\.\d$", description="Version of the Graph API; each lives about two years."
    )
    endpoint: Endpoint = Field(default="https://graph.facebook.com", description="The server of the Graph API.")
    private: bool = Field(default=True, description="Read private messages too.")
    human_agent: bool = Field(
        default=False,
        description="Whether Meta approved the app's Human Agent feature: answers to private messages go for 7 days, not 24 hours.",
    )
    webhook: Webhook | None = Field(
        default=None,
        description="Take Meta's webhooks: what people write comes within seconds; polling stays as the net.",
    )
    net: Duration = Field(
        default=timedelta(minutes=15), description="How often everything is read while webhooks come in and none rings."
    )
    allow_private: bool = Field(default=False, description="Let the endpoint be inside your network, or on http.")
    timeout: Duration = Field(
        default=timedelta(seconds=20), le=timedelta(seconds=30), description="The longest that one request may take."
    )
    lookups: Duration = Field(
        default=timedelta(days=7),
        description="How old a post or comment may be to be looked up for deletion, five with a poll; 0s for none.",
    )
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
