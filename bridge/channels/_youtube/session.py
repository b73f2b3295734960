"""The access token of a channel's owner: an hour long, asked for by a refresh token that holds until it is revoked."""

from collections.abc import Mapping

from yarl import URL

from bridge.channels._api import decoded
from bridge.channels._bearer import Exchange, Given
from bridge.channels._http import Answer
from bridge.channels._problems import Problem
from bridge.channels._youtube.settings import Settings
from bridge.ports import LoginProblem, TemporaryProblem

_DEAD: Mapping[str | int, str] = {
    "invalid_grant": "Google does not accept the refresh token any more: make a new one "
    "(one of a project that is in testing lives for seven days)",
    "invalid_client": "Google does not know the client: check client_id and client_secret",
    "unauthorized_client": "the refresh token belongs to another client than client_id",
}


def exchange(settings: Settings) -> Exchange:
    """How Google gives tokens to the owner of a channel."""

    def proof() -> Mapping[str, str]:
        return {
            "grant_type": "refresh_token",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.reveal(),
            "refresh_token": settings.refresh_token.reveal(),
        }

    return Exchange(url=URL(f"{settings.login}/token"), headers={}, proof=proof, judge=_judge)


def _judge(answer: Answer) -> Problem | None:
    """What the server of tokens refuses, as far as only a person can mend it; its pages for machines pass by themselves."""
    if answer.good:
        return None
    given = decoded(answer.body, Given)
    if given is not None and given.error in _DEAD:
        return LoginProblem(_DEAD[given.error])
    if given is None:
        return TemporaryProblem(f"Google turns us away before it gives a token (status {answer.status})")
    return None
