"""What a configuration becomes: what adapters are given of it."""

from pathlib import Path

import pytest

from bridge.app.compose import WallClock, fittings
from bridge.config import Loaded, load
from bridge.testing.town import REPLY_DOMAIN, Town


@pytest.mark.parametrize(("brand", "shown"), [("Acme", "Acme"), ("", REPLY_DOMAIN)])
def test_mails_are_of_the_brand_else_of_the_reply_domain(tmp_path: Path, brand: str, shown: str) -> None:
    town = Town(root=tmp_path)
    town.write(endpoint="http://127.0.0.1:9", account="brand", token="token")
    town.rules("")
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('brand = "Acme"', f'brand = "{brand}"'), encoding="utf-8")

    found = load(town.configuration, town.configuration / "credentials")

    assert isinstance(found, Loaded)
    assert fittings(found, WallClock(), instance="here").brand == shown
