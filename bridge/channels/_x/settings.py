"""The keys of an X channel: the account, its two ways to log in, what is read, and what may be spent."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from bridge.channels._stanza import Endpoint, guard_login
from bridge.stanza import Duration, Secret, Stanza

LONGEST_QUERY = 400
"""Characters of a search that are the operator's; X takes 512, and the bridge adds its own conditions."""


class OneA(Stanza):
    """OAuth 1.0a: the app's two keys and the account's two; they hold until somebody revokes them."""

    consumer_key: Secret = Field(description="The app's key (API Key).")
    consumer_secret: Secret = Field(description="The app's secret (API Key Secret).")
    access_token: Secret = Field(description="The account's token, with read, write and direct message rights.")
    access_secret: Secret = Field(description="The secret of the account's token.")


class Two(Stanza):
    """OAuth 2.0: the app's id, and the file in which the account's tokens are kept and renewed."""

    client_id: str = Field(min_length=1, description="The app's OAuth 2.0 Client ID.")
    client_secret: Secret | None = Field(
        default=None, description="Client Secret, for a confidential client (type Web App or Automated App)."
    )
    keep: Path = Field(
        description="File in the state directory for the account's tokens, made by `bridge channel login`; "
        "X renews them every two hours, so the daemon must be able to write there."
    )
    redirect: str = Field(
        default="http://127.0.0.1:8723/",
        pattern=r"^https?://[^\s?#]+$",
        description="Callback address as registered with the app; nothing needs to answer there.",
    )


class Prices(Stanza):
    """What X charges, in dollars, for reckoning the budget; see the app's page at console.x.com."""

    post: float = Field(default=0.005, ge=0, description="Each post that a search or look-up returns.")
    owned: float = Field(default=0.001, ge=0, description="Each own post or mention, where the account owns the app.")
    user: float = Field(default=0.010, ge=0, description="Each account that is looked up.")
    message: float = Field(default=0.010, ge=0, description="Each direct message that is read.")
    answer: float = Field(default=0.010, ge=0, description="A public answer to a post that mentions or quotes us.")
    create: float = Field(
        default=0.015,
        ge=0,
        description="A public answer of an Enterprise app, which may answer any post, and a later part of a split answer.",
    )
    link: float = Field(default=0.200, ge=0, description="A public answer with a link in it.")
    send: float = Field(default=0.015, ge=0, description="A direct message that is sent.")
    manage: float = Field(default=0.005, ge=0, description="Hiding a reply, which the bridge never does by itself.")
    delete: float = Field(
        default=0.010, ge=0, description="Taking back a published answer, which the bridge never does by itself."
    )


class Budget(Stanza):
    """How much one UTC day may cost; reading slows down first and stops at the reserve, answers may use all of it."""

    money: float = Field(default=10.0, gt=0, description="Dollars a day.")
    calls: int = Field(default=20_000, gt=0, description="Requests a day.")
    reserve: float = Field(default=0.2, ge=0, lt=1, description="Share that is kept for answers.")


class Settings(Stanza):
    """The keys of an X channel."""

    endpoint: Endpoint = Field(
        default="https://api.x.com", description="Address of the API; tokens and files go there too."
    )
    account: str = Field(
        pattern=r"^\d{1,19}$",
        description="Number of the account that answers; another one behind the login is refused.",
    )
    username: str = Field(pattern=r"^\w{1,50}$", description="Name of that account, without the @.")
    oauth1: OneA | None = Field(default=None, description="Log in by OAuth 1.0a; either this or oauth2.")
    oauth2: Two | None = Field(default=None, description="Log in by OAuth 2.0; either this or oauth1.")
    allow_private: bool = Field(default=False, description="Let the server be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    in_flight: Duration = Field(
        default=timedelta(seconds=90),
        ge=timedelta(seconds=1),
        description="How long X may still accept an answer whose request broke off; then it is looked for.",
    )
    backfill: Duration = Field(
        default=timedelta(0),
        le=timedelta(days=7),
        description="How far back the first contact reads, at most 7d; 0s for nothing.",
    )
    search: tuple[str, ...] = Field(
        default=(), max_length=10, description='Searches in X\'s own language, for example `"acme router" lang:en`.'
    )
    conversations: int = Field(
        default=24,
        ge=0,
        le=120,
        description="How many of the newest conversations with an answer of ours are searched for replies and quotes; "
        "12 cost one search a poll.",
    )
    reposts: bool = Field(default=False, description="Whether reposts come in too.")
    messages: bool = Field(default=True, description="Whether direct messages come in, and answers may go out by them.")
    messages_every: Duration = Field(
        default=timedelta(seconds=65),
        description="How often direct messages are read; X allows 15 times in 15 minutes.",
    )
    parents: int = Field(default=2, ge=0, le=10, description="How many earlier posts of a thread are shown as context.")
    recheck: Duration = Field(
        default=timedelta(hours=6),
        description="How often all posts younger than `watch` are looked up for deletions and edits; 0s for again and again.",
    )
    watch: Duration = Field(
        default=timedelta(days=2),
        description="How old a post may be to be looked up; each costs as much as reading it, once a day.",
    )
    tier: Literal["self-serve", "enterprise"] = Field(
        default="self-serve",
        description="Enterprise apps may answer any post; all others only posts that mention or quote the account.",
    )
    names: Literal["tweets", "posts"] = Field(
        default="tweets",
        description="Which names of fields are sent: those before August 2026, or the newer ones; both are understood.",
    )
    longest: int = Field(
        default=280, ge=280, le=25_000, description="The longest answer; more than 280 needs an account with Premium."
    )
    chain: bool = Field(
        default=True,
        description="Whether each part of a split answer answers the part before it; "
        "with false, for apps that X does not let answer their own posts, all parts answer the customer's post.",
    )
    owns_app: bool = Field(
        default=True, description="Whether the account owns the developer app: its reads are cheaper."
    )
    stream: Secret | None = Field(
        default=None,
        description="The app's bearer token, for the Activity stream: posts come within seconds; polling stays as the net.",
    )
    net: Duration = Field(
        default=timedelta(minutes=15), description="How often everything is polled while the Activity stream is well."
    )
    prices: Prices = Field(default=Prices(), description="What X charges.")
    budget: Budget = Field(default=Budget(), description="What a day may cost.")

    @field_validator("search")
    @classmethod
    def _searches_fit(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for query in given:
            if not query.strip() or len(query) > LONGEST_QUERY or re.search(r"[\x00-\x1f]", query):
                raise ValueError(f"a search is one line of 1 to {LONGEST_QUERY} characters")
        return given

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.oauth1 is None) == (self.oauth2 is None):
            raise ValueError("give either oauth1 or oauth2")
        if self.stream is not None and self.oauth2 is None:
            raise ValueError("stream needs oauth2: X lets no other login subscribe to an account's own events")
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self
