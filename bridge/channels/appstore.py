"""Apple's App Store: reviews of an app in, the developer's answer to each out (App Store Connect API)."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Self
from urllib.parse import parse_qs, urlsplit

import msgspec
from pydantic import Field, field_validator, model_validator

from bridge.channels._api import Api, decoded
from bridge.channels._appstore_shapes import App, Joined, One, Reviews, joined
from bridge.channels._http import Answer
from bridge.channels._jwt import SigningKey, signed, signing_key
from bridge.channels._newest_first import Portion, Shown
from bridge.channels._problems import Problem
from bridge.channels._review_channel import ReviewChannel, door, limits
from bridge.channels._stanza import Endpoint, guard_login
from bridge.ports import Channel, Clock, Fittings, LoginProblem, PermanentProblem, UncertainProblem
from bridge.stanza import Duration, Secret, Stanza

__all__ = ["Settings", "build"]

_LONGEST = 5970
_PAGE = "200"
_LOOKED_UP = 3
_LIFE = timedelta(minutes=15)
"""How long a token holds; Apple takes at most 20 minutes."""

_KEY = re.compile(r"[0-9A-Za-z-]{1,64}")
_CONFLICT = 409
_THERE = ("STATE_ERROR", "DUPLICATE")


class Settings(Stanza):
    """The keys of an App Store channel."""

    app: str = Field(pattern=r"^[0-9]{1,20}$", description="The app's Apple ID, a number.")
    issuer: str = Field(pattern=r"^[0-9a-fA-F-]{36}$", description="Issuer ID of the API keys in App Store Connect.")
    key_id: str = Field(pattern=r"^[0-9A-Z]{10}$", description="Key ID of the API key.")
    key: Secret = Field(description="The API key itself, the content of its .p8 file; its role is Customer Support.")
    endpoint: Endpoint = Field(default="https://api.appstoreconnect.apple.com", description="The server of the API.")
    allow_private: bool = Field(default=False, description="Let the endpoint be inside your network, or on http.")
    timeout: Duration = Field(default=timedelta(seconds=30), description="The longest that one request may take.")
    backfill: Duration = Field(
        default=timedelta(0), description="How far back the first contact reads; 0s for nothing."
    )

    @field_validator("key")
    @classmethod
    def _key_signs(cls, given: Secret) -> Secret:
        signing_key(given.reveal())
        return given

    @model_validator(mode="after")
    def _login_is_guarded(self) -> Self:
        guard_login(self.endpoint, allow_private=self.allow_private)
        return self


@dataclass(slots=True, kw_only=True)
class AppStore:
    """One app in the App Store."""

    settings: Settings = field(repr=False)
    api: Api = field(repr=False)
    key: SigningKey = field(repr=False)
    clock: Clock = field(repr=False)
    shape: type[Joined] = Joined

    @property
    def account(self) -> str:
        """The app's number."""
        return self.settings.app

    def _signed(self) -> Api:
        """With a proof that is made for each request: it costs less than keeping one fresh."""
        now = self.clock.now()
        claims = {
            "iss": self.settings.issuer,
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFE).timestamp()),
            "aud": "appstoreconnect-v1",
        }
        token = signed(self.key, claims, key_id=self.settings.key_id)
        return replace(self.api, headers={"Authorization": f"Bearer {token}"})

    async def check(self) -> None:
        """Ask for the app, and whether its reviews can be read."""
        app = await self._signed().seek(f"/v1/apps/{self.account}", {}, App)
        if app is None or app.data.id != self.account:
            shown = app.data.id if app else "no such app"
            raise LoginProblem(f"the key shows {shown}, not app {self.account}")
        await self.page("")

    async def page(self, cursor: str) -> Portion:
        """Reviews below a cursor, or the newest ones."""
        query = {"sort": "-createdDate", "limit": _PAGE, "include": "response"}
        path = f"/v1/apps/{self.account}/customerReviews"
        page = await self._signed().ask(path, {**query, **({"cursor": cursor} if cursor else {})}, Reviews)
        following = parse_qs(urlsplit(page.links.next).query).get("cursor", [""])[0]
        return Portion(raws=[joined(raw, page.included) for raw in page.data], cursor=following)

    async def review(self, key: str) -> Shown[Joined] | None:
        """One review as it stands now; None where it is gone."""
        one = await self._signed().seek(f"/v1/customerReviews/{key}", {"include": "response"}, One)
        if one is None:
            return None
        raw = bytes(joined(one.data, one.included))
        try:
            return Shown(entry=msgspec.json.decode(raw, type=Joined), raw=raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise PermanentProblem("the review cannot be read") from None

    async def answer(self, key: str, text: str) -> None:
        """Put the one answer below a review."""
        review = {"data": {"type": "customerReviews", "id": key}}
        response = {
            "type": "customerReviewResponses",
            "attributes": {"responseBody": text},
            "relationships": {"review": review},
        }
        await replace(self._signed(), judge=_judge_saying).say("/v1/customerReviewResponses", {"data": response}, One)

    def is_key(self, given: str) -> bool:
        """Whether a text may be a review's id."""
        return _KEY.fullmatch(given) is not None

    def address(self, key: str) -> str:  # noqa: ARG002 - App Store Connect shows all reviews of an app on one page
        """Where a person answers by hand."""
        return f"https://appstoreconnect.apple.com/apps/{self.account}/distribution/activity/ios/ratingsResponses"


class _Reason(msgspec.Struct, frozen=True):
    code: str = ""


class _Errors(msgspec.Struct, frozen=True):
    errors: list[_Reason] = []


def _judge_saying(answer: Answer) -> Problem | None:
    """A conflict is a refusal that names what is wrong, unless it is with what stands there already."""
    if answer.status != _CONFLICT:
        return None
    told = decoded(answer.body, _Errors)
    if told is None or not told.errors or any(word in each.code for each in told.errors for word in _THERE):
        return UncertainProblem("the App Store says that the review has an answer already, or is about to have one")
    return PermanentProblem("the App Store refuses the answer (status 409)")


def build(name: str, settings: Settings, fittings: Fittings) -> Channel:
    """The channel of a stanza."""
    http, api = door(
        settings.endpoint, allow_private=settings.allow_private, timeout=settings.timeout, fittings=fittings
    )
    return ReviewChannel(
        name=name,
        store=AppStore(settings=settings, api=api, key=signing_key(settings.key.reveal()), clock=fittings.clock),
        http=http,
        clock=fittings.clock,
        backfill=settings.backfill,
        most=_LOOKED_UP,
        forgets=False,
        limits=limits(_LONGEST, settings.timeout),
    )
