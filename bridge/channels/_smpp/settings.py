"""The keys of a channel of text messages over SMPP."""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from bridge.access.entrance import is_this_machine
from bridge.access.tls import tls_context
from bridge.channels._sms.words import Confirmations, OwnWords, Where
from bridge.stanza import Duration, Secret, Stanza

_OURS = re.compile(r"\+[1-9]\d{6,14}|[1-9]\d{2,7}")
_LONGEST_PASSWORD = 8


class LongTexts(StrEnum):
    """How the parts of a long text say that they belong together."""

    UDH = "udh"
    SAR = "sar"
    PAYLOAD = "payload"


class Alphabet(StrEnum):
    """What an SMSC means by its default alphabet."""

    GSM = "gsm"
    LATIN1 = "latin1"


def _ours(given: str) -> str:
    if not _OURS.fullmatch(given):
        raise ValueError(
            "a number of ours is written like +4930123456, or is a short code of 3 to 8 digits without a zero before it"
        )
    return given


Number = Annotated[str, AfterValidator(_ours)]


class Settings(Stanza):
    """The keys of an SMPP channel."""

    host: str = Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._:-]+$", description="Name of the SMSC.")
    port: int = Field(default=3550, ge=1, le=65_535, description="Its port: often 3550 with TLS and 2775 without.")
    system_id: str = Field(pattern=r"^[\x21-\x7e]{1,15}$", description="Name of the account there.")
    password: Secret = Field(description="The account's password, at most eight characters (SMPP 3.4).")
    system_type: str = Field(
        default="", pattern=r"^[\x21-\x7e]{0,12}$", description="The kind of account, where the operator asks for one."
    )
    numbers: tuple[Number, ...] = Field(
        min_length=1,
        max_length=100,
        description="Our numbers behind this account, such as `+4930123456`, and short codes.",
    )
    calling_code: str = Field(
        default="",
        pattern=r"^([1-9]\d{0,2})?$",
        description="Calling code of the country whose numbers come without it, such as `49`; empty where none do.",
    )
    keep: Path = Field(
        description="File in the state directory, of this channel alone, for texts before the SMSC hears that they are kept."
    )
    tls: bool = Field(default=True, description="Speak TLS; without it only on this machine, or with `allow_private`.")
    ca_file: Path | None = Field(
        default=None, description="Certificates to trust instead of the system's, for a private authority."
    )
    allow_private: bool = Field(
        default=False, description="Let the login go without TLS: the way there is a private network or a tunnel."
    )
    alphabet: Alphabet = Field(
        default=Alphabet.GSM, description="What the SMSC means by its default alphabet: `gsm` or `latin1`."
    )
    long_texts: LongTexts = Field(
        default=LongTexts.UDH, description="How parts of a long answer are marked: `udh`, `sar`, or whole as `payload`."
    )
    max_segments: int = Field(
        default=6, ge=1, le=20, description="Segments that one answer may cost; a longer one is held."
    )
    words: dict[Where, OwnWords] = Field(
        default={},
        description="Words of STOP, START and HELP besides the shipped ones, by language, or by the beginning of numbers.",
    )
    confirmations: Confirmations = Field(
        default=Confirmations(),
        description="What is answered to such a word, where the SMSC's operator does not do it.",
    )
    receipts: bool = Field(default=True, description="Ask for delivery receipts, so that failures are told.")
    window: int = Field(default=10, ge=1, le=100, description="Answers under way at once.")
    per_second: float = Field(
        default=10.0, gt=0, le=1000, description="Segments that go out in a second at the most, as the contract says."
    )
    wait_for_parts: Duration = Field(
        default=timedelta(minutes=10),
        ge=timedelta(seconds=10),
        le=timedelta(hours=12),
        description="How long missing parts of a text are waited for; then it is shown with a gap.",
    )
    idle: Duration = Field(
        default=timedelta(seconds=30),
        ge=timedelta(seconds=1),
        description="Silence after which a sign of life is asked for; shorter than the SMSC's own limit.",
    )
    timeout: Duration = Field(
        default=timedelta(seconds=15),
        gt=timedelta(0),
        le=timedelta(seconds=30),
        description="The longest that the SMSC may take for a response.",
    )
    backfill: Duration = Field(
        default=timedelta(days=3),
        description="How old a text may be that the first contact brings: what waited at the SMSC comes then; 0s for nothing.",
    )

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        if not self.tls and not self.allow_private and not is_this_machine(self.host):
            raise ValueError(
                "a login goes over TLS only; tls = false needs allow_private = true, for a private network"
            )
        if self.ca_file:
            tls_context(self.ca_file)
        return self

    @model_validator(mode="after")
    def _password_fits(self) -> Self:
        given = self.password.reveal()
        if not re.fullmatch(rf"[\x20-\x7e]{{1,{_LONGEST_PASSWORD}}}", given):
            raise ValueError("the password has 1 to 8 ASCII characters (SMPP 3.4)")
        return self
