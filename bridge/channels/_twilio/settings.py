"""The keys of a Twilio channel."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bridge.channels._sms.quiet import Quiet
from bridge.channels._sms.words import OwnWords, Where
from bridge.channels._stanza import Endpoint, Here, guard_login
from bridge.stanza import Duration, Secret, Stanza

Number = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]


class Budget(Stanza):
    """What a day of text messages may cost, by UTC's days."""

    money: float = Field(gt=0, description="Most that a day's answers may cost, in the currency of `segment`.")
    segment: float = Field(default=0.0083, gt=0, description="What one segment costs, with the carrier's fee.")


class Webhook(Stanza):
    """Where Twilio's webhooks come in: an address on this machine, to which your own proxy hands them on."""

    listen: Here = Field(
        description="Address and port on this machine, of this channel alone, such as `127.0.0.1:8783`."
    )
    url: str = Field(
        pattern=r"^https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?/[!-~]{0,500}$",
        description="The address that you enter at Twilio, to the letter: it is part of what Twilio signs.",
    )
    secret: Secret = Field(description="The account's auth token, with which Twilio signs, also where `key` logs in.")
    keep: Path = Field(
        description="File in the state directory, of this channel alone, for what was told and not yet looked at."
    )


class Settings(Stanza):
    """The keys of a Twilio channel, or of another server with the same API."""

    account: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$", description="The account's SID.")
    token: Secret = Field(description="The account's auth token, or the secret of an API key that `key` names.")
    key: str = Field(
        default="", pattern=r"^(SK[0-9a-fA-F]{32})?$", description="The SID of an API key, where one is used."
    )
    numbers: tuple[Number, ...] = Field(
        min_length=1,
        max_length=50,
        description='The account\'s numbers that are read and answered from, as "+15550100".',
    )
    segments: int = Field(
        default=6,
        ge=1,
        le=10,
        description="Most segments of one answer: 160 characters, or 70 with any that telephones lack, are one; more have 153 or 67 each.",
    )
    plain: bool = Field(
        default=True,
        description="Send typographic quotes, dashes and spaces as telephones write them, where they alone would double the price.",
    )
    budget: Budget | None = Field(default=None, description="What a day's answers may cost; no limit without it.")
    quiet: Quiet | None = Field(default=None, description="When answers wait; never without it.")
    words: dict[Where, OwnWords] = Field(
        default={},
        description="Words of STOP, START and HELP besides the shipped ones, by language, or by the beginning of numbers.",
    )
    webhook: Webhook | None = Field(
        default=None,
        description="Take Twilio's webhooks: texts come within seconds, and late failures too; polling stays as the net.",
    )
    net: Duration = Field(
        default=timedelta(minutes=15), description="How often everything is read while webhooks come in and none rings."
    )
    watched: Duration = Field(
        default=timedelta(seconds=5),
        le=timedelta(seconds=20),
        description="How long a message that was sent is watched, so that a network's refusal reaches the agent.",
    )
    endpoint: Endpoint = Field(default="https://api.twilio.com", description="The server of the API.")
    allow_private: bool = Field(default=False, description="Let the server be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=20), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
