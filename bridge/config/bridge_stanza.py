"""The `[bridge]` table: what holds for the whole installation."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from bridge.core.leads import LEADS
from bridge.core.policy import Automatic
from bridge.core.storms import Limits
from bridge.letters.address import KeyRing
from bridge.stanza import Duration, Secret, Stanza

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_MAILBOX = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LISTEN = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(?P<port>\d{1,5})")
_PORTS = 65536
_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})


def _domain(given: str) -> str:
    if not _HOST.fullmatch(given):
        raise ValueError("must be a mail domain in lower case, for example reply.example.com")
    return given


def _mailbox(given: str) -> str:
    if not _MAILBOX.fullmatch(given):
        raise ValueError("must be one bare mail address, for example operator@example.com")
    return given.lower()


def _listen(given: str) -> str:
    found = _LISTEN.fullmatch(given)
    if not found or int(found["port"]) >= _PORTS:
        raise ValueError("must be an address and a port, for example 127.0.0.1:9468")
    return given


def _resolver(given: str) -> str:
    try:
        return _listen(given)
    except ValueError:
        raise ValueError("must be an address and a port, for example 127.0.0.1:53") from None


def _zone(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not a known time zone: write one like Europe/Berlin") from None


def _language(given: str) -> str:
    if not _LANGUAGE.fullmatch(given):
        raise ValueError("is no language code: write two small letters, as in en, or und for unknown")
    return given


def _approver(given: str) -> str:
    """A mailbox, or the word for all leads of the desk."""
    return given if given == LEADS else _mailbox(given)


Domain = Annotated[str, AfterValidator(_domain)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Approver = Annotated[str, AfterValidator(_approver)]
"""A bare mail address in lower case."""
Language = Annotated[str, AfterValidator(_language)]
"""ISO 639-1 (or 639-3 where there is none), or und."""
Listen = Annotated[str, AfterValidator(_listen)]
Resolver = Annotated[str, AfterValidator(_resolver)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class ReplyKey(Stanza):
    """One key that signs reply addresses."""

    kid: str = Field(pattern=r"^[a-z0-9]{1,8}$", description="Short name of the key, visible in every address.")
    key: Secret = Field(description="The key itself, 32 random characters or more.")


class Retention(Stanza):
    """How long things are kept (I01)."""

    posts: Duration = Field(default=timedelta(days=30), gt=timedelta(0), description="Posts, answers and their media.")
    letters: Duration = Field(default=timedelta(days=30), gt=timedelta(0), description="Mails as they came in.")
    facts: Duration = Field(
        default=timedelta(days=400), gt=timedelta(0), description="The record of what happened, without texts."
    )


class Alerts(Stanza):
    """How the operator is told that something needs a person."""

    desk: str = Field(default="", description="The desk by whose way alerts go out; the first desk where empty.")


class Storms(Stanza):
    """When a channel's traffic is so far above its usual that the operator is told."""

    factor: float = Field(default=5.0, ge=2.0, le=1000.0, description="How many times the usual traffic is a storm.")
    least: int = Field(default=50, ge=1, description="Posts within ten minutes below which nothing is a storm.")
    protect_tags: tuple[str, ...] = Field(
        default=("vip", "safety", "risk", "legal", "press"),
        description="Posts with one of these tags never wait because of a storm, whatever their route says.",
    )
    protect_authors: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(), description="Nor do those of these authors: handle, id, channel/id or @file:LIST."
    )
    protect_labels: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(
        default={"risk": 0.5}, description="Nor those for which the model gives one of these probabilities or more."
    )

    def limits(self) -> Limits:
        """The same as the core sees it."""
        return Limits(factor=self.factor, least=self.least)


class Sample(Stanza):
    """A weekly sample of public posts that were left alone: a mail, whose answer says which should not have been."""

    to: Mailbox | None = Field(
        default=None, description="Mailbox that gets it and may answer it; nothing is sent where it is not set."
    )
    desk: str = Field(
        default="",
        description="Desk by whose way it goes and comes back, and that gets what should have been answered; the alerts' where empty.",
    )
    posts: int = Field(default=20, ge=1, le=100, description="How many posts it shows at the most.")


