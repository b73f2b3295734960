"""Access tokens for mailboxes at Microsoft 365, Google and elsewhere: asked for, kept until they age, renewed (RFC 6749)."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal, Self

import aiohttp
import msgspec
from pydantic import Field, model_validator

from bridge.access.keepsake import Keepsake
from bridge.access.tls import tls_context
from bridge.ports import Fittings, LoginProblem, TemporaryProblem
from bridge.stanza import Secret, Stanza

_EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed, so that none ends in mid-session."""

_SECONDS = 30
_LARGEST = 65_536
_DIGITS = 10
_REFUSED = frozenset(
    {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "interaction_required"}
)
_GOOGLE = "https://oauth2.googleapis.com/token"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_SCOPES = {
    (
        "microsoft",
        True,
    ): "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    ("microsoft", False): "https://outlook.office365.com/.default",
}


class OAuth(Stanza):
    """How to get access tokens; with a refresh token for one person's consent, without for the application itself."""

    provider: Literal["microsoft", "google", "other"] = Field(description="Whose tokens they are.")
    client_id: str = Field(min_length=1, description="Id of the application, as the provider registered it.")
    client_secret: Secret | None = Field(default=None, description="Secret of the application.")
    refresh_token: Secret | None = Field(
        default=None,
        description="Refresh token of the mailbox; without it the application logs in (client credentials).",
    )
    tenant: str = Field(
        default="", pattern=r"^[A-Za-z0-9.-]*$", description="Microsoft's tenant, for example acme.onmicrosoft.com."
    )
    scope: str = Field(default="", description="What to ask for; the provider's usual scope where it is empty.")
    token_url: str = Field(
        default="",
        pattern=r"^(https://.+)?$",
        description="Where tokens are given out; the provider's own where empty.",
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the system's.")
    keep: Path | None = Field(
        default=None, description="File in the state directory for renewed refresh tokens, readable by the daemon only."
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.provider == "microsoft" and not (self.tenant or self.token_url):
            raise ValueError("provider microsoft needs tenant")
        if self.provider == "google" and not self.refresh_token:
            raise ValueError("provider google needs refresh_token")
        if self.provider == "other" and not self.token_url:
            raise ValueError("provider other needs token_url")
        if not (self.refresh_token or self.client_secret):
            raise ValueError("without refresh_token the application needs client_secret")
        return self

    @property
    def url(self) -> str:
        """Where tokens are given out."""
        if self.token_url or self.provider == "other":
            return self.token_url
        return _GOOGLE if self.provider == "google" else _MICROSOFT.format(tenant=self.tenant)


class Tokens:
    """One account's access tokens; concurrent askers share one request."""

    def __init__(self, settings: OAuth, fittings: Fittings) -> None:
        self._settings = settings
        self._clock = fittings.clock
        self._agent = fittings.user_agent
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = fittings.clock.now()
        self._kept = Keepsake(settings.keep, settings.refresh_token) if settings.refresh_token else None

    async def token(self) -> str:
        """A token that holds for some minutes; raises LoginProblem where the provider says no, else TemporaryProblem."""
        async with self._lock:
            if not self._token or self._clock.now() >= self._until:
                self._accept(await self._ask())
            return self._token

    def spoil(self) -> None:
        """The server did not take the last token: the next one is asked for anew."""
        self._token = ""

    def _accept(self, answer: Mapping[str, Any]) -> None:
        """Keep the token and, where the provider changed it, the refresh token."""
        token, seconds = answer.get("access_token"), answer.get("expires_in", 3600)
        if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
            raise TemporaryProblem("the token server's answer holds no access token")
        if self._kept:
            renewed = answer.get("refresh_token")
            self._kept.put(renewed if isinstance(renewed, str) else self._kept.get())
        self._token, self._until = token, self._clock.now() + _lifetime(seconds)

    async def _ask(self) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._post(self._form())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise TemporaryProblem(f"the token server does not answer as it should: {type(error).__name__}") from None

    def _form(self) -> dict[str, str]:
        """The request of RFC 6749, section 6 or 4.4."""
        settings = self._settings
        form = {"client_id": settings.client_id, "grant_type": "client_credentials"}
        if self._kept:
            form |= {"grant_type": "refresh_token", "refresh_token": self._kept.get()}
        if settings.client_secret:
            form["client_secret"] = settings.client_secret.reveal()
        scope = settings.scope or _SCOPES.get((settings.provider, self._kept is not None), "")
        return form | ({"scope": scope} if scope else {})

    async def _post(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        context = tls_context(self._settings.ca_file)
        async with (
            aiohttp.ClientSession(headers={"User-Agent": self._agent}) as session,
            session.post(self._settings.url, data=form, ssl=context, allow_redirects=False) as response,
        ):
            answer = _parse(await _read(response))
            if response.status != HTTPStatus.OK:
                raise _refusal(response.status, answer)
            return answer


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, unless it is longer than any token's answer."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(4096):
        body += chunk
        if len(body) > _LARGEST:
            raise TemporaryProblem("the token server's answer is too long")
    return bytes(body)


def _parse(body: bytes) -> Mapping[str, Any]:
    answer = msgspec.json.decode(body) if body else {}
    return answer if isinstance(answer, dict) else {}


def _refusal(status: int, answer: Mapping[str, Any]) -> TemporaryProblem | LoginProblem:
    """The error codes of RFC 6749 5.2 that only a person can mend, told apart from a bad day of the server."""
    code = answer.get("error")
    if isinstance(code, str) and code in _REFUSED:
        return LoginProblem(
            f"the token server refuses the account ({code}); renew its consent, secret or refresh token"
        )
    return TemporaryProblem(f"the token server answered {status}")


def _lifetime(seconds: object) -> timedelta:
    """How long a token is used: until some minutes before its end, half of a short life, never more than a day."""
    stated = int(str(seconds)) if str(seconds).isdecimal() and len(str(seconds)) < _DIGITS else 0
    life = timedelta(seconds=min(stated, 86_400))
    return max(life - _EARLY, life / 2)
