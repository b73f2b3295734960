"""Every channel has its contract test, an example stanza that is right, and a page for operators."""

import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels_reviews import KEYS

from bridge.stanza import Stanza

ROOT = Path(__file__).parents[2]
KINDS = sorted(path.stem for path in (ROOT / "bridge/channels").glob("[!_]*.py"))
COMMON = {"kind", "platform", "interval", "own", "brand"}


def test_there_are_channels() -> None:
    assert {"feed", "discourse", "sandbox"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_inherits_the_contract_whole(kind: str) -> None:
    """Nothing of the suite is replaced, skipped or taken away; networks that list nothing have a suite of their own."""
    source = (ROOT / f"tests/channels/test_{kind}.py").read_text(encoding="utf-8")
    classes = re.findall(r"^class Test\w+\((?:Channel|Text)Contract\):\n((?:    .*\n|\n)*)", source, re.MULTILINE)
    assert classes
    for body in classes:
        assert re.findall(r"def (\w+)\(", body) == ["platform"]
        assert "test_" not in body


def credentials(table: dict[str, object]) -> Iterator[str]:
    """Names of the credentials that a table and the tables in it ask for."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from credentials(value)
        elif key == "credential":
            yield str(value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_has_an_example_that_is_right(kind: str, tmp_path: Path) -> None:
    """Also where it is commented out, because it needs an account."""
    text = (ROOT / f"config/channels.d/{kind}.toml").read_text(encoding="utf-8")
    whole = re.sub(r"^# (?=\[channel|\w+ = )", "", text, flags=re.MULTILINE)
    settings: type[Stanza] = importlib.import_module(f"bridge.channels.{kind}").Settings
    stanzas = tomllib.loads(whole)["channel"]
    assert stanzas
    for stanza in stanzas.values():
        assert stanza["kind"] == kind
        own = {key: value for key, value in stanza.items() if key not in COMMON}
        for name in credentials(own):
            (tmp_path / name).write_text(KEYS.get(name, lambda: "secret")(), encoding="utf-8")
        settings.model_validate(own, context={"credentials": tmp_path})


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_has_its_page(kind: str) -> None:
    """The page shows the stanza and explains what comes in and goes out, or that nothing does."""
    page = (ROOT / f"docs/channels/{kind}.md").read_text(encoding="utf-8")
    assert f'kind = "{kind}"' in page
    assert len(page.splitlines()) <= 120


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: str) -> None:
    settings: type[Stanza] = importlib.import_module(f"bridge.channels.{kind}").Settings
    assert [name for name, field in settings.model_fields.items() if not field.description] == []
