"""Logging in on a terminal: OAuth 2.0 with PKCE (RFC 7636), since X shows the account's consent page in a browser only."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from bridge.channels._stanza import client
from bridge.channels._x.keys import Door
from bridge.channels._x.settings import Settings, Two
from bridge.ports import Fittings, PermanentProblem

SCOPES = "tweet.read users.read tweet.write tweet.moderate.write dm.read dm.write media.write offline.access"
"""Rights that the bridge needs; `offline.access` gives the token that renews the login."""

_SITE = "https://x.com"
_API = "https://api.x.com"

Say = Callable[[str], None]
Ask = Callable[[str], str]
"""Shows a question and gives back the line that was typed."""


async def login(settings: Settings, fittings: Fittings, *, say: Say, ask: Ask) -> None:
    """Walk through the consent of the account's owner and keep the tokens; raises the problems."""
    two = settings.oauth2
    if two is None:
        raise PermanentProblem(
            "this channel uses oauth1, whose tokens are made at console.x.com: open the app, Keys and tokens, "
            "Access Token and Secret, and put the four into the credentials directory"
        )
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    say(f"1. In a browser, log in to X as @{settings.username} and open:")
    say(f"   {consent(settings, two, verifier, state=state)}")
    say(f"2. Allow it. The browser then goes to {two.redirect}…, where nothing needs to answer.")
    code = _code(ask("3. Within 30 seconds, paste the whole address of that page here: "), state)
    http = client(
        settings.endpoint,
        allow_private=settings.allow_private,
        user_agent=fittings.user_agent,
        timeout=settings.timeout.total_seconds(),
    )
    try:
        await Door(http, settings.endpoint, two, fittings.clock).redeemed(code, verifier)
    finally:
        await http.close()


def consent(settings: Settings, two: Two, verifier: str, *, state: str) -> str:
    """The address of the consent page; at another server it lies below that server's own address."""
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": two.client_id,
        "redirect_uri": two.redirect,
        "scope": SCOPES,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    site = _SITE if settings.endpoint == _API else settings.endpoint
    return f"{site}/i/oauth2/authorize?{urlencode(query)}"


def _code(address: str, state: str) -> str:
    """The code in the address that the browser was sent to; raises PermanentProblem where it is not ours."""
    given = parse_qs(urlsplit(address.strip()).query)
    if given.get("error"):
        raise PermanentProblem("the account did not allow it")
    if given.get("state") != [state]:
        raise PermanentProblem("this is not the address that belongs to this login: begin again")
    [code] = given.get("code", [""])
    if not code:
        raise PermanentProblem("the address holds no code: begin again")
    return code
