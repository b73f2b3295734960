"""What the tests of app stores' channels share: the keys of a channel before a small store."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bridge.channels import appstore, googleplay
from bridge.stanza import Secret
from bridge.testing.fakes.appstore import AppStoreServer
from bridge.testing.fakes.googleplay import GooglePlayServer

KEYS: Mapping[str, Callable[[], str]] = {
    "appstore-key": lambda: AppStoreServer().pem,
    "googleplay-account": lambda: GooglePlayServer().account,
}
"""Credentials of the examples that are looked at more closely than a password."""

_NEAR: dict[str, object] = {"allow_private": True, "timeout": timedelta(seconds=2)}


def apple(server: AppStoreServer, **more: object) -> appstore.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "endpoint": server.url,
        "app": server.app,
        "issuer": server.issuer,
        "key_id": server.key_id,
        "key": Secret(server.pem),
    }
    return appstore.Settings.model_validate(_NEAR | keys | more)


def google(server: GooglePlayServer, **more: object) -> googleplay.Settings:
    """The keys of a channel before it."""
    keys: dict[str, object] = {
        "endpoint": server.url,
        "login": server.url,
        "app": server.app,
        "account": Secret(server.account),
    }
    return googleplay.Settings.model_validate(_NEAR | keys | more)