class AutoAnswers(Stanza):
    """How much may be answered without an agent, where routes name a standard response (`auto_answer`)."""

    on: bool = Field(default=False, description="Publish them at all; off, each post only goes to its desk.")
    per_hour: int = Field(default=10, ge=1, le=100, description="Such answers of one channel within an hour.")
    per_day: int = Field(default=50, ge=1, le=1000, description="Such answers of one channel within a day.")
    undo: Duration = Field(
        default=timedelta(minutes=5),
        ge=timedelta(minutes=1),
        le=timedelta(hours=24),
        description="How long each waits at least, so that a person may stop it.",
    )
    never_tags: tuple[str, ...] = Field(
        default=("risk", "safety", "legal", "press", "minor", "privacy", "vip", "staff"),
        description="Posts with one of these tags are answered by people alone.",
    )

    def policy(self) -> Automatic:
        """The same as the core sees it."""
        return Automatic(
            on=self.on,
            per_hour=self.per_hour,
            per_day=self.per_day,
            undo=self.undo,
            never_tags=frozenset(self.never_tags),
        )


class Status(Stanza):
    """The page and the metrics that monitoring reads."""

    listen: Listen | None = Field(default=None, description="Address and port; nothing listens where it is not set.")
    bearer: Secret | None = Field(default=None, description="What readers must show, beyond this machine.")
    i_accept_public_status: bool = Field(
        default=False, description="Let others than this machine read it (G09); needs `bearer` too."
    )

    @model_validator(mode="after")
    def _is_not_open_to_the_world(self) -> Self:
        if self.listen is None or self.listen.rpartition(":")[0] in _LOOPBACK:
            return self
        if not self.i_accept_public_status or self.bearer is None:
            raise ValueError(
                "listens beyond this machine: use 127.0.0.1, or set i_accept_public_status = true and bearer"
            )
        return self


class Log(Stanza):
    """How the log is written."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is written."
    )
    format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto writes for people on a terminal and JSON elsewhere."
    )


class BridgeStanza(Stanza):
    """What holds for the whole installation."""

    reply_domain: Domain = Field(description="Domain of the addresses that agents' answers come back to.")
    reply_keys: tuple[ReplyKey, ...] = Field(
        min_length=1, description="Keys that sign reply addresses; the first signs, all verify."
    )
    brand: str = Field(
        default="",
        max_length=100,
        description="Name of the company, as mails show it where a desk has no `brand`; the reply domain where empty.",
    )
    operator: Mailbox | None = Field(
        default=None, description="Mailbox that gets alerts; nobody is told where it is not set."
    )
    state: Path | None = Field(
        default=None, description="Directory of the database; the service's own state directory where it is not set."
    )
    database: Secret | str = Field(
        default="sqlite",
        description="sqlite for a file in the state directory, or a postgresql:// address (with a password: a credential).",
    )
    resolver: Resolver | None = Field(
        default=None,
        description="DNS resolver (TCP) for our own check of DKIM where the mail server writes no verdict; off where not set.",
    )
    timezone: Zone = Field(default=ZoneInfo("UTC"), description="Time zone of `hours` in rules.", validate_default=True)
    languages: tuple[Language, ...] = Field(
        default=(), description="Languages that customers write in (ISO 639-1); all known ones where empty."
    )
    model: Literal["on", "off"] = Field(
        default="on", description="Whether a learned model labels posts; languages are told either way."
    )
    retention: Retention = Field(default=Retention(), description="How long things are kept.")
    alerts: Alerts = Field(default=Alerts(), description="How the operator is told.")
    storms: Storms = Field(default=Storms(), description="When a channel's traffic counts as a storm.")
    auto_answers: AutoAnswers = Field(default=AutoAnswers(), description="What may be answered without an agent.")
    sample: Sample = Field(default=Sample(), description="Who looks at what was left alone.")
    status: Status = Field(default=Status(), description="The status page and metrics.")
    log: Log = Field(default=Log(), description="What the log says and how.")

    @field_validator("reply_keys")
    @classmethod
    def _makes_a_ring(cls, given: tuple[ReplyKey, ...]) -> tuple[ReplyKey, ...]:
        if len({key.kid for key in given}) < len(given):
            raise ValueError("two keys have the same kid: give each its own")
        _ring(given)
        return given

    @field_validator("database")
    @classmethod
    def _is_a_known_database(cls, given: Secret | str) -> Secret | str:
        if isinstance(given, str) and given != "sqlite" and not given.startswith("postgresql"):
            raise ValueError('must be "sqlite", or an address that begins with postgresql://')
        return given

    def ring(self) -> KeyRing:
        """The keys of reply addresses."""
        return _ring(self.reply_keys)


def _ring(given: tuple[ReplyKey, ...]) -> KeyRing:
    """The keys as one ring; raises ValueError where one is too short."""
    return KeyRing(keys={key.kid: key.key.reveal().encode() for key in given}, signing=given[0].kid)
