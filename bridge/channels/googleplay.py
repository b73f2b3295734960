"""Google Play: reviews of an app in, the developer's answer to each out (androidpublisher v3)."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode

import msgspec
from pydantic import Field, field_validator, model_validator
from yarl import URL

from bridge.channels._api import Api, decoded
from bridge.channels._googleplay_shapes import Entry, Granted, Listed, Replied
from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._jwt import signed, signing_key
from bridge.channels._newest_first import Portion, Shown
from bridge.channels._problems import Problem, lost_reading, refused_reading
from bridge.channels._review_channel import ReviewChannel, door, limits
from bridge.channels._stanza import Endpoint, guard_login
from bridge.ports import Channel, Clock, Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.stanza import Duration, Secret, Stanza

__all__ = ["Settings", "build"]

_LONGEST = 350
_PAGE = "100"
_LOOKED_UP = 2
_EARLY = timedelta(minutes=5)
_LIFE = timedelta(hours=1)
_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_TOKEN = "/token"  # noqa: S105 - a path
_KEY = re.compile(r"[0-9A-Za-z:._-]{1,200}")
_GONE = 404


class ServiceAccount(msgspec.Struct, frozen=True):
    """The file that Google gives for a service account, as far as it is needed."""

    client_email: str
    private_key: str
    private_key_id: str

    def __repr__(self) -> str:
        return f"ServiceAccount({self.client_email!r})"


def account_of(given: Secret) -> ServiceAccount:
    """What a credential holds; raises ValueError where it is no service account's file."""
    try:
        account = msgspec.json.decode(given.reveal(), type=ServiceAccount)
    except msgspec.DecodeError:
        raise ValueError("this is not the JSON file of a service account") from None
    signing_key(account.private_key)
    return account


class Settings(Stanza):
    """The keys of a Google Play channel."""

    app: str = Field(pattern=r"^[A-Za-z][\w]*(\.[A-Za-z]\w*)+$", description="The app's package name.")
    account: Secret = Field(description="The service account's JSON file; it may answer reviews in the Play Console.")
    endpoint: Endpoint = Field(default="https://androidpublisher.googleapis.com", description="The server of the API.")
    login: Endpoint = Field(default="https://oauth2.googleapis.com", description="The server that gives tokens.")
    allow_private: bool = Field(default=False, description="Let the servers be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads, at most 7d; 0s for nothing."
    )

    @field_validator("account")
    @classmethod
    def _account_signs(cls, given: Secret) -> Secret:
        account_of(given)
        return given

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        for server in (self.endpoint, self.login):
            guard_login(server, allow_private=self.allow_private)
        return self


class Tokens:
    """Access tokens of a service account, asked for anew before they end (RFC 7523 2.1)."""

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        self._url = URL(settings.login + _TOKEN)
        self._account = account_of(settings.account)
        self._key = signing_key(self._account.private_key)
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until: datetime | None = None

    async def headers(self) -> Mapping[str, str]:
        """What proves who asks; raises TemporaryProblem or LoginProblem."""
        async with self._lock:
            now = self._clock.now()
            if self._until is None or now >= self._until - _EARLY:
                granted = await self._granted(now)
                self._token = granted.access_token
                self._until = now + min(timedelta(seconds=max(granted.expires_in, 0)), _LIFE)
            return {"Authorization": f"Bearer {self._token}"}

    def spoil(self) -> None:
        """The token was refused: the next one is asked for anew."""
        self._until = None

    async def _granted(self, now: datetime) -> Granted:
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": self._assertion(now)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        outcome = await self._http.say(
            Ask(method="POST", url=self._url, headers=headers, body=urlencode(form).encode())
        )
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, now, _judge_login)
        if problem is not None:
            raise problem
        granted = decoded(outcome.body, Granted)
        if granted is None or not granted.access_token.isascii() or not granted.access_token.isprintable():
            raise TemporaryProblem(f"{outcome.host} answers something else than a token")
        return granted

    def _assertion(self, now: datetime) -> str:
        claims = {
            "iss": self._account.client_email,
            "scope": _SCOPE,
            "aud": str(self._url),
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFE).timestamp()),
        }
        return signed(self._key, claims, key_id=self._account.private_key_id)


@dataclass(slots=True, kw_only=True)
class GooglePlay:
    """One app in Google Play."""

    settings: Settings = field(repr=False)
    api: Api = field(repr=False)
    tokens: Tokens = field(repr=False)
    shape: type[Entry] = Entry

    @property
    def account(self) -> str:
        """The app's package."""
        return self.settings.app

    @property
    def _path(self) -> str:
        return f"/androidpublisher/v3/applications/{self.settings.app}/reviews"

    async def _signed(self) -> Api:
        return replace(self.api, headers=await self.tokens.headers())

    async def check(self) -> None:
        """Read reviews: Google tells in no other way whose they are."""
        try:
            await self.page("")
        except LoginProblem:
            self.tokens.spoil()
            raise LoginProblem(f"the service account may not read the reviews of {self.settings.app}") from None

    async def page(self, cursor: str) -> Portion:
        """Reviews below a cursor, or the newest ones; Google shows those of the last seven days."""
        query = {"maxResults": _PAGE, **({"token": cursor} if cursor else {})}
        page = await self._asked(self._path, query, Listed)
        return Portion(raws=page.reviews, cursor=page.token_pagination.next_page_token)

    async def _asked(self, path: str, query: Mapping[str, str], shape: type[Listed]) -> Listed:
        try:
            return await (await self._signed()).ask(path, query, shape)
        except LoginProblem:
            self.tokens.spoil()
            raise

    async def review(self, key: str) -> Shown[Entry] | None:
        """One review as it stands now; None where it is gone."""
        raw = await (await self._signed()).seek(f"{self._path}/{key}", {}, msgspec.Raw)
        if raw is None:
            return None
        try:
            return Shown(entry=msgspec.json.decode(raw, type=Entry), raw=bytes(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise PermanentProblem("the review cannot be read") from None

    async def answer(self, key: str, text: str) -> None:
        """Put the one answer below a review."""
        saying = replace(await self._signed(), judge=_judge_saying)
        await saying.say(f"{self._path}/{key}:reply", {"replyText": text}, Replied)

    def is_key(self, given: str) -> bool:
        """Whether a text may be a review's id."""
        return _KEY.fullmatch(given) is not None

    def address(self, key: str) -> str:
        """Where a person answers by hand."""
        return f"https://play.google.com/store/apps/details?id={self.settings.app}&reviewId={key}"


def _judge_saying(answer: Answer) -> Problem | None:
    """The status says it all, but that a review that is gone is told by the path."""
    return PermanentProblem("the review is gone") if answer.status == _GONE else None


def _judge_login(answer: Answer) -> Problem | None:
    """A refused assertion needs a person: the key was taken away, or the clock is wrong."""
    refused = answer.status in {400, 401}
    return LoginProblem("Google does not accept the service account's key any more") if refused else None


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    http, api = door(
        settings.endpoint, allow_private=settings.allow_private, timeout=settings.timeout, fittings=fittings
    )
    return ReviewChannel(
        name=name,
        store=GooglePlay(settings=settings, api=api, tokens=Tokens(settings, http, fittings.clock)),
        http=http,
        clock=fittings.clock,
        backfill=settings.backfill,
        most=_LOOKED_UP,
        forgets=True,
        limits=limits(_LONGEST, settings.timeout),
    )
