"""The access token of an account: an hour long, asked for by the app's refresh token or by the account's password."""

import base64
from collections.abc import Mapping

from yarl import URL

from bridge.channels._api import decoded
from bridge.channels._bearer import Exchange, Given
from bridge.channels._http import Answer
from bridge.channels._problems import Problem
from bridge.channels._reddit.settings import App
from bridge.ports import LoginProblem, TemporaryProblem


def exchange(site: str, app: App) -> Exchange:
    """How Reddit gives tokens to an app."""
    login = base64.b64encode(f"{app.client_id}:{app.client_secret.reveal()}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    return Exchange(url=URL(f"{site}/api/v1/access_token"), headers=headers, proof=lambda: _proof(app), judge=_judge)


def _proof(app: App) -> Mapping[str, str]:
    if app.refresh_token is not None:
        return {"grant_type": "refresh_token", "refresh_token": app.refresh_token.reveal()}
    password = app.password.reveal() if app.password else ""
    return {"grant_type": "password", "username": app.username or "", "password": password}


def _judge(answer: Answer) -> Problem | None:
    """What the server of tokens refuses, as only a person can mend it; its pages for machines pass by themselves."""
    given = decoded(answer.body, Given)
    if answer.status == 401:  # noqa: PLR2004 - unauthorized
        return LoginProblem("Reddit does not know the app: check client_id and client_secret")
    if given is not None and (given.error == "invalid_grant" or answer.status == 400):  # noqa: PLR2004 - bad request
        return LoginProblem("Reddit does not accept the app's refresh token, or the password: log in anew")
    if answer.good or given is not None:
        return None
    return TemporaryProblem(f"Reddit turns us away before it gives a token (status {answer.status})")
